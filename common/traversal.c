/* traversal: the sum of all elements, visiting the row-major matrix in a stated order.
 *     row      for each row: for each column
 *     column   for each column: for each row
 *     tiled    for each band of tile_rows rows: for each tile of tile_cols columns in it:
 *              for each row of the tile: for each column of the tile
 * CPU threads divide the outermost loop among them.
 */
#include "common/matrix.h"

static const struct kernel_option options[] = {
    MATRIX_OPTIONS,
    {"order", "ORDER", "order of visiting: row, column, tiled; default row"},
    {"tile", "RxC", "size of a tile in elements; default 64 rows of 1 KiB"},
    {0},
};

static enum ab_status configure(const struct settings *settings, struct problem *problem,
                                struct ab_error *error)
{
    return matrix_configure(settings, true, problem, error);
}

extern const struct kernel traversal_kernel;
const struct kernel traversal_kernel = {
    .name = "traversal",
    .summary = "sum of all elements of a matrix, visited in a stated order",
    .options = options,
    .result_bytes = sizeof(union matrix_total),
    .configure = configure,
    .make = matrix_make,
    .expect = matrix_expect,
    .check = matrix_check,
    .write_result = matrix_write_result,
    .destroy = matrix_destroy,
};
