/* What BENCHMARK and its statements leave behind: the list of benchmarks. */
#ifndef ACCELBENCH_BENCH_SHIM_REGISTRY_H
#define ACCELBENCH_BENCH_SHIM_REGISTRY_H

#include "bench/benchmark.h"
#include "common/error.h"

/* A growing array of elements of one type. */
struct list {
    void *items; /* owned */
    size_t count;
};

struct axis {
    struct list values; /* int64_t */
};

struct statistic {
    char *name; /* owned */
    bm_statistic *compute;
    enum bm_statistic_unit unit;
};

enum aggregates_only { AGGREGATES_BY_FLAG, AGGREGATES_TOO, AGGREGATES_DISPLAYED, AGGREGATES_ONLY };

struct bm_benchmark {
    char *name; /* owned */
    bm_function *function;
    void *context;
    struct list args; /* int64_t: tuples of `width`, one after another */
    struct list axes; /* struct axis */
    size_t width;     /* of a tuple, once it is known */
    bool width_known;
    struct list arg_names; /* char *, owned; empty: no name */
    int64_t range_multiplier;
    enum bm_time_unit unit;
    bool unit_given;
    double min_time_s, min_warmup_s; /* 0: by the flag */
    int64_t iterations;              /* 0: as many as it takes */
    int repetitions;                 /* 0: by the flag */
    enum aggregates_only aggregates_only;
    bool real_time, manual_time, process_cpu_time;
    struct list threads; /* int */
    bm_function *setup, *teardown;
    struct list statistics; /* struct statistic, behind the four that all have */
    enum bm_big_o big_o;
    bm_big_o_function *big_o_function;
    struct ab_error error; /* the first thing that is wrong with the description */
    const char *translation_unit;
    int order;
};

/* All benchmarks, in the order in which they run; struct bm_benchmark *. */
extern struct list registered;

/* Room for one more element: NULL without memory. */
void *list_add(struct list *list, size_t element_bytes);

/* Appends low, the powers of the multiplier between, and high; negative ones mirrored. */
bool add_range(struct list *values, int64_t low, int64_t high, int64_t multiplier);

/* Puts the combinations of the axes behind the tuples. Once, before benchmarks run. */
void expand_axes(struct bm_benchmark *b);

/* AB_OK, or what is wrong with the first benchmark that is described wrongly. */
enum ab_status registry_check(struct ab_error *error);

/* Frees all benchmarks. */
void registry_clear(void);

#endif
