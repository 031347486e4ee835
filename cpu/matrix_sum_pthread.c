/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include "cpu/cpu.h"
#include "cpu/matrix_slice.h"

static void sum_part(void *argument, unsigned index, unsigned count)
{
    const struct job *job = argument;
    matrix_partials(job)[index].total = matrix_sum_part(job, index, count);
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
     .summary = "a loop over a part of the elements a thread",
     .relative_error = matrix_part_relative_error,
     .prepare = matrix_partials_prepare,
     .run = run_simple,
     .release = matrix_partials_release},
    {0},
};

extern const struct implementation matrix_sum_pthread;
const struct implementation matrix_sum_pthread = {.techniques = techniques};
