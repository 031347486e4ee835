#include "bench/ending.h"

#include "bench/comparison.h"
#include "bench/stall.h"

/* Intervals narrower than this, as ln(high / low), need no more rounds. */
#define NARROW 0.01

void plan_rounds(struct measurement *m)
{
    const struct options *options = m->options;
    m->rounds_planned = m->rounds_most = (size_t)options->rounds;
    if (!options->rounds_given && options->rounds_most > options->rounds)
        m->rounds_most = (size_t)options->rounds_most;
}

/* Of each alternative but the baseline, as ln(high / low), or less what need not be known. */
static size_t widths_of_comparisons(const struct measurement *m, bool whole, double *log_widths)
{
    const struct alternative *base = measurement_baseline(m);
    size_t count = 0;
    for (size_t i = 0; i < m->count && base != NULL; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a) || a == base)
            continue;
        const struct comparison c = measurement_compare(m, a, base);
        log_widths[count++] = whole ? interval_log_width(c.ci) : comparison_uncertainty(&c);
    }
    return count;
}

static size_t widths_of_times(const struct measurement *m, double *log_widths)
{
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (alternative_measured(a))
            log_widths[count++] = interval_log_width(alternative_summary(a, PHASE_E2E).ci);
    }
    return count;
}

/* How many checks in a row found all intervals that will be reported narrow enough, after this
 * round. One alone may have been lucky; two are needed, which keeps the false positives under 5 %.
 */
static unsigned count_narrow_checks(const struct measurement *m, unsigned before,
                                    double *log_widths)
{
    const struct stop_rule rule = {.rounds_min = ROUNDS_MIN, .width = NARROW};
    if (!stop_check_due(&rule, m->rounds_done))
        return before;
    size_t count = widths_of_times(m, log_widths);
    count += widths_of_comparisons(m, true, log_widths + count);
    return stop_now(&rule, m->rounds_done, log_widths, count) ? before + 1 : 0;
}

/* Of comparisons, where there are any: what disturbs all alternatives alike widens only the
 * intervals of their times, and more rounds would not help. */
static bool plan_more(struct measurement *m, double *log_widths)
{
    size_t count = widths_of_comparisons(m, false, log_widths);
    if (count == 0)
        count = widths_of_times(m, log_widths);
    if (!double_the_rounds(m->rounds_planned, m->rounds_most, log_widths, count))
        return false;
    m->rounds_planned *= 2;
    return true;
}

/* When the next round will be over, if it is like the ones before. */
static double another_round_ends_s(const struct measurement *m, double rounds_began_s)
{
    double now = running_s();
    return now + (now - rounds_began_s) / (double)m->rounds_done;
}

bool measurement_ends(struct measurement *m, struct ending_state *state)
{
    const bool may_look = !m->options->rounds_given;
    bool ends = true;
    if (may_look)
        state->narrow_checks = count_narrow_checks(m, state->narrow_checks, state->log_widths);
    if (m->rounds_done == m->rounds_planned && !(may_look && plan_more(m, state->log_widths)))
        m->ended = ENDED_BY_COUNT;
    else if (state->narrow_checks == 2)
        m->ended = ENDED_BY_WIDTH;
    else if (another_round_ends_s(m, state->began_s) > m->ends_s)
        m->ended = ENDED_BY_TIME;
    else
        ends = false;
    return ends;
}
