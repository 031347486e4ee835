/* for (i = begin; i < end; i++)
 *     sum += x[i];
 * and the same over the rows, columns or tiles of a traversal (common/traversal.c).
 */
#include "cpu/matrix_tuned.h"

#include "common/parallel.h"
#include "cpu/fetch.h"
#include "cpu/isa.h"
#include "cpu/matrix_order.h"

#if CPU_ISA_X86
#include <immintrin.h>
#endif

/* Additions in float before a conversion to double: as many as make the conversion cheap, and few
 * enough for an error of 2e-6 at most. */
enum { F32_STEPS = 32 };

/* A value that is used twice is often loaded twice, as operands of two instructions; where loads
 * are the bottleneck that halves the speed. */
#if CPU_ISA_X86
#define LOAD_ONCE(vector) __asm__("" : "+v"(vector))
#else
#define LOAD_ONCE(vector) ((void)0)
#endif

/* To sums of 32 bits the upper halves of a vector's elements, with their sign. */
#define ADD_UPPER(sums, vector) ((sums) + ((vector) >> 16))

/* Rows of a matrix or a tile, `stride` elements from one to the next; a contiguous run is one row.
 * Neither number is 0. */
struct matrix_rows {
    uint64_t cols, count, stride;
};

static inline uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#define VECTOR_BYTES 16
#define TARGET
#define LOOP(name) name##_portable
#include "cpu/matrix_tuned_loops.h"

#if CPU_ISA_X86
#define VECTOR_BYTES 32
#define TARGET       CPU_TARGET_AVX2
#define LOOP(name)   name##_avx2
#include "cpu/matrix_tuned_loops.h"

#define VECTOR_BYTES 64
#define TARGET       CPU_TARGET_AVX512
#define LOOP(name)   name##_avx512
#include "cpu/matrix_tuned_loops.h"

/* In one instruction: of 16-bit halves, the lower ones times 0 and the upper ones times 1. */
#undef ADD_UPPER
#define ADD_UPPER(sums, vector)                                                 \
    ((i32_vector_avx512)_mm512_dpwssd_epi32((__m512i)(sums), (__m512i)(vector), \
                                            _mm512_set1_epi32(1 << 16)))
#define VECTOR_BYTES 64
#define TARGET       CPU_TARGET_AVX512_VNNI
#define LOOP(name)   name##_avx512vnni
#include "cpu/matrix_tuned_loops.h"
#endif

/* Of one instruction set. */
struct matrix_loops {
    uint64_t (*sum_i32)(const int32_t *x, struct matrix_rows rows);
    uint64_t (*sum_i64)(const uint64_t *x, struct matrix_rows rows);
    double (*sum_f32)(const float *x, struct matrix_rows rows);
    double (*sum_f64)(const double *x, struct matrix_rows rows);
};

static const struct matrix_loops loops[CPU_ISA_COUNT] = {
    [CPU_ISA_PORTABLE] = {sum_i32_portable, sum_i64_portable, sum_f32_portable, sum_f64_portable},
#if CPU_ISA_X86
    [CPU_ISA_AVX2] = {sum_i32_avx2, sum_i64_avx2, sum_f32_avx2, sum_f64_avx2},
    [CPU_ISA_AVX512] = {sum_i32_avx512, sum_i64_avx512, sum_f32_avx512, sum_f64_avx512},
    [CPU_ISA_AVX512_VNNI] = {sum_i32_avx512vnni, sum_i64_avx512vnni, sum_f32_avx512vnni,
                             sum_f64_avx512vnni},
#endif
};

static union matrix_total sum_rows(const struct job *job, const void *x, struct matrix_rows rows)
{
    const struct matrix_loops *with = matrix_scratch(job)->loops;
    switch (matrix_params(job->problem)->dtype) {
    case DTYPE_I32:
        return matrix_integer(with->sum_i32(x, rows));
    case DTYPE_I64:
        return matrix_integer(with->sum_i64(x, rows));
    case DTYPE_F32:
        return matrix_real(with->sum_f32(x, rows));
    case DTYPE_F64:
        return matrix_real(with->sum_f64(x, rows));
    case DTYPE_COUNT:
        break;
    }
    return matrix_integer(0);
}

static union matrix_total sum_elements(const struct job *job, struct slice elements)
{
    const struct matrix_params *params = matrix_params(job->problem);
    if (elements.begin == elements.end) /* an empty matrix has no address to count from */
        return matrix_integer(0);
    const char *input = job->input;
    return sum_rows(job, input + elements.begin * dtype_bytes(params->dtype),
                    (struct matrix_rows){.cols = elements.end - elements.begin, .count = 1});
}

static union matrix_total matrix_sum_part(const struct job *job, unsigned index, unsigned count)
{
    const struct matrix_params *params = matrix_params(job->problem);
    return sum_elements(job, slice_of(params->rows * params->cols, index, count));
}

/* ---- Traversal --------------------------------------------------------------------------------
 */

#define ELEMENT int32_t
#define TOTAL   uint64_t
#define NAME    sum_columns_i32
#include "cpu/matrix_tuned_column.h"

#define ELEMENT uint64_t
#define TOTAL   uint64_t
#define NAME    sum_columns_i64
#include "cpu/matrix_tuned_column.h"

#define ELEMENT float
#define TOTAL   double
#define NAME    sum_columns_f32
#include "cpu/matrix_tuned_column.h"

#define ELEMENT double
#define TOTAL   double
#define NAME    sum_columns_f64
#include "cpu/matrix_tuned_column.h"

static union matrix_total sum_columns(const struct job *job, struct slice columns)
{
    const struct matrix_params *params = matrix_params(job->problem);
    const uint64_t rows = params->rows, cols = params->cols;
    switch (params->dtype) {
    case DTYPE_I32:
        return matrix_integer(sum_columns_i32(job->input, rows, cols, columns));
    case DTYPE_I64:
        return matrix_integer(sum_columns_i64(job->input, rows, cols, columns));
    case DTYPE_F32:
        return matrix_real(sum_columns_f32(job->input, rows, cols, columns));
    case DTYPE_F64:
        return matrix_real(sum_columns_f64(job->input, rows, cols, columns));
    case DTYPE_COUNT:
        break;
    }
    return matrix_integer(0);
}

/* The rows of a tile are too short for the hardware to see that they continue, so those of a later
 * tile are fetched beside those of this one: into the second-level cache, which has far more
 * requests under way than the first (15 GB/s against 8 in either other way, on a Zen 4). Tiles
 * larger than this would push each other out of it. */
enum { TILES_AHEAD = 2, TILE_BYTES_TO_FETCH = 256 << 10, CACHE_LINE_BYTES = 64 };

/* Rows of a tile that are summed at once, between fetching as many of a later one. */
enum { ROWS_AT_ONCE = 4 };

struct tile {
    struct slice rows, columns;
};

/* Tile `index` of those of all bands, row by row of tiles. */
static struct tile tile_of(const struct matrix_params *params, uint64_t index)
{
    const uint64_t tiles_a_band = tiles_in(params->cols, params->tile_cols);
    return (struct tile){tile_at(params->rows, params->tile_rows, index / tiles_a_band),
                         tile_at(params->cols, params->tile_cols, index % tiles_a_band)};
}

static const char *element_at(const struct job *job, uint64_t row, uint64_t column)
{
    const struct matrix_params *params = matrix_params(job->problem);
    return (const char *)job->input + (row * params->cols + column) * dtype_bytes(params->dtype);
}

static void fetch(const struct job *job, const struct tile *tile, uint64_t row)
{
    if (row >= tile->rows.end - tile->rows.begin)
        return;
    const char *begin = element_at(job, tile->rows.begin + row, tile->columns.begin);
    const char *end = element_at(job, tile->rows.begin + row, tile->columns.end);
    for (; begin < end; begin += CACHE_LINE_BYTES)
        __builtin_prefetch(begin, 0, 2);
}

/* `later` is fetched meanwhile; NULL: nothing is. */
static union matrix_total sum_tile(const struct job *job, const struct tile *tile,
                                   const struct tile *later)
{
    const struct matrix_params *params = matrix_params(job->problem);
    struct matrix_rows rows = {.cols = tile->columns.end - tile->columns.begin,
                               .stride = params->cols};
    union matrix_total total = matrix_integer(0);
    for (uint64_t row = tile->rows.begin; row < tile->rows.end; row += rows.count) {
        rows.count = least(tile->rows.end - row, ROWS_AT_ONCE);
        for (uint64_t i = 0; later != NULL && i < rows.count; i++)
            fetch(job, later, row - tile->rows.begin + i);
        const union matrix_total sum =
            sum_rows(job, element_at(job, row, tile->columns.begin), rows);
        total = matrix_total_add(params->dtype, total, sum);
    }
    return total;
}

static union matrix_total sum_bands(const struct job *job, struct slice bands)
{
    const struct matrix_params *params = matrix_params(job->problem);
    const uint64_t tiles_a_band = tiles_in(params->cols, params->tile_cols);
    const uint64_t end = bands.end * tiles_a_band;
    union matrix_total total = matrix_integer(0);
    for (uint64_t t = bands.begin * tiles_a_band; t < end; t++) {
        const struct tile tile = tile_of(params, t);
        const uint64_t elements =
            (tile.rows.end - tile.rows.begin) * (tile.columns.end - tile.columns.begin);
        const bool fetched =
            t + TILES_AHEAD < end && elements <= TILE_BYTES_TO_FETCH / sizeof(double);
        const struct tile later = tile_of(params, fetched ? t + TILES_AHEAD : t);
        total =
            matrix_total_add(params->dtype, total, sum_tile(job, &tile, fetched ? &later : NULL));
    }
    return total;
}

static union matrix_total traversal_part(const struct job *job, unsigned index, unsigned count)
{
    const struct matrix_params *params = matrix_params(job->problem);
    const struct slice slice = slice_of(traversal_steps(params), index, count);
    switch (params->order) {
    case ORDER_ROW: /* one row follows the other in memory */
        return sum_elements(job,
                            (struct slice){slice.begin * params->cols, slice.end * params->cols});
    case ORDER_COLUMN:
        return sum_columns(job, slice);
    case ORDER_TILED:
        return sum_bands(job, slice);
    }
    return matrix_integer(0);
}

/* ---- Hooks ------------------------------------------------------------------------------------
 */

static enum ab_status prepare(struct job *job, matrix_part *part, struct ab_error *error)
{
    enum cpu_isa isa;
    enum ab_status status = cpu_isa_choose(cpu_isa_best(), &isa, error);
    if (status == AB_OK)
        status = matrix_scratch_prepare(job, part, error);
    if (status == AB_OK)
        matrix_scratch(job)->loops = &loops[isa];
    return status;
}

enum ab_status matrix_sum_prepare_tuned(struct job *job, struct ab_error *error)
{
    return prepare(job, matrix_sum_part, error);
}

enum ab_status traversal_prepare_tuned(struct job *job, struct ab_error *error)
{
    return prepare(job, traversal_part, error);
}

double matrix_tuned_relative_error(const struct job *job)
{
    const double in_double = matrix_part_relative_error(job);
    if (matrix_params(job->problem)->dtype != DTYPE_F32)
        return in_double;
    const double in_float = sum_relative_error(F32_STEPS + 2, UNIT_ROUNDOFF_F32);
    return in_float + in_double + in_float * in_double;
}
