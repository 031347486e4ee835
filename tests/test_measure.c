/* The rounds of a measurement over fake techniques: their order, what is compared, and when they
 * end. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "bench/interrupt.h"
#include "bench/row.h"
#include "common/random.h"
#include "tests/fake_measurement.h"

/* Over as many rounds as there are alternatives, each stands once in every place. */
struct places {
    unsigned seen[4][4];
    unsigned in_round, order_hash;
    size_t round;
};

static enum ab_status note_place(void *state, const struct measurement *m, size_t alternative,
                                 size_t round, struct ab_error *error)
{
    struct places *places = state;
    (void)m, (void)error;
    if (round != places->round)
        places->in_round = 0;
    places->round = round;
    places->order_hash = places->order_hash * 31 + (unsigned)alternative;
    places->seen[alternative][places->in_round++]++;
    return AB_OK;
}

static unsigned order_of_rounds(uint64_t seed, struct places *places)
{
    struct options options = fake_options();
    options.in_process = true;
    options.rounds = 8;
    options.seed = seed;
    struct measurement m;
    struct ab_error error = {0};
    fake_measurement(&m, &options, 4);
    for (size_t i = 0; i < 4; i++)
        fake_scripted_alternative(&m, i, &fake_host_entry, &fake_slow_technique);
    *places = (struct places){.round = SIZE_MAX};
    struct measure_observer observer = {.sampled = note_place, .state = places};
    assert_int_equal(measurement_run(&m, &observer, &error), AB_OK);
    measurement_free(&m);
    return places->order_hash;
}

static void test_latin_square(void **state)
{
    (void)state;
    struct places places, again;
    unsigned order = order_of_rounds(1, &places);
    for (size_t i = 0; i < 4; i++)
        for (size_t place = 0; place < 4; place++)
            assert_int_equal(places.seen[i][place], 2);
    assert_int_equal(order_of_rounds(1, &again), order);
    unsigned others = 0;
    for (uint64_t seed = 2; seed < 6; seed++)
        others += order_of_rounds(seed, &again) != order;
    assert_true(others >= 3);
}

static enum ab_status raise_in_round_2(void *state, const struct measurement *m, size_t alternative,
                                       size_t round, struct ab_error *error)
{
    (void)state, (void)m, (void)alternative, (void)error;
    if (round == 2)
        raise(SIGINT);
    return AB_OK;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    struct ab_error error = {0};
    unsigned files = open_files();
    fake_measurement(&m, &options, 2);
    fake_alternative(&m, 0, &fake_host_entry, &fake_host_technique);
    fake_alternative(&m, 1, &fake_host_entry, &fake_host_technique);
    struct measure_observer observer = {.sampled = raise_in_round_2};
    interrupt_install();
    assert_int_equal(measurement_run(&m, &observer, &error), AB_INTERRUPTED);
    assert_int_equal(m.rounds_done, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(alternative_measured(&m.alternatives[i]));
        assert_true(m.alternatives[i].samples >= 2);
    }
    assert_nothing_left(files);
    measurement_free(&m);
    interrupt_install(); /* forgets the signal */
}

static enum ab_status refuse(void *state, const struct measurement *m, size_t alternative,
                             size_t round, struct ab_error *error)
{
    (void)state, (void)m, (void)alternative, (void)round;
    return ab_fail(error, AB_SYSTEM, "the disk is full");
}

static void test_observer_fails(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    struct ab_error error = {0};
    fake_measurement(&m, &options, 1);
    fake_alternative(&m, 0, &fake_host_entry, &fake_host_technique);
    struct measure_observer observer = {.sampled = refuse};
    assert_int_equal(measurement_run(&m, &observer, &error), AB_SYSTEM);
    assert_true(alternative_measured(&m.alternatives[0])); /* its sample stands */
    measurement_free(&m);
}

/* Paired ratios on constructed times, whoever is compared. */
static void test_compare(void **state)
{
    (void)state;
    struct timing slow[3] = {0}, fast[3] = {0};
    double slow_ns[] = {100, 300, 220}, fast_ns[] = {50, 100, 100};
    for (size_t i = 0; i < 3; i++) {
        slow[i].sample.phase_ns[PHASE_E2E] = slow_ns[i];
        fast[i].sample.phase_ns[PHASE_E2E] = fast_ns[i];
    }
    struct measurement m = {.turns = 1};
    struct alternative a = {.rounds = fast, .turns_ns = fast_ns, .samples = 3},
                       base = {.rounds = slow, .turns_ns = slow_ns, .samples = 3};
    assert_true(fabs(measurement_compare(&m, &a, &base).ratio - 2.2) < 1e-12); /* of 2, 3, 2.2 */
    assert_true(fabs(alternative_median_ns(&base, PHASE_E2E) - 220) < 1e-12);
    a.samples = 1; /* pairs: those rounds that both have */
    assert_int_equal(measurement_compare(&m, &a, &base).pairs, 1);
    assert_true(fabs(measurement_compare(&m, &a, &base).ratio - 2) < 1e-12);
    a.error.status = AB_WORKER;
    assert_true(isnan(measurement_compare(&m, &a, &base).ratio));
    assert_true(isnan(measurement_compare(&m, &base, NULL).ratio));
}

/* A round says the median of its turns' ratios: here 2, whatever the CPU's speed was in each. */
static void test_compare_turns(void **state)
{
    (void)state;
    struct measurement m = {.turns = 3};
    double slow_ns[] = {100, 200, 900, 100, 200, 400}, fast_ns[] = {50, 100, 100, 50, 800, 200};
    struct alternative a = {.turns_ns = fast_ns, .samples = 2},
                       base = {.turns_ns = slow_ns, .samples = 2};
    assert_true(fabs(measurement_compare(&m, &a, &base).ratio - 2) < 1e-12);
    assert_int_equal(measurement_compare(&m, &a, &base).pairs, 2);
}

/* What is faster than its input can be read is an error row. The limit: a fake that is slow. */
static enum ab_status run_slow(struct job *job, struct ab_error *error)
{
    (void)error;
    const struct timespec pause = {0, 2000000};
    nanosleep(&pause, NULL);
    return fake_host_technique.run(job, error);
}

static void test_impossible(void **state)
{
    (void)state;
    static const struct technique slow = {.name = "limit", .summary = "", .run = run_slow};
    struct options options = fake_options();
    options.rounds = 12;
    struct measurement m;
    struct ab_error error = {0};
    fake_measurement(&m, &options, 3);
    fake_alternative(&m, 0, &fake_host_entry, &fake_host_technique);
    fake_alternative(&m, 1, &fake_host_entry, &slow);
    fake_alternative(&m, 2, &fake_host_entry, &slow);
    m.problem.input.bytes = 1 << 20; /* as if: limits are for large inputs */
    m.alternatives[2].is_limit = true;
    m.alternatives[0].limit = m.alternatives[1].limit = &m.alternatives[2];
    m.limit_problem = m.problem;
    fake_measurement_run(&m);
    assert_int_equal(m.alternatives[0].error.status, AB_WRONG_RESULT);
    assert_non_null(strstr(m.alternatives[0].error.message, "as fast as its input can be read"));
    assert_true(alternative_measured(&m.alternatives[1]));
    struct row *rows = NULL;
    size_t count = 0;
    assert_int_equal(rows_of_measurement(&m, &rows, &count, &error), AB_OK);
    assert_int_equal(count, 1 + 12 + 4); /* the error, the good one, and no limit */
    free(rows);
    m.limit_problem = (struct problem){0};
    measurement_free(&m);
}

/* ---- Stop rules ------------------------------------------------------------------------- */

/* Two of a technique, 30 rounds unless a rule ends them. */
static void run_scripted(struct measurement *m, struct options *options,
                         const struct technique *technique)
{
    options->in_process = true;
    options->rounds_given = false;
    options->rounds = 30;
    fake_measurement(m, options, 2);
    for (size_t i = 0; i < 2; i++)
        fake_scripted_alternative(m, i, &fake_host_entry, technique);
    fake_measurement_run(m);
}

/* Intervals without width: two checks in a row, after 12 and after 16 rounds, are enough. */
static void test_stops_on_width(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    run_scripted(&m, &options, &fake_host_technique);
    assert_int_equal(m.ended, ENDED_BY_WIDTH);
    assert_int_equal(m.rounds_done, 16);
    measurement_free(&m);
}

/* Runs take once to twice as long, by chance: no interval is narrow. There are no more rounds than
 * planned, unless it is said how many there may be. */
static enum ab_status run_unsteady(struct job *job, struct ab_error *error)
{
    static struct random_stream stream = {1};
    fake.now_ns += random_below(&stream, 50000000);
    return fake_slow_technique.run(job, error);
}

static void test_stops_on_count(void **state)
{
    (void)state;
    static const struct technique unsteady = {
        .name = "unsteady", .summary = "", .run = run_unsteady};
    struct options options = fake_options();
    struct measurement m;
    options.min_time_s = 1e-7; /* one run a sample */
    run_scripted(&m, &options, &unsteady);
    assert_int_equal(m.ended, ENDED_BY_COUNT);
    assert_int_equal(m.rounds_done, 30);
    measurement_free(&m);
    options.rounds_most = 130; /* twice as many, and again, but not once more */
    run_scripted(&m, &options, &unsteady);
    assert_int_equal(m.ended, ENDED_BY_COUNT);
    assert_int_equal(m.rounds_done, 120);
    assert_int_equal(m.alternatives[1].samples, 120);
    measurement_free(&m);
}

static void test_stops_on_time(void **state)
{
    (void)state;
    struct options options = fake_options();
    struct measurement m;
    options.max_seconds_s = 1e-9;
    run_scripted(&m, &options, &fake_host_technique);
    assert_int_equal(m.ended, ENDED_BY_TIME);
    assert_int_equal(m.rounds_done, 1); /* a round that has begun is finished */
    measurement_free(&m);
    options = fake_options();
    options.budget_s = 1e-9;
    run_scripted(&m, &options, &fake_host_technique);
    assert_int_equal(m.ended, ENDED_BY_TIME);
    measurement_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_latin_square),   cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_observer_fails), cmocka_unit_test(test_compare),
        cmocka_unit_test(test_compare_turns),  cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_stops_on_width), cmocka_unit_test(test_stops_on_count),
        cmocka_unit_test(test_stops_on_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
