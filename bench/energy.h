/* --energy: what the kernels of devices cost in energy, after the rounds that time them. */
#ifndef ACCELBENCH_BENCH_ENERGY_H
#define ACCELBENCH_BENCH_ENERGY_H

#include "bench/measure.h"

/* When it is known who takes part: AB_USAGE or AB_UNSUPPORTED where --energy cannot be had. */
enum ab_status energy_check(const struct measurement *measurement, struct ab_error *error);

/* Before the rounds: AB_UNSUPPORTED where a device does not count. Takes the time that is needed
 * from that of the rounds. */
enum ab_status energy_prepare(struct measurement *measurement, struct ab_error *error);

/* After the rounds: watches each in turn, while all others idle. */
enum ab_status energy_measure(struct measurement *measurement, struct ab_error *error);

#endif
