/* Comparing two alternatives that were measured in turn, round by round, and deciding when there
 * are rounds enough. What both met in a round (drift, a ramp of the clock, a neighbour's burst)
 * cancels in the ratio of the round's two times. As in bench/statistics.h, no distribution is
 * assumed. Sources, beside those named there:
 *   Dixon and Mood, "The statistical sign test", JASA 41, 1946;
 *   Dunn, "Multiple comparisons among means", JASA 56, 1961: sharing out the error (Bonferroni);
 *   Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987: equivalence is an interval
 *     inside a margin; a difference that was not found is not equivalence. */
#ifndef ACCELBENCH_BENCH_COMPARISON_H
#define ACCELBENCH_BENCH_COMPARISON_H

#include <stdbool.h>

#include "bench/statistics.h"

/* Differences up to this fraction do not matter. */
#define AB_MARGIN 0.01
/* The chance that any of the intervals that are seen together is wrong is at most this. */
#define AB_ERROR_OF_ALL 0.05

enum finding {
    FINDING_FASTER,
    FINDING_SLOWER,
    FINDING_EQUIVALENT,
    FINDING_NOT_RESOLVED,
};

/* "faster", "slower", "equivalent", "not resolved" */
const char *finding_name(enum finding finding);

/* Of the contender against the base: 2 means that the contender takes half the time. */
struct comparison {
    size_t pairs;
    double ratio;       /* exp(median(ln base - ln contender)) */
    struct interval ci; /* of the ratio */
    enum finding finding;
};

/* base[i * turns + t] and contender[...] are the times of turn t in round i, finite and above 0. A
 * round says one thing, the median of its turns' ratios: turns alternate so fast that a CPU whose
 * speed goes up and down has mostly the same one in both times of a pair. `scratch` has room for
 * pairs + turns values. `comparisons` >= 1 is how many the reader sees together: each interval then
 * has confidence 1 - 0.05 / comparisons, so that all are right at once with at least 0.95.
 *
 * With a margin m the verdict is faster where the whole interval is above 1 + m, slower where it is
 * below 1 / (1 + m), equivalent where it lies within those two, and else not resolved: base and
 * contender swapped give the mirrored verdict. Faster and slower ask for more than that where the
 * interval is wide: it must also lie at least half its own width (in logarithms) away from 1. One
 * interval in 20 excludes 1 by bad luck, however identical the two; on a busy machine, where it is
 * wider than any margin, that would be a wrong verdict in 20. Luck that large is a matter of 1 in
 * 10000. More than 30 pairs make the interval narrower, but do not bring that distance down from
 * what it would be with 30: rounds are not quite independent, and what they have in common stays.
 * Too few pairs: not resolved, the interval NAN; no pair, or a time that is none: the ratio is NAN
 * as well. */
struct comparison compare_paired(const double *base, const double *contender, size_t pairs,
                                 size_t turns, size_t comparisons, double margin, double *scratch);

/* The verdict on an interval of ln(base / contender), where the margin is as wide on either side
 * and swapping the two is a change of sign. */
enum finding finding_of(double low, double high, double margin);

/* ln(high / low): comparable between ratios and times of any size. NAN where there is none. */
double interval_log_width(struct interval interval);

struct stop_rule {
    size_t rounds_min;
    double width; /* 0.01: intervals about 1 % wide */
};

/* Whether the widths are looked at after so many rounds: at rounds_min and every 4 rounds from
 * there. */
bool stop_check_due(const struct stop_rule *rule, size_t rounds);

/* Whether to stop after `rounds` rounds, given the log widths of all intervals that will be
 * reported: a check is due and every interval is narrow enough. A width of NAN (an interval that
 * does not exist yet) is never narrow, and without intervals there is nothing to be sure of.
 *
 * There is no other criterion on purpose. A verdict must not decide when to stop: with two
 * identical programs, stopping at the first of up to 60 rounds whose difference looks significant
 * finds one in 18.8 % of the runs instead of 5 %, because every look is another chance to be wrong.
 * The width of an interval does not say on which side of 1 it lies; stopping by it leaves between 3
 * and 6 %, depending on the noise (simulated, as the tests do). */
bool stop_now(const struct stop_rule *rule, size_t rounds, const double *log_widths, size_t count);

/* Intervals wider than this, as ln(high / low), may hide a difference of 5 %. */
#define AB_TOO_WIDE 0.05

/* The log width of the interval, less a tenth of ln(ratio): nobody waits to learn whether it is 48
 * or 52 times as fast. Of identical programs that is nothing beside the width. */
double comparison_uncertainty(const struct comparison *comparison);

/* Whether the rounds that were planned, and are over, should be as many again: one of the widths is
 * still too large, and they would be at most `most`. To look this seldom, and only at the widths,
 * leaves the intervals as often wrong as they say (simulated, as the tests do). A width of NAN does
 * not get better. */
bool double_the_rounds(size_t planned, size_t most, const double *log_widths, size_t count);

#endif
