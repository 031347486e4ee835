/* Dense row-major matrices: what matrix_sum and traversal share.
 *
 * Input: rows x cols elements without padding. Result: union matrix_total. Integer sums are
 * modulo 2^64, as NumPy's. Floating-point sums carry a declared bound on |error| / sum|x|.
 */
#ifndef ACCELBENCH_COMMON_MATRIX_H
#define ACCELBENCH_COMMON_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "common/accelbench.h"

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

/* Bound on |computed - exact| / sum|x| for a sum in which every element passes at most `depth`
 * roundings to nearest with unit roundoff u: d u / (1 - d u) (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., Lemma 3.1 and section 4.2). */
double sum_relative_error(double depth, double unit_roundoff);

#define UNIT_ROUNDOFF_F32 0x1p-24
#define UNIT_ROUNDOFF_F64 0x1p-53

#endif
