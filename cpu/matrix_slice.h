/* What the CPU backends share for matrix_sum and traversal: one thread's part of the work. The
 * backends differ only in how they run the parts. */
#ifndef ACCELBENCH_CPU_MATRIX_SLICE_H
#define ACCELBENCH_CPU_MATRIX_SLICE_H

#include "common/accelbench.h"
#include "common/matrix.h"

/* Part `index` of `count` of the job's sum. */
union matrix_total matrix_sum_part(const struct job *job, unsigned index, unsigned count);

/* The same for a traversal, whose parts are parts of the outermost loop: rows, columns or bands
 * of tiles. */
union matrix_total traversal_part(const struct job *job, unsigned index, unsigned count);

/* Bound of both: every element passes at most one addition in double for each element of its
 * part, and one for each part. Integers are exact: 0. */
double matrix_part_relative_error(const struct job *job);

/* A thread's partial sum, on cache lines of its own: some machines fetch them in pairs. */
struct matrix_partial {
    _Alignas(128) union matrix_total total;
};

/* technique->prepare and release: job->scratch is one partial for each of the context's threads. */
enum ab_status matrix_partials_prepare(struct job *job, struct ab_error *error);
void matrix_partials_release(struct job *job);

static inline struct matrix_partial *matrix_partials(const struct job *job)
{
    return (struct matrix_partial *)job->scratch;
}

/* Adds the partials up in order, so that a sum repeats bit for bit, and stores the result. */
void matrix_partials_finish(struct job *job);

#endif
