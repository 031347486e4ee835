/* accelbench aa: the harness judging itself.
 *
 * Every available backend is measured against itself (A against A', two alternatives that differ in
 * nothing) and against itself with a known delay (each sample 5 % longer), through everything that
 * a comparison of two backends goes through: workers, rounds, intervals, verdicts. A harness that
 * can be trusted finds no difference in the first and the right one in the second. */
#ifndef ACCELBENCH_BENCH_AA_H
#define ACCELBENCH_BENCH_AA_H

#include "bench/options.h"
#include "bench/text.h"

/* What was found, over all backends and inputs or for one of each. */
struct aa_tally {
    unsigned pairs;        /* comparisons of A with A' */
    unsigned excluding;    /* whose 95 % interval excludes 1 */
    unsigned wrong;        /* whose verdict is faster or slower */
    unsigned equivalent;   /* whose verdict is equivalent; the rest is not resolved */
    unsigned delays;       /* comparisons of A with A delayed */
    unsigned delays_found; /* whose interval lies wholly on the slow side */
};

/* The most of `pairs` intervals that may exclude 1: the 97.5 % point of the binomial distribution
 * at 4.28 %, which is what an exact interval of 30 rounds leaves out. */
unsigned aa_most_excluding(unsigned pairs);

/* Whether a tally is one that a trustworthy harness gives: no wrong verdict, not too many intervals
 * that exclude 1, at least 95 % of the delays found. */
bool aa_passes(const struct aa_tally *tally);

/* Repeats all inputs until --budget (default 120 s) is used up, at least once. Writes the table, or
 * JSON. AB_WRONG_RESULT: the harness did not stand the test. AB_INTERRUPTED: the table so far is
 * written. AB_WORKER and so on: a measurement failed. */
enum ab_status aa_run(const struct options *options, struct text *text, struct ab_error *error);

#endif
