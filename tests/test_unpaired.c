/* Unpaired comparisons against published values, and against samples with known answers. */
#include "bench/unpaired.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ROUNDS = 20 };

/* The critical values of U at 0.05, two-sided, in the tables of Mann and Whitney (1947) and of
 * Siegel, "Nonparametric statistics" (1956), table K, are one less than the rank. */
static void ranks_agree_with_published_critical_values(void **state)
{
    (void)state;
    static const struct {
        size_t a, b, critical;
    } cases[] = {{5, 5, 2},  {8, 8, 13},    {10, 10, 23}, {10, 5, 8},
                 {5, 10, 8}, {20, 20, 127}, {4, 4, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ab_error error = {0};
        double achieved;
        assert_int_equal(unpaired_rank(cases[i].a, cases[i].b, 0.95, &achieved, &error),
                         cases[i].critical + 1);
        assert_true(achieved >= 0.95 && achieved < 1);
    }
}

/* One in 70 orders of 4 and 4 values has all of the first below all of the second. */
static void the_confidence_is_exact(void **state)
{
    (void)state;
    struct ab_error error = {0};
    double achieved;
    assert_int_equal(unpaired_rank(4, 4, 1 - 2.0 / 70, &achieved, &error), 1);
    assert_true(fabs(achieved - (1 - 2.0 / 70)) < 1e-12);
    assert_int_equal(unpaired_rank(4, 4, 1 - 1.9 / 70, &achieved, &error), 0);
    assert_true(isnan(achieved));
    assert_int_equal(unpaired_rank(3, 3, 0.95, &achieved, &error), 0);
    assert_int_equal(unpaired_rank(0, 9, 0.95, &achieved, &error), 0);
}

static void the_approximation_meets_the_exact_rank(void **state)
{
    (void)state;
    struct ab_error error = {0};
    double achieved;
    size_t exact = unpaired_rank(64, 64, 0.95, &achieved, &error);
    size_t approximate = unpaired_rank(65, 64, 0.95, &achieved, &error);
    assert_true(approximate > exact && approximate < exact + 45);
}

/* Hollander and Wolfe, "Nonparametric statistical methods", 2nd edition 1999, examples 4.1 to 4.4:
 * permeability of human placentas; shift -0.305, interval (-0.76, 0.15) at 0.96. The values are
 * taken as logarithms of times, which makes the ratio the exponential of the shift. */
static void the_shift_and_its_interval_agree_with_a_textbook(void **state)
{
    (void)state;
    static const double at_term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    static const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    double base[5], contender[10];
    for (size_t i = 0; i < 10; i++)
        contender[i] = exp(at_term[i]);
    for (size_t i = 0; i < 5; i++)
        base[i] = exp(early[i]);
    struct comparison c;
    struct ab_error error = {0};
    assert_int_equal(compare_unpaired(base, 5, contender, 10, 1, AB_MARGIN, &c, &error), AB_OK);
    assert_true(fabs(log(c.ratio) + 0.305) < 1e-9);
    assert_true(fabs(log(c.ci.low) + 0.76) < 1e-9);
    assert_true(fabs(log(c.ci.high) - 0.15) < 1e-9);
    assert_true(fabs(c.ci.confidence - 0.96) < 5e-4);
    assert_int_equal(c.finding, FINDING_NOT_RESOLVED);
}

static struct comparison compare_made(double factor, double noise, size_t rows)
{
    double base[ROUNDS], contender[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) { /* the same noise in another order */
        base[i] = 100 * (1 + noise * (double)i / (double)ROUNDS);
        contender[i] = 100 * factor * (1 + noise * (double)(i * 7 % ROUNDS) / (double)ROUNDS);
    }
    struct comparison c;
    struct ab_error error = {0};
    assert_int_equal(compare_unpaired(base, ROUNDS, contender, ROUNDS, rows, AB_MARGIN, &c, &error),
                     AB_OK);
    return c;
}

static void verdicts_are_as_made(void **state)
{
    (void)state;
    assert_int_equal(compare_made(1, 0.002, 1).finding, FINDING_EQUIVALENT);
    assert_int_equal(compare_made(1, 0.2, 1).finding, FINDING_NOT_RESOLVED);
    assert_int_equal(compare_made(1.1, 0.002, 1).finding, FINDING_SLOWER);
    assert_int_equal(compare_made(0.9, 0.002, 1).finding, FINDING_FASTER);
    struct comparison c = compare_made(0.5, 0.01, 1);
    assert_true(c.ci.low <= 2 && 2 <= c.ci.high && fabs(c.ratio - 2) < 0.001);
}

static void more_rows_make_wider_intervals(void **state)
{
    (void)state;
    struct comparison one = compare_made(1, 0.2, 1), many = compare_made(1, 0.2, 1000);
    assert_true(many.ci.low < one.ci.low && many.ci.high > one.ci.high);
}

static void too_few_times_have_no_interval(void **state)
{
    (void)state;
    const double base[] = {1, 1, 1}, contender[] = {9, 9, 9};
    struct comparison c;
    struct ab_error error = {0};
    assert_int_equal(compare_unpaired(base, 3, contender, 3, 1, AB_MARGIN, &c, &error), AB_OK);
    assert_true(fabs(c.ratio - 1.0 / 9) < 1e-12 && isnan(c.ci.low));
    assert_int_equal(c.finding, FINDING_NOT_RESOLVED);
    assert_int_equal(compare_unpaired(base, 0, contender, 3, 1, AB_MARGIN, &c, &error), AB_OK);
    assert_true(isnan(c.ratio));
}

static void long_samples_are_thinned(void **state)
{
    (void)state;
    static double base[2500], contender[1001];
    for (size_t i = 0; i < 2500; i++)
        base[i] = 1;
    for (size_t i = 0; i < 1001; i++)
        contender[i] = 2;
    struct comparison c;
    struct ab_error error = {0};
    assert_int_equal(compare_unpaired(base, 2500, contender, 1001, 1, AB_MARGIN, &c, &error),
                     AB_OK);
    assert_true(c.ratio == 0.5 && c.pairs <= 1000);
    assert_int_equal(c.finding, FINDING_SLOWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_agree_with_published_critical_values),
        cmocka_unit_test(the_confidence_is_exact),
        cmocka_unit_test(the_approximation_meets_the_exact_rank),
        cmocka_unit_test(the_shift_and_its_interval_agree_with_a_textbook),
        cmocka_unit_test(verdicts_are_as_made),
        cmocka_unit_test(more_rows_make_wider_intervals),
        cmocka_unit_test(too_few_times_have_no_interval),
        cmocka_unit_test(long_samples_are_thinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
