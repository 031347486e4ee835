/* Rows are safe as soon as they are measured: FILE.journal holds one JSON object a line, synced:
 * first the context, then rows, and an error row of what has failed, whose rows before that do not
 * count. When all is done FILE is written under a temporary name, renamed, and the journal removed;
 * a run that is killed leaves its journal. */
#ifndef ACCELBENCH_BENCH_JOURNAL_H
#define ACCELBENCH_BENCH_JOURNAL_H

#include <sys/types.h>

#include "bench/report.h"

struct journal {
    char *out;        /* FILE, without symbolic links; owned; NULL: no journal */
    struct text name; /* FILE.journal */
    int file;
    off_t good_bytes; /* complete lines */
    size_t rows;      /* measured, written and not yet in FILE */
};

/* Creates the journal, so that a place that cannot be written is known before anything is measured.
 * A FILE that is not a regular one is refused: renaming would put a regular file in its place.
 * A journal that is there already, and is not empty, is refused: it holds what an interrupted run
 * has measured. */
enum ab_status journal_open(struct journal *journal, const char *out, struct ab_error *error);

/* Opens the journal of a run that was cut off, to add to it, and reads it into `lines`, which the
 * caller frees. AB_INPUT when there is none. It stays when the run that goes on fails. */
enum ab_status journal_resume(struct journal *journal, const char *out, struct text *lines,
                              struct ab_error *error);

/* Cuts off what is behind the first so many bytes: half a line. */
enum ab_status journal_keep(struct journal *journal, size_t bytes, struct ab_error *error);

/* One line, synced: a JSON object, which is freed. On failure (a full disk) the lines before stay
 * whole. Nothing without a journal. */
enum ab_status journal_line(struct journal *journal, struct json_writer *json,
                            struct ab_error *error);
enum ab_status journal_context(struct journal *journal, const struct report_context *context,
                               const struct measurement *measurement, struct ab_error *error);
enum ab_status journal_row(struct journal *journal, const struct row *row, struct ab_error *error);
enum ab_status journal_failure(struct journal *journal, const struct measurement *measurement,
                               const struct alternative *a, struct ab_error *error);

/* Puts the document in place of FILE and removes the journal. On failure FILE is as it was, and
 * the journal stays if it holds rows. */
enum ab_status journal_finish(struct journal *journal, const struct text *document,
                              struct ab_error *error);

/* Removes a journal that no row was written to and frees; accepts {0} and finished ones. */
void journal_close(struct journal *journal);

#endif
