/* What results say, in sentences that their measurements support. The texts are raw: names in them
 * come from files, and the caller escapes them for where they go. */
#ifndef ACCELBENCH_BENCH_REPORT_SUMMARY_H
#define ACCELBENCH_BENCH_REPORT_SUMMARY_H

#include "bench/findings.h"
#include "bench/text.h"

/* The verdict on everything, one sentence with its full stop. */
void summary_verdict(const struct findings *findings, struct text *text);

/* The verdict on one problem, as a part of a sentence: "openmp is 1.92 x as fast as ...". */
void summary_of_problem(const struct problem_view *problem, struct text *text);

/* What the order of a traversal does at the largest size, a clause for each line, as a sentence;
 * empty where the problem was measured in one order only. */
void summary_orders(const struct problem_view *problem, struct text *text);

/* How near the lines come to the speed at which their input can be read, at the largest size; empty
 * where no limit was measured. */
void summary_limits(const struct problem_view *problem, struct text *text);

/* "1.92 x (1.88 to 1.95)"; "too few rounds" where there is no interval. */
void summary_ratio(const struct comparison *comparison, struct text *text);

/* What a break-even of a file says, without the kernel's name before it, since it stands below
 * that, and with where it holds, if there are several places. */
void summary_break_even(const struct findings *findings, size_t file,
                        const struct results_break_even *break_even, struct text *text);

/* The file's name; a file without one is what the command that reports has just measured. */
const char *summary_file(const struct results *results);

/* Whether a break-even of a file is about this problem. */
bool is_about(const struct results_break_even *break_even, const struct problem_view *problem);

/* What spoilt all rows of a problem, what backends are missing, what rows were left out: a line
 * each through `add`. Warnings of several files that say the same come once. */
void summary_notes(const struct findings *findings, void (*add)(void *state, const char *words),
                   void *state);

/* Host, processor, date, build: what is known of a file, for people. */
void summary_environment(const struct results *results, struct text *text);

#endif
