/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 */
#include <math.h>

#include "opencl/matrix.h"

enum { GROUPS_PER_UNIT = 8, CHUNK_ELEMENTS_MIN = 1024 };

static size_t groups_interleaved(const struct opencl_matrix *matrix, uint64_t first, uint64_t last)
{
    const size_t most = GROUPS_PER_UNIT * matrix->compute_units;
    const size_t groups = groups_of(last - first, matrix->sums.group_items);
    return groups < most ? groups : most;
}

static size_t groups_chunked(const struct opencl_matrix *matrix, uint64_t first, uint64_t last)
{
    const size_t most = opencl_matrix_chunks(matrix);
    const size_t chunks = groups_of(last - first, CHUNK_ELEMENTS_MIN);
    return chunks < most ? chunks : most;
}

static double depth_interleaved(const struct opencl_matrix *matrix)
{
    const size_t groups = groups_interleaved(matrix, 0, matrix->elements);
    return (double)matrix->elements / ((double)groups * (double)matrix->sums.group_items + 1) + 1;
}

static double depth_chunked(const struct opencl_matrix *matrix)
{
    const double mean = (double)matrix->elements / (double)opencl_matrix_chunks(matrix);
    return fmax(mean, CHUNK_ELEMENTS_MIN) + 64;
}

static enum ab_status arguments(const struct opencl_matrix *matrix, uint64_t first, uint64_t last,
                                cl_uint *index, struct ab_error *error)
{
    const cl_ulong count = last - first;
    return OPENCL_ARGUMENT(error, matrix->sums.kernel, (*index)++, count);
}

static const struct opencl_matrix_kernel simple = {
    .name = "simple",
    .groups = groups_interleaved,
    .depth = depth_interleaved,
    .arguments = arguments,
};
static const struct opencl_matrix_kernel tuned_interleaved = {
    .name = "tuned_interleaved",
    .groups = groups_interleaved,
    .depth = depth_interleaved,
    .arguments = arguments,
};
static const struct opencl_matrix_kernel tuned_chunked = {
    .name = "tuned_chunked",
    .alone = true,
    .groups = groups_chunked,
    .depth = depth_chunked,
    .arguments = arguments,
};

static enum ab_status prepare_simple(struct job *job, struct ab_error *error)
{
    return opencl_matrix_prepare(job, &matrix_sum_source, &simple, error);
}

static enum ab_status prepare_tuned(struct job *job, struct ab_error *error)
{
    const struct opencl_context *context = job->context;
    return opencl_matrix_prepare(job, &matrix_sum_source,
                                 context->device.chunked ? &tuned_chunked : &tuned_interleaved,
                                 error);
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "CPUs: a contiguous chunk a work-item, in vectors; GPUs: interleaved vectors",
     .relative_error = opencl_matrix_relative_error,
     .prepare = prepare_tuned,
     .run = opencl_matrix_run,
     .download = opencl_matrix_download,
     .release = opencl_matrix_release},
    {.name = "simple",
     .summary = "interleaved elements, then a tree of sums in local memory",
     .relative_error = opencl_matrix_relative_error,
     .prepare = prepare_simple,
     .run = opencl_matrix_run,
     .download = opencl_matrix_download,
     .release = opencl_matrix_release},
    {0},
};

extern const struct implementation matrix_sum_opencl;
const struct implementation matrix_sum_opencl = {.techniques = techniques};
