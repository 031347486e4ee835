/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
 *
 * Kernels are in gpu/traversal_cuda.cu.
 */
#include "gpu/cuda.h"
#include "gpu/matrix_cuda.h"

static const struct matrix_launcher kernels = {
    .launch = traversal_cuda_launch, .blocks = traversal_cuda_blocks, .grid = traversal_cuda_grid};

static enum ab_status prepare_tuned(struct job *job, struct ab_error *error)
{
    return matrix_cuda_prepare(job, MATRIX_TUNED, &kernels, error);
}

static enum ab_status prepare_simple(struct job *job, struct ab_error *error)
{
    return matrix_cuda_prepare(job, MATRIX_SIMPLE, &kernels, error);
}

static enum ab_status prepare_warp(struct job *job, struct ab_error *error)
{
    return matrix_cuda_prepare(job, MATRIX_WARP, &kernels, error);
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "a block a tile or a piece of rows or columns, eight loads of 16 bytes a thread",
     .relative_error = matrix_cuda_relative_error,
     .prepare = prepare_tuned,
     .run = matrix_cuda_run,
     .download = matrix_cuda_download,
     .end_to_end = matrix_cuda_end_to_end,
     .release = matrix_cuda_release},
    {.name = "simple",
     .summary = "a thread a row or column, a block a tile",
     .relative_error = matrix_cuda_relative_error,
     .prepare = prepare_simple,
     .run = matrix_cuda_run,
     .download = matrix_cuda_download,
     .release = matrix_cuda_release},
    {.name = "warp",
     .summary = "a warp of 32 threads a row, column or tile",
     .relative_error = matrix_cuda_relative_error,
     .prepare = prepare_warp,
     .run = matrix_cuda_run,
     .download = matrix_cuda_download,
     .release = matrix_cuda_release},
    {0},
};

extern const struct implementation traversal_cuda;
const struct implementation traversal_cuda = {.techniques = techniques};
