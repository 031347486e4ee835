/* How time grows with n: least squares, with and without a fixed part. */
#include <math.h>

#include "bench/shim/aggregate.h"

const char *big_o_name(enum bm_big_o big_o)
{
    static const char *const names[] = {
        [BM_O_1] = "(1)",        [BM_O_N] = "N",       [BM_O_N_SQUARED] = "N^2",
        [BM_O_N_CUBED] = "N^3",  [BM_O_LOG_N] = "lgN", [BM_O_N_LOG_N] = "NlgN",
        [BM_O_FUNCTION] = "f(N)"};
    return big_o >= BM_O_1 && big_o != BM_O_AUTO && big_o <= BM_O_FUNCTION ? names[big_o] : "f(N)";
}

/* A curve time = coefficient * g(n). */
struct fit {
    enum bm_big_o big_o;
    double coefficient; /* seconds */
    double rms;         /* of the residuals, relative to the mean time */
};

static double curve(enum bm_big_o big_o, bm_big_o_function *function, double n)
{
    switch (big_o) {
    case BM_O_N:
        return n;
    case BM_O_N_SQUARED:
        return n * n;
    case BM_O_N_CUBED:
        return n * n * n;
    case BM_O_LOG_N:
        return log2(n);
    case BM_O_N_LOG_N:
        return n * log2(n);
    case BM_O_FUNCTION:
        return function((int64_t)n);
    default:
        return 1;
    }
}

static double relative_rms(double squares, double sum, size_t count)
{
    return sqrt(squares / (double)count) / (sum / (double)count);
}

static struct fit fit_one(const double *n, const double *seconds, size_t count, enum bm_big_o big_o,
                          bm_big_o_function *function)
{
    struct fit fit = {.big_o = big_o};
    double g_squares = 0, time_sum = 0, time_g = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double g = curve(big_o, function, n[i]);
        g_squares += g * g;
        time_sum += seconds[i];
        time_g += seconds[i] * g;
    }
    fit.coefficient = time_g / g_squares;
    for (size_t i = 0; i < count; i++) {
        double residual = seconds[i] - fit.coefficient * curve(big_o, function, n[i]);
        squares += residual * residual;
    }
    fit.rms = relative_rms(squares, time_sum, count);
    return fit;
}

static struct affine_fit affine_one(const double *n, const double *seconds, size_t count,
                                    enum bm_big_o big_o, bm_big_o_function *function)
{
    struct affine_fit fit = {.big_o = big_o};
    double g_sum = 0, time_sum = 0, g_squares = 0, time_g = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        g_sum += curve(big_o, function, n[i]);
        time_sum += seconds[i];
    }
    double g_mean = g_sum / (double)count, time_mean = time_sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        double g = curve(big_o, function, n[i]) - g_mean;
        g_squares += g * g;
        time_g += g * (seconds[i] - time_mean);
    }
    fit.coefficient = time_g / g_squares;
    fit.fixed = time_mean - fit.coefficient * g_mean;
    for (size_t i = 0; i < count; i++) {
        double residual = seconds[i] - fit.fixed - fit.coefficient * curve(big_o, function, n[i]);
        squares += residual * residual;
    }
    fit.rms = relative_rms(squares, time_sum, count);
    return fit;
}

/* In the order in which a later one must be strictly better to be taken. */
static const enum bm_big_o candidates[] = {BM_O_LOG_N, BM_O_N, BM_O_N_LOG_N, BM_O_N_SQUARED,
                                           BM_O_N_CUBED};
enum { CANDIDATES = sizeof(candidates) / sizeof(candidates[0]) };

/* The curve of `count` >= 1 points by least squares; BM_O_AUTO tries all and takes the best. */
static struct fit fit_curve(const double *n, const double *seconds, size_t count,
                            enum bm_big_o big_o, bm_big_o_function *function)
{
    if (big_o != BM_O_AUTO)
        return fit_one(n, seconds, count, big_o, function);
    struct fit best = fit_one(n, seconds, count, BM_O_1, NULL);
    for (size_t i = 0; i < CANDIDATES; i++) {
        struct fit fit = fit_one(n, seconds, count, candidates[i], NULL);
        if (fit.rms < best.rms)
            best = fit;
    }
    return best;
}

/* The same with a fixed part; coefficients are NAN where all n are the same. */
static struct affine_fit fit_affine(const double *n, const double *seconds, size_t count,
                                    enum bm_big_o big_o, bm_big_o_function *function)
{
    if (big_o != BM_O_AUTO)
        return affine_one(n, seconds, count, big_o, function);
    struct affine_fit best = affine_one(n, seconds, count, candidates[0], NULL);
    for (size_t i = 1; i < CANDIDATES; i++) {
        struct affine_fit fit = affine_one(n, seconds, count, candidates[i], NULL);
        if (fit.rms < best.rms)
            best = fit;
    }
    return best;
}

/* ---- The two rows ------------------------------------------------------------------------ */

/* Both clocks follow one and the same curve: that of manual time where it is used, else of CPU
 * time. */
static void fit_both(const struct bm_benchmark *b, const double *n, const double *real_s,
                     const double *cpu_s, size_t count, struct fit *real, struct fit *cpu)
{
    struct fit *first = b->manual_time ? real : cpu, *second = b->manual_time ? cpu : real;
    const double *first_s = b->manual_time ? real_s : cpu_s;
    const double *second_s = b->manual_time ? cpu_s : real_s;
    *first = fit_curve(n, first_s, count, b->big_o, b->big_o_function);
    *second = fit_curve(n, second_s, count, first->big_o, b->big_o_function);
}

static bool set_row(const struct instance *first, const struct bm_run *row, const char *name,
                    struct arena *arena, struct bm_run *run)
{
    *run = *row;
    run->counters = NULL;
    run->counter_count = 0;
    run->run_name = first->family_name;
    run->name = arena_format(arena, "%s_%s", first->family_name, name);
    run->aggregate_name = name;
    run->repetition_index = -1;
    run->iterations = 0;
    return run->name != NULL;
}

enum ab_status complexity_of(const struct instance *first, const struct result *rows, size_t count,
                             struct arena *arena, struct complexity *complexity,
                             struct ab_error *error)
{
    const struct bm_benchmark *b = first->benchmark;
    double *n = arena_allocate(arena, 3 * count * sizeof(*n));
    if (n == NULL)
        return ab_fail(error, AB_NO_MEMORY, "%s: no memory for its complexity", b->name);
    double *real_s = n + count, *cpu_s = real_s + count;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].complexity_n <= 0)
            return ab_fail(error, AB_USAGE,
                           "%s: its complexity is asked for, and bm_state_set_complexity_n was not "
                           "called with an n above 0",
                           rows[i].run.name);
        n[i] = (double)rows[i].complexity_n;
        real_s[i] = rows[i].real_s / (double)rows[i].run.iterations;
        cpu_s[i] = rows[i].cpu_s / (double)rows[i].run.iterations;
    }
    struct fit real, cpu;
    fit_both(b, n, real_s, cpu_s, count, &real, &cpu);
    complexity->real = fit_affine(n, real_s, count, b->big_o, b->big_o_function);
    complexity->cpu = fit_affine(n, cpu_s, count, b->big_o, b->big_o_function);
    if (!set_row(first, &rows[0].run, "BigO", arena, &complexity->big_o.run) ||
        !set_row(first, &rows[0].run, "RMS", arena, &complexity->rms.run))
        return ab_fail(error, AB_NO_MEMORY, "%s: no memory for its complexity", b->name);
    /* In the unit of benchmarks that choose none, whatever this one has chosen: as upstream. */
    double units = time_unit_per_second(flags.unit);
    complexity->big_o.run.time_unit = flags.unit;
    complexity->big_o.run.aggregate_unit = BM_STATISTIC_TIME;
    complexity->big_o.run.big_o = cpu.big_o;
    complexity->big_o.run.real_time = real.coefficient * units;
    complexity->big_o.run.cpu_time = cpu.coefficient * units;
    complexity->rms.run.aggregate_unit = BM_STATISTIC_PERCENTAGE;
    complexity->rms.run.big_o = cpu.big_o;
    complexity->rms.run.real_time = real.rms;
    complexity->rms.run.cpu_time = cpu.rms;
    return AB_OK;
}
