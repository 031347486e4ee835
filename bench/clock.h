/* The harness's clocks, behind pointers so that tests can script them. */
#ifndef ACCELBENCH_BENCH_CLOCK_H
#define ACCELBENCH_BENCH_CLOCK_H

#include <stdint.h>

struct clock_source {
    uint64_t (*wall_ns)(void *state); /* CLOCK_MONOTONIC_RAW: no adjustment while we look */
    uint64_t (*cpu_ns)(void *state);  /* CPU time of the whole process */
    void *state;
};

extern const struct clock_source system_clock;

/* What a reading costs and resolves on this machine. */
struct clock_calibration {
    uint64_t step_ns;     /* smallest difference seen between two readings, at least 1 */
    uint64_t overhead_ns; /* median time of one reading */
};

struct clock_calibration clock_calibrate(const struct clock_source *clock);

static inline uint64_t wall_ns(const struct clock_source *clock)
{
    return clock->wall_ns(clock->state);
}

static inline uint64_t cpu_ns(const struct clock_source *clock)
{
    return clock->cpu_ns(clock->state);
}

#endif
