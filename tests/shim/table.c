/* The table of table.cc in C: test_google.py holds the output of one against that of the
 * other. Iterations are fixed and times are told, so that every number but CPU times is known. */
#include "bench/benchmark.h"

/* Tells each iteration's time. */
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

static void plain(struct bm_state *state)
{
    run(state, 1.25e-6);
}
BENCHMARK(plain, fixed(b));
BENCHMARK(plain, bm_name(b, "renamed"); bm_unit(b, BM_MICROSECOND); fixed(b));
BENCHMARK(plain, bm_name(b, "milli"); bm_unit(b, BM_MILLISECOND); fixed(b));
BENCHMARK(plain, bm_name(b, "whole"); bm_unit(b, BM_SECOND); fixed(b));
BENCHMARK(plain, bm_name(b, "DISABLED_plain"); fixed(b));

/* What each writer must quote, escape, or leave as it is. */
BENCHMARK(plain, bm_name(b, "quoted \"twice\", with a comma"); fixed(b));
BENCHMARK(plain, bm_name(b, "tab\tand back\\slash"); fixed(b));
BENCHMARK(plain, bm_name(b, "gr\xc3\xbc\xc3\x9f"
                            "e \xe2\x82\xac");
          fixed(b));

/* Where the console changes the form of its numbers. */
static void lasting(struct bm_state *state)
{
    static const double times[] = {0,      1e-12,  4.4e-10, 0.9996e-9, 9.994e-9, 9.996e-9, 99.94e-9,
                                   1.5e-7, 0.9999, 9.99,    10.5,      1e5,      1e60};
    run(state, times[bm_state_arg(state, 0)]);
}
BENCHMARK(lasting, bm_dense_range(b, 0, 12, 1); fixed(b));

static void linear(struct bm_state *state)
{
    run(state, 1e-9 * (double)(bm_state_arg(state, 0) + 100));
}
BENCHMARK(linear, bm_range(b, 8, 1000); fixed(b));
BENCHMARK(linear, bm_name(b, "doubling"); bm_range_multiplier(b, 2); bm_range(b, 8, 64);
          bm_arg_name(b, "n"); fixed(b));
BENCHMARK(linear, bm_name(b, "negative"); bm_range(b, -80, 80); fixed(b));
BENCHMARK(linear, bm_name(b, "below"); bm_range(b, -80, -2); fixed(b));
BENCHMARK(linear, bm_name(b, "dense"); bm_dense_range(b, -2, 7, 3); bm_arg(b, 99); fixed(b));

static void plane(struct bm_state *state)
{
    run(state, 1e-7 * (10 * (double)bm_state_arg(state, 0) + (double)bm_state_arg(state, 1)));
}
BENCHMARK(plane, bm_args(b, 1, 2); bm_args(b, 3, 4); bm_arg_names(b, "first", ""); fixed(b));
BENCHMARK(plane, bm_name(b, "ranges"); bm_ranges(b, {1, 16}, {64, 512}); fixed(b));
BENCHMARK(plane, bm_name(b, "product"); bm_axis(b, 1, 2, 3); bm_axis(b, 7, 8); fixed(b));
BENCHMARK(plane, bm_name(b, "made_product"); bm_range_multiplier(b, 4); bm_axis_range(b, 2, 50);
          bm_axis_dense_range(b, -3, 3, 3); bm_arg_names(b, "x", "y"); fixed(b));
BENCHMARK(plane, bm_name(b, "large"); bm_args(b, INT64_MAX, INT64_MIN); bm_args(b, 0, -1);
          fixed(b));
BENCHMARK(plane, bm_name(b, "wide"); bm_range_multiplier(b, 10); bm_args(b, 5, 6, 7);
          bm_ranges(b, {1, 1}, {2, 20}, {-3, 3}); fixed(b));

/* Each repetition takes longer than the one before. */
static void growing(struct bm_state *state)
{
    static int calls;
    run(state, 1e-6 * ++calls);
}
static double largest(const double *values, size_t count)
{
    double most = values[0];
    for (size_t i = 1; i < count; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}
static double relative_range(const double *values, size_t count)
{
    return largest(values, count) / values[0] - 1;
}
BENCHMARK(growing, bm_repetitions(b, 5); fixed(b));
BENCHMARK(growing, bm_name(b, "extra"); bm_repetitions(b, 2);
          bm_compute_statistic(b, "largest", largest, BM_STATISTIC_TIME);
          bm_compute_statistic(b, "rr", relative_range, BM_STATISTIC_PERCENTAGE); fixed(b));
BENCHMARK(growing, bm_name(b, "even"); bm_repetitions(b, 4); bm_unit(b, BM_MICROSECOND); fixed(b));
BENCHMARK(growing, bm_name(b, "report_only"); bm_repetitions(b, 3);
          bm_report_aggregates_only(b, true); fixed(b));
BENCHMARK(growing, bm_name(b, "display_only"); bm_repetitions(b, 3);
          bm_display_aggregates_only(b, true); fixed(b));

static void counted(struct bm_state *state)
{
    run(state, 0.25);
    bm_state_set_counter(state, "a_plain", 42.5, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "b_rate", 600, BM_COUNTER_RATE);
    bm_state_set_counter(state, "c_threads", 8, BM_COUNTER_AVG_THREADS);
    bm_state_set_counter(state, "d_invariant", 3, BM_COUNTER_ITERATION_INVARIANT);
    bm_state_set_counter(state, "e_average", 90, BM_COUNTER_AVG_ITERATIONS);
    bm_state_set_counter(state, "f_invert", 0.5, BM_COUNTER_INVERT);
    bm_state_set_counter(state, "g_invert_rate", 4, BM_COUNTER_RATE | BM_COUNTER_INVERT);
    bm_state_set_counter(state, "h_threads_rate", 5, BM_COUNTER_AVG_THREADS_RATE);
    bm_state_set_counter(state, "i_invariant_rate", 5, BM_COUNTER_ITERATION_INVARIANT_RATE);
    bm_state_set_counter(state, "j_average_rate", 20, BM_COUNTER_AVG_ITERATIONS_RATE);
    bm_state_set_counter(state, "k_small", -0.5, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "l_zero", 0.02, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "m_all", 7,
                         BM_COUNTER_RATE | BM_COUNTER_AVG_THREADS | BM_COUNTER_AVG_ITERATIONS |
                             BM_COUNTER_INVERT);
}
BENCHMARK(counted, fixed(b));
BENCHMARK(counted, bm_name(b, "counted_often"); bm_repetitions(b, 2); fixed(b));
BENCHMARK(counted, bm_name(b, "threads_count"); bm_threads(b, 1); bm_threads(b, 3); fixed(b));
BENCHMARK(counted, bm_name(b, "threads_count_often"); bm_threads(b, 2); bm_repetitions(b, 2);
          fixed(b));

/* Where prefixes change. */
static void prefixed(struct bm_state *state)
{
    static const double values[] = {0,    1,      -1,   998.9, 999,  999.5, 1e3,   1023.5,
                                    1024, 1.5e6,  2e9,  3e12,  4e15, 5e18,  6e21,  7e24,
                                    8e30, 0.0099, 0.01, 5e-5,  6e-9, 7e-24, 8e-30, -2.5e-7};
    double value = values[bm_state_arg(state, 0)];
    run(state, 1);
    bm_state_set_counter(state, "decimal", value, BM_COUNTER_PLAIN);
    bm_state_set_counter(state, "power_of_two", value, BM_COUNTER_1024);
    bm_state_set_counter(state, "rate", value, BM_COUNTER_RATE | BM_COUNTER_1024);
}
BENCHMARK(prefixed, bm_dense_range(b, 0, 23, 1); fixed(b));

static void processed(struct bm_state *state)
{
    run(state, 0.5);
    bm_state_set_bytes_processed(state, bm_state_iterations(state) * 100);
    bm_state_set_items_processed(state, bm_state_iterations(state) * 25);
    bm_state_set_label(state, "with a \"label\"");
}
BENCHMARK(processed, fixed(b));
BENCHMARK(processed, bm_name(b, "processed_often"); bm_repetitions(b, 3); fixed(b));
BENCHMARK(processed, bm_name(b, "threads_process"); bm_threads(b, 3); fixed(b));

/* Aggregates have a label only where all repetitions have the same. */
static void labelled(struct bm_state *state)
{
    static int calls;
    run(state, 1);
    bm_state_set_label(state, ++calls == 2 ? "the second" : "another");
}
BENCHMARK(labelled, bm_repetitions(b, 3); fixed(b));

static void failing(struct bm_state *state)
{
    bm_state_skip_with_error(state, "it broke");
    run(state, 1);
}
BENCHMARK(failing, fixed(b));

static void failing_inside(struct bm_state *state)
{
    int done = 0;
    while (bm_keep_running(state)) {
        bm_state_set_iteration_time(state, 1);
        if (++done == 2)
            bm_state_skip_with_error(state, "it broke in its second iteration");
    }
}
BENCHMARK(failing_inside, fixed(b));
BENCHMARK(failing_inside, bm_name(b, "failing_often"); bm_repetitions(b, 2); fixed(b));

static void failing_late(struct bm_state *state)
{
    run(state, 1);
    bm_state_set_counter(state, "dropped", 1, BM_COUNTER_PLAIN);
    bm_state_set_label(state, "kept");
    bm_state_skip_with_error(state, "with \"quotes\" and a\nline");
}
BENCHMARK(failing_late, fixed(b));

static void skipping(struct bm_state *state)
{
    bm_state_skip_with_message(state, "not \"here\"");
    run(state, 1);
}
BENCHMARK(skipping, fixed(b));

static void grown(struct bm_state *state)
{
    double n = (double)bm_state_arg(state, 0);
    run(state, 1e-9 * n * (n > 100 ? 1.1 : 1));
    bm_state_set_complexity_n(state, bm_state_arg(state, 0));
}
static double halves(int64_t n)
{
    return 0.5 * (double)n;
}
BENCHMARK(grown, bm_range(b, 8, 512); bm_complexity(b, BM_O_N); fixed(b));
BENCHMARK(grown, bm_name(b, "squared"); bm_range(b, 8, 512); bm_complexity(b, BM_O_N_SQUARED);
          bm_unit(b, BM_MILLISECOND); fixed(b));
BENCHMARK(grown, bm_name(b, "cubed"); bm_range(b, 8, 512); bm_complexity(b, BM_O_N_CUBED);
          fixed(b));
BENCHMARK(grown, bm_name(b, "logarithm"); bm_range(b, 8, 512); bm_complexity(b, BM_O_LOG_N);
          fixed(b));
BENCHMARK(grown, bm_name(b, "linearithmic"); bm_range(b, 8, 512); bm_complexity(b, BM_O_N_LOG_N);
          fixed(b));
BENCHMARK(grown, bm_name(b, "constant"); bm_range(b, 8, 512); bm_complexity(b, BM_O_1); fixed(b));
BENCHMARK(grown, bm_name(b, "halves"); bm_range(b, 8, 512); bm_repetitions(b, 2);
          bm_complexity_function(b, halves); fixed(b));

BENCHMARK(grown, bm_name(b, "auto"); bm_range(b, 8, 512); bm_complexity(b, BM_O_AUTO); fixed(b));

/* An instance that fails is left out of the curve. */
static void grown_in_part(struct bm_state *state)
{
    if (bm_state_arg(state, 0) == 64)
        bm_state_skip_with_error(state, "not this one");
    run(state, 1e-9 * (double)bm_state_arg(state, 0));
    bm_state_set_complexity_n(state, bm_state_arg(state, 0));
    bm_state_set_label(state, "grown");
}
BENCHMARK(grown_in_part, bm_range(b, 8, 512); bm_complexity(b, BM_O_N); fixed(b));
BENCHMARK(grown_in_part, bm_name(b, "grown_once"); bm_arg(b, 8); bm_complexity(b, BM_O_N);
          fixed(b));

static void batches(struct bm_state *state)
{
    while (bm_keep_running_batch(state, 3))
        bm_state_set_iteration_time(state, 3e-6);
}
BENCHMARK(batches, fixed(b));

static void captured(struct bm_state *state, int factor, const char *label)
{
    run(state, 1e-6 * factor);
    bm_state_set_label(state, label);
}
BENCHMARK_CAPTURE(captured, small, (3, "three"), fixed(b));
BENCHMARK_CAPTURE(captured, large, (50, "fifty"), fixed(b));

/* Only listed: their times are measured. */
static void listed(struct bm_state *state)
{
    run(state, 1);
}
BENCHMARK(listed, bm_min_time(b, 0.125); bm_min_warmup_time(b, 0.5));
BENCHMARK(listed, bm_use_real_time(b); bm_threads(b, 1); bm_threads(b, 3));
BENCHMARK(listed, bm_arg(b, 5); bm_measure_process_cpu_time(b); bm_use_real_time(b);
          bm_thread_range(b, 1, 6));
BENCHMARK(listed, bm_measure_process_cpu_time(b); bm_use_manual_time(b); bm_repetitions(b, 2);
          bm_iterations(b, 7); bm_dense_thread_range(b, 1, 6, 2));
BENCHMARK(listed, bm_measure_process_cpu_time(b));
BENCHMARK(listed, bm_name(b, "many"); bm_dense_range(b, 1, 101, 1));

BENCHMARK_MAIN();
