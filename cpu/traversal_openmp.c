/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
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
         "the outermost loop divided among the threads, with vectors where the order lets them",
     .relative_error = matrix_tuned_relative_error,
     .prepare = traversal_prepare_tuned,
     .run = run,
     .release = matrix_scratch_release},
    {.name = "simple",
     .summary = "the outermost loop divided among the threads",
     .relative_error = matrix_part_relative_error,
     .prepare = traversal_prepare_simple,
     .run = run,
     .release = matrix_scratch_release},
    {0},
};

extern const struct implementation traversal_openmp;
const struct implementation traversal_openmp = {.techniques = techniques};
