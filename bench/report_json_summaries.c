/* What the rows say: the top-level member "accelbench" of the JSON report. */
#include <math.h>
#include <stdlib.h>

#include "bench/report_parts.h"
#include "bench/statistics.h"

void report_json_interval(const char *key, struct interval interval, struct json_writer *json)
{
    if (isnan(interval.low)) {
        json_null(json, key);
        return;
    }
    json_begin_array(json, key);
    json_number(json, NULL, interval.low);
    json_number(json, NULL, interval.high);
    json_end_array(json);
}

static double median_setup_ns(const struct alternative *a)
{
    double *setup = malloc((a->setups + 1) * sizeof(*setup));
    if (setup == NULL || a->setups == 0) {
        free(setup);
        return NAN;
    }
    for (size_t i = 0; i < a->setups; i++)
        setup[i] = (double)a->setup_ns[i];
    double result = median(setup, a->setups);
    free(setup);
    return result;
}

static double read_rate(const struct measurement *m, const struct alternative *limit,
                        enum phase phase)
{
    return limit == NULL
               ? NAN
               : 1e9 * (double)m->problem.input.bytes / alternative_median_ns(limit, phase);
}

static void write_limit(const struct measurement *m, const struct alternative *limit,
                        struct json_writer *json)
{
    json_number(json, "bytes_per_second", read_rate(m, limit, PHASE_E2E));
    if (limit->error.status != AB_OK)
        json_string(json, "reason", limit->error.message);
}

void report_json_limits(const struct measurement *m, struct json_writer *json)
{
    json_begin_object(json, "limits");
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!a->is_limit)
            continue;
        json_begin_object(json, a->entry->name);
        write_limit(m, a, json);
        json_end_object(json);
    }
    json_end_object(json);
}

/* ---- Summaries --------------------------------------------------------------------------- */

/* What the series is, so that nobody needs to take its name apart. */
static void write_identity(const struct measurement *m, const struct alternative *a,
                           enum phase phase, struct json_writer *json)
{
    const struct problem *problem = &m->problem;
    json_string(json, "kernel", problem->kernel->name);
    json_string(json, "backend", a->entry->name);
    json_string(json, "technique", a->technique->name);
    json_string(json, "phase", phase_keys[phase]);
    json_string(json, "transfer", alternative_transfer(a));
    json_string(json, "device", a->device.name);
    json_unsigned(json, "input_bytes", problem->input.bytes);
    json_begin_array(json, "sizes");
    for (size_t i = 0; i < problem->size_count; i++)
        json_unsigned(json, NULL, problem->sizes[i]);
    json_end_array(json);
    json_begin_object(json, "labels");
    for (size_t i = 0; i < problem->label_count; i++)
        json_string(json, problem->labels[i].key, problem->labels[i].value);
    json_end_object(json);
}

static void write_medians(const struct alternative *a, struct json_writer *json)
{
    json_begin_object(json, "phases_ns");
    for (enum phase phase = 0; phase < PHASE_COUNT; phase++)
        json_number(json, phase_keys[phase], alternative_median_ns(a, phase));
    json_end_object(json);
}

static void write_energy(const struct energy *energy, struct json_writer *json)
{
    json_begin_object(json, "energy");
    json_number(json, "joules_per_gb", energy->joules_per_gb);
    json_number(json, "busy_w", energy->busy_w);
    json_number(json, "idle_w", energy->idle_w);
    json_number(json, "window_s", energy->window_s);
    json_unsigned(json, "runs", energy->runs);
    json_unsigned(json, "counter_steps", energy->steps);
    json_end_object(json);
}

static void write_summary(const struct measurement *m, const struct alternative *a,
                          enum phase phase, struct json_writer *json)
{
    static const char *const trends[] = {"none", "rising", "falling"};
    static const char *const program_caches[] = {NULL, "cold", "warm"};
    struct summary s = alternative_summary(a, phase);
    char name[ROW_NAME_BYTES];
    series_name(m, a, phase, name);
    json_begin_object(json, NULL);
    json_string(json, "name", name);
    json_number(json, "median_ns", s.median);
    report_json_interval("ci_ns", s.ci, json);
    json_number(json, "min_ns", s.min);
    json_number(json, "p95_ns", s.p95);
    json_unsigned(json, "n", s.n);
    json_number(json, "setup_ns", median_setup_ns(a));
    json_string(json, "program_cache", program_caches[a->device.programs]);
    json_number(json, "mad_ns", s.mad);
    json_number(json, "autocorrelation", s.autocorrelation);
    json_string(json, "trend", trends[s.trend]);
    json_begin_object(json, "outliers");
    json_unsigned(json, "mild", s.mild_outliers);
    json_unsigned(json, "severe", s.severe_outliers);
    json_end_object(json);
    /* Every sample stands, but for those during which the program stood still or the device was
     * throttled. */
    json_unsigned(json, "discarded", a->repeated + a->discarded);
    json_unsigned(json, "throttled", a->throttled); /* samples that count all the same */
    json_number(json, "limit_fraction", alternative_limit_fraction(m, a, phase));
    if (phase == PHASE_KERNEL && a->energy.window_s > 0)
        write_energy(&a->energy, json);
    json_number(json, "limit_bytes_per_second", read_rate(m, a->limit, phase));
    write_identity(m, a, phase, json);
    write_medians(a, json);
    json_end_object(json);
}

static void write_summaries(const struct measurement *m, struct json_writer *json)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        write_summary(m, a, PHASE_E2E, json);
        if (a->entry->backend->memory == MEMORY_DEVICE)
            write_summary(m, a, PHASE_KERNEL, json);
    }
}

/* ---- Comparisons ------------------------------------------------------------------------- */

static void write_comparison(const struct measurement *m, const struct alternative *a,
                             const struct alternative *base, struct json_writer *json)
{
    char name[ROW_NAME_BYTES];
    struct comparison c = measurement_compare(m, a, base);
    json_begin_object(json, NULL);
    series_name(m, base, PHASE_E2E, name);
    json_string(json, "baseline", name);
    series_name(m, a, PHASE_E2E, name);
    json_string(json, "contender", name);
    json_string(json, "phase", phase_keys[PHASE_E2E]);
    json_number(json, "ratio", c.ratio);
    report_json_interval("ci", c.ci, json);
    json_string(json, "verdict", finding_name(c.finding));
    json_string(json, "kernel", m->problem.kernel->name);
    json_unsigned(json, "input_bytes", m->problem.input.bytes);
    json_end_object(json);
}

static void write_comparisons(const struct measurement *m, struct json_writer *json)
{
    const struct alternative *base = measurement_baseline(m);
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (base != NULL && a != base && alternative_measured(a))
            write_comparison(m, a, base, json);
    }
}

/* Of all kernels and sizes. */
static void write_limit_list(const struct report_document *document, struct json_writer *json)
{
    json_begin_array(json, "limits");
    for (size_t n = 0; n < document->count; n++) {
        const struct measurement *m = document->measurements[n];
        for (size_t i = 0; i < m->count; i++) {
            const struct alternative *a = &m->alternatives[i];
            if (!a->is_limit)
                continue;
            json_begin_object(json, NULL);
            json_string(json, "kernel", m->problem.kernel->name);
            json_unsigned(json, "input_bytes", m->problem.input.bytes);
            json_string(json, "backend", a->entry->name);
            write_limit(m, a, json);
            json_end_object(json);
        }
    }
    json_end_array(json);
}

void report_json_summaries(const struct report_document *document, struct json_writer *json)
{
    json_begin_object(json, "accelbench");
    json_begin_array(json, "summaries");
    for (size_t n = 0; n < document->count; n++)
        write_summaries(document->measurements[n], json);
    json_end_array(json);
    json_begin_array(json, "comparisons");
    for (size_t n = 0; n < document->count; n++)
        write_comparisons(document->measurements[n], json);
    json_end_array(json);
    json_begin_array(json, "break_even");
    if (document->break_even.write != NULL)
        document->break_even.write(document->break_even.state, json);
    json_end_array(json);
    if (document->more.write != NULL)
        write_limit_list(document, json);
    json_end_object(json);
}
