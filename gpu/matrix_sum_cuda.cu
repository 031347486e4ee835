/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include "gpu/matrix_kernels.h"

template <class Element>
static __global__ void __launch_bounds__(THREADS)
    sum_simple(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    Total sum = 0;
    for (u64 i = grid_thread(); i < rows * cols; i += grid_threads())
        sum += (Total)x[i];
    grid_sum(sum, (sum_state<Total> *)state, add);
}

/* Four loads under way in each thread before the first is used: the memory of a large GPU is far
 * away, and one load a thread does not cover the distance. */
template <class Element>
static __global__ void __launch_bounds__(THREADS)
    sum_tuned(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    typedef typename vector_of<Element>::type Vector;
    const u64 per_vector = sizeof(Vector) / sizeof(Element);
    const u64 count = rows * cols, vectors = count / per_vector, step = grid_threads();
    const Vector *v = (const Vector *)elements;
    Total sum = 0;
    u64 i = grid_thread();
    for (; i + 3 * step < vectors; i += 4 * step) {
        const Vector a = __ldg(v + i), b = __ldg(v + i + step);
        const Vector c = __ldg(v + i + 2 * step), d = __ldg(v + i + 3 * step);
        sum += (Total)((add_up(a) + add_up(b)) + (add_up(c) + add_up(d)));
    }
    for (; i < vectors; i += step)
        sum += (Total)add_up(__ldg(v + i));
    if (grid_thread() < count % per_vector)
        sum += (Total)((const Element *)elements)[vectors * per_vector + grid_thread()];
    grid_sum(sum, (sum_state<Total> *)state, add);
}

static matrix_kernel *const kernels[][DTYPE_COUNT] = {
    /* MATRIX_SIMPLE */ {sum_simple<int>, sum_simple<long long>, sum_simple<float>,
                         sum_simple<double>},
    /* MATRIX_TUNED */
    {sum_tuned<int>, sum_tuned<long long>, sum_tuned<float>, sum_tuned<double>},
};

extern "C" cudaError_t matrix_sum_cuda_launch(const struct matrix_launch *launch)
{
    /* At most as many blocks as the device holds at a time: each thread goes through the matrix in
     * steps of the grid. */
    const u64 elements = launch->technique == MATRIX_TUNED
                             ? BLOCK_LOADS * (VECTOR_BYTES / dtype_bytes(launch->dtype))
                             : (u64)THREADS;
    return launch_matrix(kernels[launch->technique][launch->dtype], launch,
                         divide_up(launch->rows * launch->cols, elements));
}

extern "C" cudaError_t matrix_sum_cuda_blocks(const struct matrix_launch *launch, int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks, kernels[launch->technique][launch->dtype], THREADS, 0);
}
