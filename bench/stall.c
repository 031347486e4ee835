#include "bench/stall.h"

#include <time.h>

#include "bench/clock.h"

/* A busy machine makes a process wait, too, but not for so long. */
static const double least_gap_s = 1, least_sleep_s = 0.1;

static struct stalls all;
static double looked_s, asleep_then_s;

static double samples_clock_s(void)
{
    return 1e-9 * (double)wall_ns(&system_clock);
}

/* How long the machine has slept since it was started. */
static double asleep_s(void)
{
    struct timespec with_sleep, without;
    if (clock_gettime(CLOCK_BOOTTIME, &with_sleep) != 0 ||
        clock_gettime(CLOCK_MONOTONIC, &without) != 0)
        return 0;
    return (double)(with_sleep.tv_sec - without.tv_sec) +
           1e-9 * (double)(with_sleep.tv_nsec - without.tv_nsec);
}

void stall_begin(void)
{
    looked_s = samples_clock_s();
    asleep_then_s = asleep_s();
}

bool stalls_add(struct stalls *stalls, double gap_s, double slept_s)
{
    if (gap_s < least_gap_s && slept_s < least_sleep_s)
        return false;
    stalls->count++;
    if (gap_s >= least_gap_s)
        stalls->stopped_s += gap_s;
    if (slept_s >= least_sleep_s)
        stalls->suspended_s += slept_s;
    return true;
}

double stall_look(void)
{
    const double gap_s = samples_clock_s() - looked_s, slept_s = asleep_s() - asleep_then_s;
    stall_begin();
    return stalls_add(&all, gap_s, slept_s) && gap_s >= least_gap_s ? gap_s : 0;
}

const struct stalls *stalls_so_far(void)
{
    return &all;
}

double running_s(void)
{
    return samples_clock_s() - all.stopped_s;
}
