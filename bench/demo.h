/* `accelbench demo`: the classroom demo. */
#ifndef ACCELBENCH_BENCH_DEMO_H
#define ACCELBENCH_BENCH_DEMO_H

#include "bench/options.h"

enum ab_status demo_run(const struct options *options, int argc, char **argv,
                        struct ab_error *error);

#endif
