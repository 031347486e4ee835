/* Benchmarks whose behaviour the tests look at; each test filters those that it means. */
#define _POSIX_C_SOURCE 200809L

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/benchmark.h"

static void run(struct bm_state *state, double seconds)
{
    while (bm_keep_running(state))
        bm_state_set_iteration_time(state, seconds);
}

static void fixed(struct bm_benchmark *b)
{
    bm_iterations(b, 4);
    bm_use_manual_time(b);
}

/* ---- Two implementations of one thing: what compare.py compares -------------------------- */

static void quick(struct bm_state *state)
{
    static int calls;
    run(state, 1e-8 * (double)(bm_state_arg(state, 0) + calls++ % 9));
}
static void slow(struct bm_state *state)
{
    static int calls;
    run(state, 2e-8 * (double)(bm_state_arg(state, 0) + calls++ % 9));
}
BENCHMARK(quick, bm_arg(b, 100); bm_arg(b, 1000); bm_repetitions(b, 9); fixed(b));
BENCHMARK(slow, bm_arg(b, 100); bm_arg(b, 1000); bm_repetitions(b, 9); fixed(b));

/* ---- Loops ------------------------------------------------------------------------------- */

static void never_loops(struct bm_state *state)
{
    (void)state;
}
BENCHMARK(never_loops);

static void leaves_early(struct bm_state *state)
{
    while (bm_keep_running(state))
        if (bm_state_iterations(state) == 3)
            return;
}
BENCHMARK(leaves_early, bm_iterations(b, 10));

static void loop_macro(struct bm_state *state)
{
    int64_t done = 0;
    BM_LOOP(state)
    {
        done++;
        BM_DO_NOT_OPTIMIZE(done);
    }
    bm_state_set_counter(state, "done", (double)done, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "iterations_after", (double)bm_state_iterations(state),
                         BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "more", bm_keep_running(state), BM_COUNTER_PLAIN);
}
BENCHMARK(loop_macro, bm_iterations(b, 1000));

static void loop_macro_left(struct bm_state *state)
{
    BM_LOOP(state)
    {
        bm_state_skip_with_message(state, "enough");
        break;
    }
}
BENCHMARK(loop_macro_left, bm_threads(b, 2));

static void zero_batch(struct bm_state *state)
{
    while (bm_keep_running_batch(state, 0))
        ;
}
BENCHMARK(zero_batch);

static void batches(struct bm_state *state)
{
    int64_t calls = 0;
    while (bm_keep_running_batch(state, 8))
        calls++;
    bm_state_set_counter(state, "calls", (double)calls, BM_COUNTER_PLAIN);
}
BENCHMARK(batches, bm_iterations(b, 20));

static void grows(struct bm_state *state)
{
    run(state, 1e-4);
}
BENCHMARK(grows, bm_use_manual_time(b));
BENCHMARK(grows, bm_name(b, "grows_warm"); bm_use_manual_time(b); bm_min_warmup_time(b, 0.01));

/* Warm-up is more calls. */
static void counts_calls(struct bm_state *state)
{
    static int calls;
    calls++;
    run(state, 1e-4);
    bm_state_set_counter(state, "calls", calls, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "most", (double)bm_state_max_iterations(state), BM_COUNTER_PLAIN);
}
BENCHMARK(counts_calls, bm_use_manual_time(b); bm_min_time(b, 0.0001));

static void waits(struct bm_state *state)
{
    struct timespec nap = {.tv_nsec = 2000000};
    while (bm_keep_running(state))
        nanosleep(&nap, NULL);
}
BENCHMARK(waits, bm_min_time(b, 0.01));
BENCHMARK(waits, bm_name(b, "waits_real"); bm_min_time(b, 0.01); bm_use_real_time(b));

static void spins(struct bm_state *state)
{
    while (bm_keep_running(state))
        for (int i = 0; i < 10000; i++)
            BM_DO_NOT_OPTIMIZE(i);
}
BENCHMARK(spins, bm_min_time(b, 0.01));

/* Another thread works while the benchmark's own waits for it. */
static void *work_50ms(void *unused)
{
    struct timespec used = {0};
    while (used.tv_sec == 0 && used.tv_nsec < 50000000)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return unused;
}
static void helped(struct bm_state *state)
{
    pthread_t helper;
    while (bm_keep_running(state)) {
        if (pthread_create(&helper, NULL, work_50ms, NULL) != 0)
            bm_state_skip_with_error(state, "no thread");
        else
            pthread_join(helper, NULL);
    }
}
BENCHMARK(helped, bm_iterations(b, 2));
BENCHMARK(helped, bm_iterations(b, 2); bm_measure_process_cpu_time(b));

/* What is hidden is computed anew in every turn. */
static void hides(struct bm_state *state)
{
    unsigned n = 3, sum = 0;
    while (bm_keep_running(state)) {
        BM_HIDE(n);
        sum += n;
        BM_DO_NOT_OPTIMIZE(sum);
        BM_CLOBBER_MEMORY();
    }
    bm_state_set_counter(state, "sum", sum, BM_COUNTER_PLAIN);
}
BENCHMARK(hides, bm_iterations(b, 5));

/* ---- Pause and resume -------------------------------------------------------------------- */

static void pauses(struct bm_state *state)
{
    struct timespec nap = {.tv_nsec = 20000000};
    while (bm_keep_running(state)) {
        bm_state_pause_timing(state);
        nanosleep(&nap, NULL);
        bm_state_resume_timing(state);
    }
}
BENCHMARK(pauses, bm_iterations(b, 3); bm_use_real_time(b));

static void pauses_outside(struct bm_state *state)
{
    bm_state_pause_timing(state);
    run(state, 1);
}
BENCHMARK(pauses_outside, fixed(b));

static void resumes_twice(struct bm_state *state)
{
    while (bm_keep_running(state))
        bm_state_resume_timing(state);
}
BENCHMARK(resumes_twice, fixed(b));

/* ---- Outcomes ---------------------------------------------------------------------------- */

static void skips(struct bm_state *state)
{
    bm_state_skip_with_message(state, "not \"here\"\nnor there");
    run(state, 1);
}
BENCHMARK(skips, fixed(b));

static void fails(struct bm_state *state)
{
    bm_state_set_label(state, "kept");
    bm_state_set_counter(state, "dropped", 1, BM_COUNTER_PLAIN);
    bm_state_skip_with_error(state, "broken");
    bm_state_skip_with_error(state, "this comes too late");
    run(state, 1);
}
BENCHMARK(fails, fixed(b));

static void fails_once(struct bm_state *state)
{
    static int calls;
    if (++calls == 2)
        bm_state_skip_with_error(state, "the second time");
    run(state, 1e-6 * calls);
    if (bm_state_skipped(state))
        return;
}
BENCHMARK(fails_once, bm_repetitions(b, 4); fixed(b));

static void fails_in_one_thread(struct bm_state *state)
{
    if (bm_state_thread_index(state) == 1) {
        bm_state_skip_with_error(state, "thread 1 has no device");
        return;
    }
    run(state, 1);
}
BENCHMARK(fails_in_one_thread, bm_threads(b, 3); fixed(b));

/* ---- Numbers and names ------------------------------------------------------------------- */

static void nonfinite(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_counter(state, "infinite", 1 / (double)bm_state_arg_count(state),
                         BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "none", strtod("nan", NULL), BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "one", 1, BM_COUNTER_PLAIN);
}
BENCHMARK(nonfinite, fixed(b));

static void reserved_counter(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_counter(state, "real_time", 1, BM_COUNTER_PLAIN);
}
BENCHMARK(reserved_counter, fixed(b));

static void large_counters(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_counter(state, "binary", 3.0 * 1024 * 1024, BM_COUNTER_1024);
    bm_state_set_counter(state, "decimal", 2.5e9, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "small", 2.5e-5, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "negative", -1500, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "huge", 1e40, BM_COUNTER_PLAIN);
}
BENCHMARK(large_counters, fixed(b));

static void replaced_counter(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_counter(state, "twice", 1, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "twice", 2, BM_COUNTER_PLAIN);
}
BENCHMARK(replaced_counter, bm_threads(b, 3); fixed(b));

static void named(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_label(state, bm_state_name(state));
}
BENCHMARK(named, bm_name(b, "named \"quoted\", with\nnewline\tand \x1b[31mred"); fixed(b));
BENCHMARK(named, bm_name(b, "named gr\xc3\xbc\xc3\x9f"
                            "e \xe2\x82\xac");
          fixed(b));
BENCHMARK(named, bm_name(b, "named stray \xff byte"); fixed(b));

/* Every byte, in the name, a counter's name, the label and a message. */
static char every_byte[256];
static void bytes(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_label(state, every_byte);
    bm_state_set_counter(state, every_byte, 1, BM_COUNTER_PLAIN);
    if (bm_state_arg(state, 0) == 1)
        bm_state_skip_with_error(state, every_byte);
}
static void with_every_byte(struct bm_benchmark *b)
{
    char name[256 + 16];
    for (int i = 0; i < 255; i++)
        every_byte[i] = (char)(i + 1);
    snprintf(name, sizeof(name), "bytes %s", every_byte);
    bm_name(b, name);
}
BENCHMARK(bytes, with_every_byte(b); bm_arg(b, 0); bm_arg(b, 1); fixed(b));

/* ---- Threads, set-up, context ------------------------------------------------------------ */

static void threaded(struct bm_state *state)
{
    run(state, 0.5);
    bm_state_set_items_processed(state, 100);
    bm_state_set_counter(state, "index", bm_state_thread_index(state), BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "average", bm_state_threads(state), BM_COUNTER_AVG_THREADS);
}
BENCHMARK(threaded, bm_threads(b, 4); fixed(b));
BENCHMARK(threaded, bm_name(b, "threaded_as_many"); bm_thread_per_cpu(b); fixed(b));

static struct {
    int set_up, torn_down;
} calls;
static void set_up(struct bm_state *state)
{
    calls.set_up += (int)bm_state_arg(state, 0);
}
static void tear_down(struct bm_state *state)
{
    calls.torn_down += (int)bm_state_arg(state, 0);
}
static void prepared(struct bm_state *state)
{
    run(state, 1);
    if (bm_state_thread_index(state) == 0) {
        bm_state_set_counter(state, "set_up", calls.set_up, BM_COUNTER_PLAIN);
        bm_state_set_counter(state, "torn_down", calls.torn_down, BM_COUNTER_PLAIN);
    }
}
BENCHMARK(prepared, bm_setup(b, set_up); bm_teardown(b, tear_down); bm_arg(b, 10); bm_threads(b, 2);
          bm_repetitions(b, 3); fixed(b));

static int given = 17;
static void with_context(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_counter(state, "given", *(int *)bm_state_context(state), BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "missing_arg", (double)bm_state_arg(state, 3), BM_COUNTER_PLAIN);
}
BENCHMARK(with_context, bm_context(b, &given); fixed(b));

/* A program's own locale changes neither its numbers nor ours. */
static void in_german(struct bm_state *state)
{
    char text[16];
    snprintf(text, sizeof(text), "%.1f", 0.5);
    bm_state_set_label(state, text);
    run(state, 1.5e-9);
}
BENCHMARK(in_german, fixed(b));

/* ---- Complexity -------------------------------------------------------------------------- */

static void offset_line(struct bm_state *state)
{
    int64_t n = bm_state_arg(state, 0);
    run(state, 5e-6 + 2e-9 * (double)n);
    bm_state_set_complexity_n(state, n);
}
BENCHMARK(offset_line, bm_range(b, 64, 1 << 20); bm_complexity(b, BM_O_AUTO); fixed(b));

static void square(struct bm_state *state)
{
    double n = (double)bm_state_arg(state, 0);
    run(state, 3e-9 * n * n);
    bm_state_set_complexity_n(state, bm_state_arg(state, 0));
}
BENCHMARK(square, bm_range(b, 64, 4096); bm_complexity(b, BM_O_AUTO); fixed(b));

static void no_n(struct bm_state *state)
{
    run(state, 1);
}
BENCHMARK(no_n, bm_range(b, 1, 8); bm_complexity(b, BM_O_N); fixed(b));

int main(int argc, char **argv)
{
    if (getenv("SHIM_LOCALE") != NULL && setlocale(LC_ALL, getenv("SHIM_LOCALE")) == NULL)
        return 77;
    return bm_main(argc, argv);
}
