/* A benchmark with its arguments and its number of threads: what has a name, is filtered, and
 * runs. */
#ifndef ACCELBENCH_BENCH_SHIM_INSTANCE_H
#define ACCELBENCH_BENCH_SHIM_INSTANCE_H

#include "bench/shim/arena.h"
#include "bench/shim/registry.h"

struct instance {
    const struct bm_benchmark *benchmark;
    const char *name;
    const char *family_name; /* without arguments: of BigO and RMS */
    const int64_t *args;     /* borrowed from the benchmark */
    int threads;
    size_t family_index, per_family_instance_index;
};

struct instances {
    struct instance *list; /* in the arena */
    size_t count;
    size_t longest_name; /* bytes */
};

/* All instances of all benchmarks whose names a filter takes. Texts and the list are in the arena.
 * `filter` as bench/shim/filter.h reads it; AB_USAGE says what is wrong with it, or with the
 * description of a benchmark. A name that begins with DISABLED_ never runs. */
enum ab_status instances_select(const char *filter, struct arena *arena,
                                struct instances *instances, struct ab_error *error);

#endif
