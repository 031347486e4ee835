#include "bench/limits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/interrupt.h"
#include "bench/probe.h"
#include "bench/progress.h"
#include "bench/statistics.h"
#include "bench/worker.h"
#include "common/parallel.h"
#include "common/parse.h"
#include "common/random.h"
#include "common/read_limit.h"
#include "cpu/read_limit.h"

enum { CACHE_LINE_BYTES = 64, BLOCK_WORDS = 1 << 16 };

/* ---- What to measure --------------------------------------------------------------------- */

/* Of all the caches like this one that so many workers have. */
static uint64_t total_bytes(const struct machine_cache *cache, unsigned workers)
{
    unsigned sharing = cache->sharing > 1 ? (unsigned)cache->sharing : 1;
    return cache->bytes * (workers > sharing ? workers / sharing : 1);
}

/* Half of a cache that a core has to itself. Of a cache that cores share, and that other programs
 * use as well, a quarter; or half, where a quarter would for the most part lie in the caches in
 * front. 0: even half would. */
static uint64_t working_set(const struct machine_cache *cache, const struct machine_cache *front,
                            bool shared, unsigned workers)
{
    uint64_t total = total_bytes(cache, workers);
    if (!shared)
        return total / 2;
    uint64_t least = front == NULL ? 0 : 2 * total_bytes(front, workers);
    if (total / 4 >= least)
        return total / 4;
    return total / 2 >= least ? total / 2 : 0;
}

static struct ceiling *add_read(struct limits *limits, const char *level, unsigned workers,
                                uint64_t bytes)
{
    struct ceiling *read = &limits->reads[limits->read_count++];
    bool one = workers == 1;
    *read = (struct ceiling){
        .workers = workers,
        .bytes = bytes - bytes % ((uint64_t)CACHE_LINE_BYTES * workers),
        .entry = find_backend(one ? "serial" : "pthread"),
        .technique = one ? &read_limit_one_core : &read_limit_all_cores,
    };
    snprintf(read->level, sizeof(read->level), "%s", level);
    if (read->entry->backend == NULL)
        ab_fail(&read->absent, AB_NOT_BUILT, "%s", read->entry->why_not);
    return read;
}

static void plan_caches(struct limits *limits, unsigned workers)
{
    const struct machine *machine = &limits->machine;
    const struct machine_cache *first = NULL, *front = NULL;
    for (unsigned i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        if (strcmp(cache->type, "Instruction") == 0)
            continue;
        first = first == NULL ? cache : first;
        char level[16];
        snprintf(level, sizeof(level), "L%d", cache->level);
        uint64_t bytes = working_set(cache, front, cache->sharing > first->sharing, workers);
        struct ceiling *read = add_read(limits, level, workers, bytes);
        if (bytes == 0 && read->absent.status == AB_OK)
            ab_fail(&read->absent, AB_UNSUPPORTED,
                    "half of it is less than twice the caches in front of it");
        front = cache;
    }
}

/* Far more than all caches together hold. */
static void plan_memory(struct limits *limits, unsigned workers, uint64_t room_bytes)
{
    const uint64_t least_bytes = 400000000;
    uint64_t cache_bytes = limits->machine.last_level_cache_bytes;
    uint64_t bytes = 4 * cache_bytes > least_bytes ? 4 * cache_bytes : least_bytes;
    bool enough = room_bytes >= 2 * cache_bytes;
    struct ceiling *read =
        add_read(limits, "memory", workers, bytes > room_bytes && enough ? room_bytes : bytes);
    char need[FORMAT_BYTES];
    if (!enough && read->absent.status == AB_OK)
        ab_fail(&read->absent, AB_NO_MEMORY,
                "twice the last-level cache does not fit into half of the memory that is "
                "available: free %s",
                format_bytes(4 * cache_bytes, need));
}

static void plan_reads(struct limits *limits)
{
    unsigned threads = (unsigned)limits->options->threads;
    uint64_t room_bytes = memory_available_bytes() / 2;
    plan_caches(limits, 1);
    plan_memory(limits, 1, room_bytes);
    if (threads > 1) {
        plan_caches(limits, threads);
        plan_memory(limits, threads, room_bytes);
    }
    for (size_t i = 0; i < limits->read_count; i++) {
        struct ceiling *read = &limits->reads[i];
        if (read->absent.status == AB_OK && read->bytes > room_bytes)
            ab_fail(&read->absent, AB_NO_MEMORY,
                    "the working set does not fit into half of the memory that is available");
    }
}

/* The least work there is on all threads. */
static void plan_forks(struct limits *limits)
{
    static const char *const backends[LIMITS_FORKS] = {"pthread", "openmp"};
    for (size_t i = 0; i < LIMITS_FORKS; i++) {
        struct ceiling *fork = &limits->forks[i];
        *fork = (struct ceiling){.entry = find_backend(backends[i]),
                                 .workers = (unsigned)limits->options->threads};
        snprintf(fork->level, sizeof(fork->level), "%s", backends[i]);
        fork->technique =
            find_technique(find_implementation(find_kernel("matrix_sum"), fork->entry), "simple");
        if (fork->entry->backend == NULL)
            ab_fail(&fork->absent, AB_NOT_BUILT, "%s", fork->entry->why_not);
    }
}

/* ---- Inputs ------------------------------------------------------------------------------ */

static void fill_block(void *argument, uint64_t block)
{
    uint64_t *words = (uint64_t *)argument + block * BLOCK_WORDS;
    struct random_stream stream = random_block(0, block);
    for (size_t i = 0; i < BLOCK_WORDS; i++)
        words[i] = random_next(&stream);
}

static enum ab_status make_input(struct limits *limits, struct ab_error *error)
{
    const uint64_t block_bytes = BLOCK_WORDS * sizeof(uint64_t);
    uint64_t bytes = 0;
    for (size_t i = 0; i < limits->read_count; i++)
        if (limits->reads[i].absent.status == AB_OK && limits->reads[i].bytes > bytes)
            bytes = limits->reads[i].bytes;
    uint64_t blocks = bytes / block_bytes + (bytes % block_bytes != 0);
    progress_show("limits: making the input", -1);
    enum ab_status status =
        region_resize(&limits->input, blocks * block_bytes, "the working set", error);
    if (status == AB_OK)
        status = parallel_blocks((unsigned)limits->options->threads, blocks, fill_block,
                                 limits->input.data, error);
    return status == AB_OK ? region_protect(&limits->input, error) : status;
}

/* A run reads for a millisecond or more, so that starting it does not count. */
static enum ab_status make_read(struct limits *limits, struct ceiling *read, struct ab_error *error)
{
    const uint64_t least_bytes = 400000000; /* a worker */
    const struct problem of = {.input = {limits->input.data, read->bytes, read->bytes}};
    uint64_t passes = least_bytes * read->workers / read->bytes;
    return read_limit_problem_passes(&of, passes > 0 ? passes : 1, &read->problem, error);
}

static enum ab_status make_fork(struct ceiling *fork, struct ab_error *error)
{
    static const struct setting one_element[] = {{"rows", "1"}, {"cols", "1"}};
    const struct settings settings = {.list = one_element, .count = 2, .threads = 1};
    struct problem *problem = &fork->problem;
    problem->kernel = find_kernel("matrix_sum");
    enum ab_status status = problem->kernel->configure(&settings, problem, error);
    if (status == AB_OK)
        status = problem->kernel->make(&settings, problem, error);
    if (status == AB_OK)
        status = problem->kernel->expect(problem, error);
    return status;
}

static enum ab_status make_problems(struct limits *limits, struct ab_error *error)
{
    enum ab_status status = make_input(limits, error);
    for (size_t i = 0; i < limits->read_count && status == AB_OK; i++)
        if (limits->reads[i].absent.status == AB_OK)
            status = make_read(limits, &limits->reads[i], error);
    for (size_t i = 0; i < LIMITS_FORKS && status == AB_OK; i++) /* devices take it, too */
        status = make_fork(&limits->forks[i], error);
    return status;
}

/* ---- Measuring --------------------------------------------------------------------------- */

/* Round LIMITS_ROUNDS comes before the others: it finds out how many iterations make a sample, and
 * whether the backend works at all. */
static enum ab_status visit(struct limits *limits, struct ceiling *c, size_t round,
                            struct ab_error *error)
{
    const struct options *options = limits->options;
    struct assignment assignment = {
        .backend = c->entry->backend,
        .options = backend_options(options, c->entry->backend),
        .clock = &system_clock,
        .problem = &c->problem,
        .technique = c->technique,
        .copies = {&c->problem.input, 1, NULL},
    };
    struct worker_options worker_options = {
        .placement_seed = options->seed + round,
        .deadline_s = options->deadline_s,
        .in_process = options->in_process,
    };
    struct worker worker;
    struct opening opening;
    struct timing timing;
    uint64_t least_ns = 1000 * (limits->clock.step_ns > 1000 ? limits->clock.step_ns : 1000);
    enum ab_status status = worker_start(&worker, &assignment, &worker_options, &opening, error);
    if (status != AB_OK)
        return status;
    if (round == LIMITS_ROUNDS) {
        struct calibration calibration = {0};
        status = worker_calibrate(&worker, least_ns, &calibration, error);
        c->iterations = calibration.iterations;
    } else {
        status = worker_sample(&worker, c->iterations, &timing, error);
        if (status == AB_OK)
            c->run_ns[round] = timing.sample.phase_ns[PHASE_KERNEL];
    }
    worker_stop(&worker);
    return status;
}

static enum ab_status visit_all(struct limits *limits, struct ceiling *list, size_t count,
                                size_t round, struct ab_error *error)
{
    for (size_t i = 0; i < count; i++) {
        struct ceiling *c = &list[i];
        if (c->absent.status != AB_OK)
            continue;
        enum ab_status status =
            interrupt_signal() != 0 ? AB_INTERRUPTED : visit(limits, c, round, &c->absent);
        if (status == AB_INTERRUPTED)
            return ab_fail(error, AB_INTERRUPTED, "interrupted");
        if (status != AB_OK && status != AB_NO_DEVICE)
            return ab_fail(error, status, "%s, %u worker%s: %s", c->level, c->workers,
                           c->workers == 1 ? "" : "s", c->absent.message);
    }
    return AB_OK;
}

static enum ab_status run_rounds(struct limits *limits, struct ab_error *error)
{
    progress_show("limits: checking", -1);
    limits->clock = clock_calibrate(&system_clock);
    enum ab_status status =
        visit_all(limits, limits->reads, limits->read_count, LIMITS_ROUNDS, error);
    if (status == AB_OK)
        status = visit_all(limits, limits->forks, LIMITS_FORKS, LIMITS_ROUNDS, error);
    double began_s = 1e-9 * (double)wall_ns(&system_clock), left_s = -1;
    for (size_t round = 0; round < LIMITS_ROUNDS && status == AB_OK; round++) {
        char what[64];
        snprintf(what, sizeof(what), "limits: round %zu of %d", round + 1, LIMITS_ROUNDS);
        progress_show(what, left_s);
        status = visit_all(limits, limits->reads, limits->read_count, round, error);
        if (status == AB_OK)
            status = visit_all(limits, limits->forks, LIMITS_FORKS, round, error);
        double spent_s = 1e-9 * (double)wall_ns(&system_clock) - began_s;
        left_s = spent_s / (double)(round + 1) * (double)(LIMITS_ROUNDS - round - 1);
    }
    return status;
}

/* More than a device's caches hold, and no more than it takes long to send. */
static enum ab_status measure_devices(struct limits *limits, struct ab_error *error)
{
    const size_t most_bytes = 256 << 20;
    struct region bytes = limits->input;
    bytes.bytes = bytes.bytes < most_bytes ? bytes.bytes : most_bytes;
    if (device_limits_measure(limits->options, &limits->forks[0].problem, &bytes, limits->devices,
                              &limits->device_count, error) != AB_OK)
        return error->status;
    struct device_search search = {.options = limits->options};
    for (size_t i = 0; i < limits->device_count; i++)
        device_search_add(&search, limits->devices[i].entry, &limits->devices[i].absent);
    return device_search_end(&search, error);
}

enum ab_status limits_measure(struct limits *limits, const struct options *options,
                              struct ab_error *error)
{
    *limits = (struct limits){.options = options};
    enum ab_status status = memory_limit_check(error);
    if (status == AB_OK)
        status = read_limit_isa(&limits->isa, error);
    if (status != AB_OK)
        return status;
    machine_describe(&limits->machine);
    plan_reads(limits);
    plan_forks(limits);
    status = make_problems(limits, error);
    if (status == AB_OK)
        status = measure_devices(limits, error); /* first: one that is named may be missing */
    if (status == AB_OK)
        status = run_rounds(limits, error);
    if (status != AB_OK)
        limits_free(limits);
    return status;
}

void limits_free(struct limits *limits)
{
    for (size_t i = 0; i < limits->read_count; i++)
        read_limit_free(&limits->reads[i].problem);
    for (size_t i = 0; i < LIMITS_FORKS; i++) {
        struct problem *problem = &limits->forks[i].problem;
        region_free(&problem->input);
        region_free(&problem->expected);
        if (problem->kernel != NULL)
            problem->kernel->destroy(problem);
    }
    region_free(&limits->input);
    *limits = (struct limits){0};
}

double ceiling_ns(const struct ceiling *c)
{
    if (c->absent.status != AB_OK)
        return NAN;
    double run_ns[LIMITS_ROUNDS];
    memcpy(run_ns, c->run_ns, sizeof(run_ns));
    return median(run_ns, LIMITS_ROUNDS);
}

double ceiling_bytes_per_second(const struct ceiling *read)
{
    if (read->absent.status != AB_OK)
        return NAN;
    double read_bytes = (double)read->bytes * (double)read_limit_params(&read->problem)->passes;
    return read_bytes / (1e-9 * ceiling_ns(read));
}
