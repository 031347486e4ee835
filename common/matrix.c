#include "common/matrix.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/matrix_file.h"
#include "common/matrix_state.h"
#include "common/parallel.h"
#include "common/parse.h"
#include "common/random.h"

enum {
    ROWS_DEFAULT = 10000,
    COLS_DEFAULT = 10000,
    TILE_ROWS_DEFAULT = 64,
    TILE_ROW_BYTES_DEFAULT = 1024,
    BLOCK_ELEMENTS = 65536 /* part of what a seed means: another number makes other matrices */
};

const char *const dtype_names[] = {"i32", "i64", "f32", "f64", NULL};
const char *const order_names[] = {"row", "column", "tiled", NULL};

const char *dtype_name(enum dtype dtype)
{
    return dtype_names[dtype];
}

size_t dtype_bytes(enum dtype dtype)
{
    return dtype == DTYPE_I32 || dtype == DTYPE_F32 ? 4 : 8;
}

double sum_relative_error(double depth, double unit_roundoff)
{
    double product = depth * unit_roundoff;
    return product < 1 ? product / (1 - product) : HUGE_VAL;
}

/* ---- Settings ------------------------------------------------------------------------------- */

static bool is_default_tile(const struct matrix_params *params)
{
    return params->tile_rows == TILE_ROWS_DEFAULT &&
           params->tile_cols == TILE_ROW_BYTES_DEFAULT / dtype_bytes(params->dtype);
}

static enum ab_status configure_file(const struct settings *settings, struct matrix_state *state,
                                     struct ab_error *error)
{
    static const char *const generated[] = {"rows", "cols", "size"};
    const char *path = settings->files[0];
    struct matrix_params *params = &state->params;
    for (size_t i = 0; i < sizeof(generated) / sizeof(generated[0]); i++)
        if (setting_value(settings, generated[i]) != NULL)
            return ab_fail(error, AB_USAGE,
                           "--%s: the input file says how large its matrix is: leave out --%s or "
                           "the file %s",
                           generated[i], generated[i], path);
    state->path = strdup(path);
    if (state->path == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the name %s", path);
    enum ab_status status = matrix_file_probe(path, &state->file, error);
    if (status != AB_OK)
        return status;
    if (!state->file.is_npy)
        state->file.dtype = params->dtype;
    else if (setting_value(settings, "dtype") != NULL && state->file.dtype != params->dtype)
        return ab_fail(error, AB_USAGE,
                       "--dtype: %s was asked for, but %s holds %s: leave out --dtype, or convert "
                       "the file with numpy",
                       dtype_name(params->dtype), path, dtype_name(state->file.dtype));
    params->dtype = state->file.dtype;
    params->rows = state->file.rows;
    params->cols = state->file.cols;
    if (!matrix_file_need_bytes(&state->file, &state->input_need_bytes))
        return ab_fail(error, AB_INPUT, "%s: is larger than memory can be: split it", path);
    return AB_OK;
}

/* The largest n with n * n <= square. */
static uint64_t square_root(uint64_t square)
{
    uint64_t root = (uint64_t)sqrt((double)square); /* off by one at most */
    while (root > 0 && root > square / root)
        root--;
    while (root + 1 <= square / (root + 1))
        root++;
    return root;
}

static enum ab_status configure_size(const struct settings *settings, struct matrix_params *params,
                                     uint64_t *bytes, struct ab_error *error)
{
    const char *rows = setting_value(settings, "rows"), *cols = setting_value(settings, "cols");
    const char *size = setting_value(settings, "size");
    enum ab_status status = AB_OK;
    params->rows = ROWS_DEFAULT;
    params->cols = COLS_DEFAULT;
    if (size != NULL && (rows != NULL || cols != NULL))
        return ab_fail(error, AB_USAGE,
                       "--size: cannot stand together with --rows or --cols: choose one way");
    if (size != NULL) {
        uint64_t size_bytes;
        const size_t element_bytes = dtype_bytes(params->dtype);
        status = parse_bytes("--size", size, element_bytes, UINT64_MAX, &size_bytes, error);
        if (status != AB_OK)
            return status;
        params->rows = params->cols = square_root(size_bytes / element_bytes);
    }
    if (rows != NULL)
        status = parse_count("--rows", rows, 1, UINT64_MAX, &params->rows, error);
    if (status == AB_OK && cols != NULL)
        status = parse_count("--cols", cols, 1, UINT64_MAX, &params->cols, error);
    if (status != AB_OK)
        return status;
    if (!multiply(params->rows, params->cols, bytes) ||
        !multiply(*bytes, dtype_bytes(params->dtype), bytes) || *bytes > INT64_MAX)
        return ab_fail(error, AB_USAGE,
                       "%s: a %" PRIu64 " x %" PRIu64
                       " matrix of %s has more bytes than 63 bits count: choose a smaller size",
                       size != NULL ? "--size" : "--rows, --cols", params->rows, params->cols,
                       dtype_name(params->dtype));
    return AB_OK;
}

static enum ab_status parse_tile(const char *text, struct matrix_params *params,
                                 struct ab_error *error)
{
    char rows[32];
    const char *x = strchr(text, 'x');
    size_t length = x == NULL ? 0 : (size_t)(x - text);
    if (length == 0 || length >= sizeof(rows) || x[1] == '\0' || strchr(x + 1, 'x') != NULL)
        return ab_fail(error, AB_USAGE,
                       "--tile: expected ROWSxCOLS in elements, such as 64x256, not \"%.40s\"",
                       text);
    memcpy(rows, text, length);
    rows[length] = '\0';
    enum ab_status status = parse_count("--tile", rows, 1, UINT64_MAX, &params->tile_rows, error);
    if (status != AB_OK)
        return status;
    return parse_count("--tile", x + 1, 1, UINT64_MAX, &params->tile_cols, error);
}

static enum ab_status configure_order(const struct settings *settings, struct problem *problem,
                                      struct ab_error *error)
{
    struct matrix_params *params = problem->params;
    const char *order = setting_value(settings, "order"), *tile = setting_value(settings, "tile");
    size_t index = ORDER_ROW;
    if (order != NULL) {
        enum ab_status status = parse_choice("--order", order, order_names, &index, error);
        if (status != AB_OK)
            return status;
    }
    params->order = (enum order)index;
    problem->labels[problem->label_count++] =
        (struct problem_label){"order", order_names[index], index == ORDER_ROW};
    if (tile == NULL)
        return AB_OK;
    if (params->order != ORDER_TILED)
        return ab_fail(error, AB_USAGE, "--tile: only --order tiled has tiles, not --order %s",
                       order_names[index]);
    return parse_tile(tile, params, error);
}

static void set_sizes(struct problem *problem)
{
    const struct matrix_params *params = matrix_params(problem);
    problem->sizes[0] = params->rows;
    problem->sizes[1] = params->cols;
    problem->size_count = 2;
    if (params->order == ORDER_TILED && !is_default_tile(params)) {
        problem->sizes[2] = params->tile_rows;
        problem->sizes[3] = params->tile_cols;
        problem->size_count = 4;
    }
}

enum ab_status matrix_configure(const struct settings *settings, bool ordered,
                                struct problem *problem, struct ab_error *error)
{
    struct matrix_state *state = calloc(1, sizeof(*state));
    if (state == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the parameters of the matrix");
    struct matrix_params *params = &state->params;
    problem->params = params;
    problem->label_count = 0;
    state->threads = settings->threads;

    const char *dtype = setting_value(settings, "dtype");
    enum ab_status status = AB_OK;
    size_t index = DTYPE_I32;
    if (dtype != NULL)
        status = parse_choice("--dtype", dtype, dtype_names, &index, error);
    params->dtype = (enum dtype)index;
    if (status == AB_OK)
        status = settings->file_count > 0
                     ? configure_file(settings, state, error)
                     : configure_size(settings, params, &state->input_need_bytes, error);
    if (status != AB_OK)
        return status;
    params->tile_rows = TILE_ROWS_DEFAULT;
    params->tile_cols = TILE_ROW_BYTES_DEFAULT / dtype_bytes(params->dtype);
    if (ordered)
        status = configure_order(settings, problem, error);
    problem->labels[problem->label_count++] =
        (struct problem_label){"dtype", dtype_name(params->dtype), params->dtype == DTYPE_I32};
    problem->need_bytes = state->input_need_bytes + matrix_expect_need_bytes();
    if (status == AB_OK)
        set_sizes(problem);
    return status;
}

void matrix_destroy(struct problem *problem)
{
    struct matrix_state *state = matrix_state(problem);
    if (state != NULL)
        free(state->path);
    free(state);
    problem->params = NULL;
}

/* ---- Input ---------------------------------------------------------------------------------- */

struct generator {
    enum dtype dtype;
    void *data;
    uint64_t elements, seed;
};

/* The reference: for every block of 65536 elements, element i is the i-th number of its stream:
 * the high half scaled to 0..100 and, for floats, a fraction from the low bits, as many as fit
 * beside 0..100 without rounding. The whole part is the same for every dtype. */
static void generate_block(void *argument, uint64_t block)
{
    const struct generator *generator = argument;
    struct random_stream stream = random_block(generator->seed, block);
    uint64_t begin = block * BLOCK_ELEMENTS, end = begin + BLOCK_ELEMENTS;
    if (end > generator->elements)
        end = generator->elements;
    for (uint64_t i = begin; i < end; i++) {
        uint64_t bits = random_next(&stream);
        uint64_t whole = ((bits >> 32) * 101) >> 32; /* as random_below */
        switch (generator->dtype) {
        case DTYPE_I32:
            ((int32_t *)generator->data)[i] = (int32_t)whole;
            break;
        case DTYPE_I64:
            ((int64_t *)generator->data)[i] = (int64_t)whole;
            break;
        case DTYPE_F32:
            ((float *)generator->data)[i] =
                (float)(whole << 17 | (bits & ((1u << 17) - 1))) * 0x1p-17f;
            break;
        case DTYPE_F64:
            ((double *)generator->data)[i] =
                (double)(whole << 45 | (bits & ((1ull << 45) - 1))) * 0x1p-45;
            break;
        case DTYPE_COUNT:
            break;
        }
    }
}

static void describe(struct problem *problem)
{
    const struct matrix_params *params = matrix_params(problem);
    bool tiled = params->order == ORDER_TILED;
    set_sizes(problem);
    int used = snprintf(problem->summary, sizeof(problem->summary), "%" PRIu64 " x %" PRIu64 " %s",
                        params->rows, params->cols, dtype_name(params->dtype));
    if (tiled && used > 0 && (size_t)used < sizeof(problem->summary))
        snprintf(problem->summary + used, sizeof(problem->summary) - (size_t)used,
                 ", tiles %" PRIu64 " x %" PRIu64, params->tile_rows, params->tile_cols);
}

enum ab_status matrix_make(const struct settings *settings, struct problem *problem,
                           struct ab_error *error)
{
    struct matrix_state *state = matrix_state(problem);
    struct matrix_params *params = &state->params;
    enum ab_status status;
    if (state->path != NULL) {
        status = matrix_file_read(state->path, &state->file, &problem->input, error);
        params->rows = state->file.rows;
        params->cols = state->file.cols;
    } else {
        status = region_resize(&problem->input, state->input_need_bytes, "the matrix", error);
        if (status != AB_OK)
            return status;
        struct generator generator = {params->dtype, problem->input.data,
                                      params->rows * params->cols, settings->seed};
        uint64_t blocks = (generator.elements + BLOCK_ELEMENTS - 1) / BLOCK_ELEMENTS;
        status = parallel_blocks(settings->threads, blocks, generate_block, &generator, error);
    }
    if (status == AB_OK)
        describe(problem);
    return status;
}

/* ---- Result --------------------------------------------------------------------------------- */

enum ab_status matrix_write_result(const struct problem *problem, const struct region *result,
                                   struct json_writer *json, struct ab_error *error)
{
    union matrix_total sum;
    if (result->data == NULL || result->bytes != sizeof(sum))
        return ab_fail(error, AB_WRONG_RESULT, "the sum has %zu bytes, not %zu", result->bytes,
                       sizeof(sum));
    memcpy(&sum, result->data, sizeof(sum));
    if (dtype_is_integer(matrix_params(problem)->dtype))
        json_integer(json, "sum", sum.integer);
    else if (isfinite(sum.real))
        json_number(json, "sum", sum.real);
    else
        json_string(json, "sum", isnan(sum.real) ? "nan" : sum.real > 0 ? "inf" : "-inf");
    return AB_OK;
}
