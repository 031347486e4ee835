/* accelbench doctor: the machine, the build, the backends, what would spoil a measurement here, and
 * the remedy. */
#ifndef ACCELBENCH_BENCH_DOCTOR_H
#define ACCELBENCH_BENCH_DOCTOR_H

#include "bench/options.h"
#include "bench/text.h"

/* On the screen or as JSON, by options->format. Takes about a second, in which it watches what
 * else the machine does. Findings are no failure. */
enum ab_status doctor_run(const struct options *options, struct text *text, struct ab_error *error);

#endif
