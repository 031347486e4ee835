#include "bench/statistics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sort(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare_doubles);
}

static double median_of_sorted(const double *sorted, size_t count)
{
    size_t middle = count / 2;
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

static double quantile_of_sorted(const double *sorted, size_t count, double p)
{
    double rank = ceil(p * (double)count);
    size_t index = rank < 1 ? 0 : (size_t)rank - 1;
    return sorted[index < count ? index : count - 1];
}

double median(double *values, size_t count)
{
    sort(values, count);
    return median_of_sorted(values, count);
}

struct moments {
    double mean, stddev;
};

static struct moments moments(const double *values, size_t count)
{
    struct moments result = {0};
    for (size_t i = 0; i < count; i++)
        result.mean += values[i] / (double)count;
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - result.mean) * (values[i] - result.mean);
    if (count > 1)
        result.stddev = sqrt(squares / (double)(count - 1));
    return result;
}

/* The number of samples below the median is binomial, B(n, 1/2), so that [k-th least, k-th
 * greatest] covers the median with the probability of k to n - k. The terms are taken relative to
 * the middle one: 2^-n is below the least double from n = 1075 on. */
struct interval median_interval(const double *sorted, size_t count, double confidence)
{
    /* What the sums below may be off by; a confidence that is met exactly must count as met. */
    static const double rounding = 1e-12;
    struct interval result = {NAN, NAN, NAN};
    double middle = count % 2 == 0 ? 1 : 2; /* an odd count has two middle terms */
    double total = middle, term = 1;
    for (size_t i = count / 2; i > 0 && term > 0; i--) {
        term *= (double)i / (double)(count - i + 1);
        total += 2 * term;
    }
    double covered = middle;
    term = 1;
    for (size_t k = count / 2; k > 0; k--) {
        if (covered / total >= confidence - rounding) {
            result = (struct interval){sorted[k - 1], sorted[count - k], covered / total};
            break;
        }
        term *= (double)k / (double)(count - k + 1);
        covered += 2 * term;
    }
    return result;
}

static double autocorrelation(const double *samples, size_t count, double mean)
{
    double products = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        squares += (samples[i] - mean) * (samples[i] - mean);
        if (i > 0)
            products += (samples[i] - mean) * (samples[i - 1] - mean);
    }
    return products / squares;
}

static void find_trend(const double *samples, size_t count, double *scratch, struct summary *s)
{
    size_t third = count / 3;
    if (third == 0)
        return;
    for (size_t i = 0; i < third; i++)
        scratch[i] = samples[count - third + i] - samples[i];
    s->drift = median(scratch, third);
    struct interval ci = median_interval(scratch, third, AB_TREND_CONFIDENCE);
    if (ci.low > 0)
        s->trend = TREND_RISING;
    else if (ci.high < 0)
        s->trend = TREND_FALLING;
}

/* Tukey's fourths: the medians of the two halves, each with the middle value where there is one. */
static void count_outliers(const double *sorted, size_t count, struct summary *s)
{
    size_t half = (count + 1) / 2;
    double lower = median_of_sorted(sorted, half);
    double upper = median_of_sorted(sorted + count - half, half);
    double spread = upper - lower;
    for (size_t i = 0; i < count; i++) {
        double beyond = fmax(lower - sorted[i], sorted[i] - upper);
        if (beyond > 3 * spread)
            s->severe_outliers++;
        else if (beyond > 1.5 * spread)
            s->mild_outliers++;
    }
}

static bool all_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

void summarize(const double *samples, size_t count, double *scratch, struct summary *summary)
{
    struct summary s = {
        .n = count,
        .median = NAN,
        .mad = NAN,
        .mean = NAN,
        .stddev = NAN,
        .min = NAN,
        .max = NAN,
        .p5 = NAN,
        .p95 = NAN,
        .autocorrelation = NAN,
        .ci = {NAN, NAN, NAN},
        .drift = NAN,
    };
    if (count > 0 && all_finite(samples, count)) {
        memcpy(scratch, samples, count * sizeof(*scratch));
        sort(scratch, count);
        s.median = median_of_sorted(scratch, count);
        s.min = scratch[0];
        s.max = scratch[count - 1];
        s.p5 = quantile_of_sorted(scratch, count, 0.05);
        s.p95 = quantile_of_sorted(scratch, count, 0.95);
        s.ci = median_interval(scratch, count, 0.95);
        count_outliers(scratch, count, &s);
        for (size_t i = 0; i < count; i++)
            scratch[i] = fabs(scratch[i] - s.median);
        s.mad = median(scratch, count);
        struct moments m = moments(samples, count);
        s.mean = m.mean;
        if (count > 1)
            s.stddev = m.stddev;
        if (s.max > s.min)
            s.autocorrelation = autocorrelation(samples, count, m.mean);
        find_trend(samples, count, scratch, &s);
    }
    *summary = s;
}
