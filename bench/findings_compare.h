/* Comparing the points of a problem with each other, by the rounds that both have. */
#ifndef ACCELBENCH_BENCH_FINDINGS_COMPARE_H
#define ACCELBENCH_BENCH_FINDINGS_COMPARE_H

#include "bench/findings.h"

/* Fills base and comparison of all points. The intervals of one size in one file hold together. */
enum ab_status compare_problem(const struct findings *findings, struct problem_view *problem,
                               struct ab_error *error);

#endif
