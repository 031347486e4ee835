#include "bench/findings_compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Measured in the same rounds: the same input in the same file. */
static bool are_together(const struct point *a, const struct point *b)
{
    return a->results == b->results && strcmp(a->shape, b->shape) == 0;
}

static const struct point *companion(const struct line *line, const struct point *point)
{
    for (size_t i = 0; i < line->count; i++)
        if (are_together(&line->points[i], point))
            return &line->points[i];
    return NULL;
}

/* Of the lines of that backend the tuned one, or else the first. */
static const struct point *find_reference(const struct findings *findings,
                                          const struct problem_view *problem,
                                          const struct point *point)
{
    const struct point *found = NULL;
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *line = &problem->lines[i];
        if (line->kernel_only || strcmp(line->first->backend, findings->reference) != 0)
            continue;
        const struct point *candidate = companion(line, point);
        bool tuned = strcmp(line->first->technique, "tuned") == 0;
        if (candidate != NULL && (found == NULL || tuned))
            found = candidate;
    }
    return found;
}

/* What transfers is a device. */
static bool is_device(const struct line *line)
{
    return *line->first->transfer != '\0';
}

static const struct point *find_best_cpu(const struct problem_view *problem,
                                         const struct point *point)
{
    const struct point *best = NULL;
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *line = &problem->lines[i];
        if (line->kernel_only || is_device(line))
            continue;
        const struct point *candidate = companion(line, point);
        if (candidate != NULL && (best == NULL || candidate->ns < best->ns))
            best = candidate;
    }
    return best;
}

/* How many comparisons share the error. The best CPU backend, which came out best, has by that been
 * compared with all others, and these with one another; serial is among them. A device is held
 * against both. */
static size_t comparisons_together(const struct problem_view *problem, const struct point *point)
{
    size_t cpus = 0, devices = 0;
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *line = &problem->lines[i];
        if (line->kernel_only || companion(line, point) == NULL)
            continue;
        cpus += !is_device(line);
        devices += is_device(line);
    }
    const size_t together = (cpus > 0 ? cpus * (cpus - 1) / 2 : 0) + 2 * devices;
    return together > 0 ? together : 1;
}

/* The times of row `i`: those of its turns, or the row's own. */
static const double *times_of(const struct results_series *series, size_t i, size_t turns)
{
    return turns > 1 ? series->turns_ns + i * turns : series->columns[SERIES_TIME_NS] + i;
}

/* Rows of the same round make a pair; both files list rounds in order. */
static struct comparison compare_series(const struct results_series *base,
                                        const struct results_series *contender, size_t comparisons,
                                        double *times)
{
    const size_t turns = base->turns == contender->turns && !contender->kernel_only &&
                                 !base->kernel_only && base->turns > 0
                             ? base->turns
                             : 1;
    const size_t most = base->count < contender->count ? base->count : contender->count;
    double *bases = times, *contenders = bases + most * turns;
    size_t pairs = 0;
    for (size_t i = 0, j = 0; i < base->count && j < contender->count;) {
        double x = base->columns[SERIES_ROUND][i], y = contender->columns[SERIES_ROUND][j];
        if (x == y) {
            memcpy(bases + pairs * turns, times_of(base, i, turns), turns * sizeof(double));
            memcpy(contenders + pairs * turns, times_of(contender, j, turns),
                   turns * sizeof(double));
            pairs++;
        }
        i += x <= y;
        j += y <= x;
    }
    return compare_paired(bases, contenders, pairs, turns, comparisons, AB_MARGIN,
                          contenders + most * turns);
}

static enum ab_status compare_point(struct point *point, const struct problem_view *problem,
                                    struct ab_error *error)
{
    const size_t comparisons = comparisons_together(problem, point);
    for (size_t i = 0; i < AGAINST_COUNT; i++) {
        struct comparison *c = &point->comparison[i];
        *c = (struct comparison){0, NAN, {NAN, NAN, NAN}, FINDING_NOT_RESOLVED};
        if (point->base[i] == point)
            point->base[i] = NULL;
        if (point->base[i] == NULL)
            continue;
        const struct results_series *base = point->base[i]->series;
        const size_t turns = base->turns + 1;
        /* both sides, and the scratch of the comparison */
        double *times = calloc((2 * base->count + 1) * turns + base->count + turns, sizeof(*times));
        if (times == NULL)
            return ab_fail(error, AB_NO_MEMORY, "no memory to compare %s", point->series->name);
        *c = compare_series(base, point->series, comparisons, times);
        free(times);
    }
    return AB_OK;
}

enum ab_status compare_problem(const struct findings *findings, struct problem_view *problem,
                               struct ab_error *error)
{
    const bool wanted = has_reference(findings) && !problem->foreign;
    for (size_t i = 0; i < problem->line_count; i++) {
        for (size_t p = 0; p < problem->lines[i].count; p++) {
            struct point *point = &problem->lines[i].points[p];
            if (wanted) {
                point->base[AGAINST_REFERENCE] = find_reference(findings, problem, point);
                point->base[AGAINST_BEST_CPU] = find_best_cpu(problem, point);
            }
            if (compare_point(point, problem, error) != AB_OK)
                return error->status;
        }
    }
    return AB_OK;
}
