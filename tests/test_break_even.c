/* Break-even sizes of curves whose crossings are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/break_even.h"

enum { SIZES = 9 };

/* A device: 20 us and 0.1 ns a byte; a processor: 1 us and 0.5 ns a byte. Equal at 47500 bytes. */
static double device_ns(double bytes)
{
    return 20000 + 0.1 * bytes;
}

static double processor_ns(double bytes)
{
    return 1000 + 0.5 * bytes;
}

static struct break_even_point point(double bytes, double ratio, double spread)
{
    return (struct break_even_point){
        bytes, ratio, {ratio / (1 + spread), ratio * (1 + spread), 0.95}};
}

static void make(struct break_even_point points[SIZES], double spread)
{
    for (int i = 0; i < SIZES; i++) {
        const double bytes = 1024 * pow(4, i);
        points[i] = point(bytes, processor_ns(bytes) / device_ns(bytes), spread);
    }
}

static void assert_near(double value, double wanted, double relative)
{
    if (!(fabs(value / wanted - 1) <= relative))
        fail_msg("%g is not %g", value, wanted);
}

static void test_wins_from(void **state)
{
    (void)state;
    struct break_even_point points[SIZES];
    make(points, 0.02);
    struct break_even found = break_even_find(points, SIZES);
    assert_int_equal(found.status, BREAK_EVEN_WINS_FROM);
    assert_int_equal(found.crossings, 1);
    assert_true(found.wins_above);
    assert_near(found.bytes, 47500, 0.05); /* the line is straight only between neighbours */
    assert_true(found.ci.low < found.bytes && found.bytes < found.ci.high);
    /* An exponent of nearly 1/2 around there: 2 % of the ratio are about 4 % of the size. */
    assert_near(found.ci.high / found.ci.low, pow(1.02, 4), 0.05);
}

/* How far it can be told who wins. */
static void test_decided(void **state)
{
    (void)state;
    struct break_even_point points[] = {point(1, 0.5, 0.1), point(2, 1.01, 0.1), point(4, 1.4, 0.1),
                                        point(8, 1.05, 0.1), point(16, 0.99, 0.1)};
    assert_int_equal(break_even_find(points, 5).decided, 3);
    assert_int_equal(break_even_find(points, 3).decided, 3);
    assert_int_equal(break_even_find(points, 2).decided, 1);
    assert_int_equal(break_even_find(points + 3, 2).decided, 0);
    assert_int_equal(break_even_find(points + 3, 2).status, BREAK_EVEN_NEVER);
}

/* Between two points of a straight line, the answer is exact. */
static void test_straight_line(void **state)
{
    (void)state;
    const struct break_even_point points[] = {point(1000, 0.1, 0.5), point(1e6, 10, 0.5)};
    struct break_even found = break_even_find(points, 2);
    assert_int_equal(found.status, BREAK_EVEN_WINS_FROM);
    assert_near(found.bytes, sqrt(1000 * 1e6), 1e-9);
    /* the exponent is 2/3: a factor of 1.5 in the ratio is 1.5^1.5 in the size */
    assert_near(found.ci.low, found.bytes / pow(1.5, 1.5), 1e-9);
    assert_near(found.ci.high, found.bytes * pow(1.5, 1.5), 1e-9);
}

static void test_always_and_never(void **state)
{
    (void)state;
    const struct break_even_point wins[] = {point(1, 1.2, 0.01), point(10, 1.1, 0.01)};
    const struct break_even_point loses[] = {point(1, 0.5, 0.01), point(10, 0.99, 0.001)};
    struct break_even found = break_even_find(wins, 2);
    assert_int_equal(found.status, BREAK_EVEN_WINS_ALWAYS);
    assert_true(isnan(found.bytes) && isnan(found.ci.low));
    found = break_even_find(loses, 2);
    assert_int_equal(found.status, BREAK_EVEN_NEVER);
    assert_true(isnan(found.bytes) && isnan(found.ci.low));
}

/* Two equals, whose ratio goes to and fro: nobody wins, and nothing crosses. */
static void test_noise_is_no_crossing(void **state)
{
    (void)state;
    struct break_even_point points[SIZES];
    for (int i = 0; i < SIZES; i++)
        points[i] = point(pow(2, i), i % 2 == 0 ? 1.01 : 0.99, 0.03);
    assert_int_equal(break_even_find(points, SIZES).status, BREAK_EVEN_NEVER);
    assert_int_equal(break_even_find(points, SIZES).crossings, 0);
    /* The same noise where a real crossing lies amidst it. */
    points[0] = point(1, 0.5, 0.03);
    points[SIZES - 1] = point(pow(2, SIZES - 1), 2, 0.03);
    struct break_even found = break_even_find(points, SIZES);
    assert_int_equal(found.status, BREAK_EVEN_WINS_FROM);
    assert_int_equal(found.crossings, 1);
    assert_true(found.ci.low >= 1 && found.ci.low <= 2);
    assert_true(found.ci.high >= pow(2, SIZES - 2) && found.ci.high <= pow(2, SIZES - 1));
    /* At the ends it is no crossing either. */
    points[0] = point(1, 1.01, 0.03);
    points[1] = point(2, 0.5, 0.03);
    assert_int_equal(break_even_find(points, SIZES).status, BREAK_EVEN_WINS_FROM);
    points[SIZES - 1] = point(pow(2, SIZES - 1), 1.01, 0.03);
    assert_int_equal(break_even_find(points, SIZES).status, BREAK_EVEN_NEVER);
}

/* Too little is known of the first size to tell; the crossing is given, its interval is not. */
static void test_first_size_undecided(void **state)
{
    (void)state;
    const struct break_even_point points[] = {point(1, 0.99, 0.05), point(10, 2, 0.05)};
    struct break_even found = break_even_find(points, 2);
    assert_int_equal(found.status, BREAK_EVEN_WINS_FROM);
    assert_true(found.bytes > 1 && found.bytes < 1.1);
    assert_true(isnan(found.ci.low) && isnan(found.ci.high));
    const struct break_even_point better[] = {point(1, 1.01, 0.05), point(10, 2, 0.05)};
    assert_int_equal(break_even_find(better, 2).status, BREAK_EVEN_WINS_ALWAYS);
}

static void test_mixed(void **state)
{
    (void)state;
    /* Wins in a cache only. */
    const struct break_even_point hump[] = {point(1, 0.5, 0.01), point(100, 2, 0.01),
                                            point(10000, 0.5, 0.01)};
    struct break_even found = break_even_find(hump, 3);
    assert_int_equal(found.status, BREAK_EVEN_MIXED);
    assert_int_equal(found.crossings, 2);
    assert_false(found.wins_above);
    assert_near(found.bytes, 1000, 1e-9);
    assert_true(found.ci.low < 1000 && found.ci.high > 1000 && found.ci.high < 1100);
    /* Wins only below. */
    found = break_even_find(hump + 1, 2);
    assert_int_equal(found.status, BREAK_EVEN_MIXED);
    assert_int_equal(found.crossings, 1);
    assert_false(found.wins_above);
    /* Back and forth, and it ends with a win. */
    const struct break_even_point dip[] = {point(1, 2, 0.01), point(100, 0.5, 0.01),
                                           point(10000, 2, 0.01)};
    found = break_even_find(dip, 3);
    assert_int_equal(found.status, BREAK_EVEN_MIXED);
    assert_true(found.wins_above);
    assert_near(found.bytes, 1000, 1e-9);
}

/* Without intervals the ratios decide, and no interval is claimed. */
static void test_without_intervals(void **state)
{
    (void)state;
    struct break_even_point points[SIZES];
    make(points, 0.02);
    for (int i = 0; i < SIZES; i++)
        points[i].ci = (struct interval){NAN, NAN, NAN};
    struct break_even found = break_even_find(points, SIZES);
    assert_int_equal(found.status, BREAK_EVEN_WINS_FROM);
    assert_near(found.bytes, 47500, 0.05);
    assert_true(isnan(found.ci.low) && isnan(found.ci.high));
}

static void test_one_point(void **state)
{
    (void)state;
    const struct break_even_point wins = point(1, 2, 0.1), equal = point(1, 1, 0.1);
    assert_int_equal(break_even_find(&wins, 1).status, BREAK_EVEN_WINS_ALWAYS);
    assert_int_equal(break_even_find(&equal, 1).status, BREAK_EVEN_NEVER);
}

static void test_passes(void **state)
{
    (void)state;
    assert_near(break_even_passes(1000, 10, 110), 10, 1e-12);
    assert_true(break_even_passes(0, 10, 110) == 0);
    assert_true(isnan(break_even_passes(1000, 110, 110)));
    assert_true(isnan(break_even_passes(1000, 200, 110)));
    assert_true(isnan(break_even_passes(NAN, 10, 110)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wins_from),
        cmocka_unit_test(test_decided),
        cmocka_unit_test(test_straight_line),
        cmocka_unit_test(test_always_and_never),
        cmocka_unit_test(test_noise_is_no_crossing),
        cmocka_unit_test(test_first_size_undecided),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_without_intervals),
        cmocka_unit_test(test_one_point),
        cmocka_unit_test(test_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
