/* What the CPU backends share for matrix_sum and traversal: one thread's part of the work. The
 * backends differ only in how they run the parts. */
#ifndef ACCELBENCH_CPU_MATRIX_SLICE_H
#define ACCELBENCH_CPU_MATRIX_SLICE_H

#include "common/accelbench.h"
#include "common/matrix.h"

/* The sum of part `index` of `count` of the job's matrix. A traversal's parts are parts of the
 * outermost loop: rows, columns or bands of tiles. */
typedef union matrix_total matrix_part(const struct job *job, unsigned index, unsigned count);

/* Bound of the technique `simple`: every element passes at most one addition in double for each
 * element of its part, and one for each part. Integers are exact: 0. */
double matrix_part_relative_error(const struct job *job);

/* A thread's partial sum, on cache lines of its own: some machines fetch them in pairs. */
struct matrix_partial {
    _Alignas(128) union matrix_total total;
};

struct matrix_loops;

/* job->scratch */
struct matrix_scratch {
    matrix_part *part;
    const struct matrix_loops *loops; /* of the technique `tuned` */
    struct matrix_partial partials[]; /* one for each of the context's threads */
};

/* technique->prepare of the technique `simple`: afterwards each thread computes its part with
 * matrix_scratch(job)->part. Those of `tuned` are in cpu/matrix_tuned.h. */
enum ab_status matrix_sum_prepare_simple(struct job *job, struct ab_error *error);
enum ab_status traversal_prepare_simple(struct job *job, struct ab_error *error);

/* Makes the scratch. */
enum ab_status matrix_scratch_prepare(struct job *job, matrix_part *part, struct ab_error *error);

/* technique->release */
void matrix_scratch_release(struct job *job);

static inline struct matrix_scratch *matrix_scratch(const struct job *job)
{
    return (struct matrix_scratch *)job->scratch;
}

/* Computes part `index` of `count` into its partial sum. */
static inline void matrix_run_part(const struct job *job, unsigned index, unsigned count)
{
    struct matrix_scratch *scratch = matrix_scratch(job);
    scratch->partials[index].total = scratch->part(job, index, count);
}

/* Totals of integer and of floating-point elements. */
static inline union matrix_total matrix_integer(uint64_t sum)
{
    return (union matrix_total){.integer = (int64_t)sum};
}

static inline union matrix_total matrix_real(double sum)
{
    return (union matrix_total){.real = sum};
}

union matrix_total matrix_total_add(enum dtype dtype, union matrix_total a, union matrix_total b);

/* Adds the partials up in order, so that a sum repeats bit for bit, and stores the result. */
void matrix_run_finish(struct job *job);

#endif
