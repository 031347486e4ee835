/* The statements that describe a benchmark, but for its arguments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/shim/registry.h"

static void no_memory(struct bm_benchmark *b)
{
    ab_fail(&b->error, AB_NO_MEMORY, "%s: no memory for its description", b->name);
}

void bm_name(struct bm_benchmark *b, const char *name)
{
    if (name == NULL || *name == '\0') {
        ab_fail(&b->error, AB_USAGE, "%s: bm_name: it gives no name", b->name);
        return;
    }
    char *own = strdup(name);
    if (own == NULL) {
        no_memory(b);
        return;
    }
    free(b->name);
    b->name = own;
}

void bm_context(struct bm_benchmark *b, void *context)
{
    b->context = context;
}

void bm_unit(struct bm_benchmark *b, enum bm_time_unit unit)
{
    b->unit = unit;
    b->unit_given = true;
}

/* ---- How long ---------------------------------------------------------------------------- */

static void check_duration(struct bm_benchmark *b)
{
    if (b->iterations != 0 && (b->min_time_s > 0 || b->min_warmup_s > 0))
        ab_fail(&b->error, AB_USAGE,
                "%s: it has both a number of iterations and a least time: leave one out", b->name);
}

void bm_min_time(struct bm_benchmark *b, double seconds)
{
    if (!(seconds > 0) || isinf(seconds))
        ab_fail(&b->error, AB_USAGE, "%s: bm_min_time: %g s is no time above 0", b->name, seconds);
    b->min_time_s = seconds;
    check_duration(b);
}

void bm_min_warmup_time(struct bm_benchmark *b, double seconds)
{
    if (!(seconds >= 0) || isinf(seconds))
        ab_fail(&b->error, AB_USAGE, "%s: bm_min_warmup_time: %g s is no time", b->name, seconds);
    b->min_warmup_s = seconds;
    check_duration(b);
}

void bm_iterations(struct bm_benchmark *b, int64_t iterations)
{
    if (iterations < 1)
        ab_fail(&b->error, AB_USAGE, "%s: bm_iterations: %lld is not above 0", b->name,
                (long long)iterations);
    b->iterations = iterations;
    check_duration(b);
}

void bm_repetitions(struct bm_benchmark *b, int repetitions)
{
    if (repetitions < 1)
        ab_fail(&b->error, AB_USAGE, "%s: bm_repetitions: %d is not above 0", b->name, repetitions);
    b->repetitions = repetitions;
}

void bm_report_aggregates_only(struct bm_benchmark *b, bool yes)
{
    b->aggregates_only = yes ? AGGREGATES_ONLY : AGGREGATES_TOO;
}

void bm_display_aggregates_only(struct bm_benchmark *b, bool yes)
{
    if (yes && b->aggregates_only != AGGREGATES_ONLY)
        b->aggregates_only = AGGREGATES_DISPLAYED;
    else if (!yes)
        b->aggregates_only = AGGREGATES_TOO;
}

/* ---- Clocks ------------------------------------------------------------------------------ */

static void check_clock(struct bm_benchmark *b)
{
    if (b->real_time && b->manual_time)
        ab_fail(&b->error, AB_USAGE, "%s: it uses both real and manual time: leave one out",
                b->name);
}

void bm_use_real_time(struct bm_benchmark *b)
{
    b->real_time = true;
    check_clock(b);
}

void bm_use_manual_time(struct bm_benchmark *b)
{
    b->manual_time = true;
    check_clock(b);
}

void bm_measure_process_cpu_time(struct bm_benchmark *b)
{
    b->process_cpu_time = true;
}

/* ---- Threads ----------------------------------------------------------------------------- */

static void add_threads(struct bm_benchmark *b, int threads)
{
    int *added = list_add(&b->threads, sizeof(*added));
    if (added == NULL)
        no_memory(b);
    else
        *added = threads;
}

static bool are_threads(struct bm_benchmark *b, const char *statement, int low, int high)
{
    if (low >= 1 && low <= high)
        return true;
    ab_fail(&b->error, AB_USAGE, "%s: %s: no numbers of threads from %d to %d", b->name, statement,
            low, high);
    return false;
}

void bm_threads(struct bm_benchmark *b, int threads)
{
    if (are_threads(b, "bm_threads", threads, threads))
        add_threads(b, threads);
}

void bm_thread_range(struct bm_benchmark *b, int low, int high)
{
    if (!are_threads(b, "bm_thread_range", low, high))
        return;
    struct list values = {0};
    if (!add_range(&values, low, high, 2))
        no_memory(b);
    for (size_t i = 0; i < values.count; i++)
        add_threads(b, (int)((int64_t *)values.items)[i]);
    free(values.items);
}

void bm_dense_thread_range(struct bm_benchmark *b, int low, int high, int stride)
{
    if (stride < 1)
        ab_fail(&b->error, AB_USAGE, "%s: bm_dense_thread_range: a stride of %d is not above 0",
                b->name, stride);
    if (stride < 1 || !are_threads(b, "bm_dense_thread_range", low, high))
        return;
    for (int64_t threads = low; threads < high; threads += stride)
        add_threads(b, (int)threads);
    add_threads(b, high);
}

void bm_thread_per_cpu(struct bm_benchmark *b)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    add_threads(b, cpus < 1 ? 1 : (int)cpus);
}

/* ---- What is done with it ---------------------------------------------------------------- */

void bm_setup(struct bm_benchmark *b, bm_function *setup)
{
    b->setup = setup;
}

void bm_teardown(struct bm_benchmark *b, bm_function *teardown)
{
    b->teardown = teardown;
}

void bm_compute_statistic(struct bm_benchmark *b, const char *name, bm_statistic *statistic,
                          enum bm_statistic_unit unit)
{
    if (name == NULL || *name == '\0' || statistic == NULL) {
        ab_fail(&b->error, AB_USAGE, "%s: bm_compute_statistic: a name or a function is missing",
                b->name);
        return;
    }
    char *own = strdup(name);
    struct statistic *added = own == NULL ? NULL : list_add(&b->statistics, sizeof(*added));
    if (added == NULL) {
        free(own);
        no_memory(b);
        return;
    }
    *added = (struct statistic){own, statistic, unit};
}

void bm_complexity(struct bm_benchmark *b, enum bm_big_o big_o)
{
    if (big_o == BM_O_FUNCTION)
        ab_fail(&b->error, AB_USAGE,
                "%s: bm_complexity: a function is what "
                "bm_complexity_function takes",
                b->name);
    b->big_o = big_o;
}

void bm_complexity_function(struct bm_benchmark *b, bm_big_o_function *function)
{
    if (function == NULL)
        ab_fail(&b->error, AB_USAGE, "%s: bm_complexity_function: no function", b->name);
    b->big_o = BM_O_FUNCTION;
    b->big_o_function = function;
}
