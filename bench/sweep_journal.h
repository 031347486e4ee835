/* A sweep's journal. A line each, in this order:
 *
 *   {"context": ..., "sweep": {...}}   on what machine, by what build, and what is measured
 *   {"cell": {"index": i}}             a kernel at a size begins; again, if it was cut off
 *   a row                              as in "benchmarks", of the whole run of a sample
 *   a row with an error                of what failed: its rows before that do not count
 *   {"done": {"index": i, ...}}        all that the rows do not say
 *
 * A cell without its last line is measured anew: the times of a round belong together. */
#ifndef ACCELBENCH_BENCH_SWEEP_JOURNAL_H
#define ACCELBENCH_BENCH_SWEEP_JOURNAL_H

#include "bench/sweep_plan.h"
#include "bench/text.h"

/* What must be the same when a sweep is gone on with: keys of "sweep", in the order in which a
 * difference is looked for. */
enum { SWEEP_TRAIT_SIZES = 8, SWEEP_TRAITS = 10 };
extern const char *const sweep_trait_names[SWEEP_TRAITS];

/* Their values; to be freed, below. */
void sweep_traits(const struct sweep *sweep, struct text traits[SWEEP_TRAITS]);
void sweep_traits_free(struct text traits[SWEEP_TRAITS]);

enum ab_status sweep_journal_begin(struct sweep *sweep, struct ab_error *error);
enum ab_status sweep_journal_cell(struct sweep *sweep, size_t index, struct ab_error *error);
enum ab_status sweep_journal_row(struct sweep *sweep, const struct measurement *m,
                                 const struct alternative *a, size_t round, struct ab_error *error);
enum ab_status sweep_journal_done(struct sweep *sweep, size_t index, struct ab_error *error);

#endif
