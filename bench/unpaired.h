/* Comparing times that were not measured in turn: two runs, two machines, two builds. Nothing
 * pairs their rounds, so nothing cancels; the answer is about the two samples as they are.
 * Sources:
 *   Mann and Whitney, "On a test of whether one of two random variables is stochastically larger
 *     than the other", Annals of Mathematical Statistics 18, 1947: the distribution of the count;
 *   Hodges and Lehmann, "Estimates of location based on rank tests", same journal 34, 1963: the
 *     shift as the median of all differences;
 *   Moses, in Walker and Lev, "Statistical inference", 1953: its interval by order statistics. */
#ifndef ACCELBENCH_BENCH_UNPAIRED_H
#define ACCELBENCH_BENCH_UNPAIRED_H

#include "bench/comparison.h"
#include "common/error.h"

/* The k-th least and the k-th greatest of the `a` x `b` differences of two independent samples
 * bound the shift between them with at least this confidence: the greatest such k, or 0 where not
 * even the extremes do. Exact for samples up to 64, then by the normal approximation, rounded to
 * the safe side. `achieved` is the true confidence, or the one asked for where it is approximated.
 */
size_t unpaired_rank(size_t a, size_t b, double confidence, double *achieved,
                     struct ab_error *error);

/* How many times as fast the contender is: the exponential of the median of all differences of the
 * logarithms of the times, which are finite and above 0. Interval and verdict as in
 * compare_paired, with `pairs` the smaller count. Of samples with more than 1000 times, every so
 * many-th takes part. AB_NO_MEMORY is the only failure. */
enum ab_status compare_unpaired(const double *base, size_t base_count, const double *contender,
                                size_t contender_count, size_t comparisons, double margin,
                                struct comparison *comparison, struct ab_error *error);

#endif
