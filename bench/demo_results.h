/* The demo's measurements as files: --out and --html. */
#ifndef ACCELBENCH_BENCH_DEMO_RESULTS_H
#define ACCELBENCH_BENCH_DEMO_RESULTS_H

#include "bench/demo_scenes.h"

/* Writes what was asked for and was measured; nothing where nothing was. */
enum ab_status demo_write_results(const struct demo *demo, int argc, char **argv,
                                  struct ab_error *error);

#endif
