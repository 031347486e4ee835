/* for (i = begin; i < end; i++)
 *     sum += x[i];
 * and the same over the rows, columns or tiles of a traversal (common/traversal.c).
 */
#include "cpu/matrix_slice.h"

#include <stdlib.h>
#include <string.h>

#include "common/parallel.h"
#include "cpu/cpu.h"
#include "cpu/matrix_order.h"

#define ELEMENT    int32_t
#define TOTAL      uint64_t
#define LOOP(name) name##_i32
#include "cpu/matrix_loops.h"

#define ELEMENT    int64_t
#define TOTAL      uint64_t
#define LOOP(name) name##_i64
#include "cpu/matrix_loops.h"

#define ELEMENT    float
#define TOTAL      double
#define LOOP(name) name##_f32
#include "cpu/matrix_loops.h"

#define ELEMENT    double
#define TOTAL      double
#define LOOP(name) name##_f64
#include "cpu/matrix_loops.h"

union matrix_total matrix_total_add(enum dtype dtype, union matrix_total a, union matrix_total b)
{
    return dtype_is_integer(dtype) ? matrix_integer((uint64_t)a.integer + (uint64_t)b.integer)
                                   : matrix_real(a.real + b.real);
}

static union matrix_total matrix_sum_part(const struct job *job, unsigned index, unsigned count)
{
    const struct matrix_params *params = matrix_params(job->problem);
    struct slice slice = slice_of(params->rows * params->cols, index, count);
    uint64_t elements = slice.end - slice.begin;
    if (elements == 0) /* an empty matrix has no address to count from */
        return matrix_integer(0);
    switch (params->dtype) {
    case DTYPE_I32:
        return matrix_integer(sum_i32((const int32_t *)job->input + slice.begin, elements));
    case DTYPE_I64:
        return matrix_integer(sum_i64((const int64_t *)job->input + slice.begin, elements));
    case DTYPE_F32:
        return matrix_real(sum_f32((const float *)job->input + slice.begin, elements));
    case DTYPE_F64:
        return matrix_real(sum_f64((const double *)job->input + slice.begin, elements));
    case DTYPE_COUNT:
        break;
    }
    return matrix_integer(0);
}

static union matrix_total traversal_part(const struct job *job, unsigned index, unsigned count)
{
    const struct matrix_params *params = matrix_params(job->problem);
    struct slice slice = slice_of(traversal_steps(params), index, count);
    switch (params->dtype) {
    case DTYPE_I32:
        return matrix_integer(traverse_i32(job->input, params, slice));
    case DTYPE_I64:
        return matrix_integer(traverse_i64(job->input, params, slice));
    case DTYPE_F32:
        return matrix_real(traverse_f32(job->input, params, slice));
    case DTYPE_F64:
        return matrix_real(traverse_f64(job->input, params, slice));
    case DTYPE_COUNT:
        break;
    }
    return matrix_integer(0);
}

double matrix_part_relative_error(const struct job *job)
{
    const struct matrix_params *params = matrix_params(job->problem);
    if (dtype_is_integer(params->dtype))
        return 0;
    double elements = (double)params->rows * (double)params->cols;
    return sum_relative_error(elements + cpu_context(job)->threads, UNIT_ROUNDOFF_F64);
}

enum ab_status matrix_scratch_prepare(struct job *job, matrix_part *part, struct ab_error *error)
{
    const unsigned threads = cpu_context(job)->threads;
    const size_t bytes = sizeof(struct matrix_scratch) + threads * sizeof(struct matrix_partial);
    struct matrix_scratch *scratch = aligned_alloc(_Alignof(struct matrix_scratch), bytes);
    if (scratch == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for %u partial sums", threads);
    memset(scratch, 0, bytes);
    scratch->part = part;
    job->scratch = scratch;
    return AB_OK;
}

enum ab_status matrix_sum_prepare_simple(struct job *job, struct ab_error *error)
{
    return matrix_scratch_prepare(job, matrix_sum_part, error);
}

enum ab_status traversal_prepare_simple(struct job *job, struct ab_error *error)
{
    return matrix_scratch_prepare(job, traversal_part, error);
}

void matrix_scratch_release(struct job *job)
{
    free(job->scratch);
    job->scratch = NULL;
}

void matrix_run_finish(struct job *job)
{
    const struct matrix_partial *partials = matrix_scratch(job)->partials;
    const enum dtype dtype = matrix_params(job->problem)->dtype;
    union matrix_total total = partials[0].total;
    for (unsigned i = 1; i < cpu_context(job)->threads; i++)
        total = matrix_total_add(dtype, total, partials[i].total);
    memcpy(job->result->data, &total, sizeof(total));
}
