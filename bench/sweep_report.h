/* What a sweep leaves: the file, the page, and the summary on the screen. */
#ifndef ACCELBENCH_BENCH_SWEEP_REPORT_H
#define ACCELBENCH_BENCH_SWEEP_REPORT_H

#include "bench/sweep_plan.h"

/* Writes --out, standard output by --format, and --html. The journal goes when all was measured or
 * has failed; otherwise it stays, for --resume. */
enum ab_status sweep_write(const struct sweep *sweep, struct ab_error *error);

#endif
