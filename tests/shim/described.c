/* described CASE [FLAG...]: benchmarks that are described wrongly, one mistake a case, and what
 * else is registered while the program runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/benchmark.h"

static void run(struct bm_state *state)
{
    while (bm_keep_running(state))
        bm_state_set_iteration_time(state, 1e-6);
}

static void print_run(const struct bm_run *row, void *data)
{
    int *rows = data;
    printf("callback %d: %s %s %lld %g\n", ++*rows, row->name,
           row->aggregate_name == NULL ? "-" : row->aggregate_name, (long long)row->iterations,
           row->real_time);
}

static void describe(struct bm_benchmark *b, const char *what)
{
    if (strcmp(what, "iterations") == 0)
        bm_iterations(b, 0);
    else if (strcmp(what, "negative-time") == 0)
        bm_min_time(b, -1);
    else if (strcmp(what, "both") == 0) {
        bm_min_time(b, 1);
        bm_iterations(b, 5);
    } else if (strcmp(what, "clocks") == 0) {
        bm_use_real_time(b);
        bm_use_manual_time(b);
    } else if (strcmp(what, "arguments") == 0) {
        bm_arg(b, 1);
        bm_args(b, 1, 2);
    } else if (strcmp(what, "range") == 0)
        bm_range(b, 8, 1);
    else if (strcmp(what, "multiplier") == 0)
        bm_range_multiplier(b, 1);
    else if (strcmp(what, "step") == 0)
        bm_dense_range(b, 1, 8, 0);
    else if (strcmp(what, "threads") == 0)
        bm_threads(b, 0);
    else if (strcmp(what, "repetitions") == 0)
        bm_repetitions(b, 0);
    else if (strcmp(what, "names") == 0)
        bm_arg_names(b, "a", "b");
    else if (strcmp(what, "name") == 0)
        bm_name(b, "");
    else if (strcmp(what, "statistic") == 0)
        bm_compute_statistic(b, "none", NULL, BM_STATISTIC_TIME);
}

static int register_many(int argc, char **argv)
{
    for (int i = 0; i < 10000; i++) {
        char name[32];
        snprintf(name, sizeof(name), "many_%05d", i);
        struct bm_benchmark *b = bm_register(name, run);
        bm_use_manual_time(b);
        bm_iterations(b, 1);
    }
    return bm_main(argc, argv);
}

/* As a compiler may call the constructors of two translation units. */
static int register_in_disorder(int argc, char **argv)
{
    static const char units[2];
    static const int orders[][2] = {{0, 2}, {0, 0}, {0, 1}, {1, 1}, {1, 0}};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        char name[32];
        snprintf(name, sizeof(name), "unit_%d_%d", orders[i][0], orders[i][1]);
        bm_register_in_order_(name, run, &units[orders[i][0]], orders[i][1]);
    }
    return bm_main(argc, argv);
}

/* The parts of bm_main, with an argument of the program's own between. */
static int run_in_parts(int argc, char **argv)
{
    int rows = 0, exit_status;
    struct bm_benchmark *b = bm_register("parts", run);
    bm_use_manual_time(b);
    bm_iterations(b, 2);
    bm_add_custom_context("program", "its own");
    bm_add_custom_context("date", "not this one");
    bm_set_report_callback(print_run, &rows);
    if (!bm_initialize(&argc, argv, &exit_status))
        return exit_status;
    printf("left: %d %s\n", argc - 1, argc > 1 ? argv[1] : "");
    exit_status = bm_run_benchmarks();
    printf("again\n");
    exit_status |= bm_run_benchmarks();
    bm_shutdown();
    return exit_status | (bm_run_benchmarks() << 1);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    const char *what = argv[1];
    argv[1] = argv[0];
    if (strcmp(what, "many") == 0)
        return register_many(argc - 1, argv + 1);
    if (strcmp(what, "disorder") == 0)
        return register_in_disorder(argc - 1, argv + 1);
    if (strcmp(what, "parts") == 0)
        return run_in_parts(argc - 1, argv + 1);
    bool nameless = strcmp(what, "nameless") == 0, empty = strcmp(what, "functionless") == 0;
    struct bm_benchmark *b = bm_register(nameless ? NULL : "wrong", empty ? NULL : run);
    describe(b, what);
    return bm_main(argc - 1, argv + 1);
}
