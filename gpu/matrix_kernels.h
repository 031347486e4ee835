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

/* 16 bytes of elements, which one load brings. */
template <class Element> struct vector_of;
template <> struct vector_of<int> {
    typedef int4 type;
};
template <> struct vector_of<long long> {
    typedef longlong2 type;
};
template <> struct vector_of<float> {
    typedef float4 type;
};
template <> struct vector_of<double> {
    typedef double2 type;
};

enum { VECTOR_BYTES = 16 };

/* Floats are added up as such, four by four: twice as wide a type for each of them would cost more
 * than the memory does. */
static __device__ __forceinline__ u64 add_up(int4 v)
{
    return (u64)v.x + (u64)v.y + (u64)v.z + (u64)v.w;
}

static __device__ __forceinline__ u64 add_up(longlong2 v)
{
    return (u64)v.x + (u64)v.y;
}

static __device__ __forceinline__ float add_up(float4 v)
{
    return (v.x + v.y) + (v.z + v.w);
}

static __device__ __forceinline__ double add_up(double2 v)
{
    return v.x + v.y;
}

template <class Element> static __device__ __forceinline__ Element add_up(Element x)
{
    return x;
}

/* A block that has less than so many loads for each thread costs more than it brings. */
enum { THREAD_LOADS = 4, BLOCK_LOADS = THREAD_LOADS * THREADS };

typedef void matrix_kernel(const void *x, u64 rows, u64 cols, u64 tile_rows, u64 tile_cols,
                           void *state, int add);

static inline cudaError_t launch_matrix(matrix_kernel *kernel, const struct matrix_launch *launch,
                                        u64 blocks)
{
    const void *x = launch->x;
    u64 rows = launch->rows, cols = launch->cols;
    u64 tile_rows = launch->tile_rows, tile_cols = launch->tile_cols;
    void *state = launch->state;
    int add = launch->add;
    void *arguments[] = {&x, &rows, &cols, &tile_rows, &tile_cols, &state, &add};
    if (blocks > launch->grid_most)
        blocks = launch->grid_most;
    return cudaLaunchKernel(kernel, dim3(blocks == 0 ? 1 : (unsigned)blocks), dim3(THREADS),
                            arguments, 0, launch->stream);
}

#endif
