/* for (i = 0; i < words; i++)
 *     sum += word[i];
 */
#include "gpu/matrix_kernels.h"

static __global__ void __launch_bounds__(THREADS)
    read_words(const void *bytes, u64 count, void *state, int add)
{
    const longlong2 *v = (const longlong2 *)bytes;
    const u64 vectors = count / sizeof(*v), step = grid_threads();
    u64 sum = 0, i = grid_thread();
    for (; i + 3 * step < vectors; i += 4 * step) {
        const longlong2 a = __ldg(v + i), b = __ldg(v + i + step);
        const longlong2 c = __ldg(v + i + 2 * step), d = __ldg(v + i + 3 * step);
        sum += (u64)a.x + (u64)a.y + (u64)b.x + (u64)b.y;
        sum += (u64)c.x + (u64)c.y + (u64)d.x + (u64)d.y;
    }
    for (; i < vectors; i += step) {
        const longlong2 a = __ldg(v + i);
        sum += (u64)a.x + (u64)a.y;
    }
    /* What is left of the last vector, byte by byte. */
    const u64 at = vectors * sizeof(*v) + grid_thread();
    if (at < count)
        sum += (u64)((const unsigned char *)bytes)[at] << 8 * (at % 8);
    grid_sum(sum, (sum_state<u64> *)state, add);
}

extern "C" cudaError_t read_limit_cuda_launch(const void *x, uint64_t bytes, void *state,
                                              unsigned grid, int add, cudaStream_t stream)
{
    u64 count = bytes;
    void *arguments[] = {&x, &count, &state, &add};
    return cudaLaunchKernel(read_words, dim3(grid), dim3(THREADS), arguments, 0, stream);
}

extern "C" cudaError_t read_limit_cuda_blocks(int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, read_words, THREADS, 0);
}
