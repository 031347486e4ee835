/* matrix_sum: the sum of all elements, in any order.
 *     for (i = 0; i < rows * cols; i++)
 *         sum += x[i];
 */
#include "common/matrix.h"

static const struct kernel_option options[] = {MATRIX_OPTIONS, {0}};

static enum ab_status configure(const struct settings *settings, struct problem *problem,
                                struct ab_error *error)
{
    return matrix_configure(settings, false, problem, error);
}

extern const struct kernel matrix_sum_kernel;
const struct kernel matrix_sum_kernel = {
    .name = "matrix_sum",
    .summary = "sum of all elements of a matrix",
    .options = options,
    .result_bytes = sizeof(union matrix_total),
    .configure = configure,
    .make = matrix_make,
    .expect = matrix_expect,
    .check = matrix_check,
    .write_result = matrix_write_result,
    .destroy = matrix_destroy,
};
