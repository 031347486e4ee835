/* Dense row-major matrices: what matrix_sum and traversal share.
 *
 * Input: rows x cols elements without padding. Result: union matrix_total. Integer sums are
 * modulo 2^64, as NumPy's. Floating-point sums carry a declared bound on |error| / sum|x|.
 * No partial sum overflows: sum|x| of the finite elements is at most half of the dtype's largest
 * number. An empty matrix (from a file) has 0 rows or 0 columns; the other count is then any
 * number.
 */
#ifndef ACCELBENCH_COMMON_MATRIX_H
#define ACCELBENCH_COMMON_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/accelbench.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dtype { DTYPE_I32, DTYPE_I64, DTYPE_F32, DTYPE_F64, DTYPE_COUNT };
enum order { ORDER_ROW, ORDER_COLUMN, ORDER_TILED };

/* problem->params of both kernels; order and tile are traversal's. All that an implementation
 * reads of it. */
struct matrix_params {
    enum dtype dtype;
    uint64_t rows, cols;
    enum order order;
    uint64_t tile_rows, tile_cols; /* at least 1 each */
};

union matrix_total {
    int64_t integer; /* i32, i64 */
    double real;     /* f32, f64 */
};

static inline const struct matrix_params *matrix_params(const struct problem *problem)
{
    return (const struct matrix_params *)problem->params;
}

const char *dtype_name(enum dtype dtype);
size_t dtype_bytes(enum dtype dtype);

static inline bool dtype_is_integer(enum dtype dtype)
{
    return dtype == DTYPE_I32 || dtype == DTYPE_I64;
}

/* Bound on |computed - exact| / sum|x| for a sum in which every element passes at most `depth`
 * roundings to nearest with unit roundoff u: d u / (1 - d u) (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., Lemma 3.1 and section 4.2). Infinite where d u reaches 1. */
double sum_relative_error(double depth, double unit_roundoff);

#define UNIT_ROUNDOFF_F32 0x1p-24
#define UNIT_ROUNDOFF_F64 0x1p-53

/* ---- The problem's hooks, for common/matrix_sum.c and common/traversal.c --------------------- */

/* The options that both kernels have, for their option lists. */
#define MATRIX_OPTIONS                                                                           \
    {"rows", "N", "rows of the matrix; default 10000", NULL},                                    \
        {"cols", "N", "columns of the matrix; default 10000", NULL},                             \
        {"size", "BYTES", "instead of both: the largest square matrix of at most BYTES", NULL},  \
    {                                                                                            \
        "dtype", "TYPE", "type of the elements: i32, i64, f32, f64; default i32, or the file's", \
            dtype_names                                                                          \
    }

extern const char *const dtype_names[], *const order_names[]; /* end with NULL */

/* problem->expected of both kernels. */
struct matrix_expected {
    union matrix_total sum;
    double absolute_sum; /* sum|x| of the finite elements of f32, f64; 0 otherwise */
};

/* struct kernel's hooks; `ordered`: the kernel has the options order and tile. */
enum ab_status matrix_configure(const struct settings *settings, bool ordered,
                                struct problem *problem, struct ab_error *error);
enum ab_status matrix_make(const struct settings *settings, struct problem *problem,
                           struct ab_error *error);
enum ab_status matrix_expect(struct problem *problem, struct ab_error *error);
void matrix_check(const struct problem *problem, const struct region *result, double relative_error,
                  struct verdict *verdict);
enum ab_status matrix_write_result(const struct problem *problem, const struct region *result,
                                   struct json_writer *json, struct ab_error *error);
void matrix_destroy(struct problem *problem);

#ifdef __cplusplus
}
#endif

#endif
