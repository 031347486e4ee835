/* What matrix_sum and traversal share on OpenCL: every piece of the input is summed up to partial
 * sums, and one group adds those up. The kernels differ only in their names, in how many groups
 * they need, and in their parameters. */
#ifndef ACCELBENCH_OPENCL_MATRIX_H
#define ACCELBENCH_OPENCL_MATRIX_H

#include "common/matrix.h"
#include "opencl/memory.h"
#include "opencl/sums.h"

struct opencl_matrix;

/* One kernel of a technique, for a device or an order. */
struct opencl_matrix_kernel {
    const char *name;
    bool alone; /* groups of one work-item: for devices that want contiguous chunks */
    /* Groups for elements [first, last) of the matrix, where neither rows nor cols is 0; 0 for none
     * at all is the same as 1. */
    size_t (*groups)(const struct opencl_matrix *matrix, uint64_t first, uint64_t last);
    /* The most elements that one work-item adds up. */
    double (*depth)(const struct opencl_matrix *matrix);
    /* Sets the arguments that say which elements, from *index on, which it moves behind them. */
    enum ab_status (*arguments)(const struct opencl_matrix *matrix, uint64_t first, uint64_t last,
                                cl_uint *index, struct ab_error *error);
};

/* job->scratch */
struct opencl_matrix {
    const struct opencl_matrix_kernel *chosen;
    struct matrix_params params; /* tiles no larger than the matrix */
    size_t compute_units;
    uint64_t elements;
    bool without_double;
    struct opencl_sums sums;
    uint64_t partial_count;
};

/* Builds, allocates and warms up; the technique's prepare calls it with its kernel. */
enum ab_status opencl_matrix_prepare(struct job *job, const struct opencl_source *source,
                                     const struct opencl_matrix_kernel *kernel,
                                     struct ab_error *error);

/* Hooks of the techniques. */
enum ab_status opencl_matrix_run(struct job *job, struct ab_error *error);
enum ab_status opencl_matrix_download(struct job *job, struct ab_error *error);
void opencl_matrix_release(struct job *job);
double opencl_matrix_relative_error(const struct job *job);

/* Work-items for chunks of `steps` rows, columns or elements: enough for all compute units to end
 * at about the same time, and more for large inputs, so that no sum grows too long. */
size_t opencl_matrix_chunks(const struct opencl_matrix *matrix);

static inline size_t groups_of(uint64_t items, size_t group_items)
{
    return (size_t)((items + group_items - 1) / group_items);
}

#endif
