/* accelbench with flags of Google Benchmark: it runs as an executable of benchmarks would. Rows are
 * named, filtered and written by the same code as those of any program on bench/benchmark.h. */
#ifndef ACCELBENCH_BENCH_BENCHMARK_MODE_H
#define ACCELBENCH_BENCH_BENCHMARK_MODE_H

#include <stdbool.h>

#include "common/error.h"

/* Whether the command line has such a flag. */
bool benchmark_mode_wanted(int argc, char **argv);

/* Measures the kernel that the command line names, or all at their defaults. The exit status is
 * cli.c's to decide: AB_OK with *any_failed means that there are rows with errors. */
enum ab_status benchmark_mode_run(int argc, char **argv, bool *any_failed, struct ab_error *error);

#endif
