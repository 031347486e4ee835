/* Stand-in for the toolkit's header of the same name: the device side of CUDA C++ for a compiler
 * that knows nothing of it. See cuda_runtime_api.h. */
#ifndef ACCELBENCH_TESTS_CUDA_HOST_CUDA_RUNTIME_H
#define ACCELBENCH_TESTS_CUDA_HOST_CUDA_RUNTIME_H

#include <stdint.h>
#include <string.h>

#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "cuda_runtime_api.h"

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__    __attribute__((noinline))
#define __launch_bounds__(...)

struct uint3 {
    unsigned x, y, z;
};
struct dim3 {
    unsigned x, y, z;
    dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c)
    {
    }
};

struct alignas(16) int4 {
    int x, y, z, w;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(16) double2 {
    double x, y;
};
struct alignas(16) ulonglong2 {
    unsigned long long x, y;
};
struct alignas(16) longlong2 {
    long long x, y;
};

/* ---- tests/cuda_host/blocks.cc --------------------------------------------------------------- */

uint3 cuda_host_thread();
uint3 cuda_host_block();
dim3 cuda_host_block_size();
dim3 cuda_host_grid_size();
void cuda_host_barrier(const char *file, int line);
void cuda_host_fence();
void cuda_host_warp_sync(unsigned mask);
uint64_t cuda_host_exchange(unsigned mask, uint64_t value, unsigned from_lane);
unsigned cuda_host_ballot(unsigned mask, bool vote);
unsigned cuda_host_lane();
/* The block's memory for the variable that `key` stands for: the same for all threads of a block,
 * garbage at its start, poisoned before and behind. */
void *cuda_host_shared(const void *key, size_t bytes, size_t alignment);
/* The block's memory that its launch has asked for. */
void *cuda_host_launch_shared();
/* Executes a grid, in the caller's time. */
void cuda_host_grid(const std::function<void()> &body, dim3 grid, dim3 block, size_t shared_bytes);
/* Enqueues a grid, or says which limit it breaks; tests/cuda_host/runtime.cc. */
cudaError_t cuda_host_launch(const void *kernel, std::function<void()> body, dim3 grid, dim3 block,
                             size_t shared_bytes, cudaStream_t stream);
/* What a launch of it may ask for. */
size_t cuda_host_shared_most(const void *kernel);
/* Counts a call of the runtime, and says how it ends. */
cudaError_t cuda_host_call(const char *name);

#define threadIdx       (cuda_host_thread())
#define blockIdx        (cuda_host_block())
#define blockDim        (cuda_host_block_size())
#define gridDim         (cuda_host_grid_size())
#define __syncthreads() cuda_host_barrier(__FILE__, __LINE__)

static inline void __syncwarp(unsigned mask = 0xffffffffu)
{
    cuda_host_warp_sync(mask);
}

static inline void __threadfence()
{
    cuda_host_fence();
}

static inline unsigned __ballot_sync(unsigned mask, int vote)
{
    return cuda_host_ballot(mask, vote != 0);
}

static inline int __any_sync(unsigned mask, int vote)
{
    return cuda_host_ballot(mask, vote != 0) != 0;
}

static inline int __all_sync(unsigned mask, int vote)
{
    return cuda_host_ballot(mask, vote == 0) == 0;
}

template <class T> static inline T cuda_host_shuffle(unsigned mask, T value, unsigned from_lane)
{
    static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle moves 8 bytes at most");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(value));
    bits = cuda_host_exchange(mask, bits, from_lane);
    memcpy(&value, &bits, sizeof(value));
    return value;
}

template <class T> static inline T __shfl_sync(unsigned mask, T value, int lane)
{
    return cuda_host_shuffle(mask, value, (unsigned)lane & 31);
}

template <class T> static inline T __shfl_xor_sync(unsigned mask, T value, int lanes)
{
    return cuda_host_shuffle(mask, value, (cuda_host_lane() ^ (unsigned)lanes) & 31);
}

template <class T> static inline T __shfl_down_sync(unsigned mask, T value, unsigned lanes)
{
    const unsigned from = cuda_host_lane() + lanes;
    return cuda_host_shuffle(mask, value, from > 31 ? cuda_host_lane() : from);
}

template <class T> static inline T __shfl_up_sync(unsigned mask, T value, unsigned lanes)
{
    const unsigned lane = cuda_host_lane();
    return cuda_host_shuffle(mask, value, lane < lanes ? lane : lane - lanes);
}

static inline int __popc(unsigned x)
{
    return __builtin_popcount(x);
}

static inline int __ffs(int x)
{
    return __builtin_ffs(x);
}

static inline unsigned __umulhi(unsigned a, unsigned b)
{
    return (unsigned)((uint64_t)a * b >> 32);
}

static inline int __ffsll(long long x)
{
    return __builtin_ffsll(x);
}

/* By the low three bits of each of four digits, bytes of the two. */
static inline unsigned __byte_perm(unsigned low, unsigned high, unsigned digits)
{
    const unsigned long long bytes = (unsigned long long)high << 32 | low;
    unsigned result = 0;
    for (unsigned i = 0; i < 4; i++)
        result |= (unsigned)(bytes >> 8 * (digits >> 4 * i & 7) & 0xFF) << 8 * i;
    return result;
}

static inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift)
{
    return (unsigned)(((uint64_t)high << 32 | low) >> (shift & 31));
}

static inline unsigned __dp4a(unsigned a, unsigned b, unsigned sum)
{
    for (int shift = 0; shift < 32; shift += 8)
        sum += (a >> shift & 0xFF) * (b >> shift & 0xFF);
    return sum;
}

static inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift)
{
    return (unsigned)((((uint64_t)high << 32 | low) << (shift & 31)) >> 32);
}

template <class T> static inline T __ldg(const T *from)
{
    return *from;
}

/* As on a device: atomic, and without any order among other accesses. */
template <class T, class V> static inline T atomicAdd(T *to, V value)
{
    static_assert(std::is_integral<T>::value, "no kernel here adds up floats in any order");
    return __atomic_fetch_add(to, (T)value, __ATOMIC_RELAXED);
}

template <class T, class V> static inline T atomicExch(T *to, V value)
{
    return __atomic_exchange_n(to, (T)value, __ATOMIC_RELAXED);
}

template <class T, class V> static inline T atomicOr(T *to, V value)
{
    return __atomic_fetch_or(to, (T)value, __ATOMIC_RELAXED);
}

template <class T> static inline T atomicCAS(T *to, T expected, T value)
{
    __atomic_compare_exchange_n(to, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return expected;
}

template <class... A, size_t... I>
static inline std::function<void()> cuda_host_bind(void (*kernel)(A...), void **arguments,
                                                   std::index_sequence<I...>)
{
    std::tuple<std::decay_t<A>...> copies(*(std::decay_t<A> *)arguments[I]...);
    return [=] { std::apply(kernel, copies); };
}

/* Spelled as the template of the real header. */
template <class... A>
static inline cudaError_t cudaLaunchKernel(void (*kernel)(A...), dim3 grid, dim3 block,
                                           void **arguments, size_t shared_bytes = 0,
                                           cudaStream_t stream = nullptr)
{
    return cuda_host_launch((const void *)kernel,
                            cuda_host_bind(kernel, arguments, std::index_sequence_for<A...>()),
                            grid, block, shared_bytes, stream);
}

/* Small grids are what tests want: one block at a time on each of two processors. */
template <class T>
static inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, T kernel,
                                                                        int block_size,
                                                                        size_t shared_bytes)
{
    const cudaError_t error = cuda_host_call("cudaOccupancyMaxActiveBlocksPerMultiprocessor");
    if (error == cudaSuccess)
        *blocks = block_size <= 1024 && shared_bytes <= cuda_host_shared_most((const void *)kernel)
                      ? 1
                      : 0;
    return error;
}

#endif
