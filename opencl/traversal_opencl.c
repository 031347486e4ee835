/* for each element x[r][c] in the stated order
 *     sum += x[r][c];
 */
#include "opencl/matrix.h"

/* Rows of which [first, last) holds elements, none when it is empty. */
static uint64_t rows_in(const struct matrix_params *p, uint64_t first, uint64_t last)
{
    return last == first ? 0 : (last - 1) / p->cols - first / p->cols + 1;
}

static uint64_t bands_in(const struct matrix_params *p, uint64_t first, uint64_t last)
{
    return last == first ? 0
                         : (last - 1) / p->cols / p->tile_rows - first / p->cols / p->tile_rows + 1;
}

static size_t groups_rows(const struct opencl_matrix *matrix, uint64_t first, uint64_t last)
{
    return groups_of(rows_in(&matrix->params, first, last), matrix->sums.group_items);
}

static size_t groups_columns(const struct opencl_matrix *matrix, uint64_t first, uint64_t last)
{
    (void)first;
    (void)last;
    return groups_of(matrix->params.cols, matrix->sums.group_items);
}

static size_t groups_tiles(const struct opencl_matrix *matrix, uint64_t first, uint64_t last)
{
    const struct matrix_params *p = &matrix->params;
    return (size_t)(bands_in(p, first, last) * groups_of(p->cols, p->tile_cols));
}

static size_t groups_chunked(const struct opencl_matrix *matrix, uint64_t first, uint64_t last)
{
    (void)first;
    (void)last;
    return opencl_matrix_chunks(matrix);
}

static double depth_rows(const struct opencl_matrix *matrix)
{
    return (double)matrix->params.cols;
}

static double depth_columns(const struct opencl_matrix *matrix)
{
    return (double)matrix->params.rows;
}

static double depth_tiles(const struct opencl_matrix *matrix)
{
    const struct matrix_params *p = &matrix->params;
    return (double)p->tile_rows * (double)p->tile_cols / (double)matrix->sums.group_items + 8;
}

/* Steps are whole rows, columns or bands, so the longest part has one more than the mean. */
static double depth_chunked(const struct opencl_matrix *matrix)
{
    const struct matrix_params *p = &matrix->params;
    const double rows = (double)p->rows, cols = (double)p->cols;
    const double mean = (double)matrix->elements / (double)opencl_matrix_chunks(matrix);
    switch (p->order) {
    case ORDER_ROW:
        return mean + cols;
    case ORDER_COLUMN:
        return mean + rows;
    case ORDER_TILED:
        break;
    }
    return mean + cols * (double)p->tile_rows;
}

static enum ab_status arguments(const struct opencl_matrix *matrix, uint64_t first, uint64_t last,
                                cl_uint *index, struct ab_error *error)
{
    const struct matrix_params *p = &matrix->params;
    const cl_ulong values[] = {first, last, p->rows, p->cols, p->tile_rows, p->tile_cols};
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) && status == AB_OK; i++)
        status = OPENCL_ARGUMENT(error, matrix->sums.kernel, (*index)++, values[i]);
    return status;
}

static const struct opencl_matrix_kernel simple[] = {
    [ORDER_ROW] = {"row_simple", false, groups_rows, depth_rows, arguments},
    [ORDER_COLUMN] = {"column_simple", false, groups_columns, depth_columns, arguments},
    [ORDER_TILED] = {"tiled_simple", false, groups_tiles, depth_tiles, arguments},
};
static const struct opencl_matrix_kernel interleaved[] = {
    [ORDER_ROW] = {"row_interleaved", false, groups_rows, depth_rows, arguments},
    [ORDER_COLUMN] = {"column_interleaved", false, groups_columns, depth_columns, arguments},
    [ORDER_TILED] = {"tiled_interleaved", false, groups_tiles, depth_tiles, arguments},
};
static const struct opencl_matrix_kernel chunked[] = {
    [ORDER_ROW] = {"row_chunked", true, groups_chunked, depth_chunked, arguments},
    [ORDER_COLUMN] = {"column_chunked", true, groups_chunked, depth_chunked, arguments},
    [ORDER_TILED] = {"tiled_chunked", true, groups_chunked, depth_chunked, arguments},
};

static enum ab_status prepare_simple(struct job *job, struct ab_error *error)
{
    return opencl_matrix_prepare(job, &traversal_source,
                                 &simple[matrix_params(job->problem)->order], error);
}

static enum ab_status prepare_tuned(struct job *job, struct ab_error *error)
{
    const struct opencl_context *context = job->context;
    const enum order order = matrix_params(job->problem)->order;
    return opencl_matrix_prepare(job, &traversal_source,
                                 context->device.chunked ? &chunked[order] : &interleaved[order],
                                 error);
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "CPUs: a range of rows, columns or bands a work-item; GPUs: a row or column a "
                "work-item, a tile a group; several loads under way",
     .relative_error = opencl_matrix_relative_error,
     .prepare = prepare_tuned,
     .run = opencl_matrix_run,
     .download = opencl_matrix_download,
     .release = opencl_matrix_release},
    {.name = "simple",
     .summary = "a row or column a work-item, or a tile a group, element by element",
     .relative_error = opencl_matrix_relative_error,
     .prepare = prepare_simple,
     .run = opencl_matrix_run,
     .download = opencl_matrix_download,
     .release = opencl_matrix_release},
    {0},
};

extern const struct implementation traversal_opencl;
const struct implementation traversal_opencl = {.techniques = techniques};
