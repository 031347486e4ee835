/* The --benchmark_* flags and their environment variables. */
#ifndef ACCELBENCH_BENCH_SHIM_FLAGS_H
#define ACCELBENCH_BENCH_SHIM_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/benchmark.h"
#include "bench/shim/registry.h"
#include "bench/text.h"

enum report_format { REPORT_CONSOLE, REPORT_JSON, REPORT_CSV };

struct flags {
    bool list_tests, dry_run, random_interleaving, counters_tabular, strict;
    bool report_aggregates_only, display_aggregates_only;
    const char *filter;
    double min_time_s, min_warmup_s;
    bool min_time_given, repetitions_given;
    int64_t iterations; /* of --benchmark_min_time=<N>x; 0: by time */
    int64_t repetitions;
    enum report_format format, out_format;
    const char *out; /* empty: no file */
    bool color;
    bool seed_given;
    uint64_t seed;
    enum bm_time_unit unit; /* of benchmarks that choose none */
    int64_t verbosity;
};

/* Texts point into argv and the environment. */
extern struct flags flags;
/* Whether the flags were read: bm_run_benchmarks reads the environment otherwise. */
extern bool flags_are_read;

/* What a command line asks for beside running. */
enum flags_wish { FLAGS_RUN, FLAGS_HELP, FLAGS_WRONG };

/* Takes defaults from the environment, then what it knows out of argv. FLAGS_WRONG: a value is
 * wrong, `error` says which. With --benchmark_strict some wrong values lead to FLAGS_HELP instead,
 * which `error` says too, or stay in argv. */
enum flags_wish flags_read(int *argc, char **argv, struct ab_error *error);

/* The flags, with what each means. */
void flags_help(struct text *text);

struct flag_description {
    const char *name, *value, *help; /* value: NULL for what is on or off */
};

/* What the flag of that number is; false behind the last. */
bool flags_describe(size_t number, struct flag_description *to);

#endif
