#include "bench/turns.h"

#include <math.h>

#include "bench/renewal.h"
#include "bench/stall.h"
#include "bench/statistics.h"

/* In a round the alternatives take turns of a sample each. Many short turns see a difference that
 * few long ones do not: a CPU that shares its core with a stranger goes from one speed to another
 * within milliseconds, and two times that lie a millisecond apart mostly have it in common. */
#define SAMPLE_S 1e-3
#define TURNS_S  40e-3 /* of one round and alternative, about */
enum { TURNS_USUAL = 12 };

double least_sample_ns(const struct measurement *m)
{
    const double asked_s = m->options->min_time_s;
    return asked_s > 0 ? fmin(1e9 * asked_s, 0x1p62)
                       : fmax(1e9 * SAMPLE_S, 1000 * (double)m->clock.step_ns);
}

/* What disturbs one run in ten is in the mean of many and seldom in that of two, so that the
 * medians of samples with two runs and with three differ by a per cent or two for one and the same
 * program. Alternatives that take about as long get equal samples, as large as the largest of
 * theirs. */
static void equal_samples(struct measurement *m)
{
    const double alike = 2; /* calibrations of one program differ by less, with a neighbour, too */
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

double round_share_s(const struct measurement *m, double began_s)
{
    const double to_spare = 4.0 / 3; /* some rounds take longer */
    const size_t rounds = m->rounds_planned < ROUNDS_MIN ? m->rounds_planned : ROUNDS_MIN;
    return (m->ends_s - began_s) / (to_spare * (double)rounds);
}

/* Starting a worker, and warming it up, may take as long as its turns, each. */
static double turns_s(const struct measurement *m)
{
    size_t parts = 0;
    for (size_t i = 0; i < m->count; i++)
        parts += alternative_takes_part(&m->alternatives[i]);
    return fmin(TURNS_S, round_share_s(m, running_s()) / (3 * (double)parts));
}

/* As many turns as the longest sample lets fit into their time; where they are few, short samples
 * are made longer. */
static void fill_turns(struct measurement *m)
{
    double longest_ns = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct calibration *c = &m->alternatives[i].calibration;
        if (alternative_takes_part(&m->alternatives[i]))
            longest_ns = fmax(longest_ns, (double)c->iterations * c->run_ns);
    }
    const double all_ns = 1e9 * turns_s(m);
    const double most = turns_most(m), turns = fmin(floor(all_ns / longest_ns), most);
    m->turns = turns >= 1 ? (size_t)turns : 1;
    if (turns == most || m->options->min_time_s > 0)
        return;
    for (size_t i = 0; i < m->count; i++) {
        struct calibration *c = &m->alternatives[i].calibration;
        const double iterations = ceil(all_ns / (double)m->turns / c->run_ns);
        if (alternative_takes_part(&m->alternatives[i]) && iterations > (double)c->iterations)
            c->iterations = (uint64_t)iterations;
    }
}

void plan_turns(struct measurement *m)
{
    equal_samples(m);
    fill_turns(m);
    equal_samples(m); /* which makes some larger */
}

void finish_round(const struct measurement *m, struct alternative *a, size_t round)
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
