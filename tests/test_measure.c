/* Whole measurements over fake techniques that crash, hang, lie or are killed: each costs its own
 * rows, with the reason, and nothing else. */
#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/interrupt.h"
#include "bench/measure.h"
#include "bench/row.h"
#include "common/random.h"
#include "tests/fake.h"

static const struct backend_entry host_entry = {"host", &fake_host, ""};
static const struct backend_entry device_entry = {"device", &fake_device, ""};

static unsigned open_files(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static struct options default_options(void)
{
    return (struct options){
        .kernel = &fake_kernel,
        .threads = 1,
        .rounds = 5,
        .rounds_given = true,
        .seed = 42,
        .min_time_s = 1e-6,
        .max_seconds_s = 60,
        .deadline_s = 20,
    };
}

/* A measurement as measurement_plan and measurement_make_input leave it. */
static void set_up(struct measurement *m, const struct options *options, size_t count)
{
    fake_reset();
    *m = (struct measurement){.options = options,
                              .count = count,
                              .copy_count = 1,
                              .started_s = 1e-9 * (double)wall_ns(&system_clock)};
    fake_problem_make(&m->problem);
    m->copies = calloc(1, sizeof(*m->copies));
    m->alternatives = calloc(count, sizeof(*m->alternatives));
    assert_true(m->copies != NULL && m->alternatives != NULL);
    m->copies[0] = m->problem.input;
}

static void set_alternative(struct measurement *m, size_t index, const struct backend_entry *entry,
                            const struct technique *technique)
{
    m->alternatives[index] = (struct alternative){
        .entry = entry,
        .technique = technique,
        .assignment = {.backend = entry->backend,
                       .clock = &system_clock,
                       .options = {.pinned = true}},
    };
}

static void assert_nothing_left(unsigned files_before)
{
    assert_int_equal(open_files(), files_before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child, not even a zombie */
}

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
        {BAD_HANG, AB_WORKER, "no answer within 0.3 s"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned files = open_files();
        struct options options = default_options();
        if (cases[i].bad == BAD_HANG)
            options.deadline_s = 0.3;
        struct measurement m;
        struct ab_error error = {0};
        set_up(&m, &options, 2);
        set_alternative(&m, 0, &host_entry, &fake_bad_techniques[cases[i].bad]);
        set_alternative(&m, 1, &host_entry, &fake_host_technique);
        assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
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
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    set_up(&m, &options, 1);
    set_alternative(&m, 0, &host_entry, &fake_bad_techniques[BAD_KILLED]);
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
    assert_int_equal(m.rounds_done, 0);
    assert_null(measurement_baseline(&m));
    measurement_free(&m);
}

/* How often workers are started for five rounds on a device that takes so long to open. */
static size_t starts_of_device(double open_s, size_t alternatives)
{
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    const struct fake as_said = fake;
    set_up(&m, &options, alternatives);
    for (size_t i = 0; i < alternatives; i++) {
        set_alternative(&m, i, &device_entry, &fake_device_technique);
        m.alternatives[i].assignment.clock = &fake_clock;
        m.alternatives[i].device.memory_bytes = as_said.device_bytes;
    }
    fake.dear_open_ns = (uint64_t)(1e9 * open_s);
    fake.programs = as_said.programs;
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
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
    assert_int_equal(starts_of_device(1.5, 1), 1 + 5); /* of a minute, a sixth is 2 s a round */
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
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    options.max_seconds_s = 3; /* a sixth of it is 0.1 s a round */
    set_up(&m, &options, 1);
    set_alternative(&m, 0, &device_entry, &fake_device_technique);
    fake.slow_close_ns = 150000000;
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
    assert_int_equal(m.alternatives[0].setups, 2);
    measurement_free(&m);
}

static void test_workers_of_device(void **state)
{
    (void)state;
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    unsigned files = open_files();
    set_up(&m, &options, 2);
    set_alternative(&m, 0, &device_entry, &fake_device_technique);
    set_alternative(&m, 1, &host_entry, &fake_host_technique);
    m.alternatives[0].assignment.clock = &fake_clock;
    fake.dear_open_ns = 10000000000;
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
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
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    set_up(&m, &options, 1);
    set_alternative(&m, 0, &device_entry, &fake_device_technique);
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
    assert_int_equal(m.alternatives[0].setups, 1 + 5);
    assert_int_equal(m.alternatives[0].samples, 5);
    /* New workers launch the kernel as often as the first one found it necessary, by a clock that
     * says of 15 launches what it says of one. */
    assert_int_equal(m.alternatives[0].assignment.kernel_runs, 215);
    measurement_free(&m);
}

static void test_in_process(void **state)
{
    (void)state;
    struct options options = default_options();
    options.in_process = true;
    options.result = true;
    struct measurement m;
    struct ab_error error = {0};
    set_up(&m, &options, 2);
    set_alternative(&m, 0, &device_entry, &fake_device_technique);
    set_alternative(&m, 1, &host_entry, &fake_bad_techniques[BAD_ERROR]);
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
    assert_true(alternative_measured(&m.alternatives[0]));
    assert_string_equal(m.alternatives[0].result, "{\"sum\": 6048}");
    assert_int_equal(m.alternatives[1].error.status, AB_NO_MEMORY);
    assert_int_equal(fake.balance, 0);
    measurement_free(&m);
}

/* So long that a round has one turn. */
static enum ab_status run_long(struct job *job, struct ab_error *error)
{
    fake.now_ns += 50000000;
    return fake_host_technique.run(job, error);
}

static const struct technique slow_technique = {.name = "slow", .summary = "", .run = run_long};

/* So short that a round has many turns, and long enough that few runs fill a sample. */
enum { SHORT_RUN_NS = 10000 };

static enum ab_status run_short(struct job *job, struct ab_error *error)
{
    fake.now_ns += SHORT_RUN_NS - FAKE_RUN_NS;
    return fake_host_technique.run(job, error);
}

static const struct technique short_technique = {.name = "short", .summary = "", .run = run_short};

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
    struct options options = default_options();
    options.in_process = true;
    options.rounds = 8;
    options.seed = seed;
    struct measurement m;
    struct ab_error error = {0};
    set_up(&m, &options, 4);
    for (size_t i = 0; i < 4; i++) {
        set_alternative(&m, i, &host_entry, &slow_technique);
        m.alternatives[i].assignment.clock = &fake_clock;
    }
    *places = (struct places){.round = SIZE_MAX};
    struct measure_observer observer = {note_place, places};
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
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    unsigned files = open_files();
    set_up(&m, &options, 2);
    set_alternative(&m, 0, &host_entry, &fake_host_technique);
    set_alternative(&m, 1, &host_entry, &fake_host_technique);
    struct measure_observer observer = {raise_in_round_2, NULL};
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
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    set_up(&m, &options, 1);
    set_alternative(&m, 0, &host_entry, &fake_host_technique);
    struct measure_observer observer = {refuse, NULL};
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

/* Short samples take many turns in a round, a long one has one, and shorter ones beside it are made
 * longer; the row says the median of the turns. */
static void test_turns(void **state)
{
    (void)state;
    static const struct {
        const struct technique *beside;
        size_t turns;
    } cases[] = {{&short_technique, 12}, {&slow_technique, 1}};
    for (size_t i = 0; i < 2; i++) {
        struct options options = default_options();
        struct measurement m;
        struct ab_error error = {0};
        options.in_process = true;
        options.min_time_s = 0;
        set_up(&m, &options, 2);
        set_alternative(&m, 0, &host_entry, &short_technique);
        set_alternative(&m, 1, &host_entry, cases[i].beside);
        m.alternatives[0].assignment.clock = m.alternatives[1].assignment.clock = &fake_clock;
        assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
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
    struct options options = default_options();
    options.rounds = 12;
    struct measurement m;
    struct ab_error error = {0};
    set_up(&m, &options, 3);
    set_alternative(&m, 0, &host_entry, &fake_host_technique);
    set_alternative(&m, 1, &host_entry, &slow);
    set_alternative(&m, 2, &host_entry, &slow);
    m.problem.input.bytes = 1 << 20; /* as if: limits are for large inputs */
    m.alternatives[2].is_limit = true;
    m.alternatives[0].limit = m.alternatives[1].limit = &m.alternatives[2];
    m.limit_problem = m.problem;
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
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

/* A clock that only the runs move: what they take is known. */
static void run_scripted(struct measurement *m, struct options *options,
                         const struct technique *technique)
{
    struct ab_error error = {0};
    options->in_process = true;
    options->rounds_given = false;
    options->rounds = 30;
    set_up(m, options, 2);
    for (size_t i = 0; i < 2; i++) {
        set_alternative(m, i, &host_entry, technique);
        m->alternatives[i].assignment.clock = &fake_clock;
    }
    assert_int_equal(measurement_run(m, NULL, &error), AB_OK);
}

/* Intervals without width: two checks in a row, after 12 and after 16 rounds, are enough. */
static void test_stops_on_width(void **state)
{
    (void)state;
    struct options options = default_options();
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
    return run_long(job, error);
}

static void test_stops_on_count(void **state)
{
    (void)state;
    static const struct technique unsteady = {
        .name = "unsteady", .summary = "", .run = run_unsteady};
    struct options options = default_options();
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
    struct options options = default_options();
    struct measurement m;
    options.max_seconds_s = 1e-9;
    run_scripted(&m, &options, &fake_host_technique);
    assert_int_equal(m.ended, ENDED_BY_TIME);
    assert_int_equal(m.rounds_done, 1); /* a round that has begun is finished */
    measurement_free(&m);
    options = default_options();
    options.budget_s = 1e-9;
    run_scripted(&m, &options, &fake_host_technique);
    assert_int_equal(m.ended, ENDED_BY_TIME);
    measurement_free(&m);
}

/* ---- Workers that misbehave in time ------------------------------------------------------ */

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
    struct options options = default_options();
    struct measurement m;
    struct ab_error error = {0};
    unsigned files = open_files();
    set_up(&m, &options, 2);
    set_alternative(&m, 0, &host_entry, &fake_host_technique);
    set_alternative(&m, 1, &host_entry, &fake_host_technique);
    m.alternatives[0].assignment.clock = &boastful_clock;
    assert_int_equal(measurement_run(&m, NULL, &error), AB_OK);
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
        cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_latin_square),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_observer_fails),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_compare_turns),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_stops_on_width),
        cmocka_unit_test(test_stops_on_count),
        cmocka_unit_test(test_stops_on_time),
        cmocka_unit_test(test_lies_about_time),
        cmocka_unit_test(test_spins_after_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
