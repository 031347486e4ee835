#include "bench/other_work.h"

#include <math.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/topology.h"

static double cpu_s(int who)
{
    struct rusage usage = {0};
    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct work_reading work_read(void)
{
    struct work_reading reading = {.own_s = cpu_s(RUSAGE_SELF) + cpu_s(RUSAGE_CHILDREN)};
    size_t bytes;
    cpu_set_t *mask = topology_affinity(&bytes);
    if (mask != NULL)
        machine_ticks_read("", mask, bytes, &reading.ticks);
    CPU_FREE(mask);
    return reading;
}

double other_work_between(const struct work_reading *before, const struct work_reading *after)
{
    enum { TICKS_LEAST = 50 }; /* the readings are right to a tick or two */
    const double ticks_per_s = (double)sysconf(_SC_CLK_TCK);
    if (before->ticks.total == 0 || after->ticks.total < before->ticks.total + TICKS_LEAST)
        return -1;
    const double total = (double)(after->ticks.total - before->ticks.total);
    const double busy = (double)after->ticks.busy - (double)before->ticks.busy;
    const double steal = (double)after->ticks.steal - (double)before->ticks.steal;
    const double own = ticks_per_s * (after->own_s - before->own_s);
    return fmin(fmax(busy + steal - own, 0) / total, 1);
}
