/* Google Benchmark's JSON with our own keys behind its own. The keys, their order and their types
 * are relied on by scripts. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <time.h>

#include "bench/report.h"
#include "bench/report_parts.h"
#include "bench/stall.h"
#include "config.h"
#include "cpu/isa.h"

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

struct own_context {
    const struct report_context *context;
    const struct measurement *const *measurements; /* of one kernel and input each */
    size_t count;                                  /* 0: of no one measurement */
    uint64_t seed;
    struct extension more;
};

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

/* What may be said against these results. */
static void write_warnings(const struct own_context *own, struct json_writer *json)
{
    static const struct diagnosis few_rounds = {
        .code = "few-rounds",
        .severity = SEVERITY_WARNING,
        .text = "fewer than 12 rounds: small differences are noise",
        .remedy = "more --rounds, or more --max-seconds or --budget",
    };
    static const struct diagnosis stalled = {
        .code = "stalled",
        .severity = SEVERITY_WARNING,
        .text = "the program was stopped, or the machine suspended, while it measured: the samples "
                "of these moments were measured again",
        .remedy = "leave the machine alone while it measures",
    };
    const struct report_context *context = own->context;
    bool few = false, repeated = stalls_so_far()->count > 0;
    double other_work = 0;
    for (size_t n = 0; n < own->count; n++) {
        const struct measurement *m = own->measurements[n];
        few = few || (m->rounds_planned > 0 && m->rounds_done < ROUNDS_MIN); /* else not begun */
        other_work = fmax(other_work, m->other_work);
        for (size_t i = 0; i < m->count; i++)
            repeated = repeated || m->alternatives[i].repeated > 0;
    }
    json_begin_array(json, "warnings");
    for (size_t i = 0; i < context->diagnosis_count; i++)
        diagnosis_write_json(&context->diagnoses[i], json);
    struct diagnosis by_others;
    if (diagnose_other_work(other_work, &by_others))
        diagnosis_write_json(&by_others, json);
    if (few)
        diagnosis_write_json(&few_rounds, json);
    if (repeated)
        diagnosis_write_json(&stalled, json);
    json_end_array(json);
}

/* Which instructions the tuned techniques used; null where they were chosen wrongly. */
static void write_isa(struct json_writer *json)
{
    enum cpu_isa isa;
    struct ab_error error = {0};
    const bool known = cpu_isa_choose(cpu_isa_best(), &isa, &error) == AB_OK;
    json_string(json, "isa", known ? cpu_isa_name(isa) : NULL);
}

/* What was measured on, as far as the names of rows and the seed do not tell: files by their
 * contents, since names may stay and contents change. */
static void write_input(const struct measurement *m, struct json_writer *json)
{
    char digest[32];
    const bool generated = m->options->file_count == 0;
    snprintf(digest, sizeof(digest), "%016" PRIx64, m->input_digest);
    json_begin_object(json, "input");
    json_begin_array(json, "files");
    for (size_t i = 0; i < m->options->file_count; i++)
        json_string(json, NULL, m->options->files[i]);
    json_end_array(json);
    json_string(json, "digest", generated ? NULL : digest);
    json_end_object(json);
}

static void write_own_context(const void *state, struct json_writer *json)
{
    const struct own_context *own = state;
    const struct report_context *context = own->context;
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
    if (own->count > 0) {
        const struct measurement *m = own->measurements[0];
        json_begin_object(json, "clocks");
        json_string(json, "source", "CLOCK_MONOTONIC_RAW");
        json_unsigned(json, "step_ns", m->clock.step_ns);
        json_unsigned(json, "overhead_ns", m->clock.overhead_ns);
        json_end_object(json);
        write_backends(m, json);
        if (own->more.write == NULL)
            report_json_limits(m, json);
    }
    json_unsigned(json, "seed", own->seed);
    write_isa(json);
    if (own->count > 0)
        write_input(own->measurements[0], json);
    json_begin_array(json, "argv");
    for (int i = 0; i < context->argc; i++)
        json_string(json, NULL, context->argv[i]);
    json_end_array(json);
    write_warnings(own, json);
    if (own->more.write != NULL)
        own->more.write(own->more.state, json);
}

static void write_context_of(const struct own_context *own, struct json_writer *json)
{
    struct result_context result = report_result_context(own->context);
    json_write_context(json, &result, (struct extension){write_own_context, own});
}

static void write_context(const struct report_document *document, struct json_writer *json)
{
    write_context_of(&(struct own_context){.context = document->context,
                                           .measurements = document->measurements,
                                           .count = document->count,
                                           .seed = document->seed,
                                           .more = document->more},
                     json);
}

void report_json_context(const struct report_context *context, const struct measurement *m,
                         struct json_writer *json)
{
    write_context_of(
        &(struct own_context){
            .context = context, .measurements = &m, .count = 1, .seed = m->options->seed},
        json);
}

void report_json_context_alone(const struct report_context *context, uint64_t seed,
                               struct json_writer *json)
{
    write_context_of(&(struct own_context){.context = context, .seed = seed}, json);
}

void report_json_members(const struct report_context *context, uint64_t seed,
                         struct json_writer *json)
{
    struct own_context own = {.context = context, .seed = seed};
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
    if (row->run.outcome == BM_DONE && alternative_has_limit(row->measurement, a) &&
        row->round < limit->samples)
        fraction = limit->rounds[row->round].sample.phase_ns[row->phase] / row->run.real_time;
    json_number(json, "limit_fraction", fraction);
}

/* What only rows of single rounds have. */
static void write_own_sample(const struct row *row, struct json_writer *json)
{
    const struct alternative *a = row->alternative;
    json_unsigned(json, "round", row->round);
    write_phases(row, json);
    /* transfers and computing at the same time: e2e is less than the sum of the others */
    if (a->entry->backend->memory == MEMORY_DEVICE)
        json_boolean(json, "overlapped", a->device.streamed || a->technique->end_to_end != NULL);
    else
        json_null(json, "overlapped");
    write_turns(row, json);
    write_verify(row, json);
    write_limit_fraction(row, json);
    if (a->result != NULL)
        json_raw(json, "result", a->result, strlen(a->result));
}

static void write_own_row(const void *state, struct json_writer *json)
{
    const struct row *row = state;
    const struct measurement *m = row->measurement;
    const struct alternative *a = row->alternative;
    json_string(json, "kernel", m->problem.kernel->name);
    json_string(json, "backend", a->entry->name);
    json_string(json, "technique", a->technique->name);
    json_string(json, "device", a->device.name);
    for (size_t i = 0; i < m->problem.label_count; i++)
        json_string(json, m->problem.labels[i].key, m->problem.labels[i].value);
    json_unsigned(json, "input_bytes", m->problem.input.bytes);
    json_unsigned(json, "workers", a->device.workers);
    json_string(json, "transfer", alternative_transfer(a));
    if (a->entry->backend->memory == MEMORY_DEVICE)
        json_boolean(json, "zero_copy", a->device.in_place);
    else
        json_null(json, "zero_copy");
    json_string(json, "cache", m->options->cache == CACHE_COLD ? "cold" : "warm");
    if (row->run.aggregate_name == NULL)
        write_own_sample(row, json);
}
struct extension row_extension(const struct row *row)
{
    return (struct extension){write_own_row, row};
}

void report_json_row(const struct row *row, struct json_writer *json)
{
    json_write_run(json, &row->run, row_extension(row), false);
}

/* ---- The whole --------------------------------------------------------------------------- */

enum ab_status report_json(const struct report_document *document, struct json_writer *json,
                           struct ab_error *error)
{
    struct row *rows = NULL;
    size_t count = 0;
    enum ab_status status =
        rows_of_measurements(document->measurements, document->count, &rows, &count, error);
    if (status != AB_OK)
        return status;
    json_begin_object(json, NULL);
    write_context(document, json);
    json_begin_array(json, "benchmarks");
    for (size_t i = 0; i < count; i++)
        report_json_row(&rows[i], json);
    json_end_array(json);
    report_json_summaries(document, json);
    json_end_object(json);
    free(rows);
    return json_finish(json, error);
}
