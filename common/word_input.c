#include "common/word_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/matrix_file.h"
#include "common/parallel.h"

enum {
    PIECE_BYTES = 1 << 20,       /* least room for a read from a pipe */
    TOUCHED_BYTES = 2 << 20,     /* a huge page */
    READ_BYTES_MAX = 1 << 30,    /* the kernel's own limit is just below 2^31 */
    FIRST_PIPE_BYTES = 16 << 20, /* capacity to begin with when no size is known */
};

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static const char *shown(const char *path)
{
    return is_stdin(path) ? "standard input" : path;
}

enum ab_status word_input_probe(const struct settings *settings, uint64_t *bytes,
                                struct ab_error *error)
{
    bool stdin_named = false;
    *bytes = settings->file_count - 1; /* the newlines */
    for (size_t i = 0; i < settings->file_count; i++) {
        const char *path = settings->files[i];
        struct stat status;
        if (is_stdin(path) && stdin_named)
            return ab_fail(error, AB_USAGE,
                           "standard input (-) is named twice: it can be read only once");
        stdin_named = stdin_named || is_stdin(path);
        if ((is_stdin(path) ? fstat(STDIN_FILENO, &status) : stat(path, &status)) != 0)
            return ab_fail_errno(error, AB_INPUT, "%s: cannot open this text", shown(path));
        if (S_ISDIR(status.st_mode))
            return ab_fail(error, AB_INPUT, "%s: is a directory: name the files in it (%s/*)",
                           shown(path), shown(path));
        /* Not by opening: that would wait for a pipe's writer, and closing would end it. */
        if (!is_stdin(path) && access(path, R_OK) != 0)
            return ab_fail_errno(error, AB_INPUT, "%s: cannot read this text: make it readable",
                                 path);
        if (S_ISREG(status.st_mode))
            *bytes += (uint64_t)status.st_size;
    }
    return AB_OK;
}

struct text {
    struct region *region;
    uint64_t used;
};

static enum ab_status make_room(struct text *text, uint64_t bytes, const char *path,
                                struct ab_error *error)
{
    char what[256];
    if (text->region->capacity - text->used >= bytes)
        return AB_OK;
    snprintf(what, sizeof(what), "the text up to here in %.180s", shown(path));
    return region_resize(text->region, text->used + bytes, what, error);
}

/* Room for a text of unknown size is doubled when it is used up. */
static enum ab_status make_more_room(struct text *text, const char *path, struct ab_error *error)
{
    if (text->region->capacity - text->used >= PIECE_BYTES)
        return AB_OK;
    const uint64_t more = text->used < FIRST_PIPE_BYTES ? FIRST_PIPE_BYTES : text->used;
    return make_room(text, more, path, error);
}

/* One read(): *got is 0 at the end. */
static enum ab_status read_some(int fd, const char *path, void *to, uint64_t bytes, uint64_t *got,
                                struct ab_error *error)
{
    const ssize_t count = read(fd, to, bytes < READ_BYTES_MAX ? bytes : READ_BYTES_MAX);
    if (count < 0 && errno == EINTR)
        return ab_fail(error, AB_INTERRUPTED, "%s: reading was interrupted", shown(path));
    if (count < 0)
        return ab_fail_errno(error, AB_INPUT, "%s: cannot be read", shown(path));
    *got = (uint64_t)count;
    return AB_OK;
}

static enum ab_status read_stream(int fd, const char *path, struct text *text,
                                  struct ab_error *error)
{
    for (;;) {
        enum ab_status status = make_more_room(text, path, error);
        if (status != AB_OK)
            return status;
        uint64_t got = 0;
        status = read_some(fd, path, (uint8_t *)text->region->data + text->used,
                           text->region->capacity - text->used, &got, error);
        if (status != AB_OK || got == 0)
            return status;
        text->used += got;
    }
}

static enum ab_status read_regular(int fd, const char *path, const struct stat *before,
                                   struct text *text, struct ab_error *error)
{
    const off_t start = lseek(fd, 0, SEEK_CUR); /* standard input may be part-read already */
    const uint64_t size =
        start >= 0 && start < before->st_size ? (uint64_t)(before->st_size - start) : 0;
    enum ab_status status = make_room(text, size, path, error);
    if (status != AB_OK)
        return status;
    uint64_t done = 0, got = 1;
    while (done < size && got > 0) {
        status = read_some(fd, path, (uint8_t *)text->region->data + text->used + done, size - done,
                           &got, error);
        if (status != AB_OK)
            return status;
        done += got;
    }
    uint8_t beyond;
    struct stat after;
    status = read_some(fd, path, &beyond, 1, &got, error);
    if (status != AB_OK)
        return status;
    if (fstat(fd, &after) != 0)
        return ab_fail_errno(error, AB_INPUT, "%s: cannot be examined", shown(path));
    if (done != size || got != 0 || after.st_size != before->st_size ||
        after.st_mtim.tv_sec != before->st_mtim.tv_sec ||
        after.st_mtim.tv_nsec != before->st_mtim.tv_nsec)
        return ab_fail(error, AB_INPUT,
                       "%s: changed while it was being read: run again when nobody writes to it, "
                       "or pipe it in",
                       shown(path));
    text->used += size;
    return AB_OK;
}

static enum ab_status read_file(const char *path, struct text *text, struct ab_error *error)
{
    struct stat before;
    const uint64_t begin = text->used;
    const int fd = is_stdin(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno == EINTR)
        return ab_fail(error, AB_INTERRUPTED, "%s: waiting for a writer was interrupted", path);
    if (fd < 0)
        return ab_fail_errno(error, AB_INPUT, "%s: cannot open this text", path);
    enum ab_status status;
    if (fstat(fd, &before) != 0)
        status = ab_fail_errno(error, AB_INPUT, "%s: cannot be examined", shown(path));
    else if (S_ISREG(before.st_mode))
        status = read_regular(fd, path, &before, text, error);
    else
        status = read_stream(fd, path, text, error);
    if (!is_stdin(path))
        close(fd);
    if (status == AB_OK && text->used > begin &&
        npy_has_magic((const uint8_t *)text->region->data + begin, text->used - begin))
        status = ab_fail(error, AB_INPUT,
                         "%s: is a NumPy array, not a text: sum it with matrix_sum, or write it as "
                         "text with numpy.savetxt",
                         shown(path));
    return status;
}

static void touch(void *argument, uint64_t block)
{
    const struct region *region = argument;
    for (uint64_t i = 0; i < TOUCHED_BYTES; i += 4096)
        if (block * TOUCHED_BYTES + i < region->capacity)
            ((uint8_t *)region->data)[block * TOUCHED_BYTES + i] = 0;
}

enum ab_status word_input_read(const struct settings *settings, struct region *text,
                               struct ab_error *error)
{
    uint64_t known;
    enum ab_status status = word_input_probe(settings, &known, error);
    if (status == AB_OK)
        status = region_resize(text, known, "the text", error);
    if (status == AB_OK)
        status =
            parallel_blocks(settings->threads, (text->capacity + TOUCHED_BYTES - 1) / TOUCHED_BYTES,
                            touch, text, error);
    struct text appended = {.region = text};
    for (size_t i = 0; i < settings->file_count && status == AB_OK; i++) {
        if (i > 0) {
            status = make_room(&appended, 1, settings->files[i], error);
            if (status != AB_OK)
                break;
            ((uint8_t *)text->data)[appended.used++] = '\n';
        }
        status = read_file(settings->files[i], &appended, error);
    }
    return status == AB_OK ? region_resize(text, appended.used, "the text", error) : status;
}
