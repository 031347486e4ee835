/* How long the samples of a measurement are, and how many of them make a round. */
#ifndef ACCELBENCH_BENCH_TURNS_H
#define ACCELBENCH_BENCH_TURNS_H

#include "bench/measure.h"

/* The least time that a sample should last. */
double least_sample_ns(const struct measurement *measurement);

/* With every alternative calibrated: how many turns a round has, and how many runs a sample. */
void plan_turns(struct measurement *measurement);

/* What a round may take of the time from `began_s` on, in running_s(): verdicts take ROUNDS_MIN. */
double round_share_s(const struct measurement *measurement, double began_s);

/* After the last turn of an alternative in a round, whose times are the medians of its turns. */
void finish_round(const struct measurement *measurement, struct alternative *a, size_t round);

#endif
