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
#include "bench/stall.h"
#include "bench/statistics.h"
#include "common/memory.h"

/* In a round the alternatives take turns of a sample each. Many short turns see a difference that
 * few long ones do not: a CPU that shares its core with a stranger goes from one speed to another
 * within milliseconds, and two times that lie a millisecond apart mostly have it in common. */
#define SAMPLE_S 1e-3
#define TURNS_S  40e-3 /* of one round and alternative, about */
enum { TURNS_USUAL = 12 };

/* A row whose interval against the read limit lies above this is an error. */
#define IMPOSSIBLE_FRACTION 1.05

/* ---- Slots ------------------------------------------------------------------------------- */

/* Workers are forked anew for every round, so that luck with their places in memory is noise that
 * the intervals show, and no bias. But contexts on devices, with a page-locked copy of the input
 * perhaps, may be dear to make and to take down: where this, of all together, would take more than
 * such a share of the time, they serve all rounds. */
#define RENEWALS_SHARE (1.0 / 6)

/* Workers that stay hold their copies of the input all at the same time; kernels need memory, too,
 * and one whose copy does not fit would be measured on pieces of it, unlike the others. */
#define COPIES_SHARE (1.0 / 2)

static bool is_on_device(const struct alternative *a)
{
    return alternative_takes_part(a) && a->entry->backend->memory == MEMORY_DEVICE;
}

static bool copies_fit(const struct measurement *m, size_t devices)
{
    const double input_bytes = (double)m->problem.input.bytes;
    const double copies_bytes = input_bytes * (double)devices;
    const double host_bytes = (double)memory_available_bytes();
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!is_on_device(a) || a->device.in_place)
            continue;
        const double device_bytes = (double)a->device.memory_bytes;
        const bool in_pieces = input_bytes > device_bytes; /* of everyone, or nothing is known */
        if (!in_pieces && copies_bytes > COPIES_SHARE * device_bytes)
            return false;
        if (a->assignment.options.pinned && copies_bytes > COPIES_SHARE * host_bytes)
            return false;
    }
    return true;
}

static double renewal_most_ns(const struct measurement *m)
{
    size_t devices = 0;
    for (size_t i = 0; i < m->count; i++)
        devices += is_on_device(&m->alternatives[i]);
    if (!copies_fit(m, devices))
        return INFINITY;
    const double renewals = (double)m->rounds_planned * (double)(devices > 0 ? devices : 1);
    return 1e9 * RENEWALS_SHARE * fmax(m->ends_s - running_s(), 0) / renewals;
}

/* The least that ending a worker and starting another takes. */
static double restart_ns(const struct alternative *a)
{
    uint64_t least_ns = UINT64_MAX;
    for (size_t i = 0; i < a->setups; i++)
        least_ns = a->setup_ns[i] < least_ns ? a->setup_ns[i] : least_ns;
    return (double)(least_ns + a->stop_ns);
}

static bool worker_stays(const struct measurement *m, const struct alternative *a)
{
    if (a->entry->backend->memory != MEMORY_DEVICE)
        return false;
    if (m->options->energy)
        return true; /* which is measured after the rounds */
    if (a->setups < 2 && a->device.programs == PROGRAMS_BUILT)
        return false; /* the next start finds them built */
    return restart_ns(a) > m->renewal_most_ns;
}

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

static enum ab_status end_slot(const struct measurement *m, struct alternative *a, bool last,
                               enum ab_status status)
{
    if (status == AB_OK && (!last || worker_stays(m, a)))
        return worker_wait_idle(&a->worker, &a->error);
    const uint64_t begin = wall_ns(&system_clock);
    worker_stop(&a->worker);
    const uint64_t stop_ns = wall_ns(&system_clock) - begin;
    a->stop_ns = a->stop_ns == 0 || stop_ns < a->stop_ns ? stop_ns : a->stop_ns;
    return status;
}

/* The least time that a sample should last. */
static double least_sample_ns(const struct measurement *m)
{
    const double asked_s = m->options->min_time_s;
    return asked_s > 0 ? 1e9 * asked_s : fmax(1e9 * SAMPLE_S, 1000 * (double)m->clock.step_ns);
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

/* What disturbs one run in ten is in the mean of many and seldom in that of two, so that the
 * medians of samples with two runs and with three differ by a per cent or two for one and the same
 * program. Alternatives that take about as long get equal samples, as large as the largest of
 * theirs. */
static void equal_samples(struct measurement *m)
{
    const double alike = 1.25; /* calibrations of one program differ by less */
    for (size_t i = 0; i < m->count; i++) {
        for (size_t j = 0; j < m->count; j++) {
            struct calibration *a = &m->alternatives[i].calibration;
            const struct calibration *b = &m->alternatives[j].calibration;
            if (alternative_takes_part(&m->alternatives[i]) &&
                alternative_takes_part(&m->alternatives[j]) && a->iterations < b->iterations &&
                a->run_ns < alike * b->run_ns && b->run_ns < alike * a->run_ns)
                a->iterations = b->iterations;
        }
    }
}

/* Many rounds of few turns say more than few rounds of many, as long as workers are forked in no
 * time. Where starting those on devices takes longer than the turns, there may be more of these. */
static double turns_most(const struct measurement *m)
{
    double starting_ns = 0, turn_ns = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_takes_part(a))
            continue;
        turn_ns += (double)a->calibration.iterations * a->calibration.run_ns;
        if (is_on_device(a) && !worker_stays(m, a))
            starting_ns += restart_ns(a) + (double)DEVICE_SETTLES_NS;
    }
    return fmin(fmax(floor(starting_ns / turn_ns), TURNS_USUAL), TURNS_MAX);
}

/* As many turns as the longest sample lets fit into TURNS_S; where they are few, short samples are
 * made longer. */
static void plan_turns(struct measurement *m)
{
    double longest_ns = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct calibration *c = &m->alternatives[i].calibration;
        if (alternative_takes_part(&m->alternatives[i]))
            longest_ns = fmax(longest_ns, (double)c->iterations * c->run_ns);
    }
    const double most = turns_most(m), turns = fmin(floor(1e9 * TURNS_S / longest_ns), most);
    m->turns = turns >= 1 ? (size_t)turns : 1;
    if (turns == most || m->options->min_time_s > 0)
        return;
    for (size_t i = 0; i < m->count; i++) {
        struct calibration *c = &m->alternatives[i].calibration;
        const double iterations = ceil(1e9 * TURNS_S / (double)m->turns / c->run_ns);
        if (alternative_takes_part(&m->alternatives[i]) && iterations > (double)c->iterations)
            c->iterations = (uint64_t)iterations;
    }
}

/* The round's times are the medians of its turns. */
static void finish_round(const struct measurement *m, struct alternative *a, size_t round)
{
    double values[TURNS_MAX];
    struct timing timing = a->turns[m->turns - 1];
    timing.sample.iterations *= m->turns;
    for (size_t phase = 0; phase < PHASE_COUNT; phase++) {
        for (size_t turn = 0; turn < m->turns; turn++)
            values[turn] = a->turns[turn].sample.phase_ns[phase];
        if (!isnan(timing.sample.phase_ns[phase])) /* one that does not exist, does in no turn */
            timing.sample.phase_ns[phase] = median(values, m->turns);
    }
    for (size_t turn = 0; turn < m->turns; turn++) {
        values[turn] = a->turns[turn].sample.cpu_ns;
        a->turns_ns[round * m->turns + turn] = a->turns[turn].sample.phase_ns[PHASE_E2E];
    }
    timing.sample.cpu_ns = median(values, m->turns);
    a->rounds[round] = timing;
    a->samples = round + 1;
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

static enum ab_status prepare_alternatives(struct measurement *m, struct ab_error *error)
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
    }
    equal_samples(m);
    plan_turns(m);
    equal_samples(m); /* which makes some larger */
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
static void refuse_the_impossible(struct measurement *m)
{
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        struct comparison c = alternative_against_limit(m, a);
        if (c.finding == FINDING_FASTER && c.ci.low > IMPOSSIBLE_FRACTION &&
            IMPOSSIBLE_FRACTION * alternative_median_ns(a, PHASE_E2E) < least_turn_ns(m, a->limit))
            ab_fail(&a->error, AB_WRONG_RESULT,
                    "%.2f x as fast as its input can be read (%.2f to %.2f): this cannot be right",
                    c.ratio, c.ci.low, c.ci.high);
    }
}

enum ab_status measurement_run(struct measurement *m, const struct measure_observer *observer,
                               struct ab_error *error)
{
    const struct work_reading before = work_read();
    plan_rounds(m);
    m->clock = clock_calibrate(&system_clock);
    double most_s = m->options->max_seconds_s;
    if (m->options->budget_s > 0)
        most_s = fmin(most_s, m->options->budget_s);
    m->ends_s = m->started_s + most_s;
    m->renewal_most_ns = renewal_most_ns(m);
    enum ab_status status = prepare_alternatives(m, error);
    if (status == AB_OK)
        status = energy_prepare(m, error);
    if (status == AB_OK)
        status = run_rounds(m, observer, error);
    refuse_the_impossible(m); /* of what an interruption has left, too */
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
