/* How long the samples of a measurement are, and how many of them make a round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "tests/fake_measurement.h"

/* So short that a round has many turns, and long enough that few runs fill a sample. */
enum { SHORT_RUN_NS = 10000 };

static enum ab_status run_short(struct job *job, struct ab_error *error)
{
    fake.now_ns += SHORT_RUN_NS - FAKE_RUN_NS;
    return fake_host_technique.run(job, error);
}

static const struct technique short_technique = {.name = "short", .summary = "", .run = run_short};

/* Short samples take many turns in a round, a long one has one, and shorter ones beside it are made
 * longer; the row says the median of the turns. */
static void test_turns(void **state)
{
    (void)state;
    static const struct {
        const struct technique *beside;
        size_t turns;
    } cases[] = {{&short_technique, 12}, {&fake_slow_technique, 1}};
    for (size_t i = 0; i < 2; i++) {
        struct options options = fake_options();
        struct measurement m;
        options.in_process = true;
        options.min_time_s = 0;
        fake_measurement(&m, &options, 2);
        fake_scripted_alternative(&m, 0, &fake_host_entry, &short_technique);
        fake_scripted_alternative(&m, 1, &fake_host_entry, cases[i].beside);
        fake_measurement_run(&m);
        assert_int_equal(m.turns, cases[i].turns);
        const struct alternative *a = &m.alternatives[0];
        const double sample_ns = (double)a->calibration.iterations * (double)SHORT_RUN_NS;
        assert_true(sample_ns >= (cases[i].turns == 1 ? 40e6 : 1e6));
        assert_int_equal(a->rounds[4].sample.iterations, a->calibration.iterations * m.turns);
        for (size_t turn = 0; turn < 5 * m.turns; turn++)
            assert_true(a->turns_ns[turn] == (double)SHORT_RUN_NS);
        measurement_free(&m);
    }
}

/* A run that takes some per cent longer than the short one. */
static enum ab_status run_little_longer(struct job *job, struct ab_error *error)
{
    fake.now_ns += SHORT_RUN_NS / 10;
    return run_short(job, error);
}

/* Those that take about as long have as many runs in a sample; another has its own. */
static void test_equal_samples(void **state)
{
    (void)state;
    static const struct technique longer = {
        .name = "longer", .summary = "", .run = run_little_longer};
    struct options options = fake_options();
    struct measurement m;
    options.in_process = true;
    options.min_time_s = 0;
    fake_measurement(&m, &options, 3);
    fake_scripted_alternative(&m, 0, &fake_host_entry, &longer);
    fake_scripted_alternative(&m, 1, &fake_host_entry, &short_technique);
    fake_scripted_alternative(&m, 2, &fake_host_entry, &fake_host_technique);
    fake_measurement_run(&m);
    const struct alternative *a = m.alternatives;
    assert_true(a[0].calibration.run_ns > a[1].calibration.run_ns);
    assert_int_equal(a[0].calibration.iterations, a[1].calibration.iterations);
    assert_true(a[2].calibration.iterations > 2 * a[1].calibration.iterations);
    measurement_free(&m);
}

/* Its time is short by the clock that measures, and long by the one that ends measurements: so it
 * looks when strangers hold the program up. */
static enum ab_status run_held_up(struct job *job, struct ab_error *error)
{
    const struct timespec pause = {0, 100000};
    nanosleep(&pause, NULL);
    return run_short(job, error);
}

/* Where there is little time, samples and turns give way, that there be enough rounds for a
 * verdict: before the rounds as far as that is known then, and in the first one. */
static void test_turns_give_way(void **state)
{
    (void)state;
    static const struct technique held_up = {.name = "held", .summary = "", .run = run_held_up};
    static const struct {
        const struct technique *technique, *beside;
        double max_seconds_s;
        size_t most;
        double sample_most_ns; /* of the first */
    } cases[] = {{&short_technique, &fake_slow_technique, 1, 1, 12e6},
                 {&held_up, &held_up, 3, 11, 2e6}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct options options = fake_options();
        struct measurement m;
        options.in_process = true;
        options.min_time_s = 0;
        options.max_seconds_s = cases[i].max_seconds_s;
        options.rounds = 12;
        fake_measurement(&m, &options, 2);
        fake_scripted_alternative(&m, 0, &fake_host_entry, cases[i].technique);
        fake_scripted_alternative(&m, 1, &fake_host_entry, cases[i].beside);
        fake_measurement_run(&m);
        assert_in_range(m.turns, 1, cases[i].most);
        assert_true(m.rounds_done == 12 || m.ended == ENDED_BY_TIME); /* by the real clock */
        const double iterations = (double)m.alternatives[0].calibration.iterations;
        assert_true(iterations * (double)SHORT_RUN_NS <= cases[i].sample_most_ns);
        const struct alternative *a = &m.alternatives[0];
        for (size_t turn = 0; turn < m.rounds_done * m.turns; turn++)
            assert_true(a->turns_ns[turn] == (double)SHORT_RUN_NS);
        assert_int_equal(a->rounds[0].sample.iterations, a->calibration.iterations * m.turns);
        measurement_free(&m);
    }
}

/* A run of 0.1 ms: a sample of 2 ms has 21 with their transfers. */
static enum ab_status run_on_device(struct job *job, struct ab_error *error)
{
    fake.now_ns += 100000;
    return fake_device_technique.run(job, error);
}

/* Workers on devices that are started anew for each round take 30 ms and more: so do the turns. How
 * long ending them takes, the real clock says. */
static void test_turns_of_device(void **state)
{
    (void)state;
    struct technique on_device = fake_device_technique;
    on_device.run = run_on_device;
    static const struct {
        uint64_t open_ns;
        double sample_s;
        size_t least, most;
    } cases[] = {
        {0, 1e-6, 36, 36}, {0, 2e-3, 13, 36}, {5000000, 2e-3, 15, 36}, {10000000000, 1e-6, 12, 12}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct options options = fake_options();
        struct measurement m;
        options.in_process = true;
        options.min_time_s = cases[i].sample_s;
        fake_measurement(&m, &options, 1);
        fake_scripted_alternative(&m, 0, &fake_device_entry, &on_device);
        fake.dear_open_ns = cases[i].open_ns;
        fake_measurement_run(&m);
        assert_in_range(m.turns, cases[i].least, cases[i].most);
        measurement_free(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_equal_samples),
        cmocka_unit_test(test_turns_give_way),
        cmocka_unit_test(test_turns_of_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
