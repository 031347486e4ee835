/* Writers of results: the project's one JSON, one CSV and one console writer of rows, and the one
 * model of a row, struct bm_run. Each adds to a text in memory; the caller writes it out.
 *
 * `strict` is --benchmark_strict: upstream's very words, and nothing of our own. */
#ifndef ACCELBENCH_BENCH_SHIM_REPORT_H
#define ACCELBENCH_BENCH_SHIM_REPORT_H

#include "bench/benchmark.h"
#include "bench/text.h"
#include "common/json.h"

/* Members of the object "accelbench", in which all that is not Google Benchmark's stands. */
struct extension {
    void (*write)(const void *state, struct json_writer *json); /* NULL: none */
    const void *state;
};

struct result_cache {
    const char *type; /* "Data", "Instruction" or "Unified" */
    int level, sharing;
    uint64_t bytes;
};

struct result_pair {
    const char *key, *value;
};

/* Where and by what results were made. Texts and lists are borrowed. */
struct result_context {
    const char *date; /* RFC 3339, local time */
    const char *host_name, *executable;
    unsigned cpus, mhz; /* online; 0: unknown */
    int scaling, aslr;  /* 1: yes; 0: no; -1: unknown */
    const struct result_cache *caches;
    size_t cache_count;
    const double *load_average;
    size_t load_average_count;
    const char *library_version;
    bool debug; /* the library was built without optimisation in mind */
    const struct result_pair *custom;
    size_t custom_count;
};

/* "2026-01-31T12:00:00+01:00" */
enum { DATE_BYTES = 40 };
void format_date(char date[DATE_BYTES]);

const char *time_unit_name(enum bm_time_unit unit);

/* ---- JSON -------------------------------------------------------------------------------- */

/* The member "context". */
void json_write_context(struct json_writer *json, const struct result_context *context,
                        struct extension extension);
/* One element of "benchmarks". Numbers that JSON does not have become null, and the extension
 * names them. */
void json_write_run(struct json_writer *json, const struct bm_run *run, struct extension extension,
                    bool strict);

/* Whether a counter of that name would be a key twice in a row; a pair, in the context. */
bool json_is_row_key(const char *name);
bool json_is_context_key(const char *name);

/* ---- CSV --------------------------------------------------------------------------------- */

/* All rows: the header has every counter that any of them has. */
void csv_write(struct text *text, const struct bm_run *const *runs, size_t count, bool strict);
void csv_add_quoted(struct text *text, const char *value);

/* ---- Console ----------------------------------------------------------------------------- */

struct console {
    int name_columns;
    bool color, tabular, strict;
    const struct bm_run *heading; /* whose counters the last heading names; NULL: none yet */
};

/* The names of all rows fit into the first column. */
int console_name_columns(size_t longest_name, size_t longest_statistic);
/* What stands on standard error before the rows. */
void console_write_context(struct text *text, const struct result_context *context, bool strict);
/* One row, with a heading where one is due. `run` must live as long as the console. */
void console_write_run(struct console *console, struct text *text, const struct bm_run *run);

/* With control characters escaped, so that a terminal does not obey them. */
void console_add_name(struct text *text, const char *name);

#endif
