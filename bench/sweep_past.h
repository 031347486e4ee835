/* Going on from the journal of a sweep that was cut off (bench/sweep_journal.h). */
#ifndef ACCELBENCH_BENCH_SWEEP_PAST_H
#define ACCELBENCH_BENCH_SWEEP_PAST_H

#include "bench/sweep_plan.h"
#include "bench/text.h"

/* `name` is the journal's, for messages. */
struct sweep_past {
    const char *name;
    struct text lines; /* owned by the caller */
};

/* The sizes that it measured, as --sizes has them; owned by the caller, free(). AB_INPUT when this
 * is no journal of a sweep. */
enum ab_status sweep_past_sizes(const struct sweep_past *past, char **sizes,
                                struct ab_error *error);

/* Refuses, by what differs, a journal of another machine, build or plan; then fills in all cells
 * that are done. AB_INPUT names the line that makes no sense. A last line that is damaged does not
 * count: `good_bytes` are those before it. */
enum ab_status sweep_past_restore(struct sweep *sweep, const struct sweep_past *past,
                                  size_t *good_bytes, struct ab_error *error);

#endif
