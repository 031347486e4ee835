#include "bench/energy.h"

#include <math.h>
#include <stdio.h>

#include "bench/interrupt.h"
#include "bench/progress.h"

/* Two windows, and the counter's steps that are waited for. */
#define WATCH_S (2 * ENERGY_WINDOW_S + 1)

static bool is_watched(const struct alternative *a)
{
    return alternative_takes_part(a) && !a->is_limit && a->entry->backend->energy != NULL;
}

static double needed_s(const struct measurement *m)
{
    double seconds = 0;
    for (size_t i = 0; i < m->count; i++)
        if (is_watched(&m->alternatives[i]))
            seconds += WATCH_S;
    return seconds;
}

enum ab_status energy_check(const struct measurement *m, struct ab_error *error)
{
    const struct options *options = m->options;
    if (!options->energy)
        return AB_OK;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (options->backends != NULL && a->technique != NULL && !a->only_baseline &&
            a->entry->backend->energy == NULL)
            return ab_fail(error, AB_USAGE,
                           "--energy: %s has no energy counter: leave it out of --backend",
                           a->entry->name);
    }
    const double needed = needed_s(m);
    if (needed == 0)
        return ab_fail(error, AB_UNSUPPORTED,
                       "--energy: no backend that works here has an energy counter");
    if (options_most_s(options) < 1.5 * needed)
        return ab_fail(error, AB_USAGE,
                       "--energy: each technique takes two windows of %g s, which shorter ones "
                       "cannot replace: --max-seconds and --budget must be at least %g here",
                       ENERGY_WINDOW_S, 1.5 * needed);
    if (options->deadline_s < 2 * WATCH_S)
        return ab_fail(error, AB_USAGE, "--energy: --deadline must be at least %g", 2 * WATCH_S);
    return AB_OK;
}

enum ab_status energy_prepare(struct measurement *m, struct ab_error *error)
{
    if (!m->options->energy)
        return AB_OK;
    m->ends_s -= needed_s(m);
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        struct ab_error refusal = {0};
        if (is_watched(a) && worker_energy(&a->worker, 0, &a->energy, &refusal) != AB_OK)
            return ab_fail(error, refusal.status, "--energy: %s", refusal.message);
    }
    return AB_OK;
}

enum ab_status energy_measure(struct measurement *m, struct ab_error *error)
{
    for (size_t i = 0; m->options->energy && i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!is_watched(a))
            continue;
        char what[96];
        snprintf(what, sizeof(what), "%s: watching the energy of %s", m->problem.kernel->name,
                 a->entry->name);
        progress_show(what, -1);
        struct ab_error failure = {0};
        const enum ab_status status =
            interrupt_signal() != 0
                ? AB_INTERRUPTED
                : worker_energy(&a->worker, ENERGY_WINDOW_S, &a->energy, &failure);
        if (status == AB_INTERRUPTED)
            return ab_fail(error, AB_INTERRUPTED, "interrupted");
        if (status != AB_OK)
            return ab_fail(error, status, "--energy: %s on %s: %s", m->problem.kernel->name,
                           a->entry->name, failure.message);
    }
    return AB_OK;
}
