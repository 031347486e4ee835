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
    {"order", "ORDER", "order of visiting: row, column, tiled; default row", order_names},
    {"tile", "RxC", "size of a tile in elements; default 64 rows of 1 KiB", NULL},
    {0},
};

/* The default tile (64 rows of 256 or 128 columns), tiles that do not divide, more rows or columns
 * than one launch has threads; columns that are whole vectors of 16 bytes, in several strips. */
static const char *const edge_cases[] = {
    "order=row,column,tiled dtype=i32,f64 rows=1,63,64,65,130 cols=1,127,128,129,257",
    "order=row,column,tiled dtype=i64,f32 rows=67 cols=31,32,33,259",
    "order=row,column,tiled dtype=i32,i64,f32,f64 rows=3,65537 cols=3",
    "order=row,column,tiled dtype=i32,f32 rows=3 cols=65537",
    "order=tiled dtype=i32,f64 tile=1x1,3x5,32x33,64x1G rows=1,7,100 cols=1,101",
    "order=row,column,tiled dtype=i32,f32 rows=1001 cols=997",
    "order=row,column,tiled dtype=i32,f64 rows=1,67 cols=2056",
    "order=tiled dtype=i64,f32 tile=4x4,16x32 rows=67 cols=1028",
    NULL};
static const char *const file_cases[] = {"order=row,column,tiled", NULL};

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
    .edge_cases = edge_cases,
    .file_cases = file_cases,
    .configure = configure,
    .make = matrix_make,
    .expect = matrix_expect,
    .check = matrix_check,
    .write_result = matrix_write_result,
    .destroy = matrix_destroy,
};
