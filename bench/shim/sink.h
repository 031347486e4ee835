/* Where rows go: standard output, and the file of --benchmark_out. */
#ifndef ACCELBENCH_BENCH_SHIM_SINK_H
#define ACCELBENCH_BENCH_SHIM_SINK_H

#include <stdio.h>

#include "bench/shim/flags.h"
#include "bench/shim/report.h"

struct sink {
    FILE *file;       /* owned, but for standard output; NULL: there is no such file */
    const char *name; /* for messages */
    enum report_format format;
    bool strict, is_file, begun;
    bool may_begin;                /* there is a context */
    struct result_context context; /* of a file; it begins with its first row */
    struct extension extension;
    struct json_writer json; /* written out and emptied after every row */
    struct console console;
    struct list rows; /* const struct bm_run *: a CSV's header needs all of them */
    struct ab_error error;
};

struct sinks {
    struct sink display, file;
};

/* By the flags. Standard output only, until the file is opened. Its first row replaces what was in
 * it, and so does the end of a run without any if it was empty. */
void sinks_init(struct sinks *sinks);
enum ab_status sinks_open_file(struct sinks *sinks, struct ab_error *error); /* or AB_SYSTEM */

/* Before the first row. The extension is that of the context; what both point to must live until
 * sinks_end. */
void sinks_begin(struct sinks *sinks, const struct result_context *context,
                 struct extension extension, int name_columns);
/* `run` must live until sinks_end. */
void sinks_row(struct sinks *sinks, const struct bm_run *run, struct extension extension,
               bool on_display, bool in_file);
/* What has come so far is visible to others: JSON and the console grow row by row. */
void sinks_flush(struct sinks *sinks);
/* Ends the documents that have begun, and closes. AB_SYSTEM or AB_NO_MEMORY: not all was
 * written. */
enum ab_status sinks_end(struct sinks *sinks, struct ab_error *error);

/* The names alone, on standard output. */
void sinks_list(struct sinks *sinks, const char *const *names, size_t count);

#endif
