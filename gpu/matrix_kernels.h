/* For the kernels of matrix_sum and traversal: what elements are summed up in, and launching. */
#ifndef ACCELBENCH_GPU_MATRIX_KERNELS_H
#define ACCELBENCH_GPU_MATRIX_KERNELS_H

#include "gpu/device.h"
#include "gpu/matrix_cuda.h"

/* Integers are summed modulo 2^64, floating-point numbers in double. */
template <class Element> struct total_of;
template <> struct total_of<int> {
    typedef u64 type;
};
template <> struct total_of<long long> {
    typedef u64 type;
};
template <> struct total_of<float> {
    typedef double type;
};
template <> struct total_of<double> {
    typedef double type;
};

typedef void matrix_kernel(const void *x, u64 rows, u64 cols, u64 tile_rows, u64 tile_cols,
                           void *state, int add);

static inline cudaError_t launch_matrix(matrix_kernel *kernel, const struct matrix_launch *launch,
                                        u64 blocks, unsigned threads = THREADS)
{
    const void *x = launch->x;
    u64 rows = launch->rows, cols = launch->cols;
    u64 tile_rows = launch->tile_rows, tile_cols = launch->tile_cols;
    void *state = launch->state;
    int add = launch->add;
    void *arguments[] = {&x, &rows, &cols, &tile_rows, &tile_cols, &state, &add};
    if (blocks > launch->grid_most)
        blocks = launch->grid_most;
    return cudaLaunchKernel(kernel, dim3(blocks == 0 ? 1 : (unsigned)blocks), dim3(threads),
                            arguments, 0, launch->stream);
}

static inline u64 divide_up(u64 n, u64 by)
{
    return n / by + (n % by != 0);
}

#endif
