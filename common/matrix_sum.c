/* matrix_sum: the sum of all elements, in any order.
 *     for (i = 0; i < rows * cols; i++)
 *         sum += x[i];
 */
#include "common/matrix.h"

static const struct kernel_option options[] = {MATRIX_OPTIONS, {0}};

/* Vectors and warps, pages, the blocks that are generated, one launch of 65536 threads. */
static const char *const edge_cases[] = {
    "rows=1,2,7 cols=1,2,31,32,33,127,129 dtype=i32,i64,f32,f64",
    "rows=1 cols=255,256,257,1023,1024,1025,65535,65536,65537 dtype=i32,i64,f32,f64",
    "rows=65535,65537 cols=1,3 dtype=i32,f64",
    "rows=1001 cols=997 dtype=i32,i64,f32,f64",
    "rows=1 cols=4194305 dtype=i32,f32",
    NULL};
static const char *const file_cases[] = {"", NULL};

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
    .edge_cases = edge_cases,
    .file_cases = file_cases,
    .configure = configure,
    .make = matrix_make,
    .expect = matrix_expect,
    .check = matrix_check,
    .write_result = matrix_write_result,
    .destroy = matrix_destroy,
};
