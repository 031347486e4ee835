/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
 */
#include "cpu/cpu.h"
#include "cpu/matrix_slice.h"

static void sum_part(void *argument, unsigned index, unsigned count)
{
    const struct job *job = argument;
    matrix_partials(job)[index].total = traversal_part(job, index, count);
}

static enum ab_status run_simple(struct job *job, struct ab_error *error)
{
    (void)error;
    thread_pool_run(cpu_context(job)->pool, sum_part, job);
    matrix_partials_finish(job);
    return AB_OK;
}

static const struct technique techniques[] = {
    {.name = "simple",
     .summary = "the outermost loop divided among the threads",
     .relative_error = matrix_part_relative_error,
     .prepare = matrix_partials_prepare,
     .run = run_simple,
     .release = matrix_partials_release},
    {0},
};

extern const struct implementation traversal_pthread;
const struct implementation traversal_pthread = {.techniques = techniques};
