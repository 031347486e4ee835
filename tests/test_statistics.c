#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/statistics.h"
#include "common/random.h"

enum { MOST = 100000 };

static const struct summary *summary_of(const double *samples, size_t count)
{
    static struct summary summary;
    double scratch[64], before[64];
    assert_true(count <= 64);
    memcpy(before, samples, count * sizeof(*before));
    summarize(samples, count, scratch, &summary);
    assert_memory_equal(samples, before, count * sizeof(*before));
    assert_int_equal(summary.n, count);
    return &summary;
}

static void assert_close(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * (1 + fabs(expected))))
        fail_msg("%.17g instead of %.17g", value, expected);
}

static void medians(void **state)
{
    (void)state;
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, one[] = {7};
    assert_close(median(odd, 3), 2);
    assert_close(median(even, 4), 2.5);
    assert_close(median(one, 1), 7);
}

static void quantiles(void **state)
{
    (void)state;
    double values[21];
    for (size_t i = 0; i < 21; i++)
        values[i] = (double)(21 - i);
    assert_close(summary_of(values, 21)->p5, 2);
    assert_close(summary_of(values, 21)->p95, 20);
    assert_close(summary_of(values + 1, 20)->p5, 1);
    assert_close(summary_of(values + 1, 20)->p95, 19);
}

static void means(void **state)
{
    (void)state;
    static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    assert_close(summary_of(values, 8)->mean, 5);
    assert_close(summary_of(values, 8)->stddev, sqrt(32.0 / 7));
    /* The textbook's difference of squares would leave nothing of these. */
    static const double far_away[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    assert_close(summary_of(far_away, 4)->stddev, sqrt(30));
}

/* The interval of 1, 2, ..., count: its bounds are ranks. */
static struct interval ranks(size_t count, double confidence)
{
    static double sorted[MOST];
    for (size_t i = 0; i < count; i++)
        sorted[i] = (double)(i + 1);
    return median_interval(sorted, count, confidence);
}

static void assert_ranks(size_t count, double confidence, size_t rank, double achieved)
{
    struct interval ci = ranks(count, confidence);
    if (rank == 0) {
        assert_true(isnan(ci.low) && isnan(ci.high) && isnan(ci.confidence));
    } else if (ci.low != (double)rank || ci.high != (double)(count + 1 - rank) ||
               !(fabs(ci.confidence - achieved) <= 1e-12)) {
        fail_msg("%zu at %g: [%g, %g] at %.17g instead of rank %zu at %.17g", count, confidence,
                 ci.low, ci.high, ci.confidence, rank, achieved);
    }
}

/* rank: the greatest k with 2 * sum(comb(n, i) for i in range(k)) * 20 * comparisons <= 2**n, in
 * Python's integers; confidence: float(1 - Fraction(that sum twice, 2**n)). */
static void exact_intervals(void **state)
{
    (void)state;
    static const struct {
        size_t count, comparisons, rank;
        double confidence;
    } cases[] = {
        {0, 1, 0, 0},
        {1, 1, 0, 0},
        {2, 1, 0, 0},
        {5, 1, 0, 0},
        {6, 1, 1, 0.96875},
        {8, 1, 1, 0.9921875},
        {9, 1, 2, 0.9609375},
        {12, 1, 3, 0.96142578125},
        {13, 1, 3, 0.9775390625},
        {20, 1, 6, 0.9586105346679688},
        {30, 1, 10, 0.9572260547429323},
        {50, 1, 18, 0.9671608624357315},
        {60, 1, 22, 0.972659866131922},
        {100, 1, 40, 0.9647997997822951},
        {101, 1, 41, 0.9539559330706572},
        {1000, 1, 469, 0.9537088026395019},
        {9999, 1, 4902, 0.9500210895282057},
        {10000, 1, 4902, 0.9511670501036181},
        {100000, 1, 49690, 0.9504442853304751},
        {7, 4, 0, 0},
        {8, 4, 1, 0.9921875},
        {9, 4, 1, 0.99609375},
        {12, 4, 2, 0.99365234375},
        {20, 4, 5, 0.9881820678710938},
        {30, 4, 8, 0.9947771206498146},
        {60, 4, 20, 0.9937823973406733},
        {1000, 4, 461, 0.9875558537228282},
        {8, 9, 0, 0},
        {9, 9, 1, 0.99609375},
        {16, 9, 3, 0.995819091796875},
        {30, 9, 8, 0.9947771206498146},
        {60, 9, 19, 0.997329563717193},
        {100000, 9, 49562, 0.9944514684464205},
        {30, 1000, 4, 0.9999915696680546},
        {100000, 1000, 49359, 0.99995034703675},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_ranks(cases[i].count, 1 - 0.05 / (double)cases[i].comparisons, cases[i].rank,
                     cases[i].confidence);
    /* A confidence that is met exactly is met. */
    assert_ranks(2, 0.5, 1, 0.5);
    assert_ranks(3, 0.75, 1, 0.75);
    assert_ranks(6, 0.96875, 1, 0.96875);
    assert_ranks(6, 0.96876, 0, 0);
}

/* The critical values of the two-sided sign test, as printed in tables since Dixon and Mood (1946):
 * the interval begins at the next rank. */
static void published_critical_values(void **state)
{
    (void)state;
    static const double levels[] = {0.01, 0.02, 0.05, 0.10};
    static const struct {
        int critical[4]; /* -1: none */
    } table[] = {
        [1] = {{-1, -1, -1, -1}}, [2] = {{-1, -1, -1, -1}}, [3] = {{-1, -1, -1, -1}},
        [4] = {{-1, -1, -1, -1}}, [5] = {{-1, -1, -1, 0}},  [6] = {{-1, -1, 0, 0}},
        [7] = {{-1, 0, 0, 0}},    [8] = {{0, 0, 0, 1}},     [9] = {{0, 0, 1, 1}},
        [10] = {{0, 0, 1, 1}},    [11] = {{0, 1, 1, 2}},    [12] = {{1, 1, 2, 2}},
        [13] = {{1, 1, 2, 3}},    [14] = {{1, 2, 2, 3}},    [15] = {{2, 2, 3, 3}},
        [16] = {{2, 2, 3, 4}},    [17] = {{2, 3, 4, 4}},    [18] = {{3, 3, 4, 5}},
        [19] = {{3, 4, 4, 5}},    [20] = {{3, 4, 5, 5}},    [21] = {{4, 4, 5, 6}},
        [22] = {{4, 5, 5, 6}},    [23] = {{4, 5, 6, 7}},    [24] = {{5, 5, 6, 7}},
        [25] = {{5, 6, 7, 7}},
    };
    for (size_t n = 1; n < sizeof(table) / sizeof(table[0]); n++) {
        for (size_t level = 0; level < 4; level++) {
            struct interval ci = ranks(n, 1 - levels[level]);
            int rank = isnan(ci.low) ? 0 : (int)ci.low;
            if (rank != table[n].critical[level] + 1)
                fail_msg("%zu at %g: rank %d", n, levels[level], rank);
        }
    }
}

static void summary_of_a_worked_example(void **state)
{
    (void)state;
    /* fourths 3.5 and 8.5: fences at -4 and 16, and at -11.5 and 23.5 */
    static const double samples[] = {10, 20, 3, 1, 6, 7, 2, 9, 4, 8, 5};
    const struct summary *s = summary_of(samples, 11);
    assert_close(s->median, 6);
    assert_close(s->mad, 3);
    assert_close(s->mean, 75.0 / 11);
    assert_close(s->min, 1);
    assert_close(s->max, 20);
    assert_close(s->p5, 1);
    assert_close(s->p95, 20);
    assert_close(s->ci.low, 2);
    assert_close(s->ci.high, 10);
    assert_close(s->ci.confidence, 0.98828125);
    assert_int_equal(s->mild_outliers, 1);
    assert_int_equal(s->severe_outliers, 0);
    assert_int_equal(s->trend, TREND_NONE);

    static const double spread[] = {1, 1, 2, 2, 4, 6, 9};
    assert_close(summary_of(spread, 7)->mad, 1);
    static const double six[] = {6, 5, 4, 3, 2, 1};
    s = summary_of(six, 6);
    assert_close(s->ci.low, 1);
    assert_close(s->ci.high, 6);
    assert_close(s->stddev, sqrt(3.5));
    assert_close(s->drift, -4);
}

static void outliers(void **state)
{
    (void)state;
    double samples[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0};
    static const struct {
        double last;
        size_t mild, severe;
    } cases[] = {{16, 0, 0}, {16.001, 1, 0}, {23.5, 1, 0},  {23.501, 0, 1},  {1e9, 0, 1},
                 {-5, 0, 0}, {-5.001, 1, 0}, {-12.5, 1, 0}, {-12.501, 0, 1}, {5.5, 0, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        samples[10] = cases[i].last;
        const struct summary *s = summary_of(samples, 11);
        if (s->mild_outliers != cases[i].mild || s->severe_outliers != cases[i].severe)
            fail_msg("%g: %zu mild, %zu severe", cases[i].last, s->mild_outliers,
                     s->severe_outliers);
        assert_close(s->mean, (55 + cases[i].last) / 11); /* classified, not dropped */
    }
}

static void autocorrelations(void **state)
{
    (void)state;
    double samples[20];
    for (size_t i = 0; i < 10; i++)
        samples[i] = (double)i;
    assert_close(summary_of(samples, 10)->autocorrelation, 0.7); /* as R's acf(1:10) */
    for (size_t i = 0; i < 20; i++)
        samples[i] = i % 2 == 0 ? 99 : 101;
    assert_close(summary_of(samples, 20)->autocorrelation, -0.95);
    for (size_t i = 0; i < 20; i++)
        samples[i] = i < 10 ? 99 : 101;
    assert_close(summary_of(samples, 20)->autocorrelation, 0.85);
}

static enum trend trend_of(double (*sample)(size_t i), size_t count)
{
    double samples[64];
    for (size_t i = 0; i < count; i++)
        samples[i] = sample(i);
    return summary_of(samples, count)->trend;
}

static double rising(size_t i)
{
    return 100 + (double)i + (i % 2 == 0 ? 5 : 0);
}

static double warming_up(size_t i)
{
    return 100 + 50 / (1 + (double)i);
}

static double constant(size_t i)
{
    (void)i;
    return 100;
}

static double alternating(size_t i)
{
    return i % 2 == 0 ? 100 : 103;
}

/* The last three of thirty: outliers, not a drift. */
static double late_burst(size_t i)
{
    return (i % 2 == 0 ? 100 : 103) + (i >= 27 ? 50.0 : 0);
}

static double hump(size_t i)
{
    return 100 - fabs((double)i - 14.5);
}

static void trends(void **state)
{
    (void)state;
    assert_int_equal(trend_of(rising, 30), TREND_RISING);
    assert_int_equal(trend_of(warming_up, 30), TREND_FALLING);
    assert_int_equal(trend_of(constant, 30), TREND_NONE);
    assert_int_equal(trend_of(alternating, 30), TREND_NONE);
    assert_int_equal(trend_of(late_burst, 30), TREND_NONE);
    assert_int_equal(trend_of(hump, 30), TREND_NONE);
    assert_int_equal(trend_of(warming_up, 21), TREND_FALLING);
    assert_int_equal(trend_of(warming_up, 20), TREND_NONE);
    double samples[30];
    for (size_t i = 0; i < 30; i++)
        samples[i] = rising(i);
    assert_close(summary_of(samples, 30)->drift, 20);
}

static double skewed(struct random_stream *stream)
{
    return -log(((double)random_below(stream, 1u << 31) + 0.5) / (double)(1u << 31));
}

/* Within four standard deviations of a binomial. */
static void assert_rate(size_t count, size_t trials, double chance)
{
    double expected = (double)trials * chance;
    if (fabs((double)count - expected) > 4 * sqrt(expected * (1 - chance)))
        fail_msg("%zu of %zu instead of about %g", count, trials, expected);
}

/* Samples of one skewed distribution: how often the interval misses its median, ln 2, and how often
 * there seems to be a trend. */
static void promised_error_rates(void **state)
{
    (void)state;
    enum { TRIALS = 4000, COUNT = 30 };
    struct random_stream stream = {2026};
    size_t missed = 0, trended = 0;
    for (size_t trial = 0; trial < TRIALS; trial++) {
        double samples[COUNT];
        for (size_t i = 0; i < COUNT; i++)
            samples[i] = skewed(&stream);
        const struct summary *s = summary_of(samples, COUNT);
        missed += s->ci.low > log(2) || s->ci.high < log(2);
        trended += s->trend != TREND_NONE;
    }
    assert_rate(missed, TRIALS, 1 - 0.9572260547429323);
    assert_rate(trended, TRIALS, 22.0 / 1024);
}

static void assert_no_statistics(const struct summary *s)
{
    assert_true(isnan(s->median) && isnan(s->mad) && isnan(s->mean) && isnan(s->stddev));
    assert_true(isnan(s->min) && isnan(s->max) && isnan(s->p5) && isnan(s->p95));
    assert_true(isnan(s->autocorrelation) && isnan(s->drift));
    assert_true(isnan(s->ci.low) && isnan(s->ci.high) && isnan(s->ci.confidence));
    assert_int_equal(s->trend, TREND_NONE);
    assert_int_equal(s->mild_outliers + s->severe_outliers, 0);
}

static void few_samples(void **state)
{
    (void)state;
    static const double samples[] = {5, 7};
    assert_no_statistics(summary_of(samples, 0));
    const struct summary *s = summary_of(samples, 1);
    assert_true(s->median == 5 && s->mean == 5 && s->min == 5 && s->max == 5);
    assert_true(s->p5 == 5 && s->p95 == 5 && s->mad == 0);
    assert_true(isnan(s->stddev) && isnan(s->autocorrelation) && isnan(s->drift));
    assert_true(isnan(s->ci.low) && isnan(s->ci.high));
    s = summary_of(samples, 2);
    assert_true(s->median == 6 && s->mean == 6 && s->mad == 1 && s->min == 5 && s->max == 7);
    assert_close(s->stddev, sqrt(2));
    assert_close(s->autocorrelation, -0.5);
    assert_true(isnan(s->ci.low) && isnan(s->ci.high));
    assert_int_equal(s->mild_outliers + s->severe_outliers, 0);
}

static void samples_that_are_none(void **state)
{
    (void)state;
    static const double broken[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        double samples[30];
        for (size_t k = 0; k < 30; k++)
            samples[k] = k == 17 ? broken[i] : (double)k;
        assert_no_statistics(summary_of(samples, 30));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(means),
        cmocka_unit_test(exact_intervals),
        cmocka_unit_test(published_critical_values),
        cmocka_unit_test(summary_of_a_worked_example),
        cmocka_unit_test(outliers),
        cmocka_unit_test(autocorrelations),
        cmocka_unit_test(trends),
        cmocka_unit_test(promised_error_rates),
        cmocka_unit_test(few_samples),
        cmocka_unit_test(samples_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
