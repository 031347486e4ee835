/* Running one instance: how many iterations, how often, and the rows of it. */
#ifndef ACCELBENCH_BENCH_SHIM_RUNNER_H
#define ACCELBENCH_BENCH_SHIM_RUNNER_H

#include "bench/shim/flags.h"
#include "bench/shim/instance.h"

/* A row as it is computed with: `run` is what is reported. */
struct result {
    struct bm_run run;
    double real_s, cpu_s; /* of all iterations together */
    int64_t complexity_n;
};

struct runner {
    const struct instance *instance;
    struct result *results; /* one a repetition, in the arena; `done` of them are set */
    int64_t repetitions, done;
    int64_t iterations; /* of the next run, in each thread */
    bool iterations_given, warmed_up;
    double min_time_s, min_warmup_s;
};

/* AB_NO_MEMORY. */
enum ab_status runner_start(struct runner *runner, const struct instance *instance,
                            const struct flags *settings, struct arena *arena,
                            struct ab_error *error);

/* One repetition more. */
enum ab_status runner_repeat(struct runner *runner, const struct flags *settings,
                             struct arena *arena, struct ab_error *error);

/* run->real_time and cpu_time, from the seconds, the iterations and the unit. */
void result_set_times(struct result *result);
double time_unit_per_second(enum bm_time_unit unit);

#endif
