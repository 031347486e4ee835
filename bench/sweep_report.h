/* What a sweep leaves: the file, the page, and the summary on the screen. */
#ifndef ACCELBENCH_BENCH_SWEEP_REPORT_H
#define ACCELBENCH_BENCH_SWEEP_REPORT_H

#include "bench/sweep_plan.h"

/* Writes --out, unless it is to be kept as it is, standard output by --format, and --html. The
 * journal goes when all was measured or has failed; otherwise it stays, for --resume. */
enum ab_status sweep_write(const struct sweep *sweep, bool keep_file, struct ab_error *error);

#endif
