#include "common/memory.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/cgroup.h"
#include "common/environment.h"
#include "common/parse.h"
#include "common/system_file.h"

enum {
    HUGE_PAGE_BYTES = 2 << 20,
    CHECKED_BYTES = 1 << 20 /* smaller growth is not worth reading the kernel's files for */
};

static const char general_remedy[] = "choose a smaller input, or a machine with more memory";
static const char limit_variable[] = "ACCELBENCH_MEMORY_LIMIT";

/* UINT64_MAX when unknown; AB_USAGE when the variable holds no size. */
static enum ab_status read_available(uint64_t *bytes, struct ab_error *error)
{
    char text[64];
    uint64_t kibibytes;
    *bytes = cgroup_memory_room_bytes("");
    if (system_file_value("/proc/meminfo", "MemAvailable", text, sizeof(text)) &&
        system_number(text, &kibibytes) && kibibytes * 1024 < *bytes)
        *bytes = kibibytes * 1024;

    const char *limit_text = environment_value(limit_variable);
    if (limit_text == NULL)
        return AB_OK;
    uint64_t limit;
    enum ab_status status = parse_bytes(limit_variable, limit_text, 0, UINT64_MAX, &limit, error);
    if (status == AB_OK && limit < *bytes)
        *bytes = limit;
    return status;
}

uint64_t memory_available_bytes(void)
{
    uint64_t bytes;
    struct ab_error error = {0};
    return read_available(&bytes, &error) == AB_OK ? bytes : 0;
}

enum ab_status memory_limit_check(struct ab_error *error)
{
    uint64_t bytes;
    return read_available(&bytes, error);
}

enum ab_status memory_check(uint64_t bytes, const char *what, const char *remedy,
                            struct ab_error *error)
{
    uint64_t available;
    enum ab_status status = read_available(&available, error);
    if (status != AB_OK || bytes <= available)
        return status;
    char need[FORMAT_BYTES], room[FORMAT_BYTES];
    return ab_fail(error, AB_NO_MEMORY, "%s needs %s, %s are available: %s", what,
                   format_bytes(bytes, need), format_bytes(available, room), remedy);
}

/* New pages; from a huge page's size on they begin where a huge page can. */
static void *map_pages(size_t bytes)
{
    size_t slack = bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : 0;
    if (bytes > SIZE_MAX - slack)
        return MAP_FAILED;
    char *start =
        mmap(NULL, bytes + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || slack == 0)
        return start;
    size_t before = (HUGE_PAGE_BYTES - (uintptr_t)start % HUGE_PAGE_BYTES) % HUGE_PAGE_BYTES;
    if (before > 0)
        munmap(start, before);
    if (slack > before)
        munmap(start + before + bytes, slack - before);
    return start + before;
}

/* Pages are moved, not copied; onto a place that is aligned, so that huge pages stay whole. */
static void *move_pages(const struct region *region, size_t capacity)
{
    bool is_aligned = capacity < HUGE_PAGE_BYTES || (uintptr_t)region->data % HUGE_PAGE_BYTES == 0;
    if (is_aligned) {
        void *data = mremap(region->data, region->capacity, capacity, 0);
        if (data != MAP_FAILED)
            return data;
    }
    void *place = map_pages(capacity);
    if (place == MAP_FAILED)
        return MAP_FAILED;
    void *data =
        mremap(region->data, region->capacity, capacity, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    /* The kernel has taken `place` away when it fails, and another thread may own it by now. */
    return data;
}

enum ab_status region_resize(struct region *region, size_t bytes, const char *what,
                             struct ab_error *error)
{
    if (bytes <= region->capacity) {
        region->bytes = bytes;
        return AB_OK;
    }
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t capacity = bytes > SIZE_MAX - page ? bytes : (bytes + page - 1) / page * page;
    size_t growth = capacity - region->capacity;
    if (growth >= CHECKED_BYTES) {
        enum ab_status status = memory_check(growth, what, general_remedy, error);
        if (status != AB_OK)
            return status;
    }
    void *data = region->data == NULL ? map_pages(capacity) : move_pages(region, capacity);
    if (data == MAP_FAILED) {
        char need[FORMAT_BYTES];
        return ab_fail_errno(error, AB_NO_MEMORY, "%s needs %s, which the system refuses: %s", what,
                             format_bytes(capacity, need), general_remedy);
    }
    /* Advice only: without transparent huge pages the region works as well. */
    if (capacity >= HUGE_PAGE_BYTES)
        madvise(data, capacity, MADV_HUGEPAGE);
    *region = (struct region){.data = data, .bytes = bytes, .capacity = capacity};
    return AB_OK;
}

enum ab_status region_protect(const struct region *region, struct ab_error *error)
{
    if (region->capacity > 0 && mprotect(region->data, region->capacity, PROT_READ) != 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot make %zu bytes read-only", region->capacity);
    return AB_OK;
}

void region_free(struct region *region)
{
    if (region->capacity > 0)
        munmap(region->data, region->capacity);
    *region = (struct region){0};
}
