/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
 *
 * A thread takes a row, a column; a block takes a tile. BYTES of loads of a thread are under way at
 * a time: one load in the technique `simple`. A matrix has few lines, as threads go: `tuned` has
 * them in small blocks, so that no multiprocessor is without.
 */
#include "gpu/matrix_kernels.h"

static const unsigned LINE_THREADS = 64;

/* As many as loads of an element make so many bytes. */
template <class Element, int BYTES> struct loads {
    static const int count = BYTES > (int)sizeof(Element) ? BYTES / (int)sizeof(Element) : 1;
};

/* Adds up `count` elements that stand `step` apart, in their order. What is added up makes room for
 * the next load: a loop that loads a number of them and then adds these up becomes, at a compiler's
 * discretion, one that waits for each. */
template <class Element, int BYTES>
static __device__ __forceinline__ typename total_of<Element>::type sum_line(const Element *x,
                                                                            u64 count, u64 step)
{
    typedef typename total_of<Element>::type Total;
    const int LOADS = loads<Element, BYTES>::count;
    Total sum = 0;
    u64 i = 0;
    if (LOADS > 1 && count >= LOADS) {
        Element window[LOADS];
        UNROLLED
        for (int k = 0; k < LOADS; k++)
            window[k] = x[(u64)k * step];
        for (i = LOADS; i + LOADS <= count; i += LOADS) {
            UNROLLED
            for (int k = 0; k < LOADS; k++) {
                sum += (Total)window[k];
                window[k] = x[(i + (u64)k) * step];
            }
        }
        UNROLLED
        for (int k = 0; k < LOADS; k++)
            sum += (Total)window[k];
    }
    for (; i < count; i++)
        sum += (Total)x[i * step];
    return sum;
}

template <class Element, int BYTES, unsigned BLOCK>
static __global__ void __launch_bounds__(BLOCK)
    by_rows(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    Total sum = 0;
    for (u64 row = grid_thread<BLOCK>(); row < rows; row += grid_threads<BLOCK>())
        sum += sum_line<Element, BYTES>(x + row * cols, cols, 1);
    grid_sum<Total, BLOCK>(sum, (sum_state<Total> *)state, add);
}

template <class Element, int BYTES, unsigned BLOCK>
static __global__ void __launch_bounds__(BLOCK)
    by_columns(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    Total sum = 0;
    for (u64 col = grid_thread<BLOCK>(); col < cols; col += grid_threads<BLOCK>())
        sum += sum_line<Element, BYTES>(x + col, rows, cols);
    grid_sum<Total, BLOCK>(sum, (sum_state<Total> *)state, add);
}

/* A tile's elements in its own order, THREADS apart for each thread: no division and no
 * multiplication in the loop. */
template <class Element> struct tile_walk {
    const Element *at;
    u64 row, col, cols, step_rows, step_cols, step, wrap;
    __device__ tile_walk(const Element *x, u64 pitch, u64 first, u64 tile_cols)
        : at(x + first / tile_cols * pitch + first % tile_cols), row(first / tile_cols),
          col(first % tile_cols), cols(tile_cols), step_rows(THREADS / tile_cols),
          step_cols(THREADS % tile_cols), step(step_rows * pitch + step_cols),
          wrap(pitch - tile_cols)
    {
    }
    __device__ __forceinline__ void advance()
    {
        at += step;
        row += step_rows;
        col += step_cols;
        if (col >= cols) {
            at += wrap;
            col -= cols;
            row++;
        }
    }
};

template <class Element, int BYTES> struct tile_stage {
    Element of[2][loads<Element, BYTES>::count][THREADS];
};

/* `turn`: which half of the stage is free. One barrier for each fill is enough, because a thread
 * that fills one half again has passed the barrier behind which all have read it. */
template <class Element, int BYTES>
static __device__ typename total_of<Element>::type
sum_tile(const Element *x, u64 pitch, u64 rows, u64 cols, tile_stage<Element, BYTES> &stage,
         unsigned &turn)
{
    const int LOADS = loads<Element, BYTES>::count;
    typename total_of<Element>::type sum = 0;
    tile_walk<Element> walk(x, pitch, threadIdx.x, cols);
    for (u64 done = 0; done < rows * cols; done += LOADS * THREADS, turn ^= 1) {
        Element loaded[LOADS];
        UNROLLED
        for (int k = 0; k < LOADS; k++) {
            loaded[k] = walk.row < rows ? *walk.at : Element(0);
            walk.advance();
        }
        UNROLLED
        for (int k = 0; k < LOADS; k++)
            stage.of[turn][k][threadIdx.x] = loaded[k];
        __syncthreads();
        /* Each thread adds up what another one brought: the tile really goes through fast memory.
         */
        UNROLLED
        for (int k = 0; k < LOADS; k++)
            sum += (typename total_of<Element>::type)stage.of[turn][k][THREADS - 1 - threadIdx.x];
    }
    return sum;
}

template <class Element, int BYTES>
static __global__ void __launch_bounds__(THREADS)
    by_tiles(const void *elements, u64 rows, u64 cols, u64 tile_rows, u64 tile_cols, void *state,
             int add)
{
    typedef typename total_of<Element>::type Total;
    typedef tile_stage<Element, BYTES> Stage;
    BLOCK_SHARED(Stage, stage);
    const Element *x = (const Element *)elements;
    const u64 across = (cols - 1) / tile_cols + 1, down = (rows - 1) / tile_rows + 1;
    unsigned turn = 0;
    Total sum = 0;
    for (u64 tile = blockIdx.x; tile < across * down; tile += gridDim.x) {
        const u64 row = tile / across * tile_rows, col = tile % across * tile_cols;
        const u64 height = rows - row < tile_rows ? rows - row : tile_rows;
        const u64 width = cols - col < tile_cols ? cols - col : tile_cols;
        sum += sum_tile<Element, BYTES>(x + row * cols + col, cols, height, width, stage, turn);
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
            sum += sum_line<Element, 32>(x + row * cols + lane, (cols - lane - 1) / WARP + 1, WARP);
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
            sum += sum_line<Element, 32>(x + lane * cols + col, (rows - lane - 1) / WARP + 1,
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
            sum += sum_line<Element, 32>(x + (row + r) * cols + col + lane,
                                         (width - lane - 1) / WARP + 1, WARP);
    }
    grid_sum(sum, (sum_state<Total> *)state, add);
}

#define DTYPES(kernel) {kernel<int>, kernel<long long>, kernel<float>, kernel<double>}
#define DTYPES_WITH(kernel, ...)                                                           \
    {kernel<int, __VA_ARGS__>, kernel<long long, __VA_ARGS__>, kernel<float, __VA_ARGS__>, \
     kernel<double, __VA_ARGS__>}

/* By technique, order, dtype. */
static matrix_kernel *const kernels[][3][DTYPE_COUNT] = {
    /* MATRIX_SIMPLE */ {DTYPES_WITH(by_rows, 1, THREADS), DTYPES_WITH(by_columns, 1, THREADS),
                         DTYPES_WITH(by_tiles, 1)},
    /* MATRIX_TUNED */
    {DTYPES_WITH(by_rows, 64, LINE_THREADS), DTYPES_WITH(by_columns, 256, LINE_THREADS),
     DTYPES_WITH(by_tiles, 32)},
    /* MATRIX_WARP */ {DTYPES(warp_by_rows), DTYPES(warp_by_columns), DTYPES(warp_by_tiles)},
};

static unsigned block_threads(const struct matrix_launch *launch)
{
    const bool lines = launch->technique == MATRIX_TUNED && launch->order != ORDER_TILED;
    return lines ? LINE_THREADS : (unsigned)THREADS;
}

extern "C" uint64_t traversal_cuda_grid(const struct matrix_launch *launch)
{
    if (launch->order == ORDER_TILED) {
        const u64 tiles =
            divide_up(launch->rows, launch->tile_rows) * divide_up(launch->cols, launch->tile_cols);
        return launch->technique == MATRIX_WARP ? divide_up(tiles, WARPS) : tiles;
    }
    return divide_up(launch->order == ORDER_ROW ? launch->rows : launch->cols,
                     launch->technique == MATRIX_WARP ? (u64)WARPS : (u64)block_threads(launch));
}

extern "C" cudaError_t traversal_cuda_launch(const struct matrix_launch *launch)
{
    return launch_matrix(kernels[launch->technique][launch->order][launch->dtype], launch,
                         traversal_cuda_grid(launch), block_threads(launch));
}

extern "C" cudaError_t traversal_cuda_blocks(const struct matrix_launch *launch, int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks, kernels[launch->technique][launch->order][launch->dtype],
        (int)block_threads(launch), 0);
}
