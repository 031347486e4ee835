#include "opencl/matrix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_ITEMS = 256, CHUNKS_MIN = 64, CHUNK_ELEMENTS = 1 << 18, OPTIONS_BYTES = 128 };

size_t opencl_matrix_chunks(const struct opencl_matrix *matrix)
{
    const uint64_t chunks = matrix->elements / CHUNK_ELEMENTS;
    return chunks < CHUNKS_MIN ? CHUNKS_MIN : (size_t)chunks;
}

static struct opencl_matrix *matrix_of(const struct job *job)
{
    return job->scratch;
}

static const struct opencl_memory *input_of(const struct job *job)
{
    return job->input;
}

static bool is_empty(const struct opencl_matrix *matrix)
{
    return matrix->params.rows == 0 || matrix->params.cols == 0;
}

static uint64_t elements_before(const struct opencl_matrix *matrix, uint64_t bytes)
{
    return bytes / dtype_bytes(matrix->params.dtype);
}

static size_t piece_groups(const struct opencl_matrix *matrix, const struct opencl_piece *piece)
{
    const uint64_t first = elements_before(matrix, piece->begin);
    const size_t groups =
        matrix->chosen->groups(matrix, first, first + elements_before(matrix, piece->bytes));
    return groups == 0 ? 1 : groups;
}

/* ---- Preparing --------------------------------------------------------------------------- */

static void set_params(struct opencl_matrix *matrix, const struct matrix_params *params)
{
    matrix->params = *params;
    matrix->elements = is_empty(matrix) ? 0 : params->rows * params->cols;
    if (matrix->params.tile_rows > params->rows)
        matrix->params.tile_rows = params->rows;
    if (matrix->params.tile_cols > params->cols)
        matrix->params.tile_cols = params->cols;
}

static enum ab_status build(struct opencl_context *context, const struct opencl_matrix *matrix,
                            const struct opencl_source *source, struct opencl_program **program,
                            struct ab_error *error)
{
    static const char *const dtypes[] = {
        [DTYPE_I32] = "I32", [DTYPE_I64] = "I64", [DTYPE_F32] = "F32", [DTYPE_F64] = "F64"};
    char options[OPTIONS_BYTES];
    snprintf(options, sizeof(options), OPENCL_OPTIONS " -D%s -DGROUP_ITEMS=%zu%s",
             dtypes[matrix->params.dtype], matrix->sums.group_items,
             matrix->without_double ? " -DWITHOUT_DOUBLE" : "");
    return opencl_program(context, source, options, program, error);
}

static uint64_t count_partials(const struct opencl_matrix *matrix,
                               const struct opencl_memory *input)
{
    uint64_t partials = 0;
    for (size_t i = 0; i < input->count && !is_empty(matrix); i++)
        partials += piece_groups(matrix, &input->pieces[i]);
    return partials;
}

static enum ab_status run_piece(struct opencl_context *context, struct opencl_matrix *matrix,
                                cl_mem input, uint64_t first, uint64_t last, size_t groups,
                                cl_ulong first_partial, struct ab_error *error)
{
    cl_uint index = 1;
    enum ab_status status = OPENCL_BUFFER_ARGUMENT(error, matrix->sums.kernel, 0, input);
    if (status == AB_OK)
        status = matrix->chosen->arguments(matrix, first, last, &index, error);
    if (status == AB_OK)
        status = OPENCL_BUFFER_ARGUMENT(error, matrix->sums.kernel, index, matrix->sums.partials);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, matrix->sums.kernel, index + 1, first_partial);
    if (status == AB_OK)
        status = opencl_run(context, matrix->sums.kernel, groups,
                            matrix->chosen->alone ? 1 : matrix->sums.group_items, error);
    return status;
}

/* Drivers may compile when a kernel is first enqueued, for that very size: every shape runs here
 * once, on no elements; the partial sums stand in for the input, which is not there yet. */
static enum ab_status warm_up(struct opencl_context *context, struct opencl_matrix *matrix,
                              const struct opencl_memory *input, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < input->count && i < 2 && !is_empty(matrix) && status == AB_OK; i++)
        status = run_piece(context, matrix, matrix->sums.partials, 0, 0,
                           piece_groups(matrix, &input->pieces[i]), 0, error);
    if (status == AB_OK)
        status = opencl_sums_finish(context, &matrix->sums, 0, error);
    return status == AB_OK ? CL_TRY(error, Finish, context->plain) : status;
}

enum ab_status opencl_matrix_prepare(struct job *job, const struct opencl_source *source,
                                     const struct opencl_matrix_kernel *kernel,
                                     struct ab_error *error)
{
    struct opencl_context *context = job->context;
    const struct matrix_params *params = matrix_params(job->problem);
    if (params->dtype == DTYPE_F64 && !context->device.has_double)
        return ab_fail(error, AB_UNSUPPORTED,
                       "%s has no double precision (cl_khr_fp64): choose --dtype f32, or another "
                       "--device",
                       context->device.name);
    struct opencl_matrix *matrix = calloc(1, sizeof(*matrix));
    if (matrix == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to prepare a sum on OpenCL");
    job->scratch = matrix;
    matrix->chosen = kernel;
    matrix->compute_units = context->device.compute_units;
    matrix->without_double = params->dtype == DTYPE_F32 && !context->device.has_double;
    matrix->sums.group_items = opencl_group_items(context, GROUP_ITEMS);
    set_params(matrix, params);
    struct opencl_program *program = NULL;
    matrix->partial_count = count_partials(matrix, job->input);
    enum ab_status status = build(context, matrix, source, &program, error);
    if (status == AB_OK)
        status = opencl_sums_prepare(context, &matrix->sums, program, kernel->name,
                                     matrix->partial_count, error);
    if (status == AB_OK)
        status = warm_up(context, matrix, job->input, error);
    if (status == AB_OK)
        opencl_program_keep(context, program);
    return status;
}

/* ---- Running ----------------------------------------------------------------------------- */

enum ab_status opencl_matrix_run(struct job *job, struct ab_error *error)
{
    struct opencl_matrix *matrix = matrix_of(job);
    const struct opencl_memory *input = input_of(job);
    cl_ulong partial = 0;
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < input->count && !is_empty(matrix) && status == AB_OK; i++) {
        const struct opencl_piece *piece = &input->pieces[i];
        const uint64_t first = elements_before(matrix, piece->begin);
        const size_t groups = piece_groups(matrix, piece);
        status = run_piece(job->context, matrix, piece->buffer, first,
                           first + elements_before(matrix, piece->bytes), groups, partial, error);
        partial += groups;
    }
    return status == AB_OK ? opencl_sums_finish(job->context, &matrix->sums, partial, error)
                           : status;
}

enum ab_status opencl_matrix_download(struct job *job, struct ab_error *error)
{
    const struct opencl_matrix *matrix = matrix_of(job);
    union matrix_total *total = job->result->data;
    float parts[2]; /* the sum, and what it lost to rounding: NaN where the sum is not finite */
    if (!matrix->without_double)
        return opencl_sums_read(job->context, &matrix->sums, total, error);
    enum ab_status status = opencl_sums_read(job->context, &matrix->sums, parts, error);
    if (status == AB_OK)
        total->real = isfinite(parts[0]) ? (double)parts[0] + (double)parts[1] : (double)parts[0];
    return status;
}

void opencl_matrix_release(struct job *job)
{
    struct opencl_matrix *matrix = matrix_of(job);
    if (matrix == NULL)
        return;
    opencl_sums_release(&matrix->sums);
    free(matrix);
    job->scratch = NULL;
}

/* Short blocks in float, then everything in double; without fp64 everything in pairs of floats,
 * whose error is that of one rounding and of the square of a plain sum's (Ogita, Rump, Oishi,
 * "Accurate sum and dot product", SIAM J. Sci. Comput. 26, 2005, theorem 4.5). */
double opencl_matrix_relative_error(const struct job *job)
{
    const double block_depth = 20, trees_depth = 64;
    const struct opencl_matrix *matrix = matrix_of(job);
    const double partials = (double)matrix->partial_count;
    const double depth = (is_empty(matrix) ? 0 : matrix->chosen->depth(matrix)) +
                         partials / (double)matrix->sums.group_items + trees_depth;
    if (dtype_is_integer(matrix->params.dtype))
        return 0;
    const double block =
        matrix->params.dtype == DTYPE_F32 ? sum_relative_error(block_depth, UNIT_ROUNDOFF_F32) : 0;
    if (!matrix->without_double)
        return block + 2 * sum_relative_error(depth, UNIT_ROUNDOFF_F64);
    return block + 2 * UNIT_ROUNDOFF_F32 + 2 * pow(sum_relative_error(depth, UNIT_ROUNDOFF_F32), 2);
}
