/* Rows of results: one model for every writer. The fields and their meaning are Google
 * Benchmark's; one round is one repetition, and a series that has at least two repetitions is
 * followed by its mean, median, stddev and cv. */
#ifndef ACCELBENCH_BENCH_ROW_H
#define ACCELBENCH_BENCH_ROW_H

#include "bench/measure.h"

enum { ROW_NAME_BYTES = 320 };

enum aggregate { NOT_AGGREGATE, AGGREGATE_MEAN, AGGREGATE_MEDIAN, AGGREGATE_STDDEV, AGGREGATE_CV };

struct row {
    char run_name[ROW_NAME_BYTES]; /* the series; an aggregate's name has a suffix */
    size_t family_index;
    size_t repetitions, round;
    enum aggregate aggregate;
    bool failed; /* an error row: no times; the reason is the alternative's */
    uint64_t iterations;
    double real_ns, cpu_ns; /* per iteration; for AGGREGATE_CV plain ratios */
    double bytes_per_second, items_per_second;

    const struct measurement *measurement;
    const struct alternative *alternative;
    enum phase phase; /* PHASE_E2E, or PHASE_KERNEL for backends with memory of their own */
};

/* "mean", ...; NULL for NOT_AGGREGATE. */
const char *aggregate_name(enum aggregate aggregate);

/* The row's own name: the series', with an aggregate's suffix. */
void row_name(const struct row *row, char name[ROW_NAME_BYTES]);

/* The name of a series, as scripts know it: <kernel>[.part...]_<backend>/<sizes>/real_time. A part
 * is there exactly when it differs from the documented default. */
void series_name(const struct measurement *measurement, const struct alternative *a,
                 enum phase phase, char name[ROW_NAME_BYTES]);

/* The row of one sample. `family_index` as Google's: the number of the series in the file. */
struct row row_of_sample(const struct measurement *measurement, const struct alternative *a,
                         enum phase phase, size_t round);

/* All rows of a measurement, in order. `*rows` is owned by the caller; free(). */
enum ab_status rows_of_measurement(const struct measurement *measurement, struct row **rows,
                                   size_t *count, struct ab_error *error);

#endif
