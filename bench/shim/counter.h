/* Counters of a run: what bm_state_set_counter leaves, and what becomes of it. */
#ifndef ACCELBENCH_BENCH_SHIM_COUNTER_H
#define ACCELBENCH_BENCH_SHIM_COUNTER_H

#include "bench/shim/arena.h"
#include "bench/shim/registry.h"

/* A list of struct bm_counter, sorted by name; the names are owned. */
struct counters {
    struct list list;
};

/* Sets a counter, or adds to it. False without memory. */
bool counters_set(struct counters *counters, const char *name, double value, int flags);
bool counters_add(struct counters *counters, const struct counters *more);

/* Applies the flags: each counter now has the value that is reported. */
void counters_finish(struct counters *counters, int64_t iterations, double seconds, int threads);

void counters_free(struct counters *counters);

#endif
