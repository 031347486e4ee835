/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 *
 * Kernels are in gpu/matrix_sum_cuda.cu and gpu/matrix_library_cuda.cu.
 */
#include "gpu/cuda.h"
#include "gpu/matrix_cuda.h"

static const struct matrix_launcher kernels = {.launch = matrix_sum_cuda_launch,
                                               .blocks = matrix_sum_cuda_blocks};

static enum ab_status prepare_tuned(struct job *job, struct ab_error *error)
{
    return matrix_cuda_prepare(job, MATRIX_TUNED, &kernels, error);
}

static enum ab_status prepare_simple(struct job *job, struct ab_error *error)
{
    return matrix_cuda_prepare(job, MATRIX_SIMPLE, &kernels, error);
}

#if AB_CUDA_LIBRARY /* nvcc compiles it */
static const struct matrix_launcher cub = {.library = matrix_library_cuda_launch};

static enum ab_status prepare_library(struct job *job, struct ab_error *error)
{
    return matrix_cuda_prepare(job, MATRIX_LIBRARY, &cub, error);
}
#endif

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "four loads of 16 bytes under way in each thread; pieces overlap with transfers",
     .relative_error = matrix_cuda_relative_error,
     .prepare = prepare_tuned,
     .run = matrix_cuda_run,
     .download = matrix_cuda_download,
     .end_to_end = matrix_cuda_end_to_end,
     .release = matrix_cuda_release},
    {.name = "simple",
     .summary =
         "a thread adds up every so many elements, a block its threads, one block the blocks",
     .relative_error = matrix_cuda_relative_error,
     .prepare = prepare_simple,
     .run = matrix_cuda_run,
     .download = matrix_cuda_download,
     .release = matrix_cuda_release},
#if AB_CUDA_LIBRARY /* nvcc compiles it */
    {.name = "library",
     .summary = "cub::DeviceReduce, from the CUDA toolkit",
     .relative_error = matrix_cuda_relative_error,
     .prepare = prepare_library,
     .run = matrix_cuda_run,
     .download = matrix_cuda_download,
     .release = matrix_cuda_release},
#endif
    {0},
};

extern const struct implementation matrix_sum_cuda;
const struct implementation matrix_sum_cuda = {.techniques = techniques};
