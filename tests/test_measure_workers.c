/* Whole measurements over fake techniques that crash, hang, lie or are killed: each costs its own
 * rows, with the reason, and nothing else. And how long workers of devices live. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "bench/row.h"
#include "tests/fake_measurement.h"

/* One good technique beside one of each bad kind. */
static void test_bad_beside_good(void **state)
{
    (void)state;
    static const struct {
        enum fake_bad bad;
        enum ab_status status;
        const char *message;
    } cases[] = {
        {BAD_WRONG, AB_WRONG_RESULT, "wrong result: sum is"},
        {BAD_LATER_WRONG, AB_WRONG_RESULT, "wrong result: sum is"},
        {BAD_ERROR, AB_NO_MEMORY, "needs 9.9 GB"},
        {BAD_CRASH, AB_WORKER, "crashed: signal 11"},
        {BAD_KILLED, AB_WORKER, "killed (signal 9)"},
        {BAD_EXIT, AB_WORKER, "status 7"},
        {BAD_HANG, AB_WORKER, "no answer within 3 s"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned files = open_files();
        struct options options = fake_options();
        if (cases[i].bad == BAD_HANG)
            options.deadline_s = 3;
        struct measurement m;
        struct ab_error error = {0};
        fake_measurement(&m, &options, 2);
        fake_alternative(&m, 0, &fake_host_entry, &fake_bad_techniques[cases[i].bad]);
        fake_alternative(&m, 1, &fake_host_entry, &fake_host_technique);
        fake_measurement_run(&m);
        assert_int_equal(m.alternatives[0].error.status, cases[i].status);
        if (strstr(m.alternatives[0].error.message, cases[i].message) == NULL)
            fail_msg("'%s' does not say '%s'", m.alternatives[0].error.message, cases[i].message);
        assert_true(alternative_measured(&m.alternatives[1]));
        assert_int_equal(m.alternatives[1].samples, 5);
        assert_int_equal(m.rounds_done, 5);
        assert_nothing_left(files);

        struct row *rows = NULL;
        size_t count = 0;
        assert_int_equal(rows_of_measurement(&m, &rows, &count, &error), AB_OK);
        assert_int_equal(count, 1 + 5 + 4);
        assert_true(rows[0].run.outcome == BM_FAILED && rows[0].run.real_time == 0);
        assert_true(rows[1].run.outcome == BM_DONE);
        free(rows);
        measurement_free(&m);
    }
}

/* Everyone fails: the measurement ends at once, without rounds. */
static void test_all_bad(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    fake_measurement(&m, &options, 1);
    fake_alternative(&m, 0, &fake_host_entry, &fake_bad_techniques[BAD_KILLED]);
    fake_measurement_run(&m);
    assert_int_equal(m.rounds_done, 0);
    assert_null(measurement_baseline(&m));
    measurement_free(&m);
}

/* How often workers are started for five rounds on a device that takes so long to open. */
static size_t starts_of_device(double open_s, size_t alternatives)
{
    struct options options = fake_options();
    struct measurement m;
    const struct fake as_said = fake;
    fake_measurement(&m, &options, alternatives);
    for (size_t i = 0; i < alternatives; i++) {
        fake_scripted_alternative(&m, i, &fake_device_entry, &fake_device_technique);
        m.alternatives[i].device.memory_bytes = as_said.device_bytes;
    }
    fake.dear_open_ns = (uint64_t)(1e9 * open_s);
    fake.programs = as_said.programs;
    fake_measurement_run(&m);
    const size_t starts = m.alternatives[0].setups;
    assert_int_equal(m.alternatives[0].samples, 5);
    measurement_free(&m);
    fake_reset();
    return starts;
}

/* One that would take much of the time for its starts serves all rounds; of several alternatives
 * it is the starts of all together. */
static void test_dear_workers_stay(void **state)
{
    (void)state;
    fake_reset();
    assert_int_equal(starts_of_device(0.1, 1), 1 + 5); /* of a minute, a sixth is 2 s a round */
    assert_int_equal(starts_of_device(1.5, 2), 1);
    assert_int_equal(starts_of_device(10, 1), 1);
    fake.programs = PROGRAMS_BUILT; /* that start says nothing about others */
    assert_int_equal(starts_of_device(10, 1), 2);
}

/* They do not where their copies of the input would take the device's memory away from each
 * other; but they do where the input goes through it in pieces in any case. */
static void test_dear_workers_have_room(void **state)
{
    (void)state;
    fake_reset();
    fake.device_bytes = 4 * 64;
    assert_int_equal(starts_of_device(10, 2), 1);
    fake.device_bytes = 4 * 64 - 1;
    assert_int_equal(starts_of_device(10, 2), 1 + 5);
    fake.device_bytes = 63;
    assert_int_equal(starts_of_device(10, 2), 1);
}

/* What takes long is to end some workers, which shows when the first has ended. */
static void test_workers_that_end_slowly_stay(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    options.max_seconds_s = 3; /* a sixth of it is 0.1 s a round */
    fake_measurement(&m, &options, 1);
    fake_alternative(&m, 0, &fake_device_entry, &fake_device_technique);
    fake.slow_close_ns = 150000000;
    fake_measurement_run(&m);
    assert_int_equal(m.alternatives[0].setups, 2);
    measurement_free(&m);
}

static void test_workers_of_device(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    struct ab_error error = {0};
    unsigned files = open_files();
    fake_measurement(&m, &options, 2);
    fake_scripted_alternative(&m, 0, &fake_device_entry, &fake_device_technique);
    fake_alternative(&m, 1, &fake_host_entry, &fake_host_technique);
    fake.dear_open_ns = 10000000000;
    fake_measurement_run(&m);
    assert_int_equal(m.alternatives[0].setups, 1);
    assert_int_equal(m.alternatives[1].setups, 1 + 5);
    assert_int_equal(m.alternatives[0].samples, 5);
    assert_nothing_left(files);
    assert_ptr_equal(measurement_baseline(&m), &m.alternatives[1]); /* the CPU's, however slow */

    struct row *rows = NULL;
    size_t count = 0;
    assert_int_equal(rows_of_measurement(&m, &rows, &count, &error), AB_OK);
    assert_int_equal(count, 3 * (5 + 4)); /* e2e and kernel of the device, e2e of the host */
    assert_string_equal(rows[0].run_name, "fake.simple_device/real_time");
    assert_string_equal(rows[9].run_name, "fake.simple.kernel_device/real_time");
    assert_int_equal(rows[18].run.family_index, 2);
    free(rows);
    measurement_free(&m);
}

static void test_workers_of_cheap_device(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    fake_measurement(&m, &options, 1);
    fake_alternative(&m, 0, &fake_device_entry, &fake_device_technique);
    fake_measurement_run(&m);
    assert_int_equal(m.alternatives[0].setups, 1 + 5);
    assert_int_equal(m.alternatives[0].samples, 5);
    /* New workers launch the kernel as often as the first one found it necessary, by a clock that
     * says of 15 launches what it says of one. */
    assert_int_equal(m.alternatives[0].assignment.kernel_runs, 215);
    measurement_free(&m);
}

/* What two calibrations or two samples of one run take by the scripted clock, with all that a new
 * worker does before it times them. */
static void time_worker(const struct backend *backend, const struct technique *technique,
                        bool calibrate, uint64_t took_ns[2])
{
    struct problem problem;
    struct ab_error error = {0};
    fake_reset();
    fake_problem_make(&problem);
    const struct assignment assignment = {.backend = backend,
                                          .clock = &fake_clock,
                                          .problem = &problem,
                                          .technique = technique,
                                          .copies = {&problem.input, 1, NULL}};
    const struct worker_options options = {.deadline_s = 20, .in_process = true};
    struct worker worker;
    struct opening opening;
    struct timing timing;
    struct calibration calibration;
    assert_int_equal(worker_start(&worker, &assignment, &options, &opening, &error), AB_OK);
    for (int i = 0; i < 2; i++) {
        const uint64_t before_ns = fake.now_ns;
        if (calibrate)
            assert_int_equal(worker_calibrate(&worker, 1, &calibration, &error), AB_OK);
        else
            assert_int_equal(worker_sample(&worker, 1, &timing, &error), AB_OK);
        took_ns[i] = fake.now_ns - before_ns;
    }
    worker_stop(&worker);
    fake_problem_free(&problem);
}

/* A device runs for 30 ms before the first time is taken, and only then. */
static void test_device_settles(void **state)
{
    (void)state;
    uint64_t took_ns[2];
    time_worker(&fake_device, &fake_device_technique, false, took_ns);
    assert_in_range(took_ns[0], DEVICE_SETTLES_NS, DEVICE_SETTLES_NS + 1000000);
    assert_in_range(took_ns[1], 1, 1000000);
    time_worker(&fake_device, &fake_device_technique, true, took_ns);
    assert_in_range(took_ns[0], DEVICE_SETTLES_NS, DEVICE_SETTLES_NS + 1000000);
    time_worker(&fake_host, &fake_host_technique, false, took_ns);
    assert_in_range(took_ns[0], 1, 1000000);
    time_worker(&fake_host, &fake_host_technique, true, took_ns);
    assert_in_range(took_ns[0], 1, 1000000);
}

static void test_in_process(void **state)
{
    (void)state;
    struct options options = fake_options();
    options.in_process = true;
    options.result = true;
    struct measurement m;
    fake_measurement(&m, &options, 2);
    fake_alternative(&m, 0, &fake_device_entry, &fake_device_technique);
    fake_alternative(&m, 1, &fake_host_entry, &fake_bad_techniques[BAD_ERROR]);
    fake_measurement_run(&m);
    assert_true(alternative_measured(&m.alternatives[0]));
    assert_string_equal(m.alternatives[0].result, "{\"sum\": 6048}");
    assert_int_equal(m.alternatives[1].error.status, AB_NO_MEMORY);
    assert_int_equal(fake.balance, 0);
    measurement_free(&m);
}

static uint64_t boastful_wall_ns(void *state)
{
    static uint64_t readings;
    (void)state;
    return 1000000000000u * ++readings; /* 1000 s from one look to the next */
}

static const struct clock_source boastful_clock = {boastful_wall_ns, boastful_wall_ns, NULL};

static void test_lies_about_time(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    unsigned files = open_files();
    fake_measurement(&m, &options, 2);
    fake_alternative(&m, 0, &fake_host_entry, &fake_host_technique);
    fake_alternative(&m, 1, &fake_host_entry, &fake_host_technique);
    m.alternatives[0].assignment.clock = &boastful_clock;
    fake_measurement_run(&m);
    assert_int_equal(m.alternatives[0].error.status, AB_WORKER);
    assert_non_null(strstr(m.alternatives[0].error.message, "clock cannot be right"));
    assert_true(alternative_measured(&m.alternatives[1]));
    assert_nothing_left(files);
    measurement_free(&m);
}

static void *spin(void *argument)
{
    struct timespec begin, now;
    (void)argument;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec - begin.tv_sec < 1 + (now.tv_nsec < begin.tv_nsec));
    return NULL;
}

/* Leaves a thread behind that burns time after the answer, as a runtime's idle threads do. */
static enum ab_status download_and_spin(struct job *job, struct ab_error *error)
{
    static pthread_t thread;
    static bool started;
    if (!started && pthread_create(&thread, NULL, spin, NULL) != 0)
        return ab_fail(error, AB_SYSTEM, "no thread");
    started = true;
    return fake_device_technique.download(job, error);
}

static void test_spins_after_slot(void **state)
{
    (void)state;
    struct technique spinner = fake_device_technique;
    spinner.download = download_and_spin;
    struct problem problem;
    struct ab_error error = {0};
    fake_reset();
    fake_problem_make(&problem);
    struct assignment assignment = {.backend = &fake_device,
                                    .clock = &system_clock,
                                    .problem = &problem,
                                    .technique = &spinner,
                                    .copies = {&problem.input, 1, NULL}};
    struct worker_options options = {.deadline_s = 20};
    struct worker worker;
    struct opening opening;
    struct timing timing;
    assert_int_equal(worker_start(&worker, &assignment, &options, &opening, &error), AB_OK);
    assert_int_equal(worker_sample(&worker, 1, &timing, &error), AB_OK);
    clockid_t clock;
    struct timespec before, after;
    const struct timespec moment = {0, 20000000};
    assert_int_equal(clock_getcpuclockid(worker.pid, &clock), 0);
    assert_int_equal(worker_wait_idle(&worker, &error), AB_OK);
    clock_gettime(clock, &before);
    nanosleep(&moment, NULL);
    clock_gettime(clock, &after);
    /* A thread that spins would use all of the moment; a sanitizer's own may use a little. */
    int64_t used_ns =
        (after.tv_sec - before.tv_sec) * 1000000000 + (after.tv_nsec - before.tv_nsec);
    assert_true(2 * used_ns < moment.tv_nsec);
    worker_stop(&worker);
    fake_problem_free(&problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_beside_good),
        cmocka_unit_test(test_all_bad),
        cmocka_unit_test(test_dear_workers_stay),
        cmocka_unit_test(test_dear_workers_have_room),
        cmocka_unit_test(test_workers_that_end_slowly_stay),
        cmocka_unit_test(test_workers_of_device),
        cmocka_unit_test(test_workers_of_cheap_device),
        cmocka_unit_test(test_device_settles),
        cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_lies_about_time),
        cmocka_unit_test(test_spins_after_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
