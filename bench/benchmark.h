/* Benchmarks in C that look, run, filter, report and compare as Google Benchmark's do.
 *
 *     #include <accelbench/benchmark.h>
 *
 *     static void copy(struct bm_state *state)
 *     {
 *         size_t bytes = (size_t)bm_state_arg(state, 0);
 *         ... prepare, not timed ...
 *         while (bm_keep_running(state)) {
 *             memcpy(to, from, bytes);
 *             BM_CLOBBER_MEMORY();
 *         }
 *         bm_state_set_bytes_processed(state, bm_state_iterations(state) * (int64_t)bytes);
 *     }
 *     BENCHMARK(copy, bm_range(b, 1024, 1 << 20); bm_unit(b, BM_MICROSECOND));
 *     BENCHMARK_MAIN();
 *
 * The program takes Google Benchmark's flags, --benchmark_filter=... and so on; --help lists them.
 * An environment variable of the same name in capitals counts where a flag is not given.
 *
 * C11 and C++11, with GNU C's inline assembly and attributes (gcc, clang). Link with
 * accelbench_benchmark: find_package(accelbench) or pkg-config. All functions of builders and of
 * states are for the thread that the benchmark runs in; registering is for one thread at a time.
 * Texts that are given are copied. What is wrong with a benchmark's description is said when the
 * program runs, before anything is measured, and the exit status is 1.
 */
#ifndef ACCELBENCH_BENCHMARK_H
#define ACCELBENCH_BENCHMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bm_benchmark;

/* The first member is read by the loops below; nothing in here is for benchmarks to touch. */
struct bm_state {
    uint64_t iterations_left;
};

typedef void bm_function(struct bm_state *state);

/* ---- Registering ------------------------------------------------------------------------- */

/* BENCHMARK(function) or BENCHMARK(function, statements): registers before main. The statements
 * describe the benchmark, which they call `b`. */
#define BENCHMARK(...) BM_SELECT_(__VA_ARGS__)(__COUNTER__, __VA_ARGS__)

/* BENCHMARK_CAPTURE(function, case, (arguments)[, statements]): calls function(state, arguments);
 * named "function/case". */
#define BENCHMARK_CAPTURE(function, ...) BM_CAPTURE_(__COUNTER__, function, __VA_ARGS__)

#define BENCHMARK_MAIN()            \
    int main(int argc, char **argv) \
    {                               \
        return bm_main(argc, argv); \
    }                               \
    int main(int argc, char **argv) /* takes the semicolon */

/* Registers while the program runs, before bm_run_benchmarks. Without memory the result is a
 * benchmark that nothing comes of, and bm_run_benchmarks fails. Never NULL. */
struct bm_benchmark *bm_register(const char *name, bm_function *function);

/* ---- Describing a benchmark -------------------------------------------------------------- */

void bm_name(struct bm_benchmark *b, const char *name); /* instead of the function's */
void bm_context(struct bm_benchmark *b, void *context); /* for bm_state_context; borrowed */

/* Arguments: one run for each tuple. All tuples have the same number of arguments. */
void bm_arg(struct bm_benchmark *b, int64_t value);
void bm_range(struct bm_benchmark *b, int64_t low, int64_t high); /* by powers of the multiplier */
void bm_range_multiplier(struct bm_benchmark *b, int64_t multiplier); /* for ranges after it: 8 */
void bm_dense_range(struct bm_benchmark *b, int64_t low, int64_t high, int64_t step);
/* bm_args(b, 1, 2): one tuple. bm_ranges(b, {1, 8}, {64, 512}): every combination, the first
 * changing fastest. */
#define bm_args(b, ...)   BM_WITH_LIST_(bm_args_list, b, int64_t, , __VA_ARGS__)
#define bm_ranges(b, ...) BM_WITH_LIST_(bm_ranges_list, b, int64_t, [2], __VA_ARGS__)
/* Axes, one statement each: every combination of their values, the first axis changing fastest.
 * The combinations follow all tuples that are given otherwise. */
#define bm_axis(b, ...) BM_WITH_LIST_(bm_axis_list, b, int64_t, , __VA_ARGS__)
void bm_axis_range(struct bm_benchmark *b, int64_t low, int64_t high);
void bm_axis_dense_range(struct bm_benchmark *b, int64_t low, int64_t high, int64_t step);
void bm_arg_name(struct bm_benchmark *b, const char *name);
#define bm_arg_names(b, ...) BM_WITH_LIST_(bm_arg_names_list, b, char *const, , __VA_ARGS__)

void bm_args_list(struct bm_benchmark *b, const int64_t *values, size_t count);
void bm_ranges_list(struct bm_benchmark *b, const int64_t (*low_high)[2], size_t count);
void bm_axis_list(struct bm_benchmark *b, const int64_t *values, size_t count);
void bm_arg_names_list(struct bm_benchmark *b, const char *const *names, size_t count);

enum bm_time_unit { BM_NANOSECOND, BM_MICROSECOND, BM_MILLISECOND, BM_SECOND };
void bm_unit(struct bm_benchmark *b, enum bm_time_unit unit); /* that its times are shown in */

/* How long: as many iterations as it takes to last that long, after a warm-up of which nothing is
 * told; or exactly so many in each thread. Iterations, and the two times, exclude each other.
 * Repetitions do it again; from 2 on there are rows with statistics. */
void bm_min_time(struct bm_benchmark *b, double seconds);
void bm_min_warmup_time(struct bm_benchmark *b, double seconds);
void bm_iterations(struct bm_benchmark *b, int64_t iterations);
void bm_repetitions(struct bm_benchmark *b, int repetitions);
/* Rows of single repetitions are left out, of all outputs or of the display; for this benchmark
 * this counts more than the flags. */
void bm_report_aggregates_only(struct bm_benchmark *b, bool yes);
void bm_display_aggregates_only(struct bm_benchmark *b, bool yes);

/* Which clock decides how many iterations are enough and what rates are per second of. By default
 * the CPU time of the benchmark's own threads: a benchmark that has others work for it, threads or
 * a device, needs real or manual time. */
void bm_use_real_time(struct bm_benchmark *b);
void bm_use_manual_time(struct bm_benchmark *b); /* what bm_state_set_iteration_time is told */
void bm_measure_process_cpu_time(struct bm_benchmark *b);

/* So many threads call the function at the same time, each with a state of its own. */
void bm_threads(struct bm_benchmark *b, int threads);
void bm_thread_range(struct bm_benchmark *b, int low, int high); /* by powers of 2 */
void bm_dense_thread_range(struct bm_benchmark *b, int low, int high, int stride);
void bm_thread_per_cpu(struct bm_benchmark *b);

/* Called around every run, outside the clock, in one thread. The state has arguments only. */
void bm_setup(struct bm_benchmark *b, bm_function *setup);
void bm_teardown(struct bm_benchmark *b, bm_function *teardown);

enum bm_statistic_unit { BM_STATISTIC_TIME, BM_STATISTIC_PERCENTAGE };
typedef double bm_statistic(const double *values, size_t count);
/* One more row after mean, median, stddev and cv. */
void bm_compute_statistic(struct bm_benchmark *b, const char *name, bm_statistic *statistic,
                          enum bm_statistic_unit unit);

/* Fits the times of all arguments to a curve; each run calls bm_state_set_complexity_n. BM_O_AUTO
 * chooses the curve that fits best. The row BigO has the curve's coefficient, and in JSON the same
 * fit with a fixed part beside it; RMS has the error. */
enum bm_big_o {
    BM_O_NONE,
    BM_O_1,
    BM_O_N,
    BM_O_N_SQUARED,
    BM_O_N_CUBED,
    BM_O_LOG_N,
    BM_O_N_LOG_N,
    BM_O_AUTO,
    BM_O_FUNCTION
};
typedef double bm_big_o_function(int64_t n);
void bm_complexity(struct bm_benchmark *b, enum bm_big_o big_o);
void bm_complexity_function(struct bm_benchmark *b, bm_big_o_function *function);

/* ---- In a benchmark ---------------------------------------------------------------------- */

bool bm_keep_running_slow_(struct bm_state *state, uint64_t batch);
uint64_t bm_loop_begin_(struct bm_state *state);
void bm_loop_finish_(struct bm_state *state);

/* True so many times as the run has iterations. The clock starts with the first call and stops
 * with the last. */
static inline bool bm_keep_running(struct bm_state *state)
{
    if (__builtin_expect(state->iterations_left != 0, 1)) {
        state->iterations_left--;
        return true;
    }
    return bm_keep_running_slow_(state, 1);
}

/* The same for a body that does `batch` iterations; the last may overshoot. */
static inline bool bm_keep_running_batch(struct bm_state *state, uint64_t batch)
{
    if (__builtin_expect(state->iterations_left >= batch && batch != 0, 1)) {
        state->iterations_left -= batch;
        return true;
    }
    return bm_keep_running_slow_(state, batch);
}

/* Inline, so that compilers see that no turn follows. */
static inline bool bm_loop_end_(struct bm_state *state)
{
    bm_loop_finish_(state);
    return false;
}

/* BM_LOOP (state) { ... }: the same with the count in a register, for the shortest bodies. Leave
 * it early by bm_state_skip_with_... and break only. */
#define BM_LOOP(state)                                                                    \
    for (uint64_t bm_left_ = bm_loop_begin_(state); bm_left_ != 0 || bm_loop_end_(state); \
         bm_left_--)

int64_t bm_state_arg(const struct bm_state *state, size_t index); /* 0 where there is none */
size_t bm_state_arg_count(const struct bm_state *state);
const char *bm_state_name(const struct bm_state *state); /* without arguments */
void *bm_state_context(const struct bm_state *state);
int bm_state_threads(const struct bm_state *state);
int bm_state_thread_index(const struct bm_state *state);
/* Done so far; after the loop, all of this thread's. */
int64_t bm_state_iterations(const struct bm_state *state);
int64_t bm_state_max_iterations(const struct bm_state *state);

/* Inside the loop: what is between is not timed. A pair costs some 200 ns itself. */
void bm_state_pause_timing(struct bm_state *state);
void bm_state_resume_timing(struct bm_state *state);
void bm_state_set_iteration_time(struct bm_state *state, double seconds); /* each iteration's */

/* Ends the run: its row has this text instead of times. The loop ends at its next turn. */
void bm_state_skip_with_error(struct bm_state *state, const char *message); /* exit status 1 */
void bm_state_skip_with_message(struct bm_state *state, const char *message);
bool bm_state_skipped(const struct bm_state *state);

/* Flags of counters, applied in this order to the sum over threads. */
enum bm_counter_flags {
    BM_COUNTER_PLAIN = 0,
    BM_COUNTER_RATE = 1 << 0,                /* divided by seconds */
    BM_COUNTER_AVG_THREADS = 1 << 1,         /* divided by the number of threads */
    BM_COUNTER_ITERATION_INVARIANT = 1 << 2, /* multiplied by the iterations */
    BM_COUNTER_AVG_ITERATIONS = 1 << 3,      /* divided by the iterations */
    BM_COUNTER_INVERT = 1 << 4,              /* last: 1 / value */
    BM_COUNTER_1024 = 1 << 5,                /* shown with Ki, Mi, Gi instead of k, M, G */
    BM_COUNTER_AVG_THREADS_RATE = BM_COUNTER_RATE | BM_COUNTER_AVG_THREADS,
    BM_COUNTER_ITERATION_INVARIANT_RATE = BM_COUNTER_RATE | BM_COUNTER_ITERATION_INVARIANT,
    BM_COUNTER_AVG_ITERATIONS_RATE = BM_COUNTER_RATE | BM_COUNTER_AVG_ITERATIONS
};
/* `flags` of enum bm_counter_flags, or-ed. Setting a name again replaces its value. */
void bm_state_set_counter(struct bm_state *state, const char *name, double value, int flags);
void bm_state_set_bytes_processed(struct bm_state *state, int64_t bytes); /* in all iterations */
void bm_state_set_items_processed(struct bm_state *state, int64_t items);
void bm_state_set_label(struct bm_state *state, const char *label);
void bm_state_set_complexity_n(struct bm_state *state, int64_t n);

/* The value is needed: what computes it stays. */
#define BM_DO_NOT_OPTIMIZE(value) __asm__ volatile("" : : "r,m"(value) : "memory")
/* The variable may have any value now: what depends on it is not computed beforehand. */
#define BM_HIDE(variable) __asm__ volatile("" : "+r,m"(variable) : : "memory")
/* All memory that others could see is needed, and may have changed. */
#define BM_CLOBBER_MEMORY() __asm__ volatile("" : : : "memory")

/* ---- Running ----------------------------------------------------------------------------- */

/* What BENCHMARK_MAIN does: reads the flags, runs, reports; returns the exit status. */
int bm_main(int argc, char **argv);

/* The same in parts, for programs with arguments of their own. bm_initialize removes the flags
 * that it knows from argv; false: the program is to end with *exit_status, after --help or a wrong
 * flag. */
bool bm_initialize(int *argc, char **argv, int *exit_status);
/* Says on standard error what is left of argv; true if anything is. */
bool bm_report_unrecognized_arguments(int argc, char **argv);
int bm_run_benchmarks(void); /* returns the exit status */
/* Forgets all benchmarks, context and flags. */
void bm_shutdown(void);

void bm_add_custom_context(const char *key, const char *value);

/* A row of results. */
enum bm_outcome { BM_DONE, BM_SKIPPED, BM_FAILED };
struct bm_counter {
    const char *name;
    double value;
    int flags; /* of enum bm_counter_flags */
};
struct bm_run {
    const char *name;     /* with the aggregate's suffix */
    const char *run_name; /* without */
    size_t family_index, per_family_instance_index;
    const char *aggregate_name; /* NULL: an iteration row; "mean", "BigO", "RMS" and so on */
    enum bm_statistic_unit aggregate_unit;
    int64_t repetitions, repetition_index, threads;
    enum bm_outcome outcome;
    const char *message; /* of what was skipped or failed */
    int64_t iterations;  /* over all threads; of an aggregate: the repetitions behind it */
    /* An iteration in time_unit; of a percentage the plain ratio; of BigO the coefficients; of RMS
     * the root mean square of the relative error. */
    double real_time, cpu_time;
    enum bm_time_unit time_unit;
    enum bm_big_o big_o;               /* of BigO and RMS */
    const struct bm_counter *counters; /* sorted by name */
    size_t counter_count;
    const char *label; /* never NULL */
};
/* Called for every row, as it is reported; all of it is valid during the call. NULL: nobody. */
typedef void bm_report_callback(const struct bm_run *run, void *data);
void bm_set_report_callback(bm_report_callback *callback, void *data);

/* ---- How the macros work ----------------------------------------------------------------- */

/* Tells translation units apart: within one, benchmarks run in the order in which they stand. */
static const char bm_translation_unit_ __attribute__((unused)) = 0;
struct bm_benchmark *bm_register_in_order_(const char *name, bm_function *function,
                                           const char *translation_unit, int order);

#define BM_JOIN_(a, b)  BM_JOIN2_(a, b)
#define BM_JOIN2_(a, b) a##b
#define BM_EXPAND_(...) __VA_ARGS__
#ifdef __cplusplus
#define BM_STATIC_ASSERT_ static_assert
#else
#define BM_STATIC_ASSERT_ _Static_assert
#endif

#define BM_WITH_LIST_(function, b, type, dimension, ...)                 \
    do {                                                                 \
        const type bm_list_[] dimension = {__VA_ARGS__};                 \
        function((b), bm_list_, sizeof(bm_list_) / sizeof(bm_list_[0])); \
    } while (0)

#define BM_REGISTER_(id, name, function, ...)                                 \
    static void BM_JOIN_(bm_describe_, id)(struct bm_benchmark * b)           \
    {                                                                         \
        (void)b;                                                              \
        __VA_ARGS__;                                                          \
    }                                                                         \
    __attribute__((constructor)) static void BM_JOIN_(bm_register_, id)(void) \
    {                                                                         \
        BM_JOIN_(bm_describe_, id)                                            \
        (bm_register_in_order_(name, function, &bm_translation_unit_, id));   \
    }                                                                         \
    BM_STATIC_ASSERT_(1, "takes the semicolon")
#define BM_ALONE_(id, function)          BM_REGISTER_(id, #function, function, (void)0)
#define BM_DESCRIBED_(id, function, ...) BM_REGISTER_(id, #function, function, __VA_ARGS__)

#define BM_CAPTURE_(id, function, ...) BM_SELECT_CAPTURE_(__VA_ARGS__)(id, function, __VA_ARGS__)
#define BM_CAPTURED_(id, function, case_name, arguments, ...)       \
    static void BM_JOIN_(bm_captured_, id)(struct bm_state * state) \
    {                                                               \
        function(state, BM_EXPAND_ arguments);                      \
    }                                                               \
    BM_REGISTER_(id, #function "/" #case_name, BM_JOIN_(bm_captured_, id), __VA_ARGS__)
#define BM_CAPTURED_ALONE_(id, function, case_name, arguments) \
    BM_CAPTURED_(id, function, case_name, arguments, (void)0)

/* Whether there are statements behind the function, and behind the arguments: a macro of C11 must
 * be given at least one argument for its "...". */
#define BM_SELECT_(...)                                                                 \
    BM_32ND_(__VA_ARGS__, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_,   \
             BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, \
             BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, \
             BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, \
             BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, \
             BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, BM_DESCRIBED_, \
             BM_DESCRIBED_, BM_ALONE_, 0)
#define BM_SELECT_CAPTURE_(...)                                                                  \
    BM_32ND_(__VA_ARGS__, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_,  \
             BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, \
             BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, \
             BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, \
             BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, BM_CAPTURED_, \
             BM_CAPTURED_ALONE_, BM_CAPTURED_ALONE_, 0)
#define BM_32ND_(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, \
                 _19, _20, _21, _22, _23, _24, _25, _26, _27, _28, _29, _30, _31, which, ...)     \
    which

#ifdef __cplusplus
}
#endif

#endif
