/* The right sum, and whether another one is near enough. Equals
 *     for (i = 0; i < rows * cols; i++)
 *         sum += x[i];
 * computed in ways that no backend uses: integers from unsigned halves, floating point with the
 * rounding errors kept (Neumaier 1974; the exact error of an addition is Knuth's TwoSum).
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/matrix.h"
#include "common/matrix_state.h"
#include "common/parallel.h"

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "the expected sum needs IEEE arithmetic: build without -ffast-math"
#endif
_Static_assert(__FLT_EVAL_METHOD__ == 0, "arithmetic must round to the type");

enum { PARTS_MOST = 1024, PART_ELEMENTS = 65536 };

enum { HAS_NAN = 1, HAS_PLUS_INFINITY = 2, HAS_MINUS_INFINITY = 4 };

struct part {
    uint64_t integer;
    double sum, error; /* their exact sum is what was added up, nearly */
    double absolute;
    unsigned classes; /* of the values that are not finite */
};

/* Parts depend on the matrix alone, so that the sum does not depend on the threads. */
struct work {
    enum dtype dtype;
    const void *data;
    uint64_t elements;
    unsigned part_count;
    struct part *parts;
};

uint64_t matrix_expect_need_bytes(void)
{
    return sizeof(struct matrix_expected) + PARTS_MOST * sizeof(struct part);
}

static inline void add(struct part *part, double x)
{
    double sum = part->sum + x;
    double added = sum - part->sum;
    part->error += (part->sum - (sum - added)) + (x - added);
    part->sum = sum;
    part->absolute += fabs(x);
}

static void add_any(struct part *part, double x)
{
    if (isfinite(x))
        add(part, x);
    else
        part->classes |= isnan(x) ? HAS_NAN : x > 0 ? HAS_PLUS_INFINITY : HAS_MINUS_INFINITY;
}

static struct part sum_i32(const int32_t *x, uint64_t count)
{
    struct part part = {0};
    for (uint64_t i = 0; i < count; i++)
        part.integer += (uint32_t)x[i] ^ 0x80000000u; /* x + 2^31 */
    part.integer -= count << 31;
    return part;
}

static struct part sum_i64(const int64_t *x, uint64_t count)
{
    struct part part = {0};
    uint64_t low = 0, high = 0;
    for (uint64_t i = 0; i < count; i++) {
        low += (uint64_t)x[i] & UINT32_MAX;
        high += (uint64_t)x[i] >> 32;
    }
    part.integer = low + (high << 32);
    return part;
}

/* The common case first; only a part that is not finite is looked at value by value. */
static struct part sum_f32(const float *x, uint64_t count)
{
    struct part part = {0};
    for (uint64_t i = 0; i < count; i++)
        add(&part, (double)x[i]);
    if (isfinite(part.absolute))
        return part;
    part = (struct part){0};
    for (uint64_t i = 0; i < count; i++)
        add_any(&part, (double)x[i]);
    return part;
}

static struct part sum_f64(const double *x, uint64_t count)
{
    struct part part = {0};
    for (uint64_t i = 0; i < count; i++)
        add(&part, x[i]);
    if (isfinite(part.absolute))
        return part;
    part = (struct part){0};
    for (uint64_t i = 0; i < count; i++)
        add_any(&part, x[i]);
    return part;
}

static void sum_part(void *argument, uint64_t index)
{
    const struct work *work = argument;
    struct slice slice = slice_of(work->elements, (unsigned)index, work->part_count);
    uint64_t count = slice.end - slice.begin;
    if (count == 0) /* an empty matrix has no address to count from; the part stays 0 */
        return;
    switch (work->dtype) {
    case DTYPE_I32:
        work->parts[index] = sum_i32((const int32_t *)work->data + slice.begin, count);
        break;
    case DTYPE_I64:
        work->parts[index] = sum_i64((const int64_t *)work->data + slice.begin, count);
        break;
    case DTYPE_F32:
        work->parts[index] = sum_f32((const float *)work->data + slice.begin, count);
        break;
    case DTYPE_F64:
        work->parts[index] = sum_f64((const double *)work->data + slice.begin, count);
        break;
    case DTYPE_COUNT:
        break;
    }
}

static struct part combine(const struct part *parts, unsigned count)
{
    struct part total = {0};
    for (unsigned i = 0; i < count; i++) {
        double absolute = total.absolute + parts[i].absolute;
        total.integer += parts[i].integer;
        total.classes |= parts[i].classes;
        add(&total, parts[i].sum);
        add(&total, parts[i].error);
        total.absolute = absolute;
    }
    return total;
}

/* Half of the type's largest number: below that no order of adding can overflow, not even one that
 * sums a few f32 in f32. */
static enum ab_status real_sum(const struct part *total, const struct matrix_state *state,
                               double *sum, struct ab_error *error)
{
    const unsigned both = HAS_PLUS_INFINITY | HAS_MINUS_INFINITY;
    const bool is_f32 = state->params.dtype == DTYPE_F32;
    *sum = total->sum + total->error;
    if ((total->classes & HAS_NAN) != 0 || (total->classes & both) == both)
        *sum = NAN;
    else if (!(total->absolute <= (is_f32 ? (double)FLT_MAX : DBL_MAX) / 2))
        return ab_fail(
            error, AB_INPUT, "%s: its finite values are so large that their sum overflows %s: %s",
            state->path != NULL ? state->path : "the matrix", dtype_name(state->params.dtype),
            is_f32 ? "store them as f64" : "scale them down");
    else if (total->classes != 0)
        *sum = total->classes == HAS_PLUS_INFINITY ? HUGE_VAL : -HUGE_VAL;
    return AB_OK;
}

enum ab_status matrix_expect(struct problem *problem, struct ab_error *error)
{
    const struct matrix_state *state = matrix_state(problem);
    const struct matrix_params *params = &state->params;
    uint64_t elements = params->rows * params->cols;
    uint64_t part_count = elements / PART_ELEMENTS + 1;
    if (part_count > PARTS_MOST)
        part_count = PARTS_MOST;
    struct work work = {params->dtype, problem->input.data, elements, (unsigned)part_count, NULL};
    enum ab_status status =
        region_resize(&problem->expected, sizeof(struct matrix_expected), "the sum", error);
    if (status != AB_OK)
        return status;
    work.parts = calloc(part_count, sizeof(*work.parts));
    if (work.parts == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the parts of the expected sum");
    status = parallel_blocks(state->threads, part_count, sum_part, &work, error);
    if (status != AB_OK)
        goto cleanup;
    struct matrix_expected *expected = problem->expected.data;
    struct part total = combine(work.parts, work.part_count);
    *expected = (struct matrix_expected){.absolute_sum = total.absolute};
    if (dtype_is_integer(params->dtype))
        expected->sum.integer = (int64_t)total.integer;
    else
        status = real_sum(&total, state, &expected->sum.real, error);
    problem->items = elements;
cleanup:
    free(work.parts);
    return status;
}

/* ---- Check ---------------------------------------------------------------------------------- */

static void check_integer(int64_t expected, int64_t found, struct verdict *verdict)
{
    verdict->passed = found == expected;
    if (verdict->passed)
        return;
    verdict->error = fabs((double)expected - (double)found);
    snprintf(verdict->detail, sizeof(verdict->detail),
             "expected the sum %" PRId64 ", found %" PRId64, expected, found);
}

static void check_real(const struct matrix_expected *expected, double found, double relative_error,
                       struct verdict *verdict)
{
    const double largest_bound = 1e-3;
    double sum = expected->sum.real;
    if (!(relative_error >= 0 && relative_error <= largest_bound)) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "the technique's declared relative error %g is not from 0 to %g", relative_error,
                 largest_bound);
        return;
    }
    if (!isfinite(sum)) {
        verdict->passed = isnan(sum) ? isnan(found) : found == sum;
    } else {
        /* The expected sum is rounded itself, by at most 2^-53 of sum|x|. */
        verdict->tolerance = (relative_error + 0x1p-52) * expected->absolute_sum;
        verdict->error = fabs(found - sum);
        verdict->passed = verdict->error <= verdict->tolerance;
    }
    if (!verdict->passed)
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "expected the sum %.17g, found %.17g; off by %.3g, allowed %.3g", sum, found,
                 fabs(found - sum), verdict->tolerance);
}

void matrix_check(const struct problem *problem, const struct region *result, double relative_error,
                  struct verdict *verdict)
{
    const struct matrix_expected *expected = problem->expected.data;
    union matrix_total found;
    *verdict = (struct verdict){.passed = false};
    if (result->data == NULL || result->bytes != sizeof(found)) {
        snprintf(verdict->detail, sizeof(verdict->detail), "the sum has %zu bytes, not %zu",
                 result->data == NULL ? 0 : result->bytes, sizeof(found));
        return;
    }
    memcpy(&found, result->data, sizeof(found));
    if (dtype_is_integer(matrix_params(problem)->dtype))
        check_integer(expected->sum.integer, found.integer, verdict);
    else
        check_real(expected, found.real, relative_error, verdict);
}
