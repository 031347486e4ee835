/* From which size on one way to solve a problem beats another. Both were measured at several sizes;
 * in between, the logarithm of their ratio is taken to be a straight line over the logarithm of the
 * size. Nothing is said about sizes outside the measured range. */
#ifndef ACCELBENCH_BENCH_BREAK_EVEN_H
#define ACCELBENCH_BENCH_BREAK_EVEN_H

#include <stdbool.h>
#include <stddef.h>

#include "bench/statistics.h"

/* At one size: how many times as fast as the baseline the contender is. */
struct break_even_point {
    double bytes;       /* above 0 */
    double ratio;       /* above 0 */
    struct interval ci; /* of the ratio; NAN: too few rounds for one */
};

enum break_even_status {
    BREAK_EVEN_WINS_FROM,   /* loses below the crossing and wins above */
    BREAK_EVEN_WINS_ALWAYS, /* at every measured size */
    BREAK_EVEN_NEVER,       /* wins at no measured size */
    BREAK_EVEN_MIXED        /* wins only below a crossing, or crosses more than once */
};

/* "wins_from", "wins_always", "never", "mixed" */
const char *break_even_status_name(enum break_even_status status);

struct break_even {
    enum break_even_status status;
    size_t crossings;
    size_t decided; /* points up to the last one at which it can be told who wins */
    double bytes;   /* the last crossing; NAN: there is none */
    struct interval
        ci;          /* of the crossing, at 0.95; NAN where the measured range does not hold it */
    bool wins_above; /* of the last crossing: the contender wins above it, not below */
};

/* `points` by size, ascending; at least 1.
 *
 * A point whose interval holds 1 decides nothing, so that two equals do not cross each other
 * wherever the noise has them do so; a crossing lies between the last point that one of the two
 * wins and the first that the other one does, where the line of the ratios passes 1 for the last
 * time. A first point that decides nothing goes with the first that does, unless that is a win and
 * the first ratio is none. The interval of the crossing is where those lines pass 1 that join the
 * upper and the lower ends of the intervals: all sizes at which a difference cannot be told. */
struct break_even break_even_find(const struct break_even_point *points, size_t count);

/* How often data that is on the device already must be passed over until having moved it there was
 * worth it; NAN where no number of passes is enough. */
double break_even_passes(double transfer_ns, double kernel_ns, double baseline_ns);

#endif
