/* Google Benchmark's JSON with our own keys behind its own. The keys, their order and their types
 * are relied on by scripts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <time.h>

#include "bench/report.h"
#include "bench/statistics.h"
#include "config.h"

static const char *const phase_keys[PHASE_COUNT] = {"h2d", "kernel", "d2h", "e2e"};

void report_context_init(struct report_context *context, int argc, char **argv)
{
    *context = (struct report_context){.argc = argc, .argv = argv};
    machine_describe(&context->machine);
    context->diagnosis_count =
        diagnose_here(&context->machine, clock_calibrate(&system_clock), context->diagnoses);
    format_date(context->date);
    context->aslr = (personality(0xffffffff) & ADDR_NO_RANDOMIZE) == 0;
    const struct machine *machine = &context->machine;
    for (unsigned i = 0; i < machine->cache_count; i++)
        context->caches[i] = (struct result_cache){
            .type = machine->caches[i].type,
            .level = machine->caches[i].level,
            .sharing = machine->caches[i].sharing,
            .bytes = machine->caches[i].bytes,
        };
}

struct result_context report_result_context(const struct report_context *context)
{
    const struct machine *machine = &context->machine;
    return (struct result_context){
        .date = context->date,
        .host_name = machine->host_name,
        .executable = context->argv[0],
        .cpus = machine->cpus_online,
        .mhz = machine->mhz,
        .scaling = machine->scaling_enabled,
        .aslr = context->aslr,
        .caches = context->caches,
        .cache_count = machine->cache_count,
        .load_average = machine->load_average,
        .load_average_count = machine->load_average_count,
        .library_version = AB_VERSION,
        .debug = strcmp(AB_BUILD_TYPE, "Release") != 0,
    };
}

/* ---- context ----------------------------------------------------------------------------- */

static void write_backends(const struct measurement *m, struct json_writer *json)
{
    json_begin_array(json, "backends");
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->is_limit)
            continue;
        json_begin_object(json, NULL);
        json_string(json, "name", a->entry->name);
        json_string(json, "technique", a->technique == NULL ? NULL : a->technique->name);
        json_boolean(json, "available", !alternative_is_dash(a));
        if (alternative_is_dash(a))
            json_string(json, "reason", a->error.message);
        else
            json_string(json, "device", a->device.name);
        json_end_object(json);
    }
    json_end_array(json);
}

/* How fast each backend read this input, measured in the same rounds as the rows. */
static void write_limits(const struct measurement *m, struct json_writer *json)
{
    json_begin_object(json, "limits");
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!a->is_limit)
            continue;
        json_begin_object(json, a->entry->name);
        double ns = alternative_median_ns(a, PHASE_E2E);
        json_number(json, "bytes_per_second", 1e9 * (double)m->problem.input.bytes / ns);
        if (a->error.status != AB_OK)
            json_string(json, "reason", a->error.message);
        json_end_object(json);
    }
    json_end_object(json);
}

static void write_warnings(const struct report_context *context, const struct measurement *m,
                           struct json_writer *json)
{
    static const struct diagnosis few_rounds = {
        .code = "few-rounds",
        .severity = SEVERITY_WARNING,
        .text = "fewer than 12 rounds: small differences are noise",
        .remedy = "more --rounds, or more --max-seconds",
    };
    json_begin_array(json, "warnings");
    for (size_t i = 0; i < context->diagnosis_count; i++)
        diagnosis_write_json(&context->diagnoses[i], json);
    if (m != NULL && m->rounds_done < ROUNDS_MIN)
        diagnosis_write_json(&few_rounds, json);
    json_end_array(json);
}

struct own_context {
    const struct report_context *context;
    const struct measurement *measurement; /* NULL: of no one measurement */
    uint64_t seed;
};

static void write_own_context(const void *state, struct json_writer *json)
{
    const struct own_context *own = state;
    const struct report_context *context = own->context;
    const struct measurement *m = own->measurement;
    const struct machine *machine = &context->machine;
    json_integer(json, "schema", 1);
    json_begin_object(json, "machine");
    json_string(json, "cpu", machine->cpu_model);
    json_unsigned(json, "cpus_allowed", machine->cpus_allowed);
    if (machine->cpu_quota > 0)
        json_number(json, "cpu_quota", machine->cpu_quota);
    else
        json_null(json, "cpu_quota");
    json_unsigned(json, "memory_bytes", machine->memory_bytes);
    json_end_object(json);
    build_write_json(&this_build, "build", json);
    if (m != NULL) {
        json_begin_object(json, "clocks");
        json_string(json, "source", "CLOCK_MONOTONIC_RAW");
        json_unsigned(json, "step_ns", m->clock.step_ns);
        json_unsigned(json, "overhead_ns", m->clock.overhead_ns);
        json_end_object(json);
        write_backends(m, json);
        write_limits(m, json);
    }
    json_unsigned(json, "seed", own->seed);
    json_begin_array(json, "argv");
    for (int i = 0; i < context->argc; i++)
        json_string(json, NULL, context->argv[i]);
    json_end_array(json);
    write_warnings(context, m, json);
}

void report_json_context(const struct report_context *context, const struct measurement *m,
                         struct json_writer *json)
{
    struct own_context own = {context, m, m->options->seed};
    struct result_context result = report_result_context(context);
    json_write_context(json, &result, (struct extension){write_own_context, &own});
}

void report_json_members(const struct report_context *context, uint64_t seed,
                         struct json_writer *json)
{
    struct own_context own = {context, NULL, seed};
    write_own_context(&own, json);
}

/* ---- benchmarks -------------------------------------------------------------------------- */

static void write_phases(const struct row *row, struct json_writer *json)
{
    json_begin_object(json, "phases_ns");
    for (size_t phase = 0; phase < PHASE_COUNT; phase++) {
        double ns = NAN; /* null */
        if (row->run.outcome == BM_DONE)
            ns = row->alternative->rounds[row->round].sample.phase_ns[phase];
        json_number(json, phase_keys[phase], ns);
    }
    json_end_object(json);
}

/* What comparisons are made from: the times of one round's turns, which the row's is the median
 * of. */
static void write_turns(const struct row *row, struct json_writer *json)
{
    const size_t turns = row->measurement->turns;
    json_begin_array(json, "turns_ns");
    for (size_t turn = 0; turn < turns && row->run.outcome == BM_DONE; turn++)
        json_number(json, NULL, row->alternative->turns_ns[row->round * turns + turn]);
    json_end_array(json);
}

static void write_verify(const struct row *row, struct json_writer *json)
{
    const struct alternative *a = row->alternative;
    json_begin_object(json, "verify");
    if (row->run.outcome != BM_DONE) {
        json_string(json, "status", a->error.status == AB_WRONG_RESULT ? "failed" : "not_run");
        json_null(json, "error");
        json_null(json, "tolerance");
    } else {
        const struct verdict *verdict = &a->rounds[row->round].verdict;
        json_string(json, "status", "passed");
        json_number(json, "error", verdict->error);
        json_number(json, "tolerance", verdict->tolerance);
    }
    json_end_object(json);
}

/* Of the same round; the summaries have it over all rounds. */
static void write_limit_fraction(const struct row *row, struct json_writer *json)
{
    const struct alternative *a = row->alternative, *limit = a->limit;
    double fraction = NAN; /* null */
    if (row->run.outcome == BM_DONE && limit != NULL && row->round < limit->samples)
        fraction = limit->rounds[row->round].sample.phase_ns[row->phase] / row->run.real_time;
    json_number(json, "limit_fraction", fraction);
}

static void write_own_row(const void *state, struct json_writer *json)
{
    const struct row *row = state;
    const struct measurement *m = row->measurement;
    const struct alternative *a = row->alternative;
    bool device = a->entry->backend->memory == MEMORY_DEVICE;
    json_string(json, "kernel", m->problem.kernel->name);
    json_string(json, "backend", a->entry->name);
    json_string(json, "technique", a->technique->name);
    json_string(json, "device", a->device.name);
    for (size_t i = 0; i < m->problem.label_count; i++)
        json_string(json, m->problem.labels[i].key, m->problem.labels[i].value);
    json_unsigned(json, "input_bytes", m->problem.input.bytes);
    json_unsigned(json, "workers", a->device.workers);
    if (device)
        json_string(json, "transfer",
                    m->options->transfer == TRANSFER_PAGEABLE ? "pageable" : "pinned");
    else
        json_null(json, "transfer");
    json_string(json, "cache", m->options->cache == CACHE_COLD ? "cold" : "warm");
    json_unsigned(json, "round", row->round);
    write_phases(row, json);
    if (device) /* transfers and computing at the same time: e2e is less than the sum of the others
                 */
        json_boolean(json, "overlapped", a->technique->end_to_end != NULL);
    else
        json_null(json, "overlapped");
    write_turns(row, json);
    write_verify(row, json);
    write_limit_fraction(row, json);
    if (a->result != NULL)
        json_raw(json, "result", a->result, strlen(a->result));
}

struct extension row_extension(const struct row *row)
{
    return row->run.aggregate_name == NULL ? (struct extension){write_own_row, row}
                                           : (struct extension){0};
}

void report_json_row(const struct row *row, struct json_writer *json)
{
    json_write_run(json, &row->run, row_extension(row), false);
}

/* ---- accelbench -------------------------------------------------------------------------- */

static void write_interval(const char *key, struct interval interval, struct json_writer *json)
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

/* Of the kernel phase, only e2e has turns to compare. */
static double limit_fraction(const struct measurement *m, const struct alternative *a,
                             enum phase phase)
{
    const struct comparison whole = alternative_against_limit(m, a);
    if (phase == PHASE_E2E || whole.pairs == 0)
        return whole.ratio;
    return alternative_median_ns(a->limit, phase) / alternative_median_ns(a, phase);
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
    struct summary s = alternative_summary(a, phase);
    char name[ROW_NAME_BYTES];
    series_name(m, a, phase, name);
    json_begin_object(json, NULL);
    json_string(json, "name", name);
    json_number(json, "median_ns", s.median);
    write_interval("ci_ns", s.ci, json);
    json_number(json, "min_ns", s.min);
    json_number(json, "p95_ns", s.p95);
    json_unsigned(json, "n", s.n);
    json_number(json, "setup_ns", median_setup_ns(a));
    json_number(json, "mad_ns", s.mad);
    json_number(json, "autocorrelation", s.autocorrelation);
    json_string(json, "trend", trends[s.trend]);
    json_begin_object(json, "outliers");
    json_unsigned(json, "mild", s.mild_outliers);
    json_unsigned(json, "severe", s.severe_outliers);
    json_end_object(json);
    json_unsigned(json, "discarded", a->discarded); /* for throttling, and nothing else */
    json_unsigned(json, "throttled", a->throttled); /* samples that count all the same */
    json_number(json, "limit_fraction", limit_fraction(m, a, phase));
    if (phase == PHASE_KERNEL && a->energy.window_s > 0)
        write_energy(&a->energy, json);
    json_end_object(json);
}

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
    write_interval("ci", c.ci, json);
    json_string(json, "verdict", finding_name(c.finding));
    json_end_object(json);
}

static void write_findings(const struct measurement *m, struct json_writer *json)
{
    const struct alternative *base = measurement_baseline(m);
    json_begin_object(json, "accelbench");
    json_begin_array(json, "summaries");
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        write_summary(m, a, PHASE_E2E, json);
        if (a->entry->backend->memory == MEMORY_DEVICE)
            write_summary(m, a, PHASE_KERNEL, json);
    }
    json_end_array(json);
    json_begin_array(json, "comparisons");
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (base != NULL && a != base && alternative_measured(a))
            write_comparison(m, a, base, json);
    }
    json_end_array(json);
    json_begin_array(json, "break_even");
    json_end_array(json);
    json_end_object(json);
}

enum ab_status report_json(const struct report_context *context, const struct measurement *m,
                           struct json_writer *json, struct ab_error *error)
{
    struct row *rows = NULL;
    size_t count = 0;
    enum ab_status status = rows_of_measurement(m, &rows, &count, error);
    if (status != AB_OK)
        return status;
    json_begin_object(json, NULL);
    report_json_context(context, m, json);
    json_begin_array(json, "benchmarks");
    for (size_t i = 0; i < count; i++)
        report_json_row(&rows[i], json);
    json_end_array(json);
    write_findings(m, json);
    json_end_object(json);
    free(rows);
    return json_finish(json, error);
}
