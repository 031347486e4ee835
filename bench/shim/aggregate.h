/* Statistics over the repetitions of an instance, and the curve through those of a family. */
#ifndef ACCELBENCH_BENCH_SHIM_AGGREGATE_H
#define ACCELBENCH_BENCH_SHIM_AGGREGATE_H

#include "bench/shim/runner.h"

/* Those that every benchmark has; ends with a NULL name. */
enum { COMMON_STATISTICS = 4 };
extern const struct statistic common_statistics[COMMON_STATISTICS + 1];

/* Rows of aggregates over `count` rows, first those of the four, then of `extra`, the benchmark's
 * own (struct statistic): of the real and the CPU time, and of each counter over the rows that have
 * it. The arena owns them; none where fewer than two repetitions succeeded. AB_NO_MEMORY. */
enum ab_status aggregate(const struct result *rows, size_t count, const struct list *extra,
                         struct arena *arena, struct result **aggregates, size_t *aggregate_count,
                         struct ab_error *error);

/* time = fixed + coefficient * g(n): what a device with a cost of starting follows. */
struct affine_fit {
    enum bm_big_o big_o;
    double fixed, coefficient; /* seconds */
    double rms;
};

/* "N", "N^2", "N^3", "lgN", "NlgN", "(1)", "f(N)" */
const char *big_o_name(enum bm_big_o big_o);

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
