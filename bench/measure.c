#include "bench/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/energy.h"
#include "bench/interrupt.h"
#include "bench/latin_square.h"
#include "bench/progress.h"
#include "bench/statistics.h"
#include "common/machine.h"
#include "common/read_limit.h"

/* Intervals narrower than this, as ln(high / low), need no more rounds. */
#define STOP_LOG_WIDTH 0.01

/* In a round the alternatives take turns of a sample each. Many short turns see a difference that
 * few long ones do not: a CPU that shares its core with a stranger goes from one speed to another
 * within milliseconds, and two times that lie a millisecond apart mostly have it in common. */
#define SAMPLE_S 1e-3
#define TURNS_S  40e-3 /* of one round and alternative, about */
enum { TURNS_MAX = 12 };

/* A row whose interval against the read limit lies above this is an error. */
#define IMPOSSIBLE_FRACTION 1.05

static double now_s(void)
{
    return 1e-9 * (double)wall_ns(&system_clock);
}

/* ---- The input --------------------------------------------------------------------------- */

static bool takes_part(const struct alternative *a)
{
    return a->technique != NULL && a->error.status == AB_OK;
}

static bool works_in_place(const struct measurement *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (takes_part(&m->alternatives[i]) &&
            m->alternatives[i].entry->backend->memory == MEMORY_HOST)
            return true;
    return false;
}

/* Cold samples walk copies of the input that total more than twice the last-level cache; devices
 * have caches of their own. */
static enum ab_status make_copies(struct measurement *m, struct ab_error *error)
{
    enum { CACHE_FALLBACK_BYTES = 64 << 20, COPIES_MAX = 4096 };
    size_t count = 1, input_bytes = m->problem.input.bytes;
    if (m->options->cache == CACHE_COLD && works_in_place(m)) {
        struct machine machine;
        machine_describe(&machine);
        uint64_t cache_bytes = machine.last_level_cache_bytes;
        uint64_t total = 2 * (cache_bytes == 0 ? (uint64_t)CACHE_FALLBACK_BYTES : cache_bytes);
        uint64_t copies = total / (input_bytes == 0 ? 1 : input_bytes) + 1;
        if (copies > COPIES_MAX)
            return ab_fail(error, AB_USAGE,
                           "--cache cold: an input of %zu bytes is too small to "
                           "be kept out of the cache; choose a larger one",
                           input_bytes);
        count = (size_t)copies;
    }
    m->copies = calloc(count, sizeof(*m->copies));
    if (m->copies == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of input copies");
    m->copies[0] = m->problem.input;
    for (m->copy_count = 1; m->copy_count < count; m->copy_count++) {
        struct region *copy = &m->copies[m->copy_count];
        enum ab_status status = region_resize(copy, input_bytes, "copies of the input", error);
        if (status != AB_OK)
            return status;
        memcpy(copy->data, m->problem.input.data, input_bytes);
        status = region_protect(copy, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

/* Without an expected answer nothing can be measured: an error row for everyone. */
static void fail_all(struct measurement *m, const struct ab_error *error)
{
    for (size_t i = 0; i < m->count; i++)
        ab_fail(&m->alternatives[i].error, error->status, "no expected answer: %s", error->message);
}

enum ab_status measurement_make_input(struct measurement *m, struct ab_error *error)
{
    const struct kernel *kernel = m->options->kernel;
    struct settings settings = options_settings(m->options);
    struct problem *problem = &m->problem;
    problem->kernel = kernel;
    enum ab_status status = kernel->configure(&settings, problem, error);
    if (status == AB_OK)
        status = memory_check(problem->need_bytes, kernel->name, error);
    if (status != AB_OK)
        return status;
    progress_show(settings.file_count == 0 ? "making the input" : "reading the input", -1);
    status = kernel->make(&settings, problem, error);
    if (status == AB_OK)
        status = region_protect(&problem->input, error);
    if (status != AB_OK)
        return status;
    progress_show("computing the expected answer", -1);
    struct ab_error expect_error = {0};
    status = kernel->expect(problem, &expect_error);
    if (status == AB_NO_MEMORY) {
        fail_all(m, &expect_error);
        return AB_OK;
    }
    if (status != AB_OK)
        return ab_fail(error, status, "%s", expect_error.message);
    status = region_protect(&problem->expected, error);
    if (status == AB_OK)
        status = read_limit_problem(problem, &m->limit_problem, error);
    return status == AB_OK ? make_copies(m, error) : status;
}

/* ---- Slots ------------------------------------------------------------------------------- */

/* CPU workers are forked anew for every slot; device workers are dear to start and stay. */
static bool worker_stays(const struct alternative *a)
{
    return a->entry->backend->memory == MEMORY_DEVICE;
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
        a->setup_ns[a->setups++] = opening.setup_ns;
        a->device = opening.device;
    }
    return status;
}

static enum ab_status end_slot(struct alternative *a, bool last, enum ab_status status)
{
    if (status == AB_OK && (!last || worker_stays(a)))
        return worker_wait_idle(&a->worker, &a->error);
    worker_stop(&a->worker);
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
    if (status != AB_OK)
        return status;
    status = worker_calibrate(&a->worker, (uint64_t)least_sample_ns(m), &a->calibration, &a->error);
    if (status == AB_OK && m->options->result && !a->is_limit)
        status = worker_result(&a->worker, &a->result, &a->error);
    return end_slot(a, true, status);
}

static enum ab_status slot(struct measurement *m, struct alternative *a, size_t round, size_t turn)
{
    enum ab_status status = AB_OK;
    if (turn == 0 && !worker_stays(a))
        status = start_worker(m, a, round, &a->error);
    if (status != AB_OK)
        return status;
    status = worker_sample(&a->worker, a->calibration.iterations, &a->turns[turn], &a->error);
    if (status == AB_OK) {
        a->discarded += a->turns[turn].discarded;
        a->throttled += a->turns[turn].throttled;
    }
    return end_slot(a, turn + 1 == m->turns, status);
}

/* As many turns as the longest sample lets fit into TURNS_S; where they are few, short samples are
 * made longer. */
static void plan_turns(struct measurement *m)
{
    double longest_ns = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct calibration *c = &m->alternatives[i].calibration;
        if (takes_part(&m->alternatives[i]))
            longest_ns = fmax(longest_ns, (double)c->iterations * c->run_ns);
    }
    const double turns = fmin(floor(1e9 * TURNS_S / longest_ns), (double)TURNS_MAX);
    m->turns = turns >= 1 ? (size_t)turns : 1;
    if (m->turns == TURNS_MAX || m->options->min_time_s > 0)
        return;
    for (size_t i = 0; i < m->count; i++) {
        struct calibration *c = &m->alternatives[i].calibration;
        const double iterations = ceil(1e9 * TURNS_S / (double)m->turns / c->run_ns);
        if (takes_part(&m->alternatives[i]) && iterations > (double)c->iterations)
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
    double now = now_s(), left_s = -1;
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
    a->rounds = calloc(m->rounds_planned, sizeof(*a->rounds));
    a->turns_ns = calloc(m->rounds_planned * TURNS_MAX, sizeof(*a->turns_ns));
    a->turns = calloc(TURNS_MAX, sizeof(*a->turns));
    a->setup_ns = calloc(m->rounds_planned + 1, sizeof(*a->setup_ns));
    if (a->rounds != NULL && a->turns_ns != NULL && a->turns != NULL && a->setup_ns != NULL)
        return AB_OK;
    return ab_fail(error, AB_NO_MEMORY, "no memory for %zu rounds", m->rounds_planned);
}

static enum ab_status prepare_alternatives(struct measurement *m, struct ab_error *error)
{
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!takes_part(a))
            continue;
        if (allocate_rounds(m, a, error) != AB_OK)
            return error->status;
        a->assignment.problem = a->is_limit ? &m->limit_problem : &m->problem;
        a->assignment.technique = a->technique;
        a->assignment.copies = (struct input_copies){m->copies, m->copy_count};
        a->assignment.cold = m->options->cache == CACHE_COLD;
    }
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!takes_part(a))
            continue;
        char what[96];
        snprintf(what, sizeof(what), "%s: checking %s", m->problem.kernel->name, a->entry->name);
        progress_show(what, -1);
        if (interrupt_signal() != 0 || calibrate(m, a) == AB_INTERRUPTED)
            return interrupted(a, error);
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
        if (!takes_part(a))
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
        if (takes_part(&m->alternatives[i]) && !m->alternatives[i].is_limit)
            return true;
    return false;
}

/* How many checks in a row found all intervals that will be reported narrow enough, after this
 * round. One alone may have been lucky; two are needed, which keeps the false positives under 5 %.
 * A number of rounds that was asked for is kept, and nothing checked. */
static unsigned count_narrow_checks(const struct measurement *m, unsigned before,
                                    double *log_widths)
{
    const struct stop_rule rule = {
        .rounds_min = ROUNDS_MIN, .rounds_max = SIZE_MAX, .width = STOP_LOG_WIDTH};
    const struct alternative *base = measurement_baseline(m);
    size_t count = 0;
    if (m->options->rounds_given || !stop_check_due(&rule, m->rounds_done))
        return before;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        log_widths[count++] = interval_log_width(alternative_summary(a, PHASE_E2E).ci);
        if (base != NULL && a != base)
            log_widths[count++] = interval_log_width(measurement_compare(m, a, base).ci);
    }
    return stop_now(&rule, m->rounds_done, log_widths, count) == STOP_WIDTH ? before + 1 : 0;
}

/* When the next round will be over, if it is like the ones before. */
static double another_round_ends_s(const struct measurement *m, double rounds_began_s)
{
    double now = now_s();
    return now + (now - rounds_began_s) / (double)m->rounds_done;
}

static enum ab_status run_rounds(struct measurement *m, const struct measure_observer *observer,
                                 struct ab_error *error)
{
    struct latin_square order;
    const bool order_allocated = latin_square_allocate(&order, m->count);
    double *log_widths = calloc(2 * m->count, sizeof(*log_widths));
    double began_s = now_s();
    enum ab_status status = AB_OK;
    if (!order_allocated || log_widths == NULL)
        status = ab_fail(error, AB_NO_MEMORY, "no memory for the order of a round");
    m->ended = ENDED_BY_INTERRUPTION;
    unsigned narrow_checks = 0;
    while (status == AB_OK && anyone_takes_part(m)) {
        size_t round = m->rounds_done;
        status = run_round(m, &order, round, began_s, observer, error);
        if (status != AB_OK)
            break;
        m->rounds_done = round + 1;
        narrow_checks = count_narrow_checks(m, narrow_checks, log_widths);
        if (m->rounds_done == m->rounds_planned)
            m->ended = ENDED_BY_COUNT;
        else if (narrow_checks == 2)
            m->ended = ENDED_BY_WIDTH;
        else if (another_round_ends_s(m, began_s) > m->ends_s)
            m->ended = ENDED_BY_TIME;
        else
            continue;
        break;
    }
    latin_square_free(&order);
    free(log_widths);
    return status;
}

/* What is faster than reading its input can be is no record but a mistake of somebody's. */
static void refuse_the_impossible(struct measurement *m)
{
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        struct comparison c = alternative_against_limit(m, a);
        if (c.finding == FINDING_FASTER && c.ci.low > IMPOSSIBLE_FRACTION)
            ab_fail(&a->error, AB_WRONG_RESULT,
                    "%.2f x as fast as its input can be read (%.2f to %.2f): this cannot be right",
                    c.ratio, c.ci.low, c.ci.high);
    }
}

enum ab_status measurement_run(struct measurement *m, const struct measure_observer *observer,
                               struct ab_error *error)
{
    m->rounds_planned = (size_t)m->options->rounds;
    m->clock = clock_calibrate(&system_clock);
    enum ab_status status = prepare_alternatives(m, error);
    double most_s = m->options->max_seconds_s;
    if (m->options->budget_s > 0)
        most_s = fmin(most_s, m->options->budget_s);
    m->ends_s = m->started_s + most_s;
    if (status == AB_OK)
        status = energy_prepare(m, error);
    if (status == AB_OK)
        status = run_rounds(m, observer, error);
    if (status == AB_OK)
        refuse_the_impossible(m);
    if (status == AB_OK)
        status = energy_measure(m, error);
    for (size_t i = 0; i < m->count; i++)
        worker_stop(&m->alternatives[i].worker);
    return status;
}

void measurement_free(struct measurement *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->alternatives[i].rounds);
        free(m->alternatives[i].turns_ns);
        free(m->alternatives[i].turns);
        free(m->alternatives[i].setup_ns);
        free(m->alternatives[i].result);
    }
    free(m->alternatives);
    for (size_t i = 1; i < m->copy_count; i++)
        region_free(&m->copies[i]);
    free(m->copies);
    read_limit_free(&m->limit_problem);
    region_free(&m->problem.input);
    region_free(&m->problem.expected);
    if (m->problem.kernel != NULL)
        m->problem.kernel->destroy(&m->problem);
    *m = (struct measurement){0};
}
