#include "bench/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/shim/aggregate.h"

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
    const bool device = a->entry->backend->memory == MEMORY_DEVICE;
    name[0] = '\0';
    append(name, "%s", problem->kernel->name);
    for (size_t i = 0; i < problem->label_count; i++)
        if (!problem->labels[i].is_default)
            append(name, ".%s", problem->labels[i].value);
    if (strcmp(a->technique->name, "tuned") != 0)
        append(name, ".%s", a->technique->name);
    if (phase == PHASE_KERNEL)
        append(name, ".kernel");
    if (device && !a->assignment.options.pinned)
        append(name, ".pageable");
    if (options->cache == CACHE_COLD)
        append(name, ".cold");
    if (device && a->assignment.options.device != NULL && !a->device.is_default)
        append(name, ".%s", a->assignment.options.device);
    append(name, "_%s", a->entry->name);
    for (size_t i = 0; i < problem->size_count; i++)
        append(name, "/%llu", (unsigned long long)problem->sizes[i]);
    append(name, "/real_time");
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

static void set_rates(struct row *row, double bytes_per_second, double items_per_second)
{
    row->rates[0] = (struct bm_counter){"bytes_per_second", bytes_per_second,
                                        BM_COUNTER_RATE | BM_COUNTER_1024};
    row->rates[1] = (struct bm_counter){"items_per_second", items_per_second, BM_COUNTER_RATE};
    row->run.counters = row->rates;
    row->run.counter_count = 2;
}

/* What all rows of a series have in common; `aggregate` is NULL for iteration rows. */
static void begin_row(const struct measurement *m, const struct alternative *a, enum phase phase,
                      const struct statistic *aggregate, struct row *row)
{
    *row = (struct row){.measurement = m, .alternative = a, .phase = phase};
    series_name(m, a, phase, row->run_name);
    append(row->name, "%s", row->run_name);
    row->run = (struct bm_run){
        .name = row->name,
        .run_name = row->run_name,
        .family_index = series_index(m, a, phase),
        .repetitions = (int64_t)(m->rounds_done > a->samples ? m->rounds_done : a->samples),
        .threads = 1,
        .time_unit = BM_NANOSECOND,
        .label = a->device.name,
    };
    if (aggregate != NULL) {
        append(row->name, "_%s", aggregate->name);
        row->run.aggregate_name = aggregate->name;
        row->run.aggregate_unit = aggregate->unit;
        row->run.repetition_index = -1;
    }
}

void row_of_sample(const struct measurement *m, const struct alternative *a, enum phase phase,
                   size_t round, struct row *row)
{
    const struct sample *sample = &a->rounds[round].sample;
    begin_row(m, a, phase, NULL, row);
    row->round = round;
    row->run.repetition_index = (int64_t)round;
    row->run.iterations = (int64_t)sample->iterations;
    row->run.real_time = sample->phase_ns[phase];
    row->run.cpu_time = sample->cpu_ns;
    set_rates(row, 1e9 * (double)m->problem.input.bytes / row->run.real_time,
              1e9 * (double)m->problem.items / row->run.real_time);
}

void row_of_failure(const struct measurement *m, const struct alternative *a, struct row *row)
{
    begin_row(m, a, PHASE_E2E, NULL, row);
    row->run.outcome = BM_FAILED;
    row->run.message = a->error.message;
    row->run.repetitions = 1;
}

static double row_real(const struct row *row)
{
    return row->run.real_time;
}

static double row_cpu(const struct row *row)
{
    return row->run.cpu_time;
}

static double row_bytes_rate(const struct row *row)
{
    return row->rates[0].value;
}

static double row_items_rate(const struct row *row)
{
    return row->rates[1].value;
}

static double aggregate_of(const struct row *samples, size_t count,
                           const struct statistic *statistic,
                           double (*quantity)(const struct row *), double *scratch)
{
    for (size_t i = 0; i < count; i++)
        scratch[i] = quantity(&samples[i]);
    return statistic->compute(scratch, count);
}

/* Appends the samples of one series and their aggregates; returns how many rows. */
static size_t add_series(const struct measurement *m, const struct alternative *a, enum phase phase,
                         struct row *rows, double *scratch)
{
    size_t n = a->samples, count = n;
    for (size_t round = 0; round < n; round++)
        row_of_sample(m, a, phase, round, &rows[round]);
    for (const struct statistic *s = common_statistics; n >= 2 && s->name != NULL; s++) {
        struct row *row = &rows[count++];
        begin_row(m, a, phase, s, row);
        row->run.iterations = (int64_t)n;
        row->run.real_time = aggregate_of(rows, n, s, row_real, scratch);
        row->run.cpu_time = aggregate_of(rows, n, s, row_cpu, scratch);
        set_rates(row, aggregate_of(rows, n, s, row_bytes_rate, scratch),
                  aggregate_of(rows, n, s, row_items_rate, scratch));
    }
    return count;
}

/* All rows of one measurement; returns how many. */
static size_t add_measurement(const struct measurement *m, struct row *rows, double *scratch)
{
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (alternative_measured(a)) {
            count += add_series(m, a, PHASE_E2E, rows + count, scratch);
            if (a->entry->backend->memory == MEMORY_DEVICE)
                count += add_series(m, a, PHASE_KERNEL, rows + count, scratch);
        } else if (a->error.status != AB_OK && !alternative_is_dash(a) && !a->is_limit) {
            row_of_failure(m, a, &rows[count++]);
        }
    }
    return count;
}

enum ab_status rows_of_measurements(const struct measurement *const *measurements, size_t number,
                                    struct row **rows, size_t *count, struct ab_error *error)
{
    size_t most = 1, most_samples = 1;
    for (size_t n = 0; n < number; n++) {
        for (size_t i = 0; i < measurements[n]->count; i++) {
            const size_t samples = measurements[n]->alternatives[i].samples;
            most += 2 * (samples + COMMON_STATISTICS);
            if (samples > most_samples)
                most_samples = samples;
        }
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
    size_t family = 0;
    for (size_t n = 0; n < number; n++) {
        const struct measurement *m = measurements[n];
        size_t added = add_measurement(m, *rows + *count, scratch);
        for (size_t i = 0; i < added; i++)
            (*rows)[*count + i].run.family_index += family;
        *count += added;
        family += series_index(m, m->alternatives + m->count, PHASE_E2E);
    }
    free(scratch);
    return AB_OK;
}

enum ab_status rows_of_measurement(const struct measurement *m, struct row **rows, size_t *count,
                                   struct ab_error *error)
{
    return rows_of_measurements(&m, 1, rows, count, error);
}
