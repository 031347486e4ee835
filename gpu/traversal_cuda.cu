/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
 *
 * A thread takes a row, a column; a block takes a tile. UNROLL loads of a thread are under way at a
 * time: 1 in the technique `simple`.
 */
#include "gpu/matrix_kernels.h"

/* Adds up `count` elements that stand `step` apart, in their order. */
template <class Element, int UNROLL>
static __device__ __forceinline__ typename total_of<Element>::type sum_line(const Element *x,
                                                                            u64 count, u64 step)
{
    typedef typename total_of<Element>::type Total;
    Total sum = 0;
    u64 i = 0;
    for (; i + UNROLL <= count; i += UNROLL) {
        Element loaded[UNROLL];
#ifdef __CUDACC__
#pragma unroll
#endif
        for (int k = 0; k < UNROLL; k++)
            loaded[k] = x[(i + (u64)k) * step];
#ifdef __CUDACC__
#pragma unroll
#endif
        for (int k = 0; k < UNROLL; k++)
            sum += (Total)loaded[k];
    }
    for (; i < count; i++)
        sum += (Total)x[i * step];
    return sum;
}

template <class Element, int UNROLL>
static __global__ void __launch_bounds__(THREADS)
    by_rows(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    Total sum = 0;
    for (u64 row = grid_thread(); row < rows; row += grid_threads())
        sum += sum_line<Element, UNROLL>(x + row * cols, cols, 1);
    grid_sum(sum, (sum_state<Total> *)state, add);
}

template <class Element, int UNROLL>
static __global__ void __launch_bounds__(THREADS)
    by_columns(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    Total sum = 0;
    for (u64 col = grid_thread(); col < cols; col += grid_threads())
        sum += sum_line<Element, UNROLL>(x + col, rows, cols);
    grid_sum(sum, (sum_state<Total> *)state, add);
}

/* A tile's elements in its own order, THREADS apart for each thread; no division in the loop. */
struct tile_walk {
    u64 row, col, cols, step_rows, step_cols;
    __device__ tile_walk(u64 first, u64 tile_cols)
        : row(first / tile_cols), col(first % tile_cols), cols(tile_cols),
          step_rows(THREADS / tile_cols), step_cols(THREADS % tile_cols)
    {
    }
    __device__ __forceinline__ void advance()
    {
        row += step_rows;
        col += step_cols;
        if (col >= cols) {
            col -= cols;
            row++;
        }
    }
};

template <class Element, int UNROLL> struct tile_stage {
    Element of[UNROLL][THREADS];
};

template <class Element, int UNROLL>
static __device__ typename total_of<Element>::type
sum_tile(const Element *x, u64 pitch, u64 rows, u64 cols, tile_stage<Element, UNROLL> &stage)
{
    typename total_of<Element>::type sum = 0;
    tile_walk walk(threadIdx.x, cols);
    for (u64 done = 0; done < rows * cols; done += UNROLL * THREADS) {
        Element loaded[UNROLL];
#ifdef __CUDACC__
#pragma unroll
#endif
        for (int k = 0; k < UNROLL; k++) {
            loaded[k] = walk.row < rows ? x[walk.row * pitch + walk.col] : Element(0);
            walk.advance();
        }
#ifdef __CUDACC__
#pragma unroll
#endif
        for (int k = 0; k < UNROLL; k++)
            stage.of[k][threadIdx.x] = loaded[k];
        __syncthreads();
        /* Each thread adds up what another one brought: the tile really goes through fast memory.
         */
        for (int k = 0; k < UNROLL; k++)
            sum += (typename total_of<Element>::type)stage.of[k][THREADS - 1 - threadIdx.x];
        __syncthreads();
    }
    return sum;
}

template <class Element, int UNROLL>
static __global__ void __launch_bounds__(THREADS)
    by_tiles(const void *elements, u64 rows, u64 cols, u64 tile_rows, u64 tile_cols, void *state,
             int add)
{
    typedef typename total_of<Element>::type Total;
    typedef tile_stage<Element, UNROLL> Stage;
    BLOCK_SHARED(Stage, stage);
    const Element *x = (const Element *)elements;
    const u64 across = (cols - 1) / tile_cols + 1, down = (rows - 1) / tile_rows + 1;
    Total sum = 0;
    for (u64 tile = blockIdx.x; tile < across * down; tile += gridDim.x) {
        const u64 row = tile / across * tile_rows, col = tile % across * tile_cols;
        const u64 height = rows - row < tile_rows ? rows - row : tile_rows;
        const u64 width = cols - col < tile_cols ? cols - col : tile_cols;
        sum += sum_tile<Element, UNROLL>(x + row * cols + col, cols, height, width, stage);
    }
    grid_sum(sum, (sum_state<Total> *)state, add);
}

/* A warp a row, a column, or a tile: its lanes are neighbours along the line. */
template <class Element>
static __global__ void __launch_bounds__(THREADS)
    warp_by_rows(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    const u64 lane = threadIdx.x % WARP;
    Total sum = 0;
    for (u64 row = grid_thread() / WARP; row < rows; row += grid_threads() / WARP)
        if (lane < cols)
            sum += sum_line<Element, 8>(x + row * cols + lane, (cols - lane - 1) / WARP + 1, WARP);
    grid_sum(sum, (sum_state<Total> *)state, add);
}

template <class Element>
static __global__ void __launch_bounds__(THREADS)
    warp_by_columns(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    const u64 lane = threadIdx.x % WARP;
    Total sum = 0;
    for (u64 col = grid_thread() / WARP; col < cols; col += grid_threads() / WARP)
        if (lane < rows)
            sum += sum_line<Element, 8>(x + lane * cols + col, (rows - lane - 1) / WARP + 1,
                                        WARP * cols);
    grid_sum(sum, (sum_state<Total> *)state, add);
}

template <class Element>
static __global__ void __launch_bounds__(THREADS)
    warp_by_tiles(const void *elements, u64 rows, u64 cols, u64 tile_rows, u64 tile_cols,
                  void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    const u64 across = (cols - 1) / tile_cols + 1, down = (rows - 1) / tile_rows + 1;
    const u64 lane = threadIdx.x % WARP;
    Total sum = 0;
    for (u64 tile = grid_thread() / WARP; tile < across * down; tile += grid_threads() / WARP) {
        const u64 row = tile / across * tile_rows, col = tile % across * tile_cols;
        const u64 height = rows - row < tile_rows ? rows - row : tile_rows;
        const u64 width = cols - col < tile_cols ? cols - col : tile_cols;
        for (u64 r = 0; r < height && lane < width; r++)
            sum += sum_line<Element, 8>(x + (row + r) * cols + col + lane,
                                        (width - lane - 1) / WARP + 1, WARP);
    }
    grid_sum(sum, (sum_state<Total> *)state, add);
}

#define DTYPES(kernel) {kernel<int>, kernel<long long>, kernel<float>, kernel<double>}
#define DTYPES_UNROLLED(kernel, unroll) \
    {kernel<int, unroll>, kernel<long long, unroll>, kernel<float, unroll>, kernel<double, unroll>}

/* By technique, order, dtype. */
static matrix_kernel *const kernels[][3][DTYPE_COUNT] = {
    /* MATRIX_SIMPLE */ {DTYPES_UNROLLED(by_rows, 1), DTYPES_UNROLLED(by_columns, 1),
                         DTYPES_UNROLLED(by_tiles, 1)},
    /* MATRIX_TUNED */
    {DTYPES_UNROLLED(by_rows, 16), DTYPES_UNROLLED(by_columns, 16), DTYPES_UNROLLED(by_tiles, 8)},
    /* MATRIX_WARP */ {DTYPES(warp_by_rows), DTYPES(warp_by_columns), DTYPES(warp_by_tiles)},
};

extern "C" uint64_t traversal_cuda_grid(const struct matrix_launch *launch)
{
    if (launch->order == ORDER_TILED) {
        const u64 tiles =
            divide_up(launch->rows, launch->tile_rows) * divide_up(launch->cols, launch->tile_cols);
        return launch->technique == MATRIX_WARP ? divide_up(tiles, WARPS) : tiles;
    }
    return divide_up(launch->order == ORDER_ROW ? launch->rows : launch->cols,
                     launch->technique == MATRIX_WARP ? (u64)WARPS : (u64)THREADS);
}

extern "C" cudaError_t traversal_cuda_launch(const struct matrix_launch *launch)
{
    return launch_matrix(kernels[launch->technique][launch->order][launch->dtype], launch,
                         traversal_cuda_grid(launch));
}

extern "C" cudaError_t traversal_cuda_blocks(const struct matrix_launch *launch, int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks, kernels[launch->technique][launch->order][launch->dtype], THREADS, 0);
}
