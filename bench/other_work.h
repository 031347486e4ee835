/* What other programs did on our CPUs while we measured: the kernel's ticks of all work, less the
 * CPU time of this process and of its children. */
#ifndef ACCELBENCH_BENCH_OTHER_WORK_H
#define ACCELBENCH_BENCH_OTHER_WORK_H

#include "common/machine_state.h"

struct work_reading {
    struct machine_ticks ticks; /* of the CPUs that may be used here; total 0: unknown */
    double own_s;               /* CPU time of this process and of the children it has waited for */
};

/* Exact to a few ticks (10 ms each, mostly) where no child is left to be waited for. */
struct work_reading work_read(void);

/* Which share of the CPUs' time between two readings others took, 0 to 1, the hypervisor's other
 * guests included where it tells; -1: unknown, or too short a time to say. */
double other_work_between(const struct work_reading *before, const struct work_reading *after);

#endif
