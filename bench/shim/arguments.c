/* Arguments of benchmarks: tuples, ranges, axes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bench/shim/registry.h"

static void no_memory(struct bm_benchmark *b)
{
    ab_fail(&b->error, AB_NO_MEMORY, "%s: no memory for its description", b->name);
}

static bool add_value(struct list *values, int64_t value)
{
    int64_t *added = list_add(values, sizeof(*added));
    if (added == NULL)
        return false;
    *added = value;
    return true;
}

/* Powers of the multiplier strictly between low and high, both at least 0. */
static bool add_powers(struct list *values, int64_t low, int64_t high, int64_t multiplier)
{
    for (int64_t power = 1; power < high;) {
        if (power > low && !add_value(values, power))
            return false;
        if (__builtin_mul_overflow(power, multiplier, &power))
            break;
    }
    return true;
}

/* -high, ..., -low: the powers of the mirrored range, from the largest magnitude down. */
static bool add_negative_powers(struct list *values, int64_t low, int64_t high, int64_t multiplier)
{
    struct list mirrored = {0};
    bool added = add_powers(&mirrored, low, high, multiplier);
    const int64_t *powers = mirrored.items;
    for (size_t i = mirrored.count; added && i > 0; i--)
        added = add_value(values, -powers[i - 1]);
    free(mirrored.items);
    return added;
}

bool add_range(struct list *values, int64_t low, int64_t high, int64_t multiplier)
{
    bool added = add_value(values, low);
    if (low == high)
        return added;
    /* The magnitude of the least integer is no integer; one less has the same powers below it. */
    int64_t magnitude = low == INT64_MIN ? INT64_MAX : low < 0 ? -low : 0;
    if (added && low < 0)
        added = add_negative_powers(values, high < 0 ? -high : 0, magnitude, multiplier);
    if (added && low < 0 && high > 0)
        added = add_value(values, 0);
    if (added && high > 0)
        added = add_powers(values, low > 0 ? low : 0, high, multiplier);
    return added && add_value(values, high);
}

/* Whether a tuple of so many arguments fits those before it. */
static bool fits(struct bm_benchmark *b, const char *statement, size_t width)
{
    if (b->width_known && b->width != width) {
        ab_fail(&b->error, AB_USAGE,
                "%s: %s gives it %zu argument%s, and what stands before gives it %zu", b->name,
                statement, width, width == 1 ? "" : "s", b->width);
        return false;
    }
    b->width = width;
    b->width_known = true;
    return true;
}

void bm_args_list(struct bm_benchmark *b, const int64_t *values, size_t count)
{
    if (!fits(b, "bm_args", count))
        return;
    for (size_t i = 0; i < count; i++)
        if (!add_value(&b->args, values[i]))
            no_memory(b);
}

void bm_arg(struct bm_benchmark *b, int64_t value)
{
    if (fits(b, "bm_arg", 1) && !add_value(&b->args, value))
        no_memory(b);
}

static bool is_range(struct bm_benchmark *b, const char *statement, int64_t low, int64_t high)
{
    if (low <= high)
        return true;
    ab_fail(&b->error, AB_USAGE, "%s: %s: %" PRId64 " is above %" PRId64, b->name, statement, low,
            high);
    return false;
}

void bm_range(struct bm_benchmark *b, int64_t low, int64_t high)
{
    if (is_range(b, "bm_range", low, high) && fits(b, "bm_range", 1) &&
        !add_range(&b->args, low, high, b->range_multiplier))
        no_memory(b);
}

void bm_range_multiplier(struct bm_benchmark *b, int64_t multiplier)
{
    if (multiplier < 2)
        ab_fail(&b->error, AB_USAGE, "%s: bm_range_multiplier: %" PRId64 " is not above 1", b->name,
                multiplier);
    else
        b->range_multiplier = multiplier;
}

static void add_dense(struct bm_benchmark *b, struct list *values, int64_t low, int64_t high,
                      int64_t step)
{
    for (int64_t value = low; value <= high;) {
        if (!add_value(values, value)) {
            no_memory(b);
            return;
        }
        if (__builtin_add_overflow(value, step, &value))
            return;
    }
}

static bool is_dense_range(struct bm_benchmark *b, const char *statement, int64_t low, int64_t high,
                           int64_t step)
{
    if (step < 1)
        ab_fail(&b->error, AB_USAGE, "%s: %s: a step of %" PRId64 " is not above 0", b->name,
                statement, step);
    return step >= 1 && is_range(b, statement, low, high);
}

void bm_dense_range(struct bm_benchmark *b, int64_t low, int64_t high, int64_t step)
{
    if (is_dense_range(b, "bm_dense_range", low, high, step) && fits(b, "bm_dense_range", 1))
        add_dense(b, &b->args, low, high, step);
}

/* ---- Combinations ------------------------------------------------------------------------ */

static struct list *add_axis(struct bm_benchmark *b)
{
    struct axis *axis = list_add(&b->axes, sizeof(*axis));
    if (axis == NULL)
        no_memory(b);
    return axis == NULL ? NULL : &axis->values;
}

void bm_axis_list(struct bm_benchmark *b, const int64_t *values, size_t count)
{
    struct list *axis = add_axis(b);
    for (size_t i = 0; axis != NULL && i < count; i++)
        if (!add_value(axis, values[i]))
            no_memory(b);
}

void bm_axis_range(struct bm_benchmark *b, int64_t low, int64_t high)
{
    struct list *axis = is_range(b, "bm_axis_range", low, high) ? add_axis(b) : NULL;
    if (axis != NULL && !add_range(axis, low, high, b->range_multiplier))
        no_memory(b);
}

void bm_axis_dense_range(struct bm_benchmark *b, int64_t low, int64_t high, int64_t step)
{
    struct list *axis =
        is_dense_range(b, "bm_axis_dense_range", low, high, step) ? add_axis(b) : NULL;
    if (axis != NULL)
        add_dense(b, axis, low, high, step);
}

/* Every combination of the axes' values, the first axis changing fastest. */
static void add_product(struct bm_benchmark *b, const struct list *axes)
{
    const struct axis *axis = axes->items;
    size_t total = 1;
    for (size_t i = 0; i < axes->count; i++)
        if (__builtin_mul_overflow(total, axis[i].values.count, &total)) {
            no_memory(b);
            return;
        }
    for (size_t tuple = 0; tuple < total; tuple++) {
        size_t rest = tuple;
        for (size_t i = 0; i < axes->count; i++) {
            const int64_t *values = axis[i].values.items;
            if (!add_value(&b->args, values[rest % axis[i].values.count])) {
                no_memory(b);
                return;
            }
            rest /= axis[i].values.count;
        }
    }
}

void expand_axes(struct bm_benchmark *b)
{
    if (b->axes.count > 0 && fits(b, "bm_axis", b->axes.count))
        add_product(b, &b->axes);
    for (size_t i = 0; i < b->axes.count; i++)
        free(((struct axis *)b->axes.items)[i].values.items);
    free(b->axes.items);
    b->axes = (struct list){0};
    if (b->width > 0 && b->args.count == 0)
        ab_fail(&b->error, AB_USAGE, "%s: its arguments have names and no values", b->name);
}

void bm_ranges_list(struct bm_benchmark *b, const int64_t (*low_high)[2], size_t count)
{
    struct list axes = {0};
    bool added = true;
    for (size_t i = 0; i < count && added; i++) {
        if (!is_range(b, "bm_ranges", low_high[i][0], low_high[i][1]))
            break;
        struct axis *axis = list_add(&axes, sizeof(*axis));
        added = axis != NULL &&
                add_range(&axis->values, low_high[i][0], low_high[i][1], b->range_multiplier);
    }
    if (!added)
        no_memory(b);
    else if (axes.count == count && fits(b, "bm_ranges", count))
        add_product(b, &axes);
    for (size_t i = 0; i < axes.count; i++)
        free(((struct axis *)axes.items)[i].values.items);
    free(axes.items);
}

void bm_arg_names_list(struct bm_benchmark *b, const char *const *names, size_t count)
{
    if (!fits(b, "bm_arg_names", count))
        return;
    for (size_t i = 0; i < b->arg_names.count; i++)
        free(((char **)b->arg_names.items)[i]);
    b->arg_names.count = 0;
    for (size_t i = 0; i < count; i++) {
        char **name = list_add(&b->arg_names, sizeof(*name));
        if (name != NULL)
            *name = strdup(names[i] == NULL ? "" : names[i]);
        if (name == NULL || *name == NULL)
            no_memory(b);
    }
}

void bm_arg_name(struct bm_benchmark *b, const char *name)
{
    bm_arg_names_list(b, &name, 1);
}
