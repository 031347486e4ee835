#include "bench/clock.h"

#include <time.h>

#include "bench/statistics.h"

static uint64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t system_wall_ns(void *state)
{
    (void)state;
    return read_clock(CLOCK_MONOTONIC_RAW);
}

static uint64_t system_cpu_ns(void *state)
{
    (void)state;
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

const struct clock_source system_clock = {system_wall_ns, system_cpu_ns, 0};

struct clock_calibration clock_calibrate(const struct clock_source *clock)
{
    enum { READINGS = 1001 };
    double difference_ns[READINGS];
    struct clock_calibration calibration = {.step_ns = UINT64_MAX};
    uint64_t previous = wall_ns(clock);
    for (int i = 0; i < READINGS; i++) {
        uint64_t now = wall_ns(clock);
        difference_ns[i] = (double)(now - previous);
        if (now > previous && now - previous < calibration.step_ns)
            calibration.step_ns = now - previous;
        previous = now;
    }
    if (calibration.step_ns == UINT64_MAX)
        calibration.step_ns = 1;
    calibration.overhead_ns = (uint64_t)median(difference_ns, READINGS);
    return calibration;
}
