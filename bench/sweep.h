/* `accelbench sweep`: kernels x backends x sizes. */
#ifndef ACCELBENCH_BENCH_SWEEP_H
#define ACCELBENCH_BENCH_SWEEP_H

#include "bench/options.h"

enum ab_status sweep_run(const struct options *options, int argc, char **argv,
                         struct ab_error *error);

#endif
