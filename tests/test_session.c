/* Sessions on a fake device with a scripted clock: the order of the calls, the phases to the
 * nanosecond, and what is left behind when any call fails. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/json.h"
#include "tests/fake_session.h"

static void test_life(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_device, &fake_device_technique);
    assert_int_equal(session.setup_ns,
                     FAKE_OPEN_NS + FAKE_PREPARE_NS + FAKE_UPLOAD_NS + FAKE_SYNC_NS);
    struct verdict verdict;
    struct ab_error error = {0};
    assert_int_equal(session_verify(&session, &verdict, &error), AB_OK);
    fake_sample(&session, 1);
    session_close(&session);
    assert_string_equal(fake.log,
                        "open allocate prepare upload sync "
                        "upload run download sync "
                        "upload sync clock_start run clock_stop sync clock_read download sync "
                        "upload run download sync "
                        "release release_memory close");
    assert_int_equal(fake.balance, 0);
}

static void test_phases(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_device, &fake_device_technique);
    struct sample sample = fake_sample(&session, 3);
    assert_int_equal(sample.iterations, 3);
    assert_ns(sample.phase_ns[PHASE_H2D], FAKE_UPLOAD_NS + FAKE_SYNC_NS);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_DEVICE_CLOCK_NS);
    assert_ns(sample.phase_ns[PHASE_D2H], FAKE_DOWNLOAD_NS + FAKE_SYNC_NS);
    double whole = FAKE_UPLOAD_NS + FAKE_RUN_NS + FAKE_DOWNLOAD_NS + FAKE_SYNC_NS;
    assert_ns(sample.phase_ns[PHASE_E2E], whole);
    assert_true(fabs(sample.cpu_ns - whole / 2) < 1); /* the fake clock halves in integers */
    session_close(&session);
}

static void test_phases_without_device_clock(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_clockless_device, &fake_device_technique);
    struct sample sample = fake_sample(&session, 2);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_RUN_NS + FAKE_SYNC_NS);
    session_close(&session);
}

static void test_streamed(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_device, &fake_streamed_technique);
    struct sample sample = fake_sample(&session, 2);
    assert_ns(sample.phase_ns[PHASE_E2E], FAKE_RUN_NS);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_DEVICE_CLOCK_NS);
    session_close(&session);
    assert_non_null(strstr(fake.log, "end_to_end end_to_end release"));
}

static void test_host_has_no_transfers(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_host, &fake_host_technique);
    struct sample sample = fake_sample(&session, 4);
    assert_true(isnan(sample.phase_ns[PHASE_H2D]));
    assert_true(isnan(sample.phase_ns[PHASE_D2H]));
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_RUN_NS);
    assert_ns(sample.phase_ns[PHASE_E2E], FAKE_RUN_NS);
    session_close(&session);
    assert_string_equal(fake.log, "open run run run run close");
}

static void test_wrong_result(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_device, &fake_device_technique);
    struct verdict verdict;
    struct sample sample;
    struct ab_error error = {0};
    fake.error_in_result = 1;
    assert_int_equal(session_verify(&session, &verdict, &error), AB_WRONG_RESULT);
    assert_false(verdict.passed);
    assert_non_null(strstr(error.message, "sum is"));
    error = (struct ab_error){0};
    assert_int_equal(session_sample(&session, 1, &sample, &verdict, &error), AB_WRONG_RESULT);
    session_close(&session);
}

static enum ab_status run_nothing(struct job *job, struct ab_error *error)
{
    (void)job, (void)error;
    return AB_OK;
}

/* A run that writes no result must not be judged by the one before. */
static void test_stale_result(void **state)
{
    (void)state;
    static const struct technique lazy = {.name = "lazy", .summary = "", .run = run_nothing};
    struct session session;
    fake_session_open(&session, &fake_host, &fake_host_technique);
    fake_sample(&session, 1);
    session.job.technique = &lazy;
    struct verdict verdict;
    struct ab_error error = {0};
    assert_int_equal(session_verify(&session, &verdict, &error), AB_WRONG_RESULT);
    session_close(&session);
}

/* Everything a slot does, so that each of its calls can fail once. */
static enum ab_status live(struct ab_error *error)
{
    struct session session;
    struct assignment assignment = fake_assign(&fake_device, &fake_device_technique);
    enum ab_status status = session_open(&session, &assignment, error);
    if (status != AB_OK)
        return status;
    struct verdict verdict;
    struct sample sample;
    status = session_verify(&session, &verdict, error);
    if (status == AB_OK)
        status = session_sample(&session, 1, &sample, &verdict, error);
    session_close(&session);
    return status;
}

static void test_every_failure(void **state)
{
    (void)state;
    struct ab_error error = {0};
    fake_reset();
    assert_int_equal(live(&error), AB_OK);
    unsigned calls = fake.calls;
    unsigned cleanup_calls = 3; /* release, release_memory, close report nothing */
    assert_true(calls > 20);
    for (unsigned n = 1; n <= calls; n++) {
        fake_reset();
        fake.fail_at = n;
        error = (struct ab_error){0};
        enum ab_status status = live(&error);
        assert_int_equal(status, n > calls - cleanup_calls ? AB_OK : AB_API);
        assert_int_equal(fake.balance, 0);
        assert_int_equal(error.status, status);
    }
}

static void test_result_text(void **state)
{
    (void)state;
    struct session session;
    fake_session_open(&session, &fake_host, &fake_host_technique);
    struct json_writer json = {.one_line = true};
    struct ab_error error = {0};
    fake_sample(&session, 1);
    json_begin_object(&json, NULL);
    assert_int_equal(session_write_result(&session, &json, &error), AB_OK);
    json_end_object(&json);
    assert_int_equal(json_finish(&json, &error), AB_OK);
    assert_non_null(strstr(json.text, "\"sum\": 6048"));
    json_free(&json);
    session_close(&session);
}

/* Cold samples walk the copies in turn, each going on where the one before has ended. */
static void test_copies(void **state)
{
    (void)state;
    struct region other = {0};
    struct ab_error error = {0};
    assert_int_equal(region_resize(&other, fake_problem.input.bytes, "a copy", &error), AB_OK);
    memcpy(other.data, fake_problem.input.data, other.bytes);
    struct region copies[] = {fake_problem.input, other};
    struct assignment assignment = fake_assign(&fake_host, &fake_host_technique);
    size_t next = 1;
    assignment.copies = (struct input_copies){copies, 2, NULL};
    struct session session;
    fake_session_open_as(&session, &assignment);
    fake_sample(&session, 2);
    assert_ptr_equal(session.job.input, other.data);
    fake_sample(&session, 3);
    assert_ptr_equal(session.job.input, fake_problem.input.data);
    fake_sample(&session, 1);
    assert_ptr_equal(session.job.input, other.data);
    session_close(&session);

    assignment.copies.next = &next; /* where another session has ended */
    assert_int_equal(session_open(&session, &assignment, &error), AB_OK);
    fake_sample(&session, 2);
    assert_ptr_equal(session.job.input, fake_problem.input.data);
    assert_int_equal(next, 1);
    session_close(&session);
    region_free(&other);
}

/* A counter that goes up by 10 J a second, and by 20 while there is work, once every 50 ms. */
static enum ab_status count_energy(void *context, double *joules, struct ab_error *error)
{
    static uint64_t runs;
    static double counted;
    (void)context, (void)error;
    fake.now_ns += 50000000;
    counted += runs == fake.calls ? 0.5 : 1;
    runs = fake.calls + 1; /* one call of sync is made between two readings in any case */
    *joules = counted;
    return AB_OK;
}

static void test_energy(void **state)
{
    (void)state;
    struct backend backend = fake_device;
    struct session session;
    struct energy energy;
    struct ab_error error = {0};
    backend.energy = count_energy;
    fake_session_open(&session, &backend, &fake_device_technique);
    fake.log[0] = '\0';
    assert_int_equal(session_energy(&session, 4.9, &energy, &error), AB_USAGE);
    error = (struct ab_error){0};
    assert_int_equal(session_energy(&session, 0, &energy, &error), AB_OK);
    assert_int_equal(session_energy(&session, 5, &energy, &error), AB_OK);
    assert_true(fabs(energy.window_s - 5) < 0.06);
    assert_true(fabs(energy.idle_w - 10) < 0.3);
    assert_true(fabs(energy.busy_w - 20) < 0.3);
    assert_true(energy.steps >= 99 && energy.runs == energy.steps);
    assert_true(fabs(energy.joules_per_gb * 64e-9 * (double)energy.runs - 50) < 2);
    session_close(&session);
    fake_session_open(&session, &fake_device, &fake_device_technique);
    error = (struct ab_error){0};
    assert_int_equal(session_energy(&session, 5, &energy, &error), AB_UNSUPPORTED);
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_phases_without_device_clock),
        cmocka_unit_test(test_streamed),
        cmocka_unit_test(test_host_has_no_transfers),
        cmocka_unit_test(test_wrong_result),
        cmocka_unit_test(test_stale_result),
        cmocka_unit_test(test_every_failure),
        cmocka_unit_test(test_result_text),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_energy),
    };
    return cmocka_run_group_tests(tests, fake_problem_setup, fake_problem_teardown);
}
