#include "bench/sweep_restore.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MOST = 100000 };

/* ---- Values ------------------------------------------------------------------------------ */

static enum ab_status read_count(const json_t *object, const char *key, uint64_t most,
                                 uint64_t *value, struct ab_error *error)
{
    const json_t *member = json_object_get(object, key);
    const json_int_t number = json_is_integer(member) ? json_integer_value(member) : -1;
    if (number < 0 || (uint64_t)number > most)
        return ab_fail(error, AB_INPUT, "\"%s\" is no sensible number", key);
    *value = (uint64_t)number;
    return AB_OK;
}

static enum ab_status read_size(const json_t *object, const char *key, uint64_t most, size_t *value,
                                struct ab_error *error)
{
    uint64_t number = 0;
    enum ab_status status = read_count(object, key, most, &number, error);
    *value = (size_t)number;
    return status;
}

/* null is NAN */
static enum ab_status read_number(const json_t *object, const char *key, double *value,
                                  struct ab_error *error)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_number(member) && !json_is_null(member))
        return ab_fail(error, AB_INPUT, "\"%s\" is no number", key);
    *value = json_is_null(member) ? NAN : json_number_value(member);
    return AB_OK;
}

static enum ab_status read_times(const json_t *object, const char *key, size_t count,
                                 double *values, struct ab_error *error)
{
    const json_t *list = json_object_get(object, key);
    if (!json_is_array(list) || json_array_size(list) != count)
        return ab_fail(error, AB_INPUT, "\"%s\" is no list of %zu numbers", key, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_number(value) || !(json_number_value(value) >= 0))
            return ab_fail(error, AB_INPUT, "a value of \"%s\" is no time", key);
        values[i] = json_number_value(value);
    }
    return AB_OK;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static bool is_text(const json_t *object, const char *key, const char *wanted)
{
    return strcmp(text_of(object, key), wanted == NULL ? "" : wanted) == 0;
}

/* ---- An alternative ---------------------------------------------------------------------- */

static enum ab_status allocate(struct alternative *a, size_t turns, struct ab_error *error)
{
    a->rounds = calloc(a->samples + 1, sizeof(*a->rounds));
    a->turns_ns = calloc(a->samples * turns + 1, sizeof(*a->turns_ns));
    a->setup_ns = calloc(a->setups + 1, sizeof(*a->setup_ns));
    return a->rounds != NULL && a->turns_ns != NULL && a->setup_ns != NULL
               ? AB_OK
               : ab_fail(error, AB_NO_MEMORY, "no memory for %zu rounds", a->samples);
}

static enum ab_status restore_setups(struct alternative *a, const json_t *line,
                                     struct ab_error *error)
{
    const json_t *setups = json_object_get(line, "setup_ns");
    for (size_t i = 0; i < a->setups; i++) {
        const json_t *value = json_array_get(setups, i);
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return ab_fail(error, AB_INPUT, "a value of \"setup_ns\" is no time");
        a->setup_ns[i] = (uint64_t)json_integer_value(value);
    }
    return AB_OK;
}

static enum ab_status restore_energy(struct energy *energy, const json_t *line,
                                     struct ab_error *error)
{
    const json_t *from = json_object_get(line, "energy");
    enum ab_status status = read_number(from, "window_s", &energy->window_s, error);
    if (status == AB_OK)
        status = read_number(from, "idle_w", &energy->idle_w, error);
    if (status == AB_OK)
        status = read_number(from, "busy_w", &energy->busy_w, error);
    if (status == AB_OK)
        status = read_number(from, "joules_per_gb", &energy->joules_per_gb, error);
    if (status == AB_OK)
        status = read_count(from, "runs", INT64_MAX, &energy->runs, error);
    if (status == AB_OK)
        status = read_count(from, "steps", INT64_MAX, &energy->steps, error);
    return status;
}

static enum ab_status restore_device(struct device_info *device, const json_t *line,
                                     struct ab_error *error)
{
    size_t workers = 0, programs = 0;
    enum ab_status status = read_size(line, "workers", UINT32_MAX, &workers, error);
    if (status == AB_OK)
        status = read_size(line, "programs", PROGRAMS_CACHED, &programs, error);
    device->workers = (unsigned)workers;
    device->programs = (enum program_source)programs;
    device->in_place = json_is_true(json_object_get(line, "in_place"));
    device->is_default = json_is_true(json_object_get(line, "default_device"));
    device->streamed = json_is_true(json_object_get(line, "streamed"));
    snprintf(device->name, sizeof(device->name), "%s", text_of(line, "device"));
    return status;
}

static enum ab_status restore_limit(struct alternative *a, const json_t *line, size_t turns,
                                    struct ab_error *error)
{
    double *times = calloc(a->samples + 1, sizeof(*times));
    enum ab_status status = times != NULL ? AB_OK : ab_fail(error, AB_NO_MEMORY, "no memory");
    if (status == AB_OK)
        status = read_times(line, "rounds_ns", a->samples, times, error);
    for (size_t i = 0; i < a->samples && status == AB_OK; i++)
        a->rounds[i].sample =
            (struct sample){.iterations = 1, .phase_ns = {NAN, NAN, NAN, times[i]}};
    if (status == AB_OK)
        status = read_times(line, "turns_ns", a->samples * turns, a->turns_ns, error);
    free(times);
    return status;
}

static enum ab_status restore_alternative(struct measurement *m, struct alternative *a,
                                          const json_t *line, struct ab_error *error)
{
    const json_t *limit = json_object_get(line, "limit");
    if (!is_text(line, "backend", a->entry->name) ||
        !is_text(line, "technique", a->technique == NULL ? NULL : a->technique->name) ||
        json_is_true(limit) != a->is_limit)
        return ab_fail(error, AB_INPUT, "%s was not measured in this way, or is not available now",
                       a->entry->name);
    size_t status_value = 0;
    enum ab_status status = read_size(line, "status", AB_INTERRUPTED, &status_value, error);
    if (status == AB_OK)
        status = read_size(line, "samples", m->rounds_planned, &a->samples, error);
    if (status == AB_OK)
        status = read_size(line, "repeated", SIZE_MAX / 2, &a->repeated, error);
    if (status == AB_OK)
        status = read_size(line, "discarded", SIZE_MAX / 2, &a->discarded, error);
    if (status == AB_OK)
        status = read_size(line, "throttled", SIZE_MAX / 2, &a->throttled, error);
    if (status == AB_OK)
        status = restore_energy(&a->energy, line, error);
    if (status == AB_OK)
        status = restore_device(&a->device, line, error);
    if (status != AB_OK)
        return status;
    a->setups = json_array_size(json_object_get(line, "setup_ns"));
    a->error = (struct ab_error){.status = (enum ab_status)status_value};
    snprintf(a->error.message, sizeof(a->error.message), "%s", text_of(line, "message"));
    status = allocate(a, m->turns, error);
    if (status == AB_OK)
        status = restore_setups(a, line, error);
    return status == AB_OK && a->is_limit ? restore_limit(a, line, m->turns, error) : status;
}

/* ---- Rows -------------------------------------------------------------------------------- */

static struct alternative *find_alternative(struct measurement *m, const json_t *own)
{
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!a->is_limit && a->technique != NULL && is_text(own, "backend", a->entry->name) &&
            is_text(own, "technique", a->technique->name) &&
            is_text(own, "transfer", alternative_transfer(a)))
            return a;
    }
    return NULL;
}

static enum ab_status restore_row(struct measurement *m, const json_t *row, struct ab_error *error)
{
    const json_t *own = json_object_get(row, "accelbench");
    const json_t *phases = json_object_get(own, "phases_ns");
    const json_t *verify = json_object_get(own, "verify");
    struct alternative *a = find_alternative(m, own);
    uint64_t round = 0, iterations = 0;
    if (a == NULL)
        return ab_fail(error, AB_INPUT, "a row is of nothing that this sweep measures");
    /* failed later: "done" says how, and its rows do not count */
    if (a->samples == 0 || json_is_true(json_object_get(row, "error_occurred")))
        return AB_OK;
    enum ab_status status = read_count(own, "round", a->samples - 1, &round, error);
    if (status == AB_OK)
        status = read_count(row, "iterations", INT64_MAX, &iterations, error);
    if (status != AB_OK)
        return status;
    struct timing timing = {.sample.iterations = iterations, .verdict.passed = true};
    status = read_number(row, "cpu_time", &timing.sample.cpu_ns, error);
    for (size_t phase = 0; phase < PHASE_COUNT && status == AB_OK; phase++)
        status = read_number(phases, phase_keys[phase], &timing.sample.phase_ns[phase], error);
    if (status == AB_OK)
        status = read_number(verify, "error", &timing.verdict.error, error);
    if (status == AB_OK)
        status = read_number(verify, "tolerance", &timing.verdict.tolerance, error);
    if (status == AB_OK && !(timing.sample.phase_ns[PHASE_E2E] > 0))
        status = ab_fail(error, AB_INPUT, "a row has no time");
    if (status == AB_OK)
        status = read_times(own, "turns_ns", m->turns, &a->turns_ns[round * m->turns], error);
    if (status == AB_OK)
        a->rounds[round] = timing;
    return status;
}

static enum ab_status check_rows(const struct measurement *m, struct ab_error *error)
{
    for (size_t i = 0; i < m->count; i++)
        for (size_t round = 0; round < m->alternatives[i].samples; round++)
            if (m->alternatives[i].rounds[round].sample.iterations == 0)
                return ab_fail(error, AB_INPUT, "round %zu of %s has no row", round,
                               m->alternatives[i].entry->name);
    return AB_OK;
}

/* ---- The cell ---------------------------------------------------------------------------- */

static enum ab_status restore_measurement(struct sweep_cell *cell, const json_t *done,
                                          struct ab_error *error)
{
    struct measurement *m = &cell->measurement;
    struct problem *problem = &m->problem;
    size_t ended = 0;
    problem->kernel = cell->kernel->kernel;
    struct settings settings = options_settings(&cell->options);
    enum ab_status status = problem->kernel->configure(&settings, problem, error);
    if (status == AB_OK)
        status = read_size(done, "input_bytes", INT64_MAX, &problem->input.bytes, error);
    if (status == AB_OK)
        status = read_count(done, "items", INT64_MAX, &problem->items, error);
    if (status == AB_OK)
        status = read_size(done, "rounds_planned", ROUNDS_MOST, &m->rounds_planned, error);
    if (status == AB_OK)
        status = read_size(done, "rounds_done", m->rounds_planned, &m->rounds_done, error);
    if (status == AB_OK)
        status = read_size(done, "turns", TURNS_MAX, &m->turns, error);
    if (status == AB_OK)
        status = read_size(done, "ended", ENDED_BY_INTERRUPTION, &ended, error);
    if (status == AB_OK)
        status = read_number(done, "other_work", &m->other_work, error);
    if (status == AB_OK)
        status = read_count(done, "clock_step_ns", INT64_MAX, &m->clock.step_ns, error);
    if (status == AB_OK)
        status = read_count(done, "clock_overhead_ns", INT64_MAX, &m->clock.overhead_ns, error);
    if (status == AB_OK)
        status = read_number(done, "make_s", &cell->make_s, error);
    if (status == AB_OK)
        status = read_number(done, "least_s", &cell->least_s, error);
    m->ended = (enum ending)ended;
    snprintf(problem->summary, sizeof(problem->summary), "%s", text_of(done, "summary"));
    return status;
}

enum ab_status sweep_restore_cell(struct sweep_cell *cell, const json_t *done, const json_t *rows,
                                  struct ab_error *error)
{
    struct measurement *m = &cell->measurement;
    const json_t *alternatives = json_object_get(done, "alternatives");
    measurement_free(m); /* in case it stands there twice */
    enum ab_status status = measurement_plan_like(m, &cell->kernel->plan, &cell->options, error);
    if (status == AB_OK)
        status = restore_measurement(cell, done, error);
    if (status == AB_OK && json_array_size(alternatives) != m->count)
        status = ab_fail(error, AB_INPUT, "other backends were measured, or available, then");
    for (size_t i = 0; i < m->count && status == AB_OK; i++)
        status =
            restore_alternative(m, &m->alternatives[i], json_array_get(alternatives, i), error);
    for (size_t i = 0; i < json_array_size(rows) && status == AB_OK; i++)
        status = restore_row(m, json_array_get(rows, i), error);
    if (status == AB_OK)
        status = check_rows(m, error);
    if (status == AB_OK)
        cell->state = CELL_MEASURED;
    return status;
}
