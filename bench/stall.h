/* Times in which this program stood still: it was stopped (SIGSTOP, a debugger), or the machine was
 * suspended. They must not count as time that work took. Whoever waits for a worker looks at the
 * clock many times a second; two looks that lie far apart had such a time between them. */
#ifndef ACCELBENCH_BENCH_STALL_H
#define ACCELBENCH_BENCH_STALL_H

#include <stdbool.h>

struct stalls {
    unsigned count;
    double stopped_s;   /* by the clock of the samples, which runs on meanwhile */
    double suspended_s; /* by the clock that also counts while the machine sleeps */
};

/* A wait begins; what lay before it is none of its business. */
void stall_begin(void);

/* To be called while waiting, at least every 0.1 s. Returns for how many seconds, by the clock of
 * the samples, the program has stood still since the call before: mostly 0. */
double stall_look(void);

/* All since the program began. */
const struct stalls *stalls_so_far(void);

/* The clock of the samples without the time that the program is known to have stood still. */
double running_s(void);

/* Adds what lies between two looks: `gap_s` by the clock of the samples, `asleep_s` of sleep. */
bool stalls_add(struct stalls *stalls, double gap_s, double asleep_s);

#endif
