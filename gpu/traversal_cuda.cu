/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
 *
 * In the technique `simple` a thread takes a row, a column; a block takes a tile. In the others a
 * team of threads takes a rectangle at a time. In `warp` that is a row, a column or a tile; in
 * `tuned` it is a tile, a part of rows, or a part of neighbouring columns, cut so that the device
 * is full and neighbours in the team read neighbours in memory.
 */
#include "gpu/matrix_kernels.h"

template <class Element>
static __global__ void __launch_bounds__(THREADS)
    by_rows(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    Total sum = 0;
    for (u64 row = grid_thread(); row < rows; row += grid_threads())
        for (u64 col = 0; col < cols; col++)
            sum += (Total)x[row * cols + col];
    grid_sum(sum, (sum_state<Total> *)state, add);
}

template <class Element>
static __global__ void __launch_bounds__(THREADS)
    by_columns(const void *elements, u64 rows, u64 cols, u64, u64, void *state, int add)
{
    typedef typename total_of<Element>::type Total;
    const Element *x = (const Element *)elements;
    Total sum = 0;
    for (u64 col = grid_thread(); col < cols; col += grid_threads())
        for (u64 row = 0; row < rows; row++)
            sum += (Total)x[row * cols + col];
    grid_sum(sum, (sum_state<Total> *)state, add);
}

static inline __host__ __device__ u64 least(u64 a, u64 b)
{
    return a < b ? a : b;
}

static inline u64 most(u64 a, u64 b)
{
    return a > b ? a : b;
}

/* How many of height x width a matrix is cut into. */
static inline __host__ __device__ u64 count_rectangles(u64 rows, u64 cols, u64 height, u64 width)
{
    return divide_up(rows, height) * divide_up(cols, width);
}

/* A thread's way through a rectangle that its team visits row by row, TEAM places further at each
 * step: no division and no multiplication in the loop. */
template <class Unit, unsigned TEAM> struct walk {
    const Unit *at;
    u64 area, places; /* of the rectangle; of this thread in it */
    u64 step, wrap;   /* in bytes */
    unsigned width, col, step_cols;
    __device__ walk(const Unit *x, u64 rows, u64 cols, u64 tile_rows, u64 tile_cols, u64 index)
    {
        const u64 across = divide_up(cols, tile_cols);
        const u64 first_row = index / across * tile_rows, first_col = index % across * tile_cols;
        const unsigned rank = threadIdx.x % TEAM;
        width = (unsigned)least(cols - first_col, tile_cols);
        area = least(rows - first_row, tile_rows) * width;
        places = (area + TEAM - 1 - rank) / TEAM;
        col = rank % width;
        step_cols = TEAM % width;
        step = (TEAM / width * cols + step_cols) * sizeof(Unit);
        wrap = step + (cols - width) * sizeof(Unit);
        at = x + (first_row + rank / width) * cols + first_col + col;
    }
    __device__ __forceinline__ void advance()
    {
        col += step_cols;
        const bool wraps = col >= width;
        at = (const Unit *)((const char *)at + (wraps ? wrap : step));
        col -= wraps ? width : 0;
    }
};

template <class Element> struct tile_stage {
    Element of[2][THREADS];
};

/* One barrier for each fill of half the stage is enough, because a thread that fills one half again
 * has passed the barrier behind which all have read it. */
template <class Element>
static __global__ void __launch_bounds__(THREADS)
    by_tiles(const void *elements, u64 rows, u64 cols, u64 tile_rows, u64 tile_cols, void *state,
             int add)
{
    typedef typename total_of<Element>::type Total;
    typedef tile_stage<Element> Stage;
    BLOCK_SHARED(Stage, stage);
    unsigned turn = 0;
    Total sum = 0;
    const u64 tiles = count_rectangles(rows, cols, tile_rows, tile_cols);
    for (u64 tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
        walk<Element, THREADS> w((const Element *)elements, rows, cols, tile_rows, tile_cols, tile);
        for (u64 done = 0; done < w.area; done += THREADS, turn ^= 1) {
            stage.of[turn][threadIdx.x] = done + threadIdx.x < w.area ? *w.at : Element(0);
            w.advance();
            __syncthreads();
            /* Each thread adds up what another one brought: the tile really goes through fast
             * memory. */
            sum += (Total)stage.of[turn][THREADS - 1 - threadIdx.x];
        }
    }
    grid_sum(sum, (sum_state<Total> *)state, add);
}

template <class Element, bool WIDE> struct unit_of {
    typedef Element type;
};
template <class Element> struct unit_of<Element, true> {
    typedef typename vector_of<Element>::type type;
};

/* Blocks that a multiprocessor's registers must be enough for. */
enum { BLOCKS_HELD = 4 };

/* Columns are counted in units: single elements, or WIDE vectors of them. What is added up makes
 * room for the next load, be it in the next rectangle: a loop that loads a number of units and then
 * adds these up becomes, at a compiler's discretion, one that waits for each. */
template <class Element, bool WIDE, unsigned TEAM>
static __global__ void __launch_bounds__(THREADS, BLOCKS_HELD)
    by_rectangles(const void *units, u64 rows, u64 cols, u64 height, u64 width, void *state,
                  int add)
{
    typedef typename total_of<Element>::type Total;
    typedef typename unit_of<Element, WIDE>::type Unit;
    const unsigned LOADS = sizeof(Unit) == 4 ? 16 : 8;
    const u64 count = count_rectangles(rows, cols, height, width);
    Unit window[LOADS] = {};
    Total sum = 0;
    for (u64 i = grid_thread() / TEAM; i < count; i += grid_threads() / TEAM) {
        walk<Unit, TEAM> w((const Unit *)units, rows, cols, height, width, i);
        unsigned now;
        for (u64 left = w.places; left > 0; left -= now) {
            now = (unsigned)least(left, LOADS);
            UNROLLED
            for (unsigned k = 0; k < LOADS; k++, w.advance()) {
                sum += (Total)add_up(window[k]);
                window[k] = k < now ? __ldg(w.at) : Unit();
            }
        }
    }
    UNROLLED
    for (unsigned k = 0; k < LOADS; k++)
        sum += (Total)add_up(window[k]);
    grid_sum(sum, (sum_state<Total> *)state, add);
}

/* ---- Launches ------------------------------------------------------------------------------- */

#define DTYPES(kernel) {kernel<int>, kernel<long long>, kernel<float>, kernel<double>}
#define DTYPES_WITH(kernel, ...)                                                           \
    {kernel<int, __VA_ARGS__>, kernel<long long, __VA_ARGS__>, kernel<float, __VA_ARGS__>, \
     kernel<double, __VA_ARGS__>}

static matrix_kernel *const simple_kernels[][DTYPE_COUNT] = {
    /* ORDER_ROW */ DTYPES(by_rows),
    /* ORDER_COLUMN */ DTYPES(by_columns),
    /* ORDER_TILED */ DTYPES(by_tiles),
};

/* By whether columns are vectors, whether a team is a whole block, dtype. */
static matrix_kernel *const rectangle_kernels[][2][DTYPE_COUNT] = {
    {DTYPES_WITH(by_rectangles, false, WARP), DTYPES_WITH(by_rectangles, false, THREADS)},
    {DTYPES_WITH(by_rectangles, true, WARP), DTYPES_WITH(by_rectangles, true, THREADS)},
};

struct plan {
    matrix_kernel *kernel;
    struct matrix_launch launch; /* with rectangles for tiles, and columns in units */
    u64 blocks;
};

/* A walk counts the columns of a rectangle in 32 bits: wider ones are cut. */
static const u64 TILE_COLS_MOST = 1u << 30;

static struct plan plan_simple(const struct matrix_launch *launch)
{
    struct matrix_launch l = *launch;
    l.tile_cols = least(l.tile_cols, TILE_COLS_MOST);
    const u64 lines = divide_up(l.order == ORDER_ROW ? l.rows : l.cols, THREADS);
    const u64 tiles = count_rectangles(l.rows, l.cols, l.tile_rows, l.tile_cols);
    return {simple_kernels[l.order][l.dtype], l, l.order == ORDER_TILED ? tiles : lines};
}

/* Parts of rows, or of strips of columns: a few for each block that the device holds, of about the
 * same size, so that all blocks have work until the end. */
static void cut(struct matrix_launch *l)
{
    const u64 wanted = (u64)l->grid_most * 4;
    const u64 units = most(divide_up(l->rows * l->cols, wanted), BLOCK_LOADS);
    const u64 width = l->order == ORDER_ROW ? units : most(units / l->rows, THREADS);
    const u64 strips = divide_up(l->cols, width);
    l->tile_cols = divide_up(l->cols, strips);
    l->tile_rows = most(divide_up(l->rows, most(wanted / strips, 1)), BLOCK_LOADS / l->tile_cols);
}

static struct plan plan_rectangles(const struct matrix_launch *launch)
{
    struct matrix_launch l = *launch;
    const bool tuned = l.technique == MATRIX_TUNED, tiled = l.order == ORDER_TILED;
    l.tile_rows = least(l.tile_rows, l.rows);
    l.tile_cols = least(l.tile_cols, l.cols);
    /* Vectors must lie at multiples of their size, and none on the edge of a tile. */
    const u64 bytes = dtype_bytes(l.dtype), tile_bytes = tiled ? l.tile_cols * bytes : 0;
    const bool wide = tuned && ((uintptr_t)l.x | l.cols * bytes | tile_bytes) % VECTOR_BYTES == 0;
    const u64 unit = wide ? VECTOR_BYTES / bytes : 1;
    l.cols /= unit;
    if (tiled) {
        l.tile_cols /= unit;
    } else if (tuned) {
        cut(&l);
    } else {
        l.tile_rows = l.order == ORDER_ROW ? 1 : l.rows;
        l.tile_cols = l.order == ORDER_ROW ? l.cols : 1;
    }
    l.tile_cols = least(l.tile_cols, TILE_COLS_MOST);
    /* In a small tile, a block's threads would have hardly a load each. */
    const u64 count = count_rectangles(l.rows, l.cols, l.tile_rows, l.tile_cols);
    const bool small =
        l.tile_rows * l.tile_cols <= BLOCK_LOADS && count >= (u64)l.grid_most * WARPS;
    const bool block = tuned && !(tiled && small);
    return {rectangle_kernels[wide][block][l.dtype], l, block ? count : divide_up(count, WARPS)};
}

static struct plan plan_of(const struct matrix_launch *launch)
{
    return launch->technique == MATRIX_SIMPLE ? plan_simple(launch) : plan_rectangles(launch);
}

extern "C" uint64_t traversal_cuda_grid(const struct matrix_launch *launch)
{
    return launch->technique == MATRIX_TUNED ? launch->grid_most : plan_of(launch).blocks;
}

extern "C" cudaError_t traversal_cuda_launch(const struct matrix_launch *launch)
{
    const struct plan plan = plan_of(launch);
    return launch_matrix(plan.kernel, &plan.launch, plan.blocks);
}

extern "C" cudaError_t traversal_cuda_blocks(const struct matrix_launch *launch, int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, plan_of(launch).kernel, THREADS,
                                                         0);
}
