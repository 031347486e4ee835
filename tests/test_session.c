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
#include "tests/fake.h"

static struct problem problem;

static int make_problem(void **state)
{
    (void)state;
    fake_problem_make(&problem);
    return 0;
}

static int free_problem(void **state)
{
    (void)state;
    fake_problem_free(&problem);
    return 0;
}

static struct assignment assign(const struct backend *backend, const struct technique *technique)
{
    return (struct assignment){
        .backend = backend,
        .clock = &fake_clock,
        .problem = &problem,
        .technique = technique,
        .copies = {&problem.input, 1, NULL},
    };
}

static void open_session(struct session *session, const struct backend *backend,
                         const struct technique *technique)
{
    struct ab_error error = {0};
    struct assignment assignment = assign(backend, technique);
    fake_reset();
    assert_int_equal(session_open(session, &assignment, &error), AB_OK);
}

static struct sample take_sample(struct session *session, uint64_t iterations)
{
    struct sample sample;
    struct verdict verdict;
    struct ab_error error = {0};
    assert_int_equal(session_sample(session, iterations, &sample, &verdict, &error), AB_OK);
    assert_true(verdict.passed);
    return sample;
}

static void assert_ns(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%g ns instead of %g", actual, expected);
}

static void test_life(void **state)
{
    (void)state;
    struct session session;
    open_session(&session, &fake_device, &fake_device_technique);
    assert_int_equal(session.setup_ns,
                     FAKE_OPEN_NS + FAKE_PREPARE_NS + FAKE_UPLOAD_NS + FAKE_SYNC_NS);
    struct verdict verdict;
    struct ab_error error = {0};
    assert_int_equal(session_verify(&session, &verdict, &error), AB_OK);
    take_sample(&session, 1);
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
    open_session(&session, &fake_device, &fake_device_technique);
    struct sample sample = take_sample(&session, 3);
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
    open_session(&session, &fake_clockless_device, &fake_device_technique);
    struct sample sample = take_sample(&session, 2);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_RUN_NS + FAKE_SYNC_NS);
    session_close(&session);
}

static void test_streamed(void **state)
{
    (void)state;
    struct session session;
    open_session(&session, &fake_device, &fake_streamed_technique);
    struct sample sample = take_sample(&session, 2);
    assert_ns(sample.phase_ns[PHASE_E2E], FAKE_RUN_NS);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_DEVICE_CLOCK_NS);
    session_close(&session);
    assert_non_null(strstr(fake.log, "end_to_end end_to_end release"));
}

static void test_host_has_no_transfers(void **state)
{
    (void)state;
    struct session session;
    open_session(&session, &fake_host, &fake_host_technique);
    struct sample sample = take_sample(&session, 4);
    assert_true(isnan(sample.phase_ns[PHASE_H2D]));
    assert_true(isnan(sample.phase_ns[PHASE_D2H]));
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_RUN_NS);
    assert_ns(sample.phase_ns[PHASE_E2E], FAKE_RUN_NS);
    session_close(&session);
    assert_string_equal(fake.log, "open run run run run close");
}

static void test_calibration(void **state)
{
    (void)state;
    static const struct {
        uint64_t least_ns, iterations;
    } cases[] = {{1, 1}, {100, 1}, {101, 2}, {1000, 10}, {100000, 1000}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct session session;
        open_session(&session, &fake_host, &fake_host_technique);
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
        open_session(&session, &fake_host, &technique);
        assert_int_equal(session_verify(&session, &verdict, &error), AB_OK);
        const unsigned calls_before = fake.calls;
        assert_int_equal(session_calibrate(&session, LEAST_NS, &c, &error), AB_OK);
        assert_true((c.iterations == 1) == cases[i].is_long);
        assert_ns(c.run_ns, FAKE_RUN_NS + (cases[i].is_long ? (double)cases[i].ns : 0));
        assert_true((fake.calls == calls_before) == (cases[i].ns == VERY_LONG_NS));
        session_close(&session);
    }
    held_up.runs = 0;
}

static void test_wrong_result(void **state)
{
    (void)state;
    struct session session;
    open_session(&session, &fake_device, &fake_device_technique);
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
    open_session(&session, &fake_host, &fake_host_technique);
    take_sample(&session, 1);
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
    struct assignment assignment = assign(&fake_device, &fake_device_technique);
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
    open_session(&session, &fake_host, &fake_host_technique);
    struct json_writer json = {.one_line = true};
    struct ab_error error = {0};
    take_sample(&session, 1);
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
    assert_int_equal(region_resize(&other, problem.input.bytes, "a copy", &error), AB_OK);
    memcpy(other.data, problem.input.data, other.bytes);
    struct region copies[] = {problem.input, other};
    struct assignment assignment = assign(&fake_host, &fake_host_technique);
    size_t next = 1;
    assignment.copies = (struct input_copies){copies, 2, NULL};
    struct session session;
    fake_reset();
    assert_int_equal(session_open(&session, &assignment, &error), AB_OK);
    take_sample(&session, 2);
    assert_ptr_equal(session.job.input, other.data);
    take_sample(&session, 3);
    assert_ptr_equal(session.job.input, problem.input.data);
    take_sample(&session, 1);
    assert_ptr_equal(session.job.input, other.data);
    session_close(&session);

    assignment.copies.next = &next; /* where another session has ended */
    assert_int_equal(session_open(&session, &assignment, &error), AB_OK);
    take_sample(&session, 2);
    assert_ptr_equal(session.job.input, problem.input.data);
    assert_int_equal(next, 1);
    session_close(&session);
    region_free(&other);
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
    open_session(&session, &fake_device, &fake_device_technique);
    session.kernel_runs = 5;
    struct sample sample = take_sample(&session, 2);
    assert_ns(sample.phase_ns[PHASE_KERNEL], (double)FAKE_DEVICE_CLOCK_NS / 3);
    session_close(&session);
    assert_non_null(strstr(fake.log, "sync clock_start run run run clock_stop sync clock_read"));
}

/* What one worker's calibration found serves those that come after it. */
static void test_batch_is_assigned(void **state)
{
    (void)state;
    struct assignment assignment = assign(&fake_device, &fake_device_technique);
    struct session session;
    struct ab_error error = {0};
    assignment.kernel_runs = 4;
    fake_reset();
    assert_int_equal(session_open(&session, &assignment, &error), AB_OK);
    take_sample(&session, 2);
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
    open_session(&session, &fake_device, &fake_device_technique);
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
    struct assignment assignment = assign(&backend, &fake_device_technique);
    struct session session;
    struct ab_error error = {0};
    assignment.cold = true;
    fake_reset();
    assert_int_equal(session_open(&session, &assignment, &error), AB_OK);
    session.kernel_runs = 2;
    struct sample sample = take_sample(&session, 1);
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
    open_session(&session, &fake_device, &fake_device_technique);
    session.kernel_runs = 24;
    fake.log[0] = '\0';
    struct sample sample = take_sample(&session, 20);
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
    struct assignment assignment = assign(&backend, &fake_device_technique);
    struct session session;
    struct calibration calibration;
    struct ab_error error = {0};
    assignment.cold = true;
    fake_reset();
    assert_int_equal(session_open(&session, &assignment, &error), AB_OK);
    assert_int_equal(session_calibrate(&session, 10 * FAKE_DEVICE_CLOCK_NS, &calibration, &error),
                     AB_OK);
    assert_int_equal(session.kernel_runs, 4);
    fake.log[0] = '\0';
    struct sample sample = take_sample(&session, 9);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_DEVICE_CLOCK_NS);
    assert_int_equal(count_calls("evict"), 4);
    session_close(&session);
}

/* A launch with the way there and back, whatever clock the device has. */
static void test_by_host(void **state)
{
    (void)state;
    struct assignment assignment = assign(&fake_device, &fake_device_technique);
    struct session session;
    struct ab_error error = {0};
    assignment.by_host = true;
    fake_reset();
    assert_int_equal(session_open(&session, &assignment, &error), AB_OK);
    session.kernel_runs = 3;
    struct sample sample = take_sample(&session, 1);
    assert_ns(sample.phase_ns[PHASE_KERNEL], FAKE_RUN_NS + FAKE_SYNC_NS);
    session_close(&session);
    assert_null(strstr(fake.log, "clock_start"));
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
    open_session(&session, &backend, &fake_device_technique);
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
    open_session(&session, &fake_device, &fake_device_technique);
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
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_calibration_of_held_up_runs),
        cmocka_unit_test(test_wrong_result),
        cmocka_unit_test(test_stale_result),
        cmocka_unit_test(test_every_failure),
        cmocka_unit_test(test_result_text),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_batch_is_assigned),
        cmocka_unit_test(test_batch_is_calibrated),
        cmocka_unit_test(test_split_runs_are_few),
        cmocka_unit_test(test_cold_device),
        cmocka_unit_test(test_cold_runs_are_few),
        cmocka_unit_test(test_by_host),
        cmocka_unit_test(test_energy),
    };
    return cmocka_run_group_tests(tests, make_problem, free_problem);
}
