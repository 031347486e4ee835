/* What the kernels of backend cuda share. nvcc compiles it, and so does a C++ compiler with
 * tests/cuda_host in place of the toolkit's headers; __CUDACC__ tells the two apart. */
#ifndef ACCELBENCH_GPU_DEVICE_H
#define ACCELBENCH_GPU_DEVICE_H

#include <cuda_runtime.h>
#include <stdint.h>

typedef unsigned long long u64;

enum { THREADS = 256, WARP = 32, WARPS = THREADS / WARP };

#define ALL_LANES 0xffffffffu

/* A variable of the whole block, as much memory of the block as its launch asks for, a load that
 * sees what other threads write atomically, and a loop of constant length that is to be written
 * out.
 */
#ifdef __CUDACC__
#define BLOCK_SHARED(type, name) __shared__ type name
#define LAUNCH_SHARED(type, name)            \
    extern __shared__ uint4 launch_shared[]; \
    type *name = (type *)(void *)launch_shared
template <class T> static __device__ __forceinline__ T load_now(const T *from)
{
    return *(const volatile T *)from;
}
/* Two neighbours that others write one by one, as the device has them by now. */
static __device__ __forceinline__ ulonglong2 load_both(const u64 *from)
{
    return __ldcg((const ulonglong2 *)from);
}
/* The same in fast memory, as the thread has them: perhaps as they were a moment ago. */
static __device__ __forceinline__ ulonglong2 load_both_here(const u64 *from)
{
    return *(const ulonglong2 *)from;
}
/* Keeps a value in a register: the compiler would rather read threadIdx anew, and wait for it. */
static __device__ __forceinline__ unsigned kept(unsigned value)
{
    asm volatile("" : "+r"(value));
    return value;
}
#define UNROLLED _Pragma("unroll")
#else
#define BLOCK_SHARED(type, name) \
    static char name##_key;      \
    type &name = *(type *)cuda_host_shared(&name##_key, sizeof(type), alignof(type))
#define LAUNCH_SHARED(type, name) type *name = (type *)cuda_host_launch_shared()
template <class T> static __forceinline__ T load_now(const T *from)
{
    T value;
    __atomic_load(from, &value, __ATOMIC_RELAXED);
    return value;
}
static __forceinline__ ulonglong2 load_both(const u64 *from)
{
    return {load_now(from), load_now(from + 1)};
}
static __forceinline__ ulonglong2 load_both_here(const u64 *from)
{
    return load_both(from);
}
static __forceinline__ unsigned kept(unsigned value)
{
    return value;
}
#define UNROLLED
#endif

static inline __host__ __device__ u64 divide_up(u64 n, u64 by)
{
    return n / by + (n % by != 0);
}

static __device__ __forceinline__ u64 grid_thread()
{
    return (u64)blockIdx.x * THREADS + threadIdx.x;
}

static __device__ __forceinline__ u64 grid_threads()
{
    return (u64)gridDim.x * THREADS;
}

template <class T> struct warp_values {
    T of[WARPS];
};

/* The sum over the block, in thread 0, always added up in the same order. All threads call it; a
 * barrier must stand between two calls. */
template <class T> static __device__ __forceinline__ T block_sum(T value)
{
    BLOCK_SHARED(warp_values<T>, part);
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2)
        value += __shfl_down_sync(ALL_LANES, value, lanes);
    if (threadIdx.x % WARP == 0)
        part.of[threadIdx.x / WARP] = value;
    __syncthreads();
    value = threadIdx.x < WARPS ? part.of[threadIdx.x] : T(0);
    for (int lanes = WARPS / 2; lanes > 0; lanes /= 2)
        value += __shfl_down_sync(ALL_LANES, value, lanes);
    return value;
}

/* What the blocks of a grid add up in; zero before the first launch. */
template <class T> struct sum_state {
    T total;
    unsigned ticket;
    T partial[1]; /* one for each block */
};

/* Adds up the values of all threads of the grid into state->total: the last block to come adds the
 * blocks' sums in the order of the blocks, so that a float's sum repeats bit for bit. `add`: to
 * what is there from the launch before. */
template <class T> static __device__ void grid_sum(T value, sum_state<T> *state, int add)
{
    BLOCK_SHARED(bool, is_last);
    value = block_sum(value);
    if (threadIdx.x == 0) {
        state->partial[blockIdx.x] = value;
        __threadfence();
        is_last = atomicAdd(&state->ticket, 1u) == gridDim.x - 1;
    }
    __syncthreads();
    if (!is_last)
        return;
    __threadfence();
    T sum = 0;
    for (unsigned block = threadIdx.x; block < gridDim.x; block += THREADS)
        sum += ((const volatile T *)state->partial)[block];
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        state->total = add ? state->total + sum : sum;
        atomicExch(&state->ticket, 0u); /* as all other blocks have touched it */
    }
}

#endif
