/* Putting results together, row by row: what the readers of the several formats share. */
#ifndef ACCELBENCH_BENCH_RESULTS_BUILD_H
#define ACCELBENCH_BENCH_RESULTS_BUILD_H

#include <jansson.h>

#include "bench/results.h"
#include "bench/text.h"

/* The text of a member, or "" where there is none or it is something else. */
const char *member_text(const json_t *object, const char *key);
/* The number of a member, or NAN. */
double member_number(const json_t *object, const char *key);

/* A copy that lives as long as the results; "" where there is no memory, which is recorded. */
const char *results_keep(struct results *results, const struct text *text, struct ab_error *error);

/* What the object says of a problem beside its kernel and size, in its own order: "i64, column".
 * Kept as above. */
const char *results_keep_labels(struct results *results, const json_t *object,
                                struct ab_error *error);

/* The series of that name, made if there is none. `name` must live as long as the results. NULL:
 * no memory, which is recorded. The next call may move it. */
struct results_series *results_series_of(struct results *results, const char *name,
                                         struct ab_error *error);

/* Appends a row. `turns` may be NULL, and is an array of numbers otherwise. */
enum ab_status results_add_row(struct results_series *series, const double columns[SERIES_COLUMNS],
                               const json_t *turns, struct ab_error *error);

/* The lab's format. False: it is another one. */
bool results_read_lab(struct results *results, struct ab_error *error);

/* The list "benchmarks". */
enum ab_status results_read_rows(struct results *results, const json_t *rows,
                                 struct ab_error *error);

/* What stands beside the rows. */
enum ab_status results_read_context(struct results *results, struct ab_error *error);

#endif
