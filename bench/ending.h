/* When the rounds of a measurement end, which no verdict decides: see bench/comparison.h. */
#ifndef ACCELBENCH_BENCH_ENDING_H
#define ACCELBENCH_BENCH_ENDING_H

#include "bench/measure.h"

struct ending_state {
    double began_s; /* running_s() of bench/stall.h at the first round */
    unsigned narrow_checks;
    double *log_widths; /* room for two of each alternative */
};

/* Before the first round: as many as were asked for, and how many more there may be. */
void plan_rounds(struct measurement *measurement);

/* After a round: whether it was the last, and in `ended` why. Plans more rounds where those planned
 * leave intervals too wide. */
bool measurement_ends(struct measurement *measurement, struct ending_state *state);

#endif
