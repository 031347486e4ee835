/* Statistics of samples: medians with exact intervals, and what else says whether samples are to be
 * trusted. Nothing here assumes a distribution, least of all a normal one: times of computers are
 * skewed, have heavy tails and come in steps of a clock. Sources:
 *   Hoefler and Belli, "Scientific benchmarking of parallel computing systems", SC'15,
 *     doi 10.1145/2807591.2807644: medians and their intervals instead of means and errors;
 *   David and Nagaraja, "Order statistics", 3rd edition 2003, section 7.1: the interval;
 *   Tukey, "Exploratory data analysis", 1977: fourths and fences;
 *   Cox and Stuart, "Some quick sign tests for trend in location and dispersion", Biometrika 42,
 *     1955: the trend. */
#ifndef ACCELBENCH_BENCH_STATISTICS_H
#define ACCELBENCH_BENCH_STATISTICS_H

#include <stddef.h>

/* Sorts `values` in place; count >= 1, no NaN. */
double median(double *values, size_t count);

struct interval {
    double low, high;  /* both belong to it */
    double confidence; /* really achieved, at least what was asked for: 0.957 */
};

/* An interval for the median of what the samples were drawn from: from the k-th least to the k-th
 * greatest sample, for the greatest k that the binomial distribution of the sign test allows. Exact
 * for independent samples of any distribution; where values are tied the true coverage is higher
 * still. All three members are NAN where even [least, greatest] does not achieve `confidence`: at
 * 0.95, for fewer than 6 samples. `confidence` in (0, 1). */
struct interval median_interval(const double *sorted, size_t count, double confidence);

/* Which way the samples drift from the first third of the time to the last: where the interval of
 * the median of the paired differences, at this confidence, lies beyond 0. It takes 21 samples to
 * see a trend. Samples that merely resemble their neighbours (`autocorrelation`) seem to drift
 * more often than the confidence says. */
#define AB_TREND_CONFIDENCE 0.975

enum trend {
    TREND_NONE,
    TREND_RISING,
    TREND_FALLING,
};

/* Times and their spreads are in the unit of the samples. NAN where there is no answer. */
struct summary {
    size_t n;
    double median;
    double mad; /* the median distance from the median, not scaled to resemble stddev */
    double mean;
    double stddev; /* of the sample, n - 1 */
    double min, max;
    /* The smallest value with at least so many per cent of the values at or below it. */
    double p5, p95;
    double autocorrelation; /* with the next sample, -1 to 1; NAN where all samples are equal */
    struct interval ci;     /* of the median, at 0.95 */
    enum trend trend;
    double drift; /* the median difference between the last and the first third; n >= 3 */
    /* Beyond the fences that stand 1.5 and 3 times the distance of the fourths outside them. An
     * outlier is one or the other. All statistics include them. */
    size_t mild_outliers, severe_outliers;
};

/* `samples` are in the order of time and stay as they are; `scratch` has room for `count` values. A
 * sample that is not finite is no measurement: all statistics but n are then NAN or 0. */
void summarize(const double *samples, size_t count, double *scratch, struct summary *summary);

#endif
