/* What the self-test lets pass, and that it can fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bench/aa.h"
#include "bench/interrupt.h"

/* scipy.stats.binom.ppf(0.975, n, 0.0428) */
static void test_most_excluding(void **state)
{
    (void)state;
    static const struct {
        unsigned pairs, most;
    } cases[] = {{0, 0}, {1, 1}, {10, 2}, {18, 3}, {54, 6}, {100, 9}, {400, 25}, {1000, 56}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(aa_most_excluding(cases[i].pairs), cases[i].most);
}

static void test_passes(void **state)
{
    (void)state;
    const struct aa_tally good = {
        .pairs = 400, .excluding = 25, .delays = 400, .delays_found = 380};
    assert_true(aa_passes(&good));
    struct aa_tally bad = good;
    bad.excluding = 26;
    assert_false(aa_passes(&bad));
    bad = good;
    bad.wrong = 1;
    assert_false(aa_passes(&bad));
    bad = good;
    bad.delays_found = 379;
    assert_false(aa_passes(&bad));
    assert_false(aa_passes(&(struct aa_tally){0}));
}

/* One pass through the whole pipeline: whatever the verdict on a busy machine, it is told. */
static void test_run(void **state)
{
    (void)state;
    static char name[] = "test_aa", *argv[] = {name, NULL};
    struct options options = {.argc = 1,
                              .argv = argv,
                              .command = COMMAND_AA,
                              .backends = "serial",
                              .threads = 1,
                              .rounds = 12,
                              .rounds_given = true,
                              .seed = 1,
                              .max_seconds_s = 60,
                              .deadline_s = 60,
                              .budget_s = 0.001,
                              .format = FORMAT_JSON};
    struct text text = {0};
    struct ab_error error = {0};
    interrupt_install();
    enum ab_status status = aa_run(&options, &text, &error);
    assert_true(status == AB_OK || status == AB_WRONG_RESULT);
    assert_non_null(strstr(text.data, status == AB_OK ? "\"passed\": true" : "\"passed\": false"));
    assert_non_null(strstr(text.data, "\"host_name\":"));
    assert_non_null(strstr(text.data, "\"passes\": 1"));
    assert_non_null(strstr(text.data, "\"pairs\": 6"));
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_most_excluding),
        cmocka_unit_test(test_passes),
        cmocka_unit_test(test_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
