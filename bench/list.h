/* accelbench list: kernels x backends x techniques, devices, and why a backend cannot run. */
#ifndef ACCELBENCH_BENCH_LIST_H
#define ACCELBENCH_BENCH_LIST_H

#include "bench/options.h"
#include "bench/text.h"

/* On the screen or as JSON, by options->format. */
enum ab_status list_write(const struct options *options, struct text *text, struct ab_error *error);

#endif
