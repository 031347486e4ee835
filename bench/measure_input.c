/* What a measurement is made on: the input, its copies, the expected answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bench/measure.h"
#include "bench/progress.h"
#include "common/machine.h"
#include "common/random.h"
#include "common/read_limit.h"

static bool works_in_place(const struct measurement *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (alternative_takes_part(&m->alternatives[i]) &&
            m->alternatives[i].entry->backend->memory == MEMORY_HOST)
            return true;
    return false;
}

/* Cold samples walk copies of the input that total more than twice the last-level cache; devices
 * have caches of their own. */
static enum ab_status make_copies(struct measurement *m, struct ab_error *error)
{
    enum { CACHE_FALLBACK_BYTES = 64 << 20, COPIES_MAX = 4096 };
    size_t count = 1, input_bytes = m->problem.input.bytes;
    if (m->options->cache == CACHE_COLD && works_in_place(m)) {
        struct machine machine;
        machine_describe(&machine);
        uint64_t cache_bytes = machine.last_level_cache_bytes;
        uint64_t total = 2 * (cache_bytes == 0 ? (uint64_t)CACHE_FALLBACK_BYTES : cache_bytes);
        uint64_t copies = total / (input_bytes == 0 ? 1 : input_bytes) + 1;
        if (copies > COPIES_MAX)
            return ab_fail(error, AB_USAGE,
                           "--cache cold: an input of %zu bytes is too small to "
                           "be kept out of the cache; choose a larger one",
                           input_bytes);
        count = (size_t)copies;
    }
    m->copies = calloc(count, sizeof(*m->copies));
    if (m->copies == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of input copies");
    m->copies[0] = m->problem.input;
    if (count > 1) {
        void *shared = mmap(NULL, sizeof(*m->next_copy), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED)
            return ab_fail_errno(error, AB_NO_MEMORY, "no memory to share with workers");
        m->next_copy = shared;
    }
    for (m->copy_count = 1; m->copy_count < count; m->copy_count++) {
        struct region *copy = &m->copies[m->copy_count];
        enum ab_status status = region_resize(copy, input_bytes, "copies of the input", error);
        if (status != AB_OK)
            return status;
        memcpy(copy->data, m->problem.input.data, input_bytes);
        status = region_protect(copy, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

/* A number that any change to the bytes changes, but for one in 2^64. */
static uint64_t digest_of(const struct region *input)
{
    struct random_stream mixer = {input->bytes};
    for (size_t i = 0; i < input->bytes; i += sizeof(uint64_t)) {
        const size_t left = input->bytes - i;
        uint64_t word = 0;
        memcpy(&word, (const char *)input->data + i, left < sizeof(word) ? left : sizeof(word));
        mixer.state ^= word;
        mixer.state = random_next(&mixer);
    }
    return mixer.state;
}

/* Without an expected answer nothing can be measured: an error row for everyone. */
static void fail_all(struct measurement *m, const struct ab_error *error)
{
    for (size_t i = 0; i < m->count; i++)
        ab_fail(&m->alternatives[i].error, error->status, "no expected answer: %s", error->message);
}

/* Before anything is made or read. */
static enum ab_status check_memory(const struct problem *problem, const struct settings *settings,
                                   struct ab_error *error)
{
    const char *name = problem->kernel->name;
    char what[256], more[32] = "";
    if (settings->file_count == 0)
        return memory_check(problem->need_bytes, name, "choose a smaller size", error);
    if (settings->file_count > 1)
        snprintf(more, sizeof(more), " and %zu more", settings->file_count - 1);
    snprintf(what, sizeof(what), "%s of %.180s%s", name, settings->files[0], more);
    return memory_check(problem->need_bytes, what,
                        "split the input, or use a machine with more memory", error);
}

enum ab_status measurement_make_input(struct measurement *m, struct ab_error *error)
{
    const struct kernel *kernel = m->options->kernel;
    struct settings settings = options_settings(m->options);
    struct problem *problem = &m->problem;
    problem->kernel = kernel;
    enum ab_status status = kernel->configure(&settings, problem, error);
    if (status == AB_OK)
        status = check_memory(problem, &settings, error);
    if (status != AB_OK)
        return status;
    progress_show(settings.file_count == 0 ? "making the input" : "reading the input", -1);
    status = kernel->make(&settings, problem, error);
    if (status == AB_OK && settings.file_count > 0)
        m->input_digest = digest_of(&problem->input);
    if (status == AB_OK)
        status = region_protect(&problem->input, error);
    if (status != AB_OK)
        return status;
    progress_show("computing the expected answer", -1);
    struct ab_error expect_error = {0};
    status = kernel->expect(problem, &expect_error);
    if (status == AB_NO_MEMORY) {
        fail_all(m, &expect_error);
        return AB_OK;
    }
    if (status != AB_OK)
        return ab_fail(error, status, "%s", expect_error.message);
    status = region_protect(&problem->expected, error);
    if (status == AB_OK)
        status = read_limit_problem(problem, &m->limit_problem, error);
    return status == AB_OK ? make_copies(m, error) : status;
}

void measurement_free_input(struct measurement *m)
{
    const size_t input_bytes = m->problem.input.bytes;
    for (size_t i = 1; i < m->copy_count; i++)
        region_free(&m->copies[i]);
    free(m->copies);
    m->copies = NULL;
    m->copy_count = 0;
    if (m->next_copy != NULL)
        munmap(m->next_copy, sizeof(*m->next_copy));
    m->next_copy = NULL;
    read_limit_free(&m->limit_problem);
    region_free(&m->problem.input);
    region_free(&m->problem.expected);
    m->problem.input.bytes = input_bytes;
}
