#include "bench/comparison.h"

#include <math.h>
#include <stdbool.h>

enum { ROUNDS_BETWEEN_CHECKS = 4, PAIRS_TRUSTED = 30 };

const char *finding_name(enum finding finding)
{
    static const char *const names[] = {
        [FINDING_FASTER] = "faster",
        [FINDING_SLOWER] = "slower",
        [FINDING_EQUIVALENT] = "equivalent",
        [FINDING_NOT_RESOLVED] = "not resolved",
    };
    return names[finding];
}

/* NAN bounds fail every condition. */
static enum finding find(double low, double high, double margin, double distance)
{
    const double limit = log1p(margin), far = limit > distance ? limit : distance;
    if (low > far)
        return FINDING_FASTER;
    if (high < -far)
        return FINDING_SLOWER;
    if (low >= -limit && high <= limit)
        return FINDING_EQUIVALENT;
    return FINDING_NOT_RESOLVED;
}

enum finding finding_of(double low, double high, double margin)
{
    return find(low, high, margin, (high - low) / 2);
}

static bool is_time(double value)
{
    return isfinite(value) && value > 0;
}

/* The median of ln(base / contender); NAN where a time is none. */
static double log_ratio(const double *base, const double *contender, size_t turns, double *scratch)
{
    for (size_t t = 0; t < turns; t++) {
        if (!is_time(base[t]) || !is_time(contender[t]))
            return NAN;
        scratch[t] = log(base[t]) - log(contender[t]);
    }
    return median(scratch, turns);
}

struct comparison compare_paired(const double *base, const double *contender, size_t pairs,
                                 size_t turns, size_t comparisons, double margin, double *scratch)
{
    struct comparison result = {pairs, NAN, {NAN, NAN, NAN}, FINDING_NOT_RESOLVED};
    for (size_t i = 0; i < pairs; i++) {
        scratch[i] = log_ratio(base + i * turns, contender + i * turns, turns, scratch + pairs);
        if (isnan(scratch[i]))
            return result;
    }
    if (pairs == 0)
        return result;
    result.ratio = exp(median(scratch, pairs));
    double confidence = 1 - AB_ERROR_OF_ALL / (double)comparisons;
    struct interval ci = median_interval(scratch, pairs, confidence);
    result.ci = (struct interval){exp(ci.low), exp(ci.high), ci.confidence};
    const double half_width = (ci.high - ci.low) / 2;
    const double lack = pairs > PAIRS_TRUSTED ? sqrt((double)pairs / (double)PAIRS_TRUSTED) : 1;
    result.finding = find(ci.low, ci.high, margin, half_width * lack);
    return result;
}

double interval_log_width(struct interval interval)
{
    return log(interval.high / interval.low);
}

static bool all_narrow(const double *log_widths, size_t count, double width)
{
    for (size_t i = 0; i < count; i++)
        if (!(log_widths[i] <= width))
            return false;
    return count > 0;
}

bool stop_check_due(const struct stop_rule *rule, size_t rounds)
{
    return rounds >= rule->rounds_min && (rounds - rule->rounds_min) % ROUNDS_BETWEEN_CHECKS == 0;
}

double comparison_uncertainty(const struct comparison *c)
{
    return interval_log_width(c->ci) - 0.1 * fabs(log(c->ratio));
}

bool double_the_rounds(size_t planned, size_t most, const double *log_widths, size_t count)
{
    bool too_wide = false;
    for (size_t i = 0; i < count; i++)
        too_wide = too_wide || log_widths[i] > AB_TOO_WIDE;
    return too_wide && 2 * planned <= most;
}

bool stop_now(const struct stop_rule *rule, size_t rounds, const double *log_widths, size_t count)
{
    return stop_check_due(rule, rounds) && all_narrow(log_widths, count, rule->width);
}
