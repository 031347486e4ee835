/* The share of others: from readings of which it is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/diagnosis.h"
#include "bench/other_work.h"

static const struct work_reading start = {
    .ticks = {.total = 10000, .busy = 4000, .steal = 100},
    .own_s = 3,
};

/* After `total` more ticks, of which so many were busy, stolen, and our own. */
static double share(uint64_t total, uint64_t busy, uint64_t steal, double own)
{
    struct work_reading end = start;
    end.ticks.total += total;
    end.ticks.busy += busy;
    end.ticks.steal += steal;
    end.own_s += own / (double)sysconf(_SC_CLK_TCK);
    return other_work_between(&start, &end);
}

static void known_shares(void **state)
{
    (void)state;
    assert_true(fabs(share(1000, 500, 0, 500) - 0) < 1e-9);
    assert_true(fabs(share(1000, 500, 0, 300) - 0.2) < 1e-9);
    assert_true(fabs(share(1000, 500, 100, 300) - 0.3) < 1e-9);
    assert_true(fabs(share(1000, 1000, 0, 0) - 1) < 1e-9);
    /* Ticks and CPU times are counted in two ways: neither may lead out of 0 to 1. */
    assert_true(fabs(share(1000, 500, 0, 510) - 0) < 1e-9);
    assert_true(fabs(share(1000, 1010, 0, 0) - 1) < 1e-9);
}

static void too_little_to_say(void **state)
{
    (void)state;
    assert_true(share(0, 0, 0, 0) < 0);
    assert_true(share(49, 49, 0, 0) < 0);
    struct work_reading unknown = {0};
    assert_true(other_work_between(&unknown, &start) < 0);
    assert_true(other_work_between(&start, &unknown) < 0);
}

static void what_is_said_of_it(void **state)
{
    (void)state;
    struct diagnosis d;
    assert_false(diagnose_other_work(-1, &d));
    assert_false(diagnose_other_work(0, &d));
    assert_false(diagnose_other_work(0.04, &d));
    assert_true(diagnose_other_work(0.06, &d));
    assert_string_equal(d.code, "other-work");
    assert_int_equal(d.severity, SEVERITY_WARNING);
    assert_true(diagnose_other_work(0.5, &d));
    assert_int_equal(d.severity, SEVERITY_SERIOUS);
}

static void this_process_is_no_other(void **state)
{
    (void)state;
    struct work_reading before = work_read(), after = before;
    while (after.own_s < before.own_s + 0.2)
        after = work_read();
    assert_true(after.ticks.busy > before.ticks.busy);
    assert_true(other_work_between(&before, &after) <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_shares),
        cmocka_unit_test(too_little_to_say),
        cmocka_unit_test(what_is_said_of_it),
        cmocka_unit_test(this_process_is_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
