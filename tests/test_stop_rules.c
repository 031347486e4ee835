/* When a comparison has rounds enough, and what that does to its errors. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/made_rounds.h"

/* Two intervals, one always narrow, the other from a round on. */
static void stop_table(void **state)
{
    (void)state;
    static const struct stop_rule rule = {.rounds_min = 12, .width = 0.01};
    static const double wide[] = {0.0101, INFINITY, NAN};
    static const struct {
        size_t narrow_from, stops_at;
    } cases[] = {{0, 12}, {12, 12}, {13, 16}, {17, 20}, {28, 28}, {29, 32}};
    for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t rounds = 0; rounds <= cases[i / 3].stops_at; rounds++) {
            double widths[] = {0.004, rounds >= cases[i / 3].narrow_from ? 0.01 : wide[i % 3]};
            if (stop_now(&rule, rounds, widths, 2) != (rounds == cases[i / 3].stops_at))
                fail_msg("case %zu, after %zu rounds", i, rounds);
        }
    }
    assert_false(stop_now(&rule, 12, NULL, 0));
}

/* Identical programs, stopped by the width or by the first round that shows a difference: only the
 * first keeps the error rate near that of the interval. */
static void stopping_keeps_the_error_rate(void **state)
{
    (void)state;
    enum { TRIALS = 2000, MOST = 60 };
    static const struct stop_rule rule = {.rounds_min = 12, .width = 0.01};
    struct random_stream stream = {40};
    size_t by_width = 0, wrong = 0, wrong_by_peeking = 0;
    for (size_t trial = 0; trial < TRIALS; trial++) {
        struct rounds r;
        make_rounds(&r, MOST, 1, machine_noise, &stream);
        bool narrow = false;
        for (size_t rounds = 1; !narrow && rounds <= MOST; rounds++) {
            struct comparison c = compare_rounds(&r, rounds, 1);
            double width = interval_log_width(c.ci);
            narrow = stop_now(&rule, rounds, &width, 1);
            if (narrow || rounds == MOST)
                wrong += excludes_one(c);
        }
        by_width += narrow;
        bool peeked = false;
        for (size_t rounds = 6; rounds <= MOST && !peeked; rounds++)
            peeked = excludes_one(compare_rounds(&r, rounds, 1));
        wrong_by_peeking += peeked;
    }
    assert_true(by_width > TRIALS / 4);
    assert_true(wrong < TRIALS * 7 / 100);
    assert_true(wrong_by_peeking > TRIALS * 15 / 100);
}

static void rounds_are_doubled(void **state)
{
    (void)state;
    const double narrow[] = {0.01, 0.05}, wide[] = {0.01, 0.051}, none[] = {NAN};
    assert_false(double_the_rounds(30, 240, narrow, 2));
    assert_true(double_the_rounds(30, 240, wide, 2));
    assert_true(double_the_rounds(120, 240, wide, 2));
    assert_false(double_the_rounds(121, 240, wide, 2));
    assert_false(double_the_rounds(30, 240, none, 1));
    assert_false(double_the_rounds(30, 240, wide, 0));
    const struct comparison far = {.ratio = 0.02, .ci = {.low = 0.018, .high = 0.022}};
    const struct comparison near = {.ratio = 0.97, .ci = {.low = 0.94, .high = 1.0}};
    assert_true(comparison_uncertainty(&far) < 0);
    assert_true(comparison_uncertainty(&near) > 0.05);
}

struct doubled {
    size_t excluding, with_verdict, wholly_below;
    double rounds; /* on average */
};

static struct doubled simulate_doubling(size_t trials, double ratio, noise_function *noise,
                                        uint64_t seed)
{
    struct random_stream stream = {seed};
    struct doubled result = {0};
    for (size_t trial = 0; trial < trials; trial++) {
        struct rounds r;
        size_t rounds = ROUNDS;
        make_rounds(&r, ROUNDS_MADE_MAX, ratio, noise, &stream);
        struct comparison c = compare_rounds(&r, rounds, 1);
        double width = comparison_uncertainty(&c);
        while (double_the_rounds(rounds, ROUNDS_MADE_MAX, &width, 1)) {
            c = compare_rounds(&r, rounds *= 2, 1);
            width = comparison_uncertainty(&c);
        }
        result.excluding += excludes_one(c);
        result.with_verdict += c.finding == FINDING_FASTER || c.finding == FINDING_SLOWER;
        result.wholly_below += c.ci.high < 1;
        result.rounds += (double)rounds / (double)trials;
    }
    return result;
}

/* An unsteady program hides a delay of 5 % from 30 rounds, and not from those that are added; from
 * itself it differs as seldom as before. */
static void doubling_keeps_the_error_rate(void **state)
{
    (void)state;
    enum { TRIALS = 2000 };
    struct doubled same = simulate_doubling(TRIALS, 1, unsteady_noise, 50);
    assert_true(same.rounds > 2 * ROUNDS);
    assert_true(same.excluding < TRIALS * 6 / 100);
    assert_true(same.with_verdict < TRIALS * 5 / 1000);
    struct doubled delayed = simulate_doubling(TRIALS, 1 / 1.05, unsteady_noise, 51);
    assert_true(delayed.wholly_below > TRIALS * 95 / 100);
    struct rates without = simulate(TRIALS, ROUNDS, 1 / 1.05, unsteady_noise, 51);
    assert_true(without.excluded < TRIALS * 80 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_table),
        cmocka_unit_test(stopping_keeps_the_error_rate),
        cmocka_unit_test(rounds_are_doubled),
        cmocka_unit_test(doubling_keeps_the_error_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
