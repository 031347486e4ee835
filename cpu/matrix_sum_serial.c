/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include <string.h>

#include "cpu/cpu.h"
#include "cpu/matrix_slice.h"

static enum ab_status run_simple(struct job *job, struct ab_error *error)
{
    (void)error;
    union matrix_total total = matrix_sum_part(job, 0, 1);
    memcpy(job->result->data, &total, sizeof(total));
    return AB_OK;
}

static const struct technique techniques[] = {
    {.name = "simple",
     .summary = "one loop over all elements",
     .relative_error = matrix_part_relative_error,
     .run = run_simple},
    {0},
};

extern const struct implementation matrix_sum_serial;
const struct implementation matrix_sum_serial = {.techniques = techniques};
