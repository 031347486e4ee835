/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include "cpu/matrix_slice.h"
#include "cpu/matrix_tuned.h"

static enum ab_status run(struct job *job, struct ab_error *error)
{
    (void)error;
    matrix_run_part(job, 0, 1);
    matrix_run_finish(job);
    return AB_OK;
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "several vectors at a time, the widest of this CPU",
     .relative_error = matrix_tuned_relative_error,
     .prepare = matrix_sum_prepare_tuned,
     .run = run,
     .release = matrix_scratch_release},
    {.name = "simple",
     .summary = "one loop over all elements",
     .relative_error = matrix_part_relative_error,
     .prepare = matrix_sum_prepare_simple,
     .run = run,
     .release = matrix_scratch_release},
    {0},
};

extern const struct implementation matrix_sum_serial;
const struct implementation matrix_sum_serial = {.techniques = techniques};
