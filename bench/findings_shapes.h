/* Inputs of one size and different shapes: which of them has its place among the other sizes, and
 * which are problems of their own. The order of the files does not matter. */
#ifndef ACCELBENCH_BENCH_FINDINGS_SHAPES_H
#define ACCELBENCH_BENCH_FINDINGS_SHAPES_H

#include "bench/findings.h"

/* The sizes as in the row's name, with what stands behind them: "/64/4096/real_time". */
const char *series_shape(const struct results_series *series);

/* Whether an input of as many bytes has another shape, and the place among the other sizes: that of
 * a file with more of them, a sweep. Needs the files only. */
bool series_stands_apart(const struct findings *findings, const struct results_series *series);

/* Where no other size says that it is the usual one, a shape beside others has its name, too. Needs
 * sorted problems. */
void name_shapes(struct findings *findings);

#endif
