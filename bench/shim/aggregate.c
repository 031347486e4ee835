/* Mean, median, standard deviation and coefficient of variation, as Google Benchmark defines them:
 * the median of two is their mean, the deviation is that of a sample. */
#include "bench/shim/aggregate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    if (flags.strict && count > 0)
        return sum * (1 / (double)count); /* upstream's last digit */
    return count == 0 ? 0 : sum / (double)count;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(const double *values, size_t count)
{
    double *sorted = count < 3 ? NULL : malloc(count * sizeof(*sorted));
    if (sorted == NULL)
        return count < 3 ? mean_of(values, count) : NAN;
    memcpy(sorted, values, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), compare_numbers);
    double middle = sorted[count / 2];
    if (count % 2 == 0)
        middle = (middle + sorted[count / 2 - 1]) / 2;
    free(sorted);
    return middle;
}

/* The same but for rounding: what is left of two large numbers where the spread is small. */
static double upstream_stddev_of(const double *values, size_t count)
{
    double mean = mean_of(values, count), squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += values[i] * values[i];
    double variance =
        (double)count / ((double)count - 1) * (squares * (1 / (double)count) - mean * mean);
    return variance < 0 ? 0 : sqrt(variance);
}

static double stddev_of(const double *values, size_t count)
{
    if (flags.strict && count >= 2)
        return upstream_stddev_of(values, count);
    double mean = mean_of(values, count), squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return count < 2 ? 0 : sqrt(squares / (double)(count - 1));
}

static double cv_of(const double *values, size_t count)
{
    double mean = mean_of(values, count);
    return count < 2 || mean == 0 ? 0 : stddev_of(values, count) / mean;
}

static char mean_name[] = "mean", median_name[] = "median", stddev_name[] = "stddev",
            cv_name[] = "cv";
const struct statistic common_statistics[COMMON_STATISTICS + 1] = {
    {mean_name, mean_of, BM_STATISTIC_TIME},
    {median_name, median_of, BM_STATISTIC_TIME},
    {stddev_name, stddev_of, BM_STATISTIC_TIME},
    {cv_name, cv_of, BM_STATISTIC_PERCENTAGE},
    {NULL, NULL, BM_STATISTIC_TIME},
};

/* ---- One row of statistics --------------------------------------------------------------- */

struct repetitions {
    const struct result **rows; /* those that succeeded */
    size_t count;
    double *values; /* room for one each */
    struct arena *arena;
};

static double over_times(const struct repetitions *r, const struct statistic *statistic, bool real)
{
    for (size_t i = 0; i < r->count; i++)
        r->values[i] = real ? r->rows[i]->real_s : r->rows[i]->cpu_s;
    return statistic->compute(r->values, r->count);
}

static const struct bm_counter *find_counter(const struct bm_run *run, const char *name)
{
    for (size_t i = 0; i < run->counter_count; i++)
        if (strcmp(run->counters[i].name, name) == 0)
            return &run->counters[i];
    return NULL;
}

/* Over the repetitions that have the counter. */
static double over_counters(const struct repetitions *r, const struct statistic *statistic,
                            const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct bm_counter *counter = find_counter(&r->rows[i]->run, name);
        if (counter != NULL)
            r->values[count++] = counter->value;
    }
    return statistic->compute(r->values, count);
}

/* All counters that any repetition has, sorted by name, values not set. */
static bool collect_counters(const struct repetitions *r, struct bm_run *run)
{
    size_t most = 0;
    for (size_t i = 0; i < r->count; i++)
        most += r->rows[i]->run.counter_count;
    if (most == 0)
        return true;
    struct bm_counter *all = arena_allocate(r->arena, most * sizeof(*all));
    if (all == NULL)
        return false;
    run->counters = all;
    for (size_t i = 0; i < r->count; i++)
        for (size_t c = 0; c < r->rows[i]->run.counter_count; c++) {
            const struct bm_counter *counter = &r->rows[i]->run.counters[c];
            size_t place = run->counter_count;
            if (find_counter(run, counter->name) != NULL)
                continue;
            for (; place > 0 && strcmp(all[place - 1].name, counter->name) > 0; place--)
                all[place] = all[place - 1];
            all[place] = *counter;
            run->counter_count++;
        }
    return true;
}

static const char *common_label(const struct repetitions *r)
{
    for (size_t i = 1; i < r->count; i++)
        if (strcmp(r->rows[i]->run.label, r->rows[0]->run.label) != 0)
            return "";
    return r->rows[0]->run.label;
}

static bool set_row(const struct repetitions *r, const struct statistic *statistic,
                    struct result *row)
{
    const struct bm_run *first = &r->rows[0]->run;
    row->run = *first;
    row->run.counters = NULL;
    row->run.counter_count = 0;
    row->run.name = arena_format(r->arena, "%s_%s", first->run_name, statistic->name);
    row->run.aggregate_name = arena_text(r->arena, statistic->name);
    row->run.aggregate_unit = statistic->unit;
    row->run.repetition_index = -1;
    row->run.label = common_label(r);
    row->run.iterations = (int64_t)r->count;
    row->real_s = over_times(r, statistic, true);
    row->cpu_s = over_times(r, statistic, false);
    if (row->run.name == NULL || row->run.aggregate_name == NULL || !collect_counters(r, &row->run))
        return false;
    if (statistic->unit == BM_STATISTIC_PERCENTAGE) {
        row->run.real_time = row->real_s;
        row->run.cpu_time = row->cpu_s;
    } else {
        /* Times were summed over the iterations of a repetition, not over repetitions. */
        double rescale = (double)r->count / (double)first->iterations;
        row->real_s *= rescale;
        row->cpu_s *= rescale;
        result_set_times(row);
    }
    struct bm_counter *counters = (struct bm_counter *)row->run.counters;
    for (size_t i = 0; i < row->run.counter_count; i++)
        counters[i].value = over_counters(r, statistic, counters[i].name);
    return true;
}

static bool set_rows(struct repetitions *r, const struct list *extra, struct result *rows,
                     size_t *count)
{
    for (const struct statistic *s = common_statistics; s->name != NULL; s++)
        if (!set_row(r, s, &rows[(*count)++]))
            return false;
    const struct statistic *own = extra->items;
    for (size_t i = 0; i < extra->count; i++)
        if (!set_row(r, &own[i], &rows[(*count)++]))
            return false;
    return true;
}

enum ab_status aggregate(const struct result *rows, size_t count, const struct list *extra,
                         struct arena *arena, struct result **aggregates, size_t *aggregate_count,
                         struct ab_error *error)
{
    struct repetitions r = {.arena = arena};
    *aggregates = NULL;
    *aggregate_count = 0;
    r.rows = arena_allocate(arena, count * sizeof(*r.rows));
    r.values = arena_allocate(arena, count * sizeof(*r.values));
    for (size_t i = 0; r.rows != NULL && i < count; i++)
        if (rows[i].run.outcome == BM_DONE)
            r.rows[r.count++] = &rows[i];
    if (r.rows != NULL && r.count < 2)
        return AB_OK;
    *aggregates = arena_allocate(arena, (COMMON_STATISTICS + extra->count) * sizeof(**aggregates));
    if (r.rows != NULL && r.values != NULL && *aggregates != NULL &&
        set_rows(&r, extra, *aggregates, aggregate_count))
        return AB_OK;
    *aggregate_count = 0;
    return ab_fail(error, AB_NO_MEMORY, "no memory for statistics");
}
