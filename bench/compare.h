/* `accelbench compare`: a verdict per row of two result files. */
#ifndef ACCELBENCH_BENCH_COMPARE_H
#define ACCELBENCH_BENCH_COMPARE_H

#include "bench/options.h"

enum ab_status compare_run(const struct options *options, int argc, char **argv,
                           struct ab_error *error);

#endif
