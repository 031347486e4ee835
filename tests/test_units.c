/* Numbers for people. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/units.h"

static void test_quantities(void **state)
{
    (void)state;
    static const struct {
        enum unit unit;
        double value;
        const char *text;
    } cases[] = {
        {UNIT_TIME_NS, 12.34, "12.3 ns"},  {UNIT_TIME_NS, 999.4, "999 ns"},
        {UNIT_TIME_NS, 999.6, "1.00 us"},  {UNIT_TIME_NS, 1.5e12, "1500 s"},
        {UNIT_BYTES, 64, "64 B"},          {UNIT_BYTES, 65536, "65.5 KB"},
        {UNIT_RATE, 4.41e12, "4.41 TB/s"}, {UNIT_RATE, 0.5, "0.50 B/s"},
        {UNIT_RATIO, 1.925, "1.93 x"},     {UNIT_RATIO, NAN, "-"},
        {UNIT_RATIO, 0.0123, "0.01 x"},    {UNIT_RATIO, 0.00123, "0.0012 x"},
        {UNIT_TIME_NS, INFINITY, "-"},     {UNIT_TIME_NS, 1e18, "1e+09 s"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[UNIT_TEXT];
        assert_string_equal(format_quantity(cases[i].unit, cases[i].value, text), cases[i].text);
    }
}

static void test_marks(void **state)
{
    (void)state;
    char text[UNIT_TEXT];
    assert_string_equal(format_mark(UNIT_BYTES, 1e7, text), "10 MB");
    assert_string_equal(format_mark(UNIT_RATIO, 0.5, text), "0.5 x");
}

/* No rate that is one reads 0.00, and none takes more than seven columns. */
static void test_decimals_of_rates(void **state)
{
    (void)state;
    static const struct {
        double rate;
        int decimals;
    } cases[] = {{0, 2},     {NAN, 2},    {123, 2},     {1, 2},    {0.0995, 2}, {0.0994, 3},
                 {0.012, 3}, {0.0099, 4}, {0.00028, 5}, {1e-5, 5}, {1e-9, 5}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(rate_decimals(cases[i].rate), cases[i].decimals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantities),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_decimals_of_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
