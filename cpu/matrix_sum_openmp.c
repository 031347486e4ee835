/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include "cpu/cpu.h"
#include "cpu/matrix_slice.h"
#include "cpu/matrix_tuned.h"
#include "cpu/openmp.h"

/* Parts are numbered, not taken by whoever comes first, and added up in order: a reduction clause
 * would add floating-point sums in an order of its own each time. */
static enum ab_status run(struct job *job, struct ab_error *error)
{
    (void)error;
    const unsigned threads = cpu_context(job)->threads;
    openmp_begin(job);
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
    for (unsigned i = 0; i < threads; i++)
        matrix_run_part(job, i, threads);
    matrix_run_finish(job);
    return AB_OK;
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary =
         "a part of the elements a thread, several vectors at a time, the widest of this CPU",
     .relative_error = matrix_tuned_relative_error,
     .prepare = matrix_sum_prepare_tuned,
     .run = run,
     .release = matrix_scratch_release},
    {.name = "simple",
     .summary = "a loop over a part of the elements a thread",
     .relative_error = matrix_part_relative_error,
     .prepare = matrix_sum_prepare_simple,
     .run = run,
     .release = matrix_scratch_release},
    {0},
};

extern const struct implementation matrix_sum_openmp;
const struct implementation matrix_sum_openmp = {.techniques = techniques};
