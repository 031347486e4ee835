/* matrix_sum and traversal on backend cuda: what their kernels (.cu) and host code (.c) agree on.
 */
#ifndef ACCELBENCH_GPU_MATRIX_CUDA_H
#define ACCELBENCH_GPU_MATRIX_CUDA_H

#include <cuda_runtime_api.h>

#include "common/matrix.h"

#ifdef __cplusplus
extern "C" {
#endif

enum matrix_technique {
    MATRIX_SIMPLE,
    MATRIX_TUNED,
    MATRIX_WARP,   /* traversal only */
    MATRIX_LIBRARY /* matrix_sum only */
};

/* A matrix, or some whole rows of one, or a part of one row. */
struct matrix_launch {
    enum matrix_technique technique;
    enum dtype dtype;
    enum order order;
    const void *x; /* on the device */
    uint64_t rows, cols, tile_rows, tile_cols;
    void *state;        /* struct sum_state; on the device */
    unsigned grid_most; /* blocks that state has room for */
    int add;            /* to the sum that is there */
    cudaStream_t stream;
};

enum { MATRIX_STATE_BYTES = 16 }; /* and 8 for each block */

/* Enqueue the sum. */
cudaError_t matrix_sum_cuda_launch(const struct matrix_launch *launch);
cudaError_t traversal_cuda_launch(const struct matrix_launch *launch);

/* Loads the kernel, and says how many blocks of it a multiprocessor holds at a time. */
cudaError_t matrix_sum_cuda_blocks(const struct matrix_launch *launch, int *blocks);
cudaError_t traversal_cuda_blocks(const struct matrix_launch *launch, int *blocks);

/* Blocks for a traversal: launch->grid_most, what the device holds at a time, for the technique
 * tuned; otherwise a thread, warp or block for each row, column or tile. */
uint64_t traversal_cuda_grid(const struct matrix_launch *launch);

/* CUB's reduction of launch->x into state's sum. With scratch NULL it only sets *scratch_bytes. */
cudaError_t matrix_library_cuda_launch(const struct matrix_launch *launch, void *scratch,
                                       size_t *scratch_bytes);

/* The read limit: the sum of x's 8-byte words, the last one filled with zeros. `add`: to what is in
 * `state` from the launch before. */
cudaError_t read_limit_cuda_launch(const void *x, uint64_t bytes, void *state, unsigned grid,
                                   int add, cudaStream_t stream);
cudaError_t read_limit_cuda_blocks(int *blocks);

/* ---- Host code of both kernels, gpu/matrix_cuda.c -----------------------------------------------
 */

/* How a kernel is launched: by its own code, or by a library that wants scratch. */
struct matrix_launcher {
    cudaError_t (*launch)(const struct matrix_launch *launch);
    cudaError_t (*blocks)(const struct matrix_launch *launch, int *blocks);
    cudaError_t (*library)(const struct matrix_launch *launch, void *scratch,
                           size_t *scratch_bytes); /* instead of both */
    /* Blocks that the matrix is worth; NULL: as many as the device holds at a time. Not NULL also
     * says that the order matters: pieces are whole rows or bands where they can be. */
    uint64_t (*grid)(const struct matrix_launch *launch);
};

/* struct technique's hooks; the techniques differ in what prepare is told. */
enum ab_status matrix_cuda_prepare(struct job *job, enum matrix_technique technique,
                                   const struct matrix_launcher *launcher, struct ab_error *error);
enum ab_status matrix_cuda_run(struct job *job, struct ab_error *error);
enum ab_status matrix_cuda_download(struct job *job, struct ab_error *error);
enum ab_status matrix_cuda_end_to_end(struct job *job, struct ab_error *error);
void matrix_cuda_release(struct job *job);
double matrix_cuda_relative_error(const struct job *job);

#ifdef __cplusplus
}
#endif

#endif
