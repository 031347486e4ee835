#include "tests/fake.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/json.h"

enum { INPUT_BYTES = 64 };

struct fake fake;

void fake_reset(void)
{
    fake = (struct fake){.now_ns = 1000};
}

static enum ab_status call(const char *name, uint64_t takes_ns, struct ab_error *error)
{
    size_t used = strlen(fake.log);
    snprintf(fake.log + used, sizeof(fake.log) - used, "%s%s", used == 0 ? "" : " ", name);
    fake.now_ns += takes_ns;
    if (++fake.calls == fake.fail_at)
        return ab_fail(error, AB_API, "%s failed on purpose", name);
    return AB_OK;
}

static uint64_t fake_wall_ns(void *state)
{
    (void)state;
    return fake.now_ns;
}

static uint64_t fake_cpu_ns(void *state)
{
    (void)state;
    return fake.now_ns / 2;
}

const struct clock_source fake_clock = {fake_wall_ns, fake_cpu_ns, NULL};

/* ---- The kernel -------------------------------------------------------------------------- */

static int64_t sum_bytes(const unsigned char *bytes)
{
    int64_t sum = 0;
    for (size_t i = 0; i < INPUT_BYTES; i++)
        sum += bytes[i];
    return sum;
}

static void check(const struct problem *problem, const struct region *result, double relative_error,
                  struct verdict *verdict)
{
    (void)relative_error;
    int64_t sum = 0;
    memcpy(&sum, result->data, sizeof(sum));
    verdict->passed = sum == sum_bytes(problem->input.data);
    snprintf(verdict->detail, sizeof(verdict->detail), "sum is %lld", (long long)sum);
}

static enum ab_status write_result(const struct problem *problem, const struct region *result,
                                   struct json_writer *json, struct ab_error *error)
{
    (void)problem, (void)error;
    int64_t sum = 0;
    memcpy(&sum, result->data, sizeof(sum));
    json_integer(json, "sum", sum);
    return AB_OK;
}

static void destroy(struct problem *problem)
{
    (void)problem;
}

const struct kernel fake_kernel = {
    .name = "fake",
    .summary = "sum of 64 bytes",
    .result_bytes = sizeof(int64_t),
    .check = check,
    .write_result = write_result,
    .destroy = destroy,
};

void fake_problem_make(struct problem *problem)
{
    struct ab_error error = {0};
    *problem =
        (struct problem){.kernel = &fake_kernel, .items = INPUT_BYTES, .summary = "64 bytes"};
    if (region_resize(&problem->input, INPUT_BYTES, "the input", &error) != AB_OK)
        abort();
    for (size_t i = 0; i < INPUT_BYTES; i++)
        ((unsigned char *)problem->input.data)[i] = (unsigned char)(3 * i);
}

void fake_problem_free(struct problem *problem)
{
    region_free(&problem->input);
}

/* ---- The device -------------------------------------------------------------------------- */

static enum ab_status open_fake(const struct backend_options *options, void **context,
                                struct ab_error *error)
{
    (void)options;
    enum ab_status status = call("open", FAKE_OPEN_NS + fake.dear_open_ns, error);
    if (status != AB_OK)
        return status;
    fake.balance++;
    *context = &fake;
    return AB_OK;
}

static void describe(const void *context, struct device_info *device)
{
    (void)context;
    *device = (struct device_info){.name = "a fake",
                                   .workers = 1,
                                   .memory_bytes = fake.device_bytes,
                                   .programs = fake.programs};
}

static void close_fake(void *context)
{
    struct ab_error ignored = {0};
    const struct timespec slow = {0, (long)fake.slow_close_ns};
    if (context == NULL)
        return;
    nanosleep(&slow, NULL);
    call("close", 0, &ignored);
    fake.balance--;
}

static enum ab_status allocate(void *context, size_t bytes, void **memory, struct ab_error *error)
{
    (void)context;
    enum ab_status status = call("allocate", 0, error);
    if (status != AB_OK)
        return status;
    *memory = calloc(1, bytes);
    fake.balance++;
    return AB_OK;
}

static enum ab_status upload(void *context, void *to, const void *from, size_t bytes,
                             struct ab_error *error)
{
    (void)context;
    memcpy(to, from, bytes);
    return call("upload", FAKE_UPLOAD_NS, error);
}

static enum ab_status sync_fake(void *context, struct ab_error *error)
{
    (void)context;
    return call("sync", FAKE_SYNC_NS, error);
}

static void release_memory(void *context, void *memory)
{
    struct ab_error ignored = {0};
    (void)context;
    call("release_memory", 0, &ignored);
    free(memory);
    fake.balance--;
}

static enum ab_status clock_start(void *context, struct ab_error *error)
{
    (void)context;
    return call("clock_start", 0, error);
}

static enum ab_status clock_stop(void *context, struct ab_error *error)
{
    (void)context;
    return call("clock_stop", 0, error);
}

static enum ab_status clock_read(void *context, uint64_t *elapsed_ns, struct ab_error *error)
{
    (void)context;
    *elapsed_ns = FAKE_DEVICE_CLOCK_NS;
    return call("clock_read", 0, error);
}

#define FAKE_DEVICE_HOOKS                                                                   \
    .name = "fake", .summary = "a fake device", .memory = MEMORY_DEVICE, .open = open_fake, \
    .describe = describe, .close = close_fake, .allocate = allocate, .upload = upload,      \
    .sync = sync_fake, .release_memory = release_memory

const struct backend fake_clockless_device = {FAKE_DEVICE_HOOKS};
const struct backend fake_device = {FAKE_DEVICE_HOOKS, .clock_start = clock_start,
                                    .clock_stop = clock_stop, .clock_read = clock_read};

static enum ab_status prepare(struct job *job, struct ab_error *error)
{
    job->scratch = calloc(1, sizeof(int64_t));
    fake.balance++;
    return call("prepare", FAKE_PREPARE_NS, error);
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    *(int64_t *)job->scratch = sum_bytes(job->input) + fake.error_in_result;
    return call("run", FAKE_RUN_NS, error);
}

static enum ab_status download(struct job *job, struct ab_error *error)
{
    memcpy(job->result->data, job->scratch, sizeof(int64_t));
    return call("download", FAKE_DOWNLOAD_NS, error);
}

static enum ab_status end_to_end(struct job *job, struct ab_error *error)
{
    int64_t sum = sum_bytes(job->problem->input.data) + fake.error_in_result;
    memcpy(job->result->data, &sum, sizeof(sum));
    return call("end_to_end", FAKE_RUN_NS, error);
}

static void release(struct job *job)
{
    struct ab_error ignored = {0};
    call("release", 0, &ignored);
    free(job->scratch);
    fake.balance--;
}

#define FAKE_TECHNIQUE_HOOKS                                                         \
    .name = "simple", .summary = "on a fake device", .prepare = prepare, .run = run, \
    .download = download, .release = release

const struct technique fake_device_technique = {FAKE_TECHNIQUE_HOOKS};
const struct technique fake_streamed_technique = {FAKE_TECHNIQUE_HOOKS, .end_to_end = end_to_end};

/* ---- The host ---------------------------------------------------------------------------- */

const struct backend fake_host = {
    .name = "host",
    .summary = "a fake CPU backend",
    .memory = MEMORY_HOST,
    .open = open_fake,
    .describe = describe,
    .close = close_fake,
};

static enum ab_status run_host(struct job *job, struct ab_error *error)
{
    int64_t sum = sum_bytes(job->input) + fake.error_in_result;
    memcpy(job->result->data, &sum, sizeof(sum));
    return call("run", FAKE_RUN_NS, error);
}

const struct technique fake_host_technique = {
    .name = "simple", .summary = "right", .run = run_host};

static enum ab_status run_wrong(struct job *job, struct ab_error *error)
{
    fake.error_in_result = 1;
    return run_host(job, error);
}

/* Right when it is verified first, wrong from the second run on. */
static enum ab_status run_later_wrong(struct job *job, struct ab_error *error)
{
    fake.error_in_result = fake.calls >= 2;
    return run_host(job, error);
}

static enum ab_status run_error(struct job *job, struct ab_error *error)
{
    (void)job;
    return ab_fail(error, AB_NO_MEMORY, "the table needs 9.9 GB, 1.0 GB are available");
}

static enum ab_status run_crash(struct job *job, struct ab_error *error)
{
    (void)job, (void)error;
    signal(SIGSEGV, SIG_DFL); /* not the sanitizer's */
    raise(SIGSEGV);
    return AB_OK;
}

static enum ab_status run_killed(struct job *job, struct ab_error *error)
{
    (void)job, (void)error;
    raise(SIGKILL);
    return AB_OK;
}

static enum ab_status run_exit(struct job *job, struct ab_error *error)
{
    (void)job, (void)error;
    _exit(7);
}

static enum ab_status run_hang(struct job *job, struct ab_error *error)
{
    (void)job, (void)error;
    while (pause() != 0)
        continue;
    return AB_OK;
}

const struct technique fake_bad_techniques[] = {
    [BAD_WRONG] = {.name = "wrong", .summary = "", .run = run_wrong},
    [BAD_LATER_WRONG] = {.name = "later-wrong", .summary = "", .run = run_later_wrong},
    [BAD_ERROR] = {.name = "error", .summary = "", .run = run_error},
    [BAD_CRASH] = {.name = "crash", .summary = "", .run = run_crash},
    [BAD_KILLED] = {.name = "killed", .summary = "", .run = run_killed},
    [BAD_EXIT] = {.name = "exit", .summary = "", .run = run_exit},
    [BAD_HANG] = {.name = "hang", .summary = "", .run = run_hang},
};
