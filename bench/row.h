/* Rows of results: struct bm_run of bench/benchmark.h, the one model of a row, for what was
 * measured here. One round is one repetition, and a series that has at least two repetitions is
 * followed by its mean, median, stddev and cv. */
#ifndef ACCELBENCH_BENCH_ROW_H
#define ACCELBENCH_BENCH_ROW_H

#include "bench/benchmark.h"
#include "bench/measure.h"

enum { ROW_NAME_BYTES = 320 };

struct row {
    struct bm_run run; /* points into this row, which therefore stays where it is made */
    char name[ROW_NAME_BYTES], run_name[ROW_NAME_BYTES];
    struct bm_counter rates[2]; /* bytes_per_second, items_per_second */
    size_t round;

    const struct measurement *measurement;
    const struct alternative *alternative;
    enum phase phase; /* PHASE_E2E, or PHASE_KERNEL for backends with memory of their own */
};

/* The name of a series, as scripts know it: <kernel>[.part...]_<backend>/<sizes>/real_time. A part
 * is there exactly when it differs from the documented default. */
void series_name(const struct measurement *measurement, const struct alternative *a,
                 enum phase phase, char name[ROW_NAME_BYTES]);

/* The row of one sample. */
void row_of_sample(const struct measurement *measurement, const struct alternative *a,
                   enum phase phase, size_t round, struct row *row);

/* The row of what has failed: with the reason, and without times. */
void row_of_failure(const struct measurement *measurement, const struct alternative *a,
                    struct row *row);

/* All rows of a measurement, in order. `*rows` is owned by the caller; free(). */
enum ab_status rows_of_measurement(const struct measurement *measurement, struct row **rows,
                                   size_t *count, struct ab_error *error);
/* The same of several measurements one after the other; the numbers of their series go on. */
enum ab_status rows_of_measurements(const struct measurement *const *measurements, size_t number,
                                    struct row **rows, size_t *count, struct ab_error *error);

#endif
