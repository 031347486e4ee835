/* Who takes part in a measurement. */
#include <stdlib.h>
#include <string.h>

#include "bench/energy.h"
#include "bench/measure.h"
#include "bench/probe.h"
#include "bench/stall.h"
#include "bench/text.h"
#include "cpu/isa.h"

/* By --backend, or as the one that the device is of. */
static bool backend_named(const struct options *options, const char *name)
{
    return (options->backends != NULL && list_contains(options->backends, name)) ||
           device_is_of(options, name);
}

/* The cell's headline technique: tuned, or where it has none yet the one listed first; rows say
 * which it was. */
static const struct technique *headline_technique(const struct implementation *cell)
{
    const struct technique *tuned = find_technique(cell, "tuned");
    return tuned != NULL ? tuned : cell->techniques;
}

static void add(struct measurement *m, const struct backend_entry *entry,
                const struct technique *technique)
{
    m->alternatives[m->count++] = (struct alternative){.entry = entry, .technique = technique};
}

static void add_dash(struct measurement *m, const struct backend_entry *entry,
                     enum ab_status status, const char *why)
{
    add(m, entry, NULL);
    ab_fail(&m->alternatives[m->count - 1].error, status, "%s", why);
}

static bool has_technique(const struct kernel *kernel, const struct backend_entry *entry,
                          const char *name, size_t length)
{
    const struct implementation *cell = find_implementation(kernel, entry);
    for (const struct technique *t = techniques_of(cell); t->name != NULL; t++)
        if (strlen(t->name) == length && memcmp(t->name, name, length) == 0)
            return true;
    return false;
}

static bool any_has_technique(const struct options *options, const char *name, size_t length)
{
    for (size_t i = 0; i < backend_count(); i++)
        if (options_want_backend(options, backend_at(i)->name) &&
            has_technique(options->kernel, backend_at(i), name, length))
            return true;
    return false;
}

/* A technique and a backend that are both named belong together, or there is an error; so do a
 * technique and the kernel, where the backend is NULL. */
static enum ab_status check_techniques(const struct options *options,
                                       const struct backend_entry *entry, struct ab_error *error)
{
    if (options->techniques == NULL || strcmp(options->techniques, "all") == 0)
        return AB_OK;
    for (const char *name = options->techniques; *name != '\0';) {
        const size_t length = strcspn(name, ",");
        const bool found = entry == NULL ? any_has_technique(options, name, length)
                                         : has_technique(options->kernel, entry, name, length);
        if (!found)
            return ab_fail(error, AB_USAGE,
                           "%s on %s has no technique '%.*s'; 'accelbench list' shows what there "
                           "is",
                           options->kernel->name,
                           entry == NULL ? "the backends that are built" : entry->name, (int)length,
                           name);
        name += length;
        name += *name == ',';
    }
    return AB_OK;
}

/* The techniques of one cell that were asked for, as alternatives. */
static enum ab_status add_cell(struct measurement *m, const struct backend_entry *entry,
                               struct ab_error *error)
{
    const struct options *options = m->options;
    const struct implementation *cell = find_implementation(options->kernel, entry);
    bool named = backend_named(options, entry->name);
    if (cell == NULL) {
        if (named)
            return ab_fail(error, AB_NOT_BUILT, "%s is not available: %s", entry->name,
                           entry->why_not);
        add_dash(m, entry, AB_NOT_BUILT, entry->why_not);
        return AB_OK;
    }
    if (cell->techniques == NULL) {
        if (named)
            return ab_fail(error, AB_NO_DEVICE, "%s has no %s: %s", entry->name,
                           options->kernel->name, cell->absent);
        add_dash(m, entry, AB_UNSUPPORTED, cell->absent);
        return AB_OK;
    }
    if (options->techniques == NULL) {
        add(m, entry, headline_technique(cell));
        return AB_OK;
    }
    bool all = strcmp(options->techniques, "all") == 0, found = false;
    for (const struct technique *t = cell->techniques; t->name != NULL; t++) {
        if (all || list_contains(options->techniques, t->name)) {
            add(m, entry, t);
            found = true;
        }
    }
    if (named)
        return check_techniques(options, entry, error);
    if (!found)
        add_dash(m, entry, AB_UNSUPPORTED, "no such technique here");
    return AB_OK;
}

static bool is_measurable_cpu(const struct alternative *a)
{
    return a->technique != NULL && a->entry->backend->memory == MEMORY_HOST;
}

/* Speed-ups need a baseline in the same rounds: the one that was named, or openmp when no CPU
 * backend takes part. */
static enum ab_status add_baseline(struct measurement *m, struct ab_error *error)
{
    const char *wanted = m->options->baseline;
    if (wanted != NULL && strcmp(wanted, "none") == 0)
        return AB_OK;
    if (wanted == NULL) {
        for (size_t i = 0; i < m->count; i++)
            if (is_measurable_cpu(&m->alternatives[i]))
                return AB_OK;
        wanted = "openmp";
        if (find_backend(wanted)->backend == NULL)
            wanted = "serial";
    }
    for (size_t i = 0; i < m->count; i++)
        if (m->alternatives[i].technique != NULL &&
            strcmp(m->alternatives[i].entry->name, wanted) == 0)
            return AB_OK;
    const struct backend_entry *entry = find_backend(wanted);
    const struct implementation *cell = find_implementation(m->options->kernel, entry);
    if (cell == NULL || cell->techniques == NULL)
        return ab_fail(error, AB_NOT_BUILT, "the baseline %s is not available: %s", wanted,
                       cell == NULL ? entry->why_not : cell->absent);
    add(m, entry, headline_technique(cell));
    m->alternatives[m->count - 1].only_baseline = true;
    return AB_OK;
}

/* Most alternatives there can be: every technique of every backend, and for each backend a dash, a
 * limit and a baseline. */
static size_t most_alternatives(const struct kernel *kernel)
{
    size_t most = 1;
    for (size_t i = 0; i < backend_count(); i++) {
        const struct implementation *cell = find_implementation(kernel, backend_at(i));
        most += 3;
        for (const struct technique *t = techniques_of(cell); t->name != NULL; t++)
            most += 2; /* from pinned and from pageable memory */
    }
    return most;
}

/* A device that was asked for and that no backend has is an error, as it is of a backend that was
 * named. What else went wrong with a backend has a row to say so. */
static enum ab_status check_device(const struct measurement *m, struct ab_error *error)
{
    struct device_search search = {.options = m->options};
    const struct backend_entry *before = NULL;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->technique == NULL || a->entry->backend->memory != MEMORY_DEVICE ||
            a->entry == before)
            continue;
        device_search_add(&search, a->entry, &a->error);
        before = a->entry;
    }
    return device_search_end(&search, error);
}

/* A technique that only backends have that cannot run here. */
static enum ab_status check_any_takes_part(const struct measurement *m, struct ab_error *error)
{
    const struct alternative *wanted = NULL;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->technique == NULL || a->only_baseline)
            continue;
        if (a->error.status == AB_OK)
            return AB_OK;
        wanted = wanted == NULL ? a : wanted;
    }
    return wanted == NULL
               ? AB_OK
               : ab_fail(error, wanted->error.status,
                         "%s by technique '%s' is not available: %s: %s", m->options->kernel->name,
                         wanted->technique->name, wanted->entry->name, wanted->error.message);
}

static bool device_option_fits(const struct measurement *m)
{
    const struct options *options = m->options;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->technique != NULL && device_options_concern(options, a->entry->backend))
            return true;
    }
    return options->device == NULL && options->transfer == TRANSFER_PINNED;
}

/* What was found out about the same backend for an alternative before this one. */
static bool recall(const struct measurement *m, struct alternative *a)
{
    for (const struct alternative *b = m->alternatives; b != a; b++) {
        if (b->entry != a->entry)
            continue;
        a->assignment = b->assignment;
        a->device = b->device;
        a->error = b->error;
        a->named = b->named;
        return true;
    }
    return false;
}

/* Whether the alternative's backend works here; one that was named must. */
static enum ab_status probe(struct measurement *m, struct alternative *a, struct ab_error *error)
{
    if (recall(m, a))
        return AB_OK;
    a->assignment = (struct assignment){
        .backend = a->entry->backend,
        .clock = &system_clock,
        .options = backend_options(m->options, a->entry->backend),
    };
    struct opening opening;
    enum ab_status status = probe_backend(a->entry->backend, m->options, &opening, &a->error);
    a->device = opening.device;
    const char *baseline = m->options->baseline;
    const bool is_baseline =
        a->only_baseline || (baseline != NULL && strcmp(baseline, a->entry->name) == 0);
    a->named = backend_named(m->options, a->entry->name);
    if (status == AB_INTERRUPTED)
        return ab_fail(error, status, "interrupted");
    if (status == AB_USAGE)
        return ab_fail(error, status, "%s: %s", a->entry->name, a->error.message);
    if (status == AB_NO_DEVICE && (a->named || is_baseline))
        return ab_fail(error, status, "%s is not available: %s", a->entry->name, a->error.message);
    return AB_OK;
}

/* Each alternative with memory of its own once more, from pageable memory. */
static void add_pageable(struct measurement *m)
{
    const size_t count = m->count;
    for (size_t i = 0; i < count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_takes_part(a) || a->entry->backend->memory != MEMORY_DEVICE)
            continue;
        m->alternatives[m->count] = *a;
        m->alternatives[m->count++].assignment.options.pinned = false;
    }
}

/* One limit for each backend that takes part and has one. */
static void add_limits(struct measurement *m)
{
    const size_t count = m->count;
    for (size_t i = 0; i < count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!alternative_takes_part(a) || a->entry->backend->read_limit == NULL)
            continue;
        for (size_t j = count; j < m->count && a->limit == NULL; j++)
            if (m->alternatives[j].entry == a->entry)
                a->limit = &m->alternatives[j];
        if (a->limit != NULL)
            continue;
        add(m, a->entry, a->entry->backend->read_limit);
        struct alternative *limit = &m->alternatives[m->count - 1];
        limit->is_limit = true;
        limit->assignment = a->assignment;
        limit->device = a->device;
        a->limit = limit;
    }
}

/* Variables that only workers read would cost each of them its rows. */
static enum ab_status check_environment(struct ab_error *error)
{
    enum cpu_isa isa;
    const enum ab_status status = memory_limit_check(error);
    return status == AB_OK ? cpu_isa_choose(CPU_ISA_PORTABLE, &isa, error) : status;
}

enum ab_status measurement_plan(struct measurement *measurement, const struct options *options,
                                struct ab_error *error)
{
    if (check_environment(error) != AB_OK)
        return error->status;
    measurement->options = options;
    measurement->started_s = running_s();
    measurement->alternatives =
        calloc(most_alternatives(options->kernel), sizeof(*measurement->alternatives));
    if (measurement->alternatives == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of alternatives");
    for (size_t i = 0; i < backend_count(); i++) {
        if (!options_want_backend(options, backend_at(i)->name))
            continue;
        enum ab_status status = add_cell(measurement, backend_at(i), error);
        if (status != AB_OK)
            return status;
    }
    enum ab_status status = check_techniques(options, NULL, error);
    if (status == AB_OK)
        status = add_baseline(measurement, error);
    if (status == AB_OK && !device_option_fits(measurement))
        status = device_options_refuse(error);
    for (size_t i = 0; i < measurement->count && status == AB_OK; i++)
        if (measurement->alternatives[i].technique != NULL)
            status = probe(measurement, &measurement->alternatives[i], error);
    if (status == AB_OK)
        status = check_device(measurement, error);
    if (status == AB_OK)
        status = check_any_takes_part(measurement, error);
    if (options->both_transfers)
        add_pageable(measurement);
    add_limits(measurement);
    return status == AB_OK ? energy_check(measurement, error) : status;
}

enum ab_status measurement_plan_like(struct measurement *measurement,
                                     const struct measurement *planned,
                                     const struct options *options, struct ab_error *error)
{
    *measurement = (struct measurement){.options = options, .started_s = running_s()};
    measurement->alternatives = calloc(planned->count + 1, sizeof(*measurement->alternatives));
    if (measurement->alternatives == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of alternatives");
    measurement->count = planned->count;
    for (size_t i = 0; i < planned->count; i++) {
        struct alternative *a = &measurement->alternatives[i];
        *a = planned->alternatives[i];
        if (a->limit != NULL)
            a->limit = &measurement->alternatives[a->limit - planned->alternatives];
    }
    return AB_OK;
}
