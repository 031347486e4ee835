/* From a file's bytes to JSON values, however foreign the bytes are. */
#ifndef ACCELBENCH_BENCH_RESULTS_TEXT_H
#define ACCELBENCH_BENCH_RESULTS_TEXT_H

#include <jansson.h>

#include "bench/text.h"

/* The whole file, or standard input for "-". AB_INPUT where it cannot be read or is too large. */
enum ab_status results_text_read(const char *file, struct text *text, struct ab_error *error);

/* Changes the text to JSON where Google Benchmark and Python write something else (see
 * bench/results.h), and parses it; of a journal, what it has come to. NULL: refused; AB_INPUT names
 * the place. */
json_t *results_text_parse(const char *file, char *text, size_t length, bool *is_journal,
                           struct ab_error *error);

/* With which every text is parsed. */
#define RESULTS_JSON_FLAGS (JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

#endif
