/* Statistics over the repetitions of an instance, and the curve through those of a family. */
#ifndef ACCELBENCH_BENCH_SHIM_AGGREGATE_H
#define ACCELBENCH_BENCH_SHIM_AGGREGATE_H

#include "bench/shim/runner.h"

/* Those that every benchmark has; ends with a NULL name. */
enum { COMMON_STATISTICS = 4 };
extern const struct statistic common_statistics[COMMON_STATISTICS + 1];

/* A statistic of one quantity over `count` rows. `rows[i].real_s` and `cpu_s`, and counters that
 * all rows have, each give one value. Writes rows of aggregates, first the four, then the
 * benchmark's own, into `to`; returns their number, 0 where fewer than two repetitions succeeded.
 * `extra` are the benchmark's own statistics, struct statistic. */
enum ab_status aggregate(const struct result *rows, size_t count, const struct list *extra,
                         struct arena *arena, struct result **aggregates, size_t *aggregate_count,
                         struct ab_error *error);

/* A curve time = coefficient * g(n). */
struct fit {
    enum bm_big_o big_o;
    double coefficient; /* seconds */
    double rms;         /* of the residuals, relative to the mean time */
};

/* time = fixed + coefficient * g(n): what a device with a cost of starting follows. */
struct affine_fit {
    enum bm_big_o big_o;
    double fixed, coefficient; /* seconds */
    double rms;
};

/* "N", "N^2", "N^3", "lgN", "NlgN", "(1)", "f(N)" */
const char *big_o_name(enum bm_big_o big_o);

/* The curve of `count` >= 1 points by least squares; BM_O_AUTO tries all and takes the best. */
struct fit fit_curve(const double *n, const double *seconds, size_t count, enum bm_big_o big_o,
                     bm_big_o_function *function);
/* The same with a fixed part; coefficients are NAN where all n are the same. */
struct affine_fit fit_affine(const double *n, const double *seconds, size_t count,
                             enum bm_big_o big_o, bm_big_o_function *function);

/* The rows BigO and RMS of a family. */
struct complexity {
    struct result big_o, rms;
    struct affine_fit real, cpu;
};
/* `rows` are all successful iteration rows of the family, at least 2. AB_USAGE: one of them did
 * not tell its n. */
enum ab_status complexity_of(const struct instance *first, const struct result *rows, size_t count,
                             struct arena *arena, struct complexity *complexity,
                             struct ab_error *error);

#endif
