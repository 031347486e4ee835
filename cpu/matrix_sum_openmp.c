/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include "cpu/cpu.h"
#include "cpu/matrix_slice.h"

/* Parts are numbered, not taken by whoever comes first, and added up in order: a reduction clause
 * would add floating-point sums in an order of its own each time. */
static enum ab_status run_simple(struct job *job, struct ab_error *error)
{
    (void)error;
    const unsigned threads = cpu_context(job)->threads;
    struct matrix_partial *partials = matrix_partials(job);
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
    for (unsigned i = 0; i < threads; i++)
        partials[i].total = matrix_sum_part(job, i, threads);
    matrix_partials_finish(job);
    return AB_OK;
}

static const struct technique techniques[] = {
    {.name = "simple",
     .summary = "a loop over a part of the elements a thread",
     .relative_error = matrix_part_relative_error,
     .prepare = matrix_partials_prepare,
     .run = run_simple,
     .release = matrix_partials_release},
    {0},
};

extern const struct implementation matrix_sum_openmp;
const struct implementation matrix_sum_openmp = {.techniques = techniques};
