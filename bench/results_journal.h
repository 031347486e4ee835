/* The journal of a run or a sweep that has not ended (bench/journal.h, bench/sweep_journal.h), as
 * the document that it would have become. */
#ifndef ACCELBENCH_BENCH_RESULTS_JOURNAL_H
#define ACCELBENCH_BENCH_RESULTS_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

#include "common/error.h"

/* Whether the first line is that of a journal. */
bool results_is_journal(const char *text, size_t length);

/* "context" and "benchmarks": the rows that count, without those of sizes that were begun anew and
 * of what failed later. A last line that was cut off is left out. NULL: refused; AB_INPUT names the
 * line. */
json_t *results_journal_parse(const char *file, const char *text, size_t length,
                              struct ab_error *error);

#endif
