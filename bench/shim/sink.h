/* Where rows go: standard output, or the file of --benchmark_out. */
#ifndef ACCELBENCH_BENCH_SHIM_SINK_H
#define ACCELBENCH_BENCH_SHIM_SINK_H

#include <stdio.h>

#include "bench/shim/flags.h"
#include "bench/shim/report.h"

struct sink {
    FILE *file;       /* borrowed */
    const char *name; /* for messages */
    enum report_format format;
    bool strict, is_file;
    struct json_writer json; /* written out and emptied after every batch of rows */
    struct console console;
    struct list rows; /* const struct bm_run *: a CSV's header needs all of them */
    struct ab_error error;
};

void sink_begin(struct sink *sink, const struct result_context *context);
void sink_row(struct sink *sink, const struct bm_run *run, struct extension extension);
/* What has come so far is visible to others: JSON and the console grow row by row. */
void sink_flush(struct sink *sink);
/* Ends the document and frees. AB_SYSTEM or AB_NO_MEMORY: not all was written. */
enum ab_status sink_end(struct sink *sink, struct ab_error *error);

/* The names alone. */
void sink_list(struct sink *sink, const char *const *names, size_t count);

#endif
