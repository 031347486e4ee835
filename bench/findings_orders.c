#include "bench/findings_orders.h"

#include <string.h>

#include "bench/unpaired.h"

static bool are_orders_of_one(const struct results_series *a, const struct results_series *b)
{
    return *a->order != '\0' && *b->order != '\0' && strcmp(a->order, b->order) != 0 &&
           strcmp(a->kernel, b->kernel) == 0 && strcmp(a->dtype, b->dtype) == 0;
}

/* The point of the same backend, technique and input. */
static const struct point *counterpart(const struct problem_view *problem, const struct line *line,
                                       const struct point *point)
{
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *other = &problem->lines[i];
        const struct point *found = line_at(other, point->bytes);
        if (strcmp(other->name, line->name) == 0 && other->kernel_only == line->kernel_only &&
            found != NULL && strcmp(found->shape, point->shape) == 0)
            return found;
    }
    return NULL;
}

/* At the largest size that any backend visited in both orders. Returns the number of lines. */
static size_t find_counterparts(struct problem_view *problem, const struct problem_view *other)
{
    size_t count = 0;
    for (size_t size = problem->size_count; size-- > 0 && count == 0;) {
        for (size_t i = 0; i < problem->line_count; i++) {
            struct line *line = &problem->lines[i];
            const struct point *point = line_at(line, problem->sizes[size]);
            if (point == NULL)
                continue;
            line->other_order = counterpart(other, line, point);
            count += line->other_order != NULL;
        }
    }
    return count;
}

static enum ab_status compare_lines(const struct problem_view *problem, size_t count,
                                    struct ab_error *error)
{
    for (size_t i = 0; i < problem->line_count; i++) {
        struct line *line = &problem->lines[i];
        if (line->other_order == NULL)
            continue;
        const struct results_series *there = line->other_order->series;
        const struct results_series *here = line_at(line, line->other_order->bytes)->series;
        const enum ab_status status = compare_unpaired(
            there->columns[SERIES_TIME_NS], there->count, here->columns[SERIES_TIME_NS],
            here->count, count, AB_MARGIN, &line->order_comparison, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

enum ab_status compare_orders(struct findings *findings, struct ab_error *error)
{
    for (size_t i = 1; i < findings->problem_count; i++) {
        struct problem_view *problem = &findings->problems[i];
        size_t count = 0;
        for (size_t j = 0; j < i && count == 0; j++)
            if (are_orders_of_one(problem->lines[0].first, findings->problems[j].lines[0].first))
                count = find_counterparts(problem, &findings->problems[j]);
        const enum ab_status status = compare_lines(problem, count, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}
