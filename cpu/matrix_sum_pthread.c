/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include "cpu/cpu.h"
#include "cpu/matrix_slice.h"
#include "cpu/matrix_tuned.h"

static void run_part(void *job, unsigned index, unsigned count)
{
    matrix_run_part(job, index, count);
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    (void)error;
    thread_pool_run(cpu_context(job)->pool, run_part, job);
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

extern const struct implementation matrix_sum_pthread;
const struct implementation matrix_sum_pthread = {.techniques = techniques};
