#include "bench/sweep_journal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/build.h"
#include "bench/journal.h"

/* ---- What must be the same --------------------------------------------------------------- */

const char *const sweep_trait_names[SWEEP_TRAITS] = {
    "host",  "processor", "CPUs",    "version", "compiler",
    "flags", "seed",      "kernels", "sizes",   "options",
};

static void describe_options(const struct options *o, struct text *text)
{
    static const char *const caches[] = {"warm", "cold"};
    text_add(text, "backend=%s technique=%s baseline=%s device=%s threads=%" PRIu64 " cache=%s",
             o->backends == NULL ? "all" : o->backends,
             o->techniques == NULL ? "tuned" : o->techniques,
             o->baseline == NULL ? "best" : o->baseline, o->device == NULL ? "first" : o->device,
             o->threads, caches[o->cache]);
    text_add(text, " transfer=%s rounds=%" PRIu64 "%s%s min-time=%g in-process=%d",
             !o->transfer_given                 ? "both"
             : o->transfer == TRANSFER_PAGEABLE ? "pageable"
                                                : "pinned",
             o->rounds, o->rounds_given ? " (all)" : "", o->quick ? " (quick)" : "", o->min_time_s,
             o->in_process);
    for (size_t i = 0; i < o->setting_count; i++)
        text_add(text, " %s=%s", o->settings[i].name, o->settings[i].value);
}

void sweep_traits(const struct sweep *sweep, struct text traits[SWEEP_TRAITS])
{
    const struct machine *machine = &sweep->context->machine;
    text_add(&traits[0], "%s", machine->host_name);
    text_add(&traits[1], "%s", machine->cpu_model);
    text_add(&traits[2], "%u", machine->cpus_allowed);
    text_add(&traits[3], "%s %s", this_build.version, this_build.git);
    text_add(&traits[4], "%s", this_build.compiler);
    text_add(&traits[5], "%s %s", this_build.flags, this_build.sanitizers);
    text_add(&traits[6], "%" PRIu64, sweep->options->seed);
    for (size_t k = 0; k < sweep->kernel_count; k++)
        text_add(&traits[7], "%s%s", k > 0 ? "," : "", sweep->kernels[k].kernel->name);
    for (size_t i = 0; i < sweep->size_count; i++)
        text_add(&traits[SWEEP_TRAIT_SIZES], "%s%" PRIu64, i > 0 ? "," : "", sweep->sizes[i]);
    describe_options(sweep->options, &traits[9]);
}

void sweep_traits_free(struct text traits[SWEEP_TRAITS])
{
    for (size_t i = 0; i < SWEEP_TRAITS; i++)
        text_free(&traits[i]);
}

/* ---- Lines ------------------------------------------------------------------------------- */

enum ab_status sweep_journal_begin(struct sweep *sweep, struct ab_error *error)
{
    struct text traits[SWEEP_TRAITS] = {{0}};
    struct json_writer json = {.one_line = true};
    sweep_traits(sweep, traits);
    json_begin_object(&json, NULL);
    report_json_context(sweep->context, &sweep->kernels[0].plan, &json);
    json_begin_object(&json, "sweep");
    for (size_t i = 0; i < SWEEP_TRAITS; i++)
        json_string(&json, sweep_trait_names[i], traits[i].data == NULL ? "" : traits[i].data);
    json_end_object(&json);
    json_end_object(&json);
    sweep_traits_free(traits);
    return journal_line(sweep->journal, &json, error);
}

enum ab_status sweep_journal_cell(struct sweep *sweep, size_t index, struct ab_error *error)
{
    struct json_writer json = {.one_line = true};
    json_begin_object(&json, NULL);
    json_begin_object(&json, "cell");
    json_unsigned(&json, "index", index);
    json_string(&json, "kernel", sweep->cells[index].kernel->kernel->name);
    json_unsigned(&json, "bytes", sweep->cells[index].bytes);
    json_end_object(&json);
    json_end_object(&json);
    return journal_line(sweep->journal, &json, error);
}

enum ab_status sweep_journal_row(struct sweep *sweep, const struct measurement *m,
                                 const struct alternative *a, size_t round, struct ab_error *error)
{
    struct row row;
    row_of_sample(m, a, PHASE_E2E, round, &row);
    return journal_row(sweep->journal, &row, error);
}

static void write_numbers(const char *key, const double *values, size_t count,
                          struct json_writer *json)
{
    json_begin_array(json, key);
    for (size_t i = 0; i < count; i++)
        json_number(json, NULL, values[i]);
    json_end_array(json);
}

static void write_energy(const struct energy *energy, struct json_writer *json)
{
    json_begin_object(json, "energy");
    json_number(json, "window_s", energy->window_s);
    json_number(json, "idle_w", energy->idle_w);
    json_number(json, "busy_w", energy->busy_w);
    json_number(json, "joules_per_gb", energy->joules_per_gb);
    json_unsigned(json, "runs", energy->runs);
    json_unsigned(json, "steps", energy->steps);
    json_end_object(json);
}

/* All of an alternative but its rows; limits have none, so their times stand here. */
static void write_alternative(const struct measurement *m, const struct alternative *a,
                              struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_string(json, "backend", a->entry->name);
    json_string(json, "technique", a->technique == NULL ? NULL : a->technique->name);
    json_boolean(json, "limit", a->is_limit);
    json_unsigned(json, "status", a->error.status);
    json_string(json, "message", a->error.message);
    json_string(json, "device", a->device.name);
    json_unsigned(json, "workers", a->device.workers);
    json_boolean(json, "in_place", a->device.in_place);
    json_boolean(json, "default_device", a->device.is_default);
    json_boolean(json, "streamed", a->device.streamed);
    json_unsigned(json, "programs", a->device.programs);
    json_unsigned(json, "samples", a->samples);
    json_unsigned(json, "repeated", a->repeated);
    json_unsigned(json, "discarded", a->discarded);
    json_unsigned(json, "throttled", a->throttled);
    write_energy(&a->energy, json);
    json_begin_array(json, "setup_ns");
    for (size_t i = 0; i < a->setups; i++)
        json_unsigned(json, NULL, a->setup_ns[i]);
    json_end_array(json);
    if (a->is_limit) {
        double *times = alternative_times(a, PHASE_E2E);
        if (times == NULL)
            json->failed = true;
        else
            write_numbers("rounds_ns", times, a->samples, json);
        free(times);
        write_numbers("turns_ns", a->turns_ns, a->samples * m->turns, json);
    }
    json_end_object(json);
}

enum ab_status sweep_journal_done(struct sweep *sweep, size_t index, struct ab_error *error)
{
    const struct sweep_cell *cell = &sweep->cells[index];
    const struct measurement *m = &cell->measurement;
    struct json_writer json = {.one_line = true};
    json_begin_object(&json, NULL);
    json_begin_object(&json, "done");
    json_unsigned(&json, "index", index);
    json_string(&json, "summary", m->problem.summary);
    json_unsigned(&json, "input_bytes", m->problem.input.bytes);
    json_unsigned(&json, "items", m->problem.items);
    json_unsigned(&json, "rounds_planned", m->rounds_planned);
    json_unsigned(&json, "rounds_done", m->rounds_done);
    json_unsigned(&json, "turns", m->turns);
    json_unsigned(&json, "ended", m->ended);
    json_number(&json, "other_work", m->other_work);
    json_unsigned(&json, "clock_step_ns", m->clock.step_ns);
    json_unsigned(&json, "clock_overhead_ns", m->clock.overhead_ns);
    json_number(&json, "make_s", cell->make_s);
    json_number(&json, "least_s", cell->least_s);
    json_begin_array(&json, "alternatives");
    for (size_t i = 0; i < m->count; i++)
        write_alternative(m, &m->alternatives[i], &json);
    json_end_array(&json);
    json_end_object(&json);
    json_end_object(&json);
    return journal_line(sweep->journal, &json, error);
}
