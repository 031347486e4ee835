/* One call of a benchmark's function in one thread, and what its threads share. */
#ifndef ACCELBENCH_BENCH_SHIM_STATE_H
#define ACCELBENCH_BENCH_SHIM_STATE_H

#include <pthread.h>

#include "bench/shim/counter.h"
#include "bench/shim/instance.h"

/* What all threads of a run add up to. */
struct run_result {
    enum bm_outcome outcome;
    char *message, *label; /* owned, or NULL */
    int64_t iterations, complexity_n;
    double real_s, cpu_s, manual_s; /* sums over the threads */
    struct counters counters;
};

struct shared_run {
    pthread_mutex_t mutex; /* guards all of it */
    pthread_cond_t all_here;
    int threads, waiting; /* at the barrier where the loops start and end */
    unsigned passed;      /* barriers */
    struct run_result result;
};

struct thread_state {
    struct bm_state state; /* first: benchmarks have a pointer to it */
    const struct instance *instance;
    struct shared_run *shared;
    int index;
    int64_t iterations, overshoot;
    enum { LOOP_NOT_STARTED, LOOP_RUNNING, LOOP_FINISHED } loop;
    bool skipped, timing;
    double real_started_s, cpu_started_s, real_s, cpu_s, manual_s;
    int64_t complexity_n;
    struct counters counters;
};

/* Calls the function once for `iterations` iterations and adds what comes of it to the shared
 * result. */
void run_in_thread(const struct instance *instance, struct shared_run *shared, int index,
                   int64_t iterations);

/* Records why there are no times, unless a reason is there already. Takes the mutex. */
void shared_run_skip(struct shared_run *shared, enum bm_outcome outcome, const char *message);

/* One thread fewer that the others wait for. */
void shared_run_leave(struct shared_run *shared);

/* A state that has arguments and nothing else, for set-up and tear-down. */
struct thread_state state_of_arguments(const struct instance *instance);

void run_result_free(struct run_result *result);

#endif
