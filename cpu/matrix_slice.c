/* for (i = begin; i < end; i++)
 *     sum += x[i];
 * and the same over the rows, columns or tiles of a traversal (common/traversal.c).
 */
#include "cpu/matrix_slice.h"

#include <stdlib.h>
#include <string.h>

#include "common/parallel.h"
#include "cpu/cpu.h"

/* Stands in the loop outside the innermost one. An optimiser may exchange loops, or run several
 * steps of the outer one at once, wherever the sum stays the same; then the order that the user
 * asked for would not be the one that is measured. It has to assume that this empty instruction
 * changes memory, so no load may cross it. It costs nothing: no code comes of it. */
#define KEEP_ORDER() __asm__ volatile("" ::: "memory")

static uint64_t tiles_in(uint64_t n, uint64_t tile)
{
    return n / tile + (n % tile != 0);
}

static struct slice tile_at(uint64_t n, uint64_t tile, uint64_t index)
{
    uint64_t begin = index * tile;
    return (struct slice){begin, tile < n - begin ? begin + tile : n};
}

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

static union matrix_total integer_total(uint64_t sum)
{
    return (union matrix_total){.integer = (int64_t)sum};
}

static union matrix_total real_total(double sum)
{
    return (union matrix_total){.real = sum};
}

union matrix_total matrix_sum_part(const struct job *job, unsigned index, unsigned count)
{
    const struct matrix_params *params = matrix_params(job->problem);
    struct slice slice = slice_of(params->rows * params->cols, index, count);
    uint64_t elements = slice.end - slice.begin;
    if (elements == 0) /* an empty matrix has no address to count from */
        return integer_total(0);
    switch (params->dtype) {
    case DTYPE_I32:
        return integer_total(sum_i32((const int32_t *)job->input + slice.begin, elements));
    case DTYPE_I64:
        return integer_total(sum_i64((const int64_t *)job->input + slice.begin, elements));
    case DTYPE_F32:
        return real_total(sum_f32((const float *)job->input + slice.begin, elements));
    case DTYPE_F64:
        return real_total(sum_f64((const double *)job->input + slice.begin, elements));
    case DTYPE_COUNT:
        break;
    }
    return integer_total(0);
}

static uint64_t outer_steps(const struct matrix_params *params)
{
    if (params->rows == 0 || params->cols == 0) /* the other may be any number: count none of it */
        return 0;
    switch (params->order) {
    case ORDER_ROW:
        return params->rows;
    case ORDER_COLUMN:
        return params->cols;
    case ORDER_TILED:
        return tiles_in(params->rows, params->tile_rows);
    }
    return 0;
}

union matrix_total traversal_part(const struct job *job, unsigned index, unsigned count)
{
    const struct matrix_params *params = matrix_params(job->problem);
    struct slice slice = slice_of(outer_steps(params), index, count);
    switch (params->dtype) {
    case DTYPE_I32:
        return integer_total(traverse_i32(job->input, params, slice));
    case DTYPE_I64:
        return integer_total(traverse_i64(job->input, params, slice));
    case DTYPE_F32:
        return real_total(traverse_f32(job->input, params, slice));
    case DTYPE_F64:
        return real_total(traverse_f64(job->input, params, slice));
    case DTYPE_COUNT:
        break;
    }
    return integer_total(0);
}

double matrix_part_relative_error(const struct job *job)
{
    const struct matrix_params *params = matrix_params(job->problem);
    if (dtype_is_integer(params->dtype))
        return 0;
    double elements = (double)params->rows * (double)params->cols;
    return sum_relative_error(elements + cpu_context(job)->threads, UNIT_ROUNDOFF_F64);
}

enum ab_status matrix_partials_prepare(struct job *job, struct ab_error *error)
{
    size_t bytes = cpu_context(job)->threads * sizeof(struct matrix_partial);
    job->scratch = aligned_alloc(_Alignof(struct matrix_partial), bytes);
    if (job->scratch == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for %u partial sums",
                       cpu_context(job)->threads);
    memset(job->scratch, 0, bytes);
    return AB_OK;
}

void matrix_partials_release(struct job *job)
{
    free(job->scratch);
    job->scratch = NULL;
}

void matrix_partials_finish(struct job *job)
{
    const struct matrix_partial *partials = matrix_partials(job);
    union matrix_total total = partials[0].total;
    bool is_integer = dtype_is_integer(matrix_params(job->problem)->dtype);
    for (unsigned i = 1; i < cpu_context(job)->threads; i++) {
        if (is_integer)
            total = integer_total((uint64_t)total.integer + (uint64_t)partials[i].total.integer);
        else
            total.real += partials[i].total.real;
    }
    memcpy(job->result->data, &total, sizeof(total));
}
