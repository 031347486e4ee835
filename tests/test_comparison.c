/* Verdicts on rounds whose truth is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/made_rounds.h"

static void assert_finding(struct comparison c, enum finding expected)
{
    if (c.finding != expected)
        fail_msg("%s instead of %s: %g [%g, %g]", finding_name(c.finding), finding_name(expected),
                 c.ratio, c.ci.low, c.ci.high);
}

static void assert_close(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * (1 + fabs(expected))))
        fail_msg("%.17g instead of %.17g", value, expected);
}

static void worked_example(void **state)
{
    (void)state;
    /* ratios 2, 3, 4, 5, 6, 7: the median in logarithms is sqrt(4 * 5) */
    struct rounds r = {{8, 9, 8, 35, 12, 14}, {4, 3, 2, 7, 2, 2}};
    struct comparison c = compare_rounds(&r, 6, 1);
    assert_close(c.ratio, sqrt(20));
    assert_close(c.ci.low, 2);
    assert_close(c.ci.high, 7);
    assert_close(c.ci.confidence, 0.96875);
    assert_finding(c, FINDING_FASTER);
    assert_close(interval_log_width(c.ci), log(3.5));
}

/* The interval of ratios 1, 2, ..., pairs shows the rank. */
static void error_is_shared_out(void **state)
{
    (void)state;
    static const struct {
        size_t pairs, comparisons, rank;
    } cases[] = {{6, 1, 1},  {12, 1, 3}, {30, 1, 10}, {9, 4, 1}, {12, 4, 2},
                 {30, 4, 8}, {16, 9, 3}, {30, 9, 8},  {7, 4, 0}, {8, 9, 0}};
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        struct rounds r;
        for (size_t i = 0; i < cases[k].pairs; i++) {
            r.base[i] = (double)(i + 1);
            r.contender[i] = 1;
        }
        struct comparison c = compare_rounds(&r, cases[k].pairs, cases[k].comparisons);
        if (cases[k].rank == 0) {
            assert_true(isnan(c.ci.low) && isnan(c.ci.high) && isnan(c.ci.confidence));
            assert_finding(c, FINDING_NOT_RESOLVED);
            continue;
        }
        assert_close(c.ci.low, (double)cases[k].rank);
        assert_close(c.ci.high, (double)(cases[k].pairs + 1 - cases[k].rank));
    }
}

static struct comparison compare_constants(double low, double high)
{
    struct rounds r;
    for (size_t i = 0; i < ROUNDS; i++) {
        r.base[i] = i % 2 == 0 ? low : high;
        r.contender[i] = 1;
    }
    return compare_rounds(&r, ROUNDS, 1);
}

static void verdicts_at_the_margin(void **state)
{
    (void)state;
    static const struct {
        double low, high;
        enum finding finding;
    } cases[] = {{1, 1, FINDING_EQUIVALENT},
                 {0.991, 1.009, FINDING_EQUIVALENT},
                 {1.00999, 1.00999, FINDING_EQUIVALENT},
                 {1 / 1.00999, 1 / 1.00999, FINDING_EQUIVALENT},
                 {1.01001, 1.01001, FINDING_FASTER},
                 {1 / 1.01001, 1 / 1.01001, FINDING_SLOWER},
                 {0.9900, 0.9900, FINDING_SLOWER},
                 {1.001, 1.02, FINDING_NOT_RESOLVED},
                 {1.5, 3, FINDING_FASTER},
                 {1.5, 300, FINDING_NOT_RESOLVED}, /* far off, but not by half its width */
                 {1 / 1.5, 1 / 300.0, FINDING_NOT_RESOLVED}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_finding(compare_constants(cases[i].low, cases[i].high), cases[i].finding);
    assert_string_equal(finding_name(FINDING_FASTER), "faster");
    assert_string_equal(finding_name(FINDING_SLOWER), "slower");
    assert_string_equal(finding_name(FINDING_EQUIVALENT), "equivalent");
    assert_string_equal(finding_name(FINDING_NOT_RESOLVED), "not resolved");
}

static void few_pairs(void **state)
{
    (void)state;
    struct rounds r = {{2, 2, 2, 2, 2, 2}, {1, 1, 1, 1, 1, 1}};
    struct comparison c = compare_rounds(&r, 0, 1);
    assert_true(isnan(c.ratio) && isnan(c.ci.low));
    assert_finding(c, FINDING_NOT_RESOLVED);
    for (size_t pairs = 1; pairs <= 6; pairs++) {
        c = compare_rounds(&r, pairs, 1);
        assert_int_equal(c.pairs, pairs);
        assert_close(c.ratio, 2);
        assert_int_equal(isnan(c.ci.low) != 0, pairs < 6);
        assert_int_equal(isnan(interval_log_width(c.ci)) != 0, pairs < 6);
        assert_finding(c, pairs < 6 ? FINDING_NOT_RESOLVED : FINDING_FASTER);
    }
}

static void times_that_are_none(void **state)
{
    (void)state;
    static const double broken[] = {NAN, INFINITY, -INFINITY, 0, -1};
    for (size_t i = 0; i < 2 * sizeof(broken) / sizeof(broken[0]); i++) {
        struct random_stream stream = {1};
        struct rounds r;
        make_rounds(&r, ROUNDS, 2, quiet_noise, &stream);
        *(i % 2 == 0 ? &r.base[29] : &r.contender[0]) = broken[i / 2];
        struct comparison c = compare_rounds(&r, ROUNDS, 1);
        assert_true(isnan(c.ratio) && isnan(c.ci.low) && isnan(c.ci.high));
        assert_finding(c, FINDING_NOT_RESOLVED);
    }
}

static void swapped(void **state)
{
    (void)state;
    static const enum finding mirror[] = {[FINDING_FASTER] = FINDING_SLOWER,
                                          [FINDING_SLOWER] = FINDING_FASTER,
                                          [FINDING_EQUIVALENT] = FINDING_EQUIVALENT,
                                          [FINDING_NOT_RESOLVED] = FINDING_NOT_RESOLVED};
    static const double speeds[] = {1, 1.004, 1.01, 1.02, 1.05, 0.97, 30};
    struct random_stream stream = {2};
    double scratch[ROUNDS_MADE_MAX + 1];
    for (size_t trial = 0; trial < 700; trial++) {
        struct rounds r;
        make_rounds(&r, ROUNDS, speeds[trial % 7], machine_noise, &stream);
        struct comparison c = compare_rounds(&r, ROUNDS, 2);
        struct comparison m = compare_paired(r.contender, r.base, ROUNDS, 1, 2, AB_MARGIN, scratch);
        assert_close(m.ratio, 1 / c.ratio);
        assert_close(m.ci.low, 1 / c.ci.high);
        assert_close(m.ci.high, 1 / c.ci.low);
        assert_finding(m, mirror[c.finding]);
    }
}

enum weather { RAMP, THROTTLING, BURSTS, WEATHERS };

/* How much slower the whole machine is in a round: far more than the programs differ. */
static double slowdown(enum weather weather, size_t round)
{
    switch (weather) {
    case RAMP:
        return 1 + 0.01 * (double)round;
    case THROTTLING:
        return round < 13 ? 1 : 1.8;
    default:
        return round % 7 == 3 ? 10 : 1;
    }
}

static void what_both_meet_cancels(void **state)
{
    (void)state;
    static const struct {
        double speed;
        enum finding finding;
    } truths[] = {{1, FINDING_EQUIVALENT},
                  {1.005, FINDING_EQUIVALENT},
                  {1.05, FINDING_FASTER},
                  {1 / 1.05, FINDING_SLOWER}};
    for (enum weather weather = 0; weather < WEATHERS; weather++) {
        for (size_t t = 0; t < 4; t++) {
            struct random_stream stream = {3};
            struct rounds r;
            make_rounds(&r, ROUNDS, truths[t].speed, quiet_noise, &stream);
            struct comparison before = compare_rounds(&r, ROUNDS, 4);
            for (size_t i = 0; i < ROUNDS; i++) {
                r.base[i] *= slowdown(weather, i);
                r.contender[i] *= slowdown(weather, i);
            }
            struct comparison after = compare_rounds(&r, ROUNDS, 4);
            assert_close(after.ratio, before.ratio);
            assert_close(after.ci.low, before.ci.low);
            assert_close(after.ci.high, before.ci.high);
            assert_finding(after, truths[t].finding);
            assert_true(after.ci.low <= truths[t].speed && truths[t].speed <= after.ci.high);
        }
    }
}

/* Within four standard deviations of a binomial. */
static void assert_rate(size_t count, size_t trials, double chance)
{
    double expected = (double)trials * chance;
    if (fabs((double)count - expected) > 4 * sqrt(expected * (1 - chance)))
        fail_msg("%zu of %zu instead of about %g", count, trials, expected);
}

static void identical_programs(void **state)
{
    (void)state;
    enum { TRIALS = 2000 };
    static noise_function *const noises[] = {machine_noise, quiet_noise, bursts, endless_tail};
    for (size_t i = 0; i < 4; i++) {
        struct rates rates = simulate(TRIALS, ROUNDS, 1, noises[i], 10 + i);
        assert_rate(rates.excluded, TRIALS, 1 - 0.9572260547429323);
        assert_int_equal(rates.found[FINDING_FASTER] + rates.found[FINDING_SLOWER], 0);
    }
    struct rates quiet = simulate(TRIALS, ROUNDS, 1, quiet_noise, 20);
    assert_int_equal(quiet.found[FINDING_EQUIVALENT], TRIALS);
    /* Noise that hides any answer is called that; neither equivalent nor a winner. */
    struct rates loud = simulate(TRIALS, ROUNDS, 1, loud_noise, 21);
    assert_int_equal(loud.found[FINDING_EQUIVALENT], 0);
    assert_true(loud.found[FINDING_NOT_RESOLVED] >= TRIALS * 95 / 100);
    struct rates few = simulate(TRIALS, 12, 1, machine_noise, 22);
    assert_rate(few.excluded, TRIALS, 1 - 0.96142578125);
}

static void different_programs(void **state)
{
    (void)state;
    enum { TRIALS = 1000 };
    struct rates rates = simulate(TRIALS, ROUNDS, 1.05, machine_noise, 30);
    assert_int_equal(rates.found[FINDING_FASTER], TRIALS);
    rates = simulate(TRIALS, ROUNDS, 1 / 1.05, machine_noise, 31);
    assert_int_equal(rates.found[FINDING_SLOWER], TRIALS);
    rates = simulate(TRIALS, ROUNDS, 1.005, quiet_noise, 32);
    assert_int_equal(rates.found[FINDING_EQUIVALENT], TRIALS);
    assert_true(rates.excluded > TRIALS * 99 / 100); /* real, but it does not matter */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_example),         cmocka_unit_test(error_is_shared_out),
        cmocka_unit_test(verdicts_at_the_margin), cmocka_unit_test(few_pairs),
        cmocka_unit_test(times_that_are_none),    cmocka_unit_test(swapped),
        cmocka_unit_test(what_both_meet_cancels), cmocka_unit_test(identical_programs),
        cmocka_unit_test(different_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
