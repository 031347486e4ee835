/* How many runs a sample has, and how many launches share a reading of the device's clock. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fake_session.h"

static void test_calibration(void **state)
{
    (void)state;
    static const struct {
        uint64_t least_ns, iterations;
    } cases[] = {{1, 1}, {100, 1}, {101, 2}, {1000, 10}, {100000, 1000}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct session session;
        fake_session_open(&session, &fake_host, &fake_host_technique);
        struct ab_error error = {0};
        struct calibration c = {0};
        assert_int_equal(session_calibrate(&session, cases[i].least_ns, &c, &error), AB_OK);
        const uint64_t n = c.iterations;
        assert_true(c.run_ns == (double)FAKE_RUN_NS);
        /* Long enough, and not by far more than the growth it allows itself. */
        assert_true(n >= cases[i].iterations && n <= cases[i].iterations * 5 / 4 + 1);
        session_close(&session);
    }
}

static struct {
    uint64_t ns;
    unsigned runs;
} held_up;

static enum ab_status run_held_up(struct job *job, struct ab_error *error)
{
    if (held_up.runs > 0) {
        held_up.runs--;
        fake.now_ns += held_up.ns;
    }
    return fake_host_technique.run(job, error);
}

/* What holds up the first runs does not make them long ones; a very long one is not repeated. */
static void test_calibration_of_held_up_runs(void **state)
{
    (void)state;
    static const struct technique technique = {
        .name = "held-up", .summary = "", .run = run_held_up};
    enum { LEAST_NS = 10 * FAKE_RUN_NS, LONG_NS = 20 * LEAST_NS, VERY_LONG_NS = 1000 * LEAST_NS };
    static const struct {
        uint64_t ns;
        unsigned runs;
        bool is_long;
    } cases[] = {
        {LONG_NS, 1, false}, {LONG_NS, 4, false}, {LONG_NS, 100, true}, {VERY_LONG_NS, 1, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct session session;
        struct ab_error error = {0};
        struct verdict verdict;
        struct calibration c = {0};
        held_up.ns = cases[i].ns;
        held_up.runs = cases[i].runs;
        fake_session_open(&session, &fake_host, &technique);
        assert_int_equal(session_verify(&session, &verdict, &error), AB_OK);
        const unsigned calls_before = fake.calls;
        assert_int_equal(session_calibrate(&session, LEAST_NS, &c, &error), AB_OK);
        assert_true((c.iterations == 1) == cases[i].is_long);
        assert_ns(c.run_ns, (double)(FAKE_RUN_NS + (cases[i].is_long ? cases[i].ns : 0)));
        assert_true((fake.calls == calls_before) == (cases[i].ns == VERY_LONG_NS));
        session_close(&session);
    }
    held_up.runs = 0;
}

static enum ab_status evict(void *context, struct ab_error *error)
{
    (void)context, (void)error;
    strcat(fake.log, " evict");
    return AB_OK;
}

static struct backend fake_with_cache(void)
{
    struct backend backend = fake_device;
    backend.evict = evict;
    return backend;
}

/* Launches of a kernel that is short in relation to the device's clock share a reading of it. */
static void test_batch(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_device, &fake_device_technique);
    session.kernel_runs = 5;
    struct sample sample = fake_sample(&session, 2);
    assert_ns(sample.phase_ns[PHASE_KERNEL], (double)FAKE_DEVICE_CLOCK_NS / 3);
    session_close(&session);
    assert_non_null(strstr(fake.log, "sync clock_start run run run clock_stop sync clock_read"));
}

/* What one worker's calibration found serves those that come after it. */
static void test_batch_is_assigned(void **state)
{
    (void)state;
    struct assignment assignment = fake_assign(&fake_device, &fake_device_technique);
    struct session session;
    assignment.kernel_runs = 4;
    fake_session_open_as(&session, &assignment);
    fake_sample(&session, 2);
    session_close(&session);
    assert_non_null(strstr(fake.log, "sync clock_start run run clock_stop sync clock_read"));
}

/* By a reading of one launch, 10 of which would do, and by one of those 10 together, which takes no
 * longer here. */
static void test_batch_is_calibrated(void **state)
{
    (void)state;
    struct session session;
    struct calibration calibration;
    struct ab_error error = {0};
    fake_session_open(&session, &fake_device, &fake_device_technique);
    assert_int_equal(session_calibrate(&session, 10 * FAKE_DEVICE_CLOCK_NS, &calibration, &error),
                     AB_OK);
    assert_int_equal(session.kernel_runs, 100);
    assert_int_equal(calibration.kernel_runs, 100);
    session_close(&session);
}

/* Where each launch has to find the cache empty, each is timed alone. */
static void test_cold_device(void **state)
{
    (void)state;
    const struct backend backend = fake_with_cache();
    struct assignment assignment = fake_assign(&backend, &fake_device_technique);
    struct session session;
    assignment.cold = true;
    fake_session_open_as(&session, &assignment);
    session.kernel_runs = 2;
    struct sample sample = fake_sample(&session, 1);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_DEVICE_CLOCK_NS);
    session_close(&session);
    assert_non_null(strstr(fake.log, "evict sync clock_start run clock_stop sync clock_read "
                                     "evict sync clock_start run clock_stop sync clock_read "
                                     "download"));
}

static unsigned count_calls(const char *name)
{
    unsigned count = 0;
    for (const char *at = fake.log; (at = strstr(at, name)) != NULL; at++)
        count++;
    return count;
}

/* Phases are told apart in eight runs of a sample, with as many launches as were asked for. */
static void test_split_runs_are_few(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_device, &fake_device_technique);
    session.kernel_runs = 24;
    fake.log[0] = '\0';
    struct sample sample = fake_sample(&session, 20);
    assert_ns(sample.phase_ns[PHASE_KERNEL], (double)FAKE_DEVICE_CLOCK_NS / 3);
    assert_int_equal(sample.iterations, 20);
    assert_int_equal(count_calls("clock_start"), 8);
    assert_int_equal(count_calls(" run"), 24 + 20);
    session_close(&session);
}

/* Emptying a cache takes time that no phase counts: it is not done as often as a run is short. */
static void test_cold_runs_are_few(void **state)
{
    (void)state;
    const struct backend backend = fake_with_cache();
    struct assignment assignment = fake_assign(&backend, &fake_device_technique);
    struct session session;
    struct calibration calibration;
    struct ab_error error = {0};
    assignment.cold = true;
    fake_session_open_as(&session, &assignment);
    assert_int_equal(session_calibrate(&session, 10 * FAKE_DEVICE_CLOCK_NS, &calibration, &error),
                     AB_OK);
    assert_int_equal(session.kernel_runs, 4);
    fake.log[0] = '\0';
    struct sample sample = fake_sample(&session, 9);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_DEVICE_CLOCK_NS);
    assert_int_equal(count_calls("evict"), 4);
    session_close(&session);
}

/* A launch with the way there and back, whatever clock the device has. */
static void test_by_host(void **state)
{
    (void)state;
    struct assignment assignment = fake_assign(&fake_device, &fake_device_technique);
    struct session session;
    assignment.by_host = true;
    fake_session_open_as(&session, &assignment);
    session.kernel_runs = 3;
    struct sample sample = fake_sample(&session, 1);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_RUN_NS + FAKE_SYNC_NS);
    session_close(&session);
    assert_null(strstr(fake.log, "clock_start"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_calibration_of_held_up_runs),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_batch_is_assigned),
        cmocka_unit_test(test_batch_is_calibrated),
        cmocka_unit_test(test_split_runs_are_few),
        cmocka_unit_test(test_cold_device),
        cmocka_unit_test(test_cold_runs_are_few),
        cmocka_unit_test(test_by_host),
    };
    return cmocka_run_group_tests(tests, fake_problem_setup, fake_problem_teardown);
}
