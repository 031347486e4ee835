/* `accelbench demo`: the classroom demo. Three scenes (bench/demo_scenes.h), each with the code
 * that runs, a question to the class, the measurement, and a picture (bench/demo_pages.h), on a
 * terminal a page at a time (bench/screen.h). */
#ifndef ACCELBENCH_BENCH_DEMO_H
#define ACCELBENCH_BENCH_DEMO_H

#include "bench/options.h"

enum ab_status demo_run(const struct options *options, int argc, char **argv,
                        struct ab_error *error);

#endif
