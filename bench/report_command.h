/* `accelbench report`: what result files say. */
#ifndef ACCELBENCH_BENCH_REPORT_COMMAND_H
#define ACCELBENCH_BENCH_REPORT_COMMAND_H

#include "bench/options.h"

enum ab_status report_run(const struct options *options, int argc, char **argv,
                          struct ab_error *error);

#endif
