#include "tests/fuzz/everywhere.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/json.h"

enum { BACKENDS_MAX = 8, POISON = 0xA5 };

struct opened {
    const struct backend_entry *entry;
    void *context;
};

__attribute__((noreturn, format(printf, 1, 2))) static void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}

/* The CPU backends, opened once for all inputs: their threads are dear. */
static const struct opened *opened_backends(size_t *count)
{
    static struct opened opened[BACKENDS_MAX];
    static size_t used;
    for (size_t i = 0; used == 0 && i < backend_count() && used < BACKENDS_MAX; i++) {
        const struct backend_entry *entry = backend_at(i);
        struct backend_options options = {.threads = strcmp(entry->name, "serial") == 0 ? 1 : 3};
        struct ab_error error = {0};
        if (entry->backend == NULL || entry->backend->memory != MEMORY_HOST)
            continue;
        opened[used].entry = entry;
        if (entry->backend->open(&options, &opened[used].context, &error) != AB_OK)
            give_up("%s: %s", entry->name, error.message);
        used++;
    }
    *count = used;
    return opened;
}

/* A failure may only be the input's, and is said in one line. */
static void judge_refusal(const char *where, const struct ab_error *error)
{
    const bool allowed = error->status == AB_INPUT || error->status == AB_USAGE ||
                         error->status == AB_UNSUPPORTED || error->status == AB_NO_MEMORY;
    if (!allowed || error->message[0] == '\0' || strchr(error->message, '\n') != NULL)
        give_up("%s: status %d: '%s'", where, (int)error->status, error->message);
}

static void judge_result(const struct job *job, const char *backend)
{
    const struct technique *technique = job->technique;
    struct verdict verdict = {0};
    struct ab_error error = {0};
    struct json_writer json = {.one_line = true};
    const double bound = technique->relative_error == NULL ? 0 : technique->relative_error(job);
    const struct kernel *kernel = job->problem->kernel;
    kernel->check(job->problem, job->result, bound, &verdict);
    if (!verdict.passed)
        give_up("%s, %s on %s: %s", kernel->name, technique->name, backend, verdict.detail);
    json_begin_object(&json, NULL);
    if (kernel->write_result(job->problem, job->result, &json, &error) != AB_OK)
        give_up("%s: %s", kernel->name, error.message);
    json_end_object(&json);
    if (json_finish(&json, &error) != AB_OK)
        give_up("%s: %s", kernel->name, error.message);
    json_free(&json);
}

static void compute(const struct problem *problem, const struct opened *on,
                    const struct technique *technique)
{
    struct region result = {0};
    struct ab_error error = {0};
    struct job job = {.problem = problem,
                      .technique = technique,
                      .context = on->context,
                      .input = problem->input.data,
                      .result = &result};
    enum ab_status status =
        region_resize(&result, problem->kernel->result_bytes, "the result", &error);
    if (status == AB_OK && result.bytes > 0)
        memset(result.data, POISON, result.bytes);
    if (status == AB_OK && technique->prepare != NULL)
        status = technique->prepare(&job, &error);
    if (status == AB_OK)
        status = technique->run(&job, &error);
    if (status != AB_OK)
        judge_refusal(technique->name, &error);
    else
        judge_result(&job, on->entry->name);
    if (technique->release != NULL)
        technique->release(&job);
    region_free(&result);
}

static void compute_everywhere(const struct problem *problem)
{
    size_t count;
    const struct opened *opened = opened_backends(&count);
    for (size_t i = 0; i < count; i++) {
        const struct implementation *cell = find_implementation(problem->kernel, opened[i].entry);
        for (const struct technique *t = techniques_of(cell); t->name != NULL; t++)
            compute(problem, &opened[i], t);
    }
}

/* The path of an unnamed file with these bytes. */
static int make_file(const uint8_t *data, size_t size, char path[32])
{
    const int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        give_up("cannot make the input file");
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

void check_everywhere(const char *kernel, struct settings settings, const uint8_t *data,
                      size_t size)
{
    char path[32];
    const int fd = make_file(data, size, path);
    const char *files[] = {path};
    struct problem problem = {.kernel = find_kernel(kernel)};
    struct ab_error error = {0};
    settings.files = files;
    settings.file_count = 1;
    settings.threads = 1;
    enum ab_status status = problem.kernel->configure(&settings, &problem, &error);
    if (status == AB_OK)
        status = problem.kernel->make(&settings, &problem, &error);
    if (status == AB_OK)
        status = problem.kernel->expect(&problem, &error);
    if (status == AB_OK)
        compute_everywhere(&problem);
    else
        judge_refusal(kernel, &error);
    region_free(&problem.expected);
    region_free(&problem.input);
    problem.kernel->destroy(&problem);
    close(fd);
}
