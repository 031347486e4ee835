#include "bench/row.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/statistics.h"

enum { AGGREGATES = 4 };

const char *aggregate_name(enum aggregate aggregate)
{
    static const char *const names[] = {NULL, "mean", "median", "stddev", "cv"};
    return names[aggregate];
}

static void append(char name[ROW_NAME_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(char name[ROW_NAME_BYTES], const char *format, ...)
{
    size_t used = strlen(name);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name + used, ROW_NAME_BYTES - used, format, arguments);
    va_end(arguments);
}

void series_name(const struct measurement *m, const struct alternative *a, enum phase phase,
                 char name[ROW_NAME_BYTES])
{
    const struct problem *problem = &m->problem;
    const struct options *options = m->options;
    bool device = a->entry->backend->memory == MEMORY_DEVICE;
    name[0] = '\0';
    append(name, "%s", problem->kernel->name);
    for (size_t i = 0; i < problem->label_count; i++)
        if (!problem->labels[i].is_default)
            append(name, ".%s", problem->labels[i].value);
    if (strcmp(a->technique->name, "tuned") != 0)
        append(name, ".%s", a->technique->name);
    if (phase == PHASE_KERNEL)
        append(name, ".kernel");
    if (device && options->transfer == TRANSFER_PAGEABLE)
        append(name, ".pageable");
    if (options->cache == CACHE_COLD)
        append(name, ".cold");
    if (device && a->assignment.options.device != NULL)
        append(name, ".%s", a->assignment.options.device);
    append(name, "_%s", a->entry->name);
    for (size_t i = 0; i < problem->size_count; i++)
        append(name, "/%llu", (unsigned long long)problem->sizes[i]);
    append(name, "/real_time");
}

void row_name(const struct row *row, char name[ROW_NAME_BYTES])
{
    name[0] = '\0';
    append(name, "%s", row->run_name);
    if (row->aggregate != NOT_AGGREGATE)
        append(name, "_%s", aggregate_name(row->aggregate));
}

/* The number of the series among those of the measurement: what Google Benchmark calls a family. */
static size_t series_index(const struct measurement *m, const struct alternative *wanted,
                           enum phase phase)
{
    size_t index = 0;
    for (const struct alternative *a = m->alternatives; a != wanted; a++)
        if (!alternative_is_dash(a) && !a->is_limit)
            index += a->entry->backend->memory == MEMORY_DEVICE ? 2 : 1;
    return index + (phase == PHASE_KERNEL);
}

static void set_rates(struct row *row)
{
    const struct problem *problem = &row->measurement->problem;
    row->bytes_per_second = 1e9 * (double)problem->input.bytes / row->real_ns;
    row->items_per_second = 1e9 * (double)problem->items / row->real_ns;
}

static struct row row_of_series(const struct measurement *m, const struct alternative *a,
                                enum phase phase)
{
    struct row row = {
        .family_index = series_index(m, a, phase),
        .repetitions = m->rounds_done > a->samples ? m->rounds_done : a->samples,
        .measurement = m,
        .alternative = a,
        .phase = phase,
    };
    series_name(m, a, phase, row.run_name);
    return row;
}

struct row row_of_sample(const struct measurement *m, const struct alternative *a, enum phase phase,
                         size_t round)
{
    const struct sample *sample = &a->rounds[round].sample;
    struct row row = row_of_series(m, a, phase);
    row.round = round;
    row.iterations = sample->iterations;
    row.real_ns = sample->phase_ns[phase];
    row.cpu_ns = sample->cpu_ns;
    set_rates(&row);
    return row;
}

static struct row error_row(const struct measurement *m, const struct alternative *a)
{
    struct row row = row_of_series(m, a, PHASE_E2E);
    row.failed = true;
    row.repetitions = 1;
    return row;
}

/* The statistic of one quantity over the repetitions; sorts `values`. */
static double statistic(enum aggregate aggregate, double *values, size_t count)
{
    struct moments m = moments(values, count);
    switch (aggregate) {
    case AGGREGATE_MEDIAN:
        return median(values, count);
    case AGGREGATE_STDDEV:
        return m.stddev;
    case AGGREGATE_CV:
        return m.mean == 0 ? 0 : m.stddev / m.mean;
    default:
        return m.mean;
    }
}

static double row_real(const struct row *row)
{
    return row->real_ns;
}

static double row_cpu(const struct row *row)
{
    return row->cpu_ns;
}

static double row_bytes_rate(const struct row *row)
{
    return row->bytes_per_second;
}

static double row_items_rate(const struct row *row)
{
    return row->items_per_second;
}

static double aggregate_of(const struct row *samples, size_t count, enum aggregate aggregate,
                           double (*quantity)(const struct row *), double *scratch)
{
    for (size_t i = 0; i < count; i++)
        scratch[i] = quantity(&samples[i]);
    return statistic(aggregate, scratch, count);
}

/* Appends the samples of one series and their aggregates; returns how many rows. */
static size_t add_series(const struct measurement *m, const struct alternative *a, enum phase phase,
                         struct row *rows, double *scratch)
{
    size_t n = a->samples;
    for (size_t round = 0; round < n; round++)
        rows[round] = row_of_sample(m, a, phase, round);
    if (n < 2)
        return n;
    for (size_t i = 0; i < AGGREGATES; i++) {
        struct row row = row_of_series(m, a, phase);
        row.aggregate = (enum aggregate)(AGGREGATE_MEAN + i);
        row.iterations = n;
        row.real_ns = aggregate_of(rows, n, row.aggregate, row_real, scratch);
        row.cpu_ns = aggregate_of(rows, n, row.aggregate, row_cpu, scratch);
        row.bytes_per_second = aggregate_of(rows, n, row.aggregate, row_bytes_rate, scratch);
        row.items_per_second = aggregate_of(rows, n, row.aggregate, row_items_rate, scratch);
        rows[n + i] = row;
    }
    return n + AGGREGATES;
}

enum ab_status rows_of_measurement(const struct measurement *m, struct row **rows, size_t *count,
                                   struct ab_error *error)
{
    size_t most = 1, most_samples = 1;
    for (size_t i = 0; i < m->count; i++) {
        most += 2 * (m->alternatives[i].samples + AGGREGATES);
        if (m->alternatives[i].samples > most_samples)
            most_samples = m->alternatives[i].samples;
    }
    *count = 0;
    *rows = calloc(most, sizeof(**rows));
    double *scratch = calloc(most_samples, sizeof(*scratch));
    if (*rows == NULL || scratch == NULL) {
        free(*rows);
        free(scratch);
        *rows = NULL;
        return ab_fail(error, AB_NO_MEMORY, "no memory for %zu rows", most);
    }
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (alternative_measured(a)) {
            *count += add_series(m, a, PHASE_E2E, *rows + *count, scratch);
            if (a->entry->backend->memory == MEMORY_DEVICE)
                *count += add_series(m, a, PHASE_KERNEL, *rows + *count, scratch);
        } else if (a->error.status != AB_OK && !alternative_is_dash(a) && !a->is_limit) {
            (*rows)[(*count)++] = error_row(m, a);
        }
    }
    free(scratch);
    return AB_OK;
}
