#include "bench/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/ending.h"
#include "bench/energy.h"
#include "bench/interrupt.h"
#include "bench/latin_square.h"
#include "bench/other_work.h"
#include "bench/progress.h"
#include "bench/renewal.h"
#include "bench/stall.h"
#include "bench/turns.h"
#include "common/environment.h"

/* A row whose interval against the read limit lies above this is an error. No one loop is the
 * fastest reader on every CPU and beside all neighbours: 1.2 was seen of honest rows, and who
 * leaves out half of the input is at 2. */
#define IMPOSSIBLE_FRACTION 1.25

/* ---- Slots ------------------------------------------------------------------------------- */

static enum ab_status start_worker(struct measurement *m, struct alternative *a, size_t round,
                                   struct ab_error *error)
{
    struct worker_options options = {
        .placement_seed = m->options->seed ^ ((round + 1) * 0x9E3779B97F4A7C15u),
        .deadline_s = m->options->deadline_s,
        .in_process = m->options->in_process,
    };
    struct opening opening;
    enum ab_status status = worker_start(&a->worker, &a->assignment, &options, &opening, error);
    if (status == AB_OK) {
        if (a->setups == 0) /* what the first start met: later ones find programs built */
            a->device = opening.device;
        a->setup_ns[a->setups++] = opening.setup_ns;
    }
    return status;
}

/* What a backend's `environment` has without a value makes its threads spin. */
static enum ab_status wait_idle(struct alternative *a)
{
    struct ab_error why = {0};
    const enum ab_status status = worker_wait_idle(&a->worker, &why);
    const char *variable = environment_set_by_user(a->entry->backend->environment);
    if (status == AB_WORKER && variable != NULL)
        return ab_fail(&a->error, status, "%s; unset %s", why.message, variable);
    return status == AB_OK ? AB_OK : ab_fail(&a->error, status, "%s", why.message);
}

static enum ab_status end_slot(const struct measurement *m, struct alternative *a, bool last,
                               enum ab_status status)
{
    if (status == AB_OK && (!last || worker_stays(m, a)))
        return wait_idle(a);
    const uint64_t begin = wall_ns(&system_clock);
    worker_stop(&a->worker);
    const uint64_t stop_ns = wall_ns(&system_clock) - begin;
    a->stop_ns = a->stop_ns == 0 || stop_ns < a->stop_ns ? stop_ns : a->stop_ns;
    return status;
}

/* Before the rounds: a verified run, and how many iterations make a sample. */
static enum ab_status calibrate(struct measurement *m, struct alternative *a)
{
    enum ab_status status = start_worker(m, a, m->rounds_planned, &a->error);
    if (status == AB_UNSUPPORTED && a->named)
        a->error.status = AB_INPUT; /* a dash is for what nobody insisted on */
    if (status != AB_OK)
        return status;
    status = worker_calibrate(&a->worker, (uint64_t)least_sample_ns(m), &a->calibration, &a->error);
    a->assignment.kernel_runs = a->calibration.kernel_runs; /* of the workers that come */
    if (status == AB_OK && m->options->result && !a->is_limit)
        status = worker_result(&a->worker, &a->result, &a->error);
    return end_slot(m, a, true, status);
}

/* One sample; again if the program stood still meanwhile, which is no time of the work's. */
static enum ab_status sample(struct alternative *a, struct timing *timing)
{
    enum { REPEATS_MAX = 3 };
    for (int repeat = 0;; repeat++) {
        const unsigned stalls_before = stalls_so_far()->count;
        enum ab_status status =
            worker_sample(&a->worker, a->calibration.iterations, timing, &a->error);
        if (status != AB_OK || stalls_so_far()->count == stalls_before || repeat == REPEATS_MAX)
            return status;
        a->repeated++;
    }
}

static enum ab_status slot(struct measurement *m, struct alternative *a, size_t round, size_t turn)
{
    enum ab_status status = AB_OK;
    if (turn == 0 && !worker_is_open(&a->worker))
        status = start_worker(m, a, round, &a->error);
    if (status != AB_OK)
        return status;
    status = sample(a, &a->turns[turn]);
    if (status == AB_OK) {
        a->discarded += a->turns[turn].discarded;
        a->throttled += a->turns[turn].throttled;
    }
    return end_slot(m, a, turn + 1 == m->turns, status);
}

/* ---- Rounds ------------------------------------------------------------------------------ */

static void show_progress(const struct measurement *m, size_t round, double rounds_began_s)
{
    double now = running_s(), left_s = -1;
    if (round > 0) {
        double round_s = (now - rounds_began_s) / (double)round;
        left_s = fmin(round_s * (double)(m->rounds_planned - round), m->ends_s - now + round_s);
    }
    char what[96];
    snprintf(what, sizeof(what), "%s: round %zu of %zu", m->problem.kernel->name, round + 1,
             m->rounds_planned);
    progress_show(what, left_s);
}

/* No fault of the alternative: its earlier samples stand. */
static enum ab_status interrupted(struct alternative *a, struct ab_error *error)
{
    a->error = (struct ab_error){0};
    return ab_fail(error, AB_INTERRUPTED, "interrupted");
}

static enum ab_status allocate_rounds(const struct measurement *m, struct alternative *a,
                                      struct ab_error *error)
{
    a->rounds = calloc(m->rounds_most, sizeof(*a->rounds));
    a->turns_ns = calloc(m->rounds_most * TURNS_MAX, sizeof(*a->turns_ns));
    a->turns = calloc(TURNS_MAX, sizeof(*a->turns));
    a->setup_ns = calloc(m->rounds_most + 1, sizeof(*a->setup_ns));
    if (a->rounds != NULL && a->turns_ns != NULL && a->turns != NULL && a->setup_ns != NULL)
        return AB_OK;
    return ab_fail(error, AB_NO_MEMORY, "no memory for %zu rounds", m->rounds_most);
}

static enum ab_status note_failure(const struct measurement *m, size_t index,
                                   const struct measure_observer *observer, struct ab_error *error)
{
    const bool noted =
        observer != NULL && observer->failed != NULL && !m->alternatives[index].is_limit;
    return noted ? observer->failed(observer->state, m, index, error) : AB_OK;
}

static enum ab_status prepare_alternatives(struct measurement *m,
                                           const struct measure_observer *observer,
                                           struct ab_error *error)
{
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!alternative_takes_part(a))
            continue;
        if (allocate_rounds(m, a, error) != AB_OK)
            return error->status;
        a->assignment.problem = a->is_limit ? &m->limit_problem : &m->problem;
        a->assignment.technique = a->technique;
        a->assignment.copies = (struct input_copies){m->copies, m->copy_count, m->next_copy};
        a->assignment.cold = m->options->cache == CACHE_COLD;
    }
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!alternative_takes_part(a))
            continue;
        char what[96];
        snprintf(what, sizeof(what), "%s: checking %s", m->problem.kernel->name, a->entry->name);
        progress_show(what, -1);
        if (interrupt_signal() != 0 || calibrate(m, a) == AB_INTERRUPTED)
            return interrupted(a, error);
        if (!alternative_takes_part(a) && note_failure(m, i, observer, error) != AB_OK)
            return error->status;
    }
    plan_turns(m);
    return AB_OK;
}

/* One turn of each alternative. */
static enum ab_status run_turn(struct measurement *m, const struct latin_square *order,
                               size_t round, size_t turn, const struct measure_observer *observer,
                               struct ab_error *error)
{
    for (size_t place = 0; place < m->count; place++) {
        size_t index = latin_square_at(order, round * m->turns + turn, place);
        struct alternative *a = &m->alternatives[index];
        if (!alternative_takes_part(a))
            continue;
        enum ab_status status = interrupt_signal() != 0 ? AB_INTERRUPTED : slot(m, a, round, turn);
        if (status == AB_INTERRUPTED)
            return interrupted(a, error);
        if (status != AB_OK && note_failure(m, index, observer, error) != AB_OK)
            return error->status;
        if (status != AB_OK || turn + 1 < m->turns)
            continue;
        finish_round(m, a, round);
        if (observer != NULL && !a->is_limit)
            status = observer->sampled(observer->state, m, index, round, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

static enum ab_status run_round(struct measurement *m, struct latin_square *order, size_t round,
                                double rounds_began_s, const struct measure_observer *observer,
                                struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (size_t turn = 0; turn < m->turns && status == AB_OK; turn++) {
        /* Where strangers make all of it take longer than was planned, the first round shows how
         * many turns fit; this one is the last, and the other rounds have as many. */
        if (round == 0 && turn > 0 &&
            running_s() - rounds_began_s >= round_share_s(m, rounds_began_s))
            m->turns = turn + 1;
        const size_t turns_before = round * m->turns + turn;
        if (turns_before % m->count == 0)
            latin_square_draw(order, m->options->seed, turns_before / m->count);
        show_progress(m, round, rounds_began_s);
        status = run_turn(m, order, round, turn, observer, error);
    }
    return status;
}

static bool anyone_takes_part(const struct measurement *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (alternative_takes_part(&m->alternatives[i]) && !m->alternatives[i].is_limit)
            return true;
    return false;
}

static enum ab_status run_rounds(struct measurement *m, const struct measure_observer *observer,
                                 struct ab_error *error)
{
    struct latin_square order;
    const bool order_allocated = latin_square_allocate(&order, m->count);
    struct ending_state state = {.began_s = running_s(),
                                 .log_widths = calloc(2 * m->count, sizeof(double))};
    enum ab_status status = AB_OK;
    if (!order_allocated || state.log_widths == NULL)
        status = ab_fail(error, AB_NO_MEMORY, "no memory for the order of a round");
    m->ended = ENDED_BY_INTERRUPTION;
    for (bool ended = false; status == AB_OK && !ended && anyone_takes_part(m);) {
        status = run_round(m, &order, m->rounds_done, state.began_s, observer, error);
        if (status != AB_OK)
            break;
        m->rounds_done++;
        ended = measurement_ends(m, &state);
    }
    latin_square_free(&order);
    free(state.log_widths);
    return status;
}

/* The fastest turn of all rounds. */
static double least_turn_ns(const struct measurement *m, const struct alternative *a)
{
    double least_ns = INFINITY;
    for (size_t i = 0; i < a->samples * m->turns; i++)
        least_ns = fmin(least_ns, a->turns_ns[i]);
    return least_ns;
}

/* What is faster than reading its input can be is no record but a mistake of somebody's. On a busy
 * machine the limit's threads may be held up in most turns, but not in all: what is not faster than
 * the best of them either, is possible. */
static enum ab_status refuse_the_impossible(struct measurement *m,
                                            const struct measure_observer *observer,
                                            struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        struct comparison c = alternative_against_limit(m, a);
        if (!(c.finding == FINDING_FASTER && c.ci.low > IMPOSSIBLE_FRACTION &&
              IMPOSSIBLE_FRACTION * alternative_median_ns(a, PHASE_E2E) <
                  least_turn_ns(m, a->limit)))
            continue;
        ab_fail(&a->error, AB_WRONG_RESULT,
                "%.2f x as fast as its input can be read (%.2f to %.2f): this cannot be right",
                c.ratio, c.ci.low, c.ci.high);
        if (status == AB_OK)
            status = note_failure(m, i, observer, error);
    }
    return status;
}

enum ab_status measurement_run(struct measurement *m, const struct measure_observer *observer,
                               struct ab_error *error)
{
    const struct work_reading before = work_read();
    plan_rounds(m);
    m->clock = clock_calibrate(&system_clock);
    m->ends_s = m->started_s + options_most_s(m->options);
    plan_renewals(m);
    enum ab_status status = prepare_alternatives(m, observer, error);
    if (status == AB_OK)
        status = energy_prepare(m, error);
    if (status == AB_OK)
        status = run_rounds(m, observer, error);
    /* of what an interruption has left, too */
    const enum ab_status refused = refuse_the_impossible(m, observer, error);
    if (status == AB_OK)
        status = refused;
    if (status == AB_OK)
        status = energy_measure(m, error);
    for (size_t i = 0; i < m->count; i++)
        worker_stop(&m->alternatives[i].worker);
    const struct work_reading after = work_read();
    m->other_work = other_work_between(&before, &after);
    return status;
}

void measurement_free(struct measurement *m)
{
    measurement_free_input(m);
    for (size_t i = 0; i < m->count; i++) {
        free(m->alternatives[i].rounds);
        free(m->alternatives[i].turns_ns);
        free(m->alternatives[i].turns);
        free(m->alternatives[i].setup_ns);
        free(m->alternatives[i].result);
    }
    free(m->alternatives);
    if (m->problem.kernel != NULL)
        m->problem.kernel->destroy(&m->problem);
    *m = (struct measurement){0};
}
