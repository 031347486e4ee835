#include <time.h>

#include "bench/session.h"

/* The counter's steps that a window begins and ends with, and what was done between the two. */
struct window {
    double joules, seconds;
    uint64_t runs, steps;
};

struct reading {
    double joules;
    uint64_t at_ns, runs;
};

static enum ab_status read_counter(struct session *session, struct reading *reading,
                                   struct ab_error *error)
{
    enum ab_status status = session->backend->energy(session->job.context, &reading->joules, error);
    reading->at_ns = wall_ns(session->clock);
    return status;
}

/* A moment of idling or of computing. */
static enum ab_status pass_time(struct session *session, bool busy, uint64_t *runs,
                                struct ab_error *error)
{
    const struct timespec moment = {0, 1000000};
    enum ab_status status = AB_OK;
    if (!busy)
        nanosleep(&moment, NULL);
    for (uint64_t i = 0; busy && i < session->kernel_runs && status == AB_OK; i++, ++*runs)
        status = session->job.technique->run(&session->job, error);
    return status == AB_OK ? session->backend->sync(session->job.context, error) : status;
}

/* From one step of the counter to another that is at least window_s away. */
static enum ab_status watch(struct session *session, bool busy, double window_s,
                            struct window *window, struct ab_error *error)
{
    const double patience = 2; /* times the window: then the counter stands still */
    struct reading first, last, now;
    bool begun = false;
    enum ab_status status = read_counter(session, &first, error);
    first.runs = 0;
    last = first;
    const uint64_t started_ns = first.at_ns;
    *window = (struct window){0};
    for (now = first; status == AB_OK;) {
        status = pass_time(session, busy, &now.runs, error);
        if (status == AB_OK)
            status = read_counter(session, &now, error);
        if (1e-9 * (double)(now.at_ns - started_ns) > patience * window_s)
            return ab_fail(error, AB_UNSUPPORTED, "the device's energy counter stands still");
        if (status != AB_OK || now.joules == last.joules)
            continue;
        last = now;
        if (!begun)
            first = now; /* what came before has waited for the step */
        window->steps += begun;
        begun = true;
        window->seconds = 1e-9 * (double)(last.at_ns - first.at_ns);
        if (window->seconds >= window_s)
            break;
    }
    window->joules = last.joules - first.joules;
    window->runs = last.runs - first.runs;
    return status;
}

enum ab_status session_energy(struct session *session, double window_s, struct energy *energy,
                              struct ab_error *error)
{
    struct window idle, busy;
    struct reading probe;
    *energy = (struct energy){0};
    if (session->backend->energy == NULL)
        return ab_fail(error, AB_UNSUPPORTED, "%s has no energy counter", session->backend->name);
    enum ab_status status = read_counter(session, &probe, error);
    if (status != AB_OK || window_s == 0)
        return status;
    if (window_s < ENERGY_WINDOW_S)
        return ab_fail(error, AB_USAGE,
                       "a window of %g s is too short for an energy counter: it takes %g s",
                       window_s, ENERGY_WINDOW_S);
    status = watch(session, false, window_s, &idle, error);
    if (status == AB_OK)
        status = watch(session, true, window_s, &busy, error);
    if (status != AB_OK)
        return status;
    const double gigabytes = 1e-9 * (double)session->job.problem->input.bytes * (double)busy.runs;
    *energy = (struct energy){
        .window_s = busy.seconds,
        .idle_w = idle.joules / idle.seconds,
        .busy_w = busy.joules / busy.seconds,
        .runs = busy.runs,
        .steps = busy.steps,
    };
    energy->joules_per_gb = (energy->busy_w - energy->idle_w) * busy.seconds / gigabytes;
    return AB_OK;
}
