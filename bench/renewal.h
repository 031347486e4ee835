/* Which workers are started anew for each round, and which serve all of them. */
#ifndef ACCELBENCH_BENCH_RENEWAL_H
#define ACCELBENCH_BENCH_RENEWAL_H

#include "bench/measure.h"

/* Takes part, and on a device with memory of its own. */
bool is_on_device(const struct alternative *a);

/* Before any worker has been started, and with the time to end known: what starting one anew may
 * cost. */
void plan_renewals(struct measurement *measurement);

/* The least that ending a worker and starting another took, in ns. One has been started. */
double restart_ns(const struct alternative *a);

/* Whether the worker of the alternative serves the rounds that come, too. One has been started. */
bool worker_stays(const struct measurement *measurement, const struct alternative *a);

#endif
