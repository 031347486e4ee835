/* Reading result files: our own (one measurement or a sweep), Google Benchmark's, and the lab's.
 *
 *   ours, Google's   {"context": ..., "benchmarks": [...]}
 *   our journals     lines as bench/journal.h and bench/sweep_journal.h say, and half a line
 *   the lab's        one object with "execution_time_seconds" (a number, or a list of them), a list
 *                    of such objects, or an object of such objects. Its name is made of what it has
 *                    of name, kernel, function, benchmark, implementation, method, order, language,
 *                    backend (texts) and size, n, rows, cols, columns, threads, workers (whole
 *                    numbers); in an object of objects the key comes first.
 *
 * Files come from anywhere. NaN and Infinity, which JSON does not have and Google Benchmark writes,
 * count as missing numbers; a control character that stands raw in a text becomes '?'. What is not
 * JSON, larger than RESULTS_BYTES_MAX or has more than RESULTS_VALUES_MAX values is refused. What
 * is JSON and has another shape is read as far as it makes sense: a row without a name or a usable
 * time is left out and counted. Rows of the same name are the repetitions of one series. */
#ifndef ACCELBENCH_BENCH_RESULTS_H
#define ACCELBENCH_BENCH_RESULTS_H

#include "bench/session.h"
#include "bench/statistics.h"

/* A sweep of everything has tens of millions of bytes and some millions of values; a value takes
 * about a hundred bytes of memory. */
#define RESULTS_BYTES_MAX  (256u << 20)
#define RESULTS_VALUES_MAX (16u << 20)
/* Warnings, absent backends and break-evens: the first so many of each are read. */
#define RESULTS_NOTES_MAX 1000

enum results_kind { RESULTS_OURS, RESULTS_GOOGLE, RESULTS_LAB };

/* What a row says. Times are per iteration, finite and above 0. */
enum series_column {
    SERIES_TIME_NS,
    SERIES_ROUND,
    SERIES_LIMIT_FRACTION,
    SERIES_BYTES,
    SERIES_PHASES, /* and those behind it, as enum phase */
    SERIES_COLUMNS = SERIES_PHASES + PHASE_COUNT
};

/* All rows of one name: one technique on one problem of one size, in one phase. Texts are never
 * NULL and empty where unknown; numbers are NAN then. */
struct results_series {
    const char *name;
    const char *kernel, *backend, *technique, *device, *transfer, *cache;
    const char *labels;        /* "i32", "i64, column": what else tells problems apart */
    const char *dtype, *order; /* those of them that matrices and their traversal have */
    double workers;            /* threads or compute units */
    bool kernel_only;          /* the time of the kernel phase, not end to end */
    double input_bytes;
    const char *failure; /* the message of its error row, or empty */

    size_t count;                    /* of its rows with a time, in the order of the file */
    double *columns[SERIES_COLUMNS]; /* owned; [row] */
    double *turns_ns;                /* owned; [row * turns + turn]; NULL: the file has none */
    size_t turns;
    double phase_ns[PHASE_COUNT]; /* medians */
    double limit_fraction;        /* median: of the speed at which its input can be read */
    struct summary summary;       /* of the times */
};

/* What one backend must reach to beat another, as a sweep found it. */
struct results_break_even {
    const char *kernel, *labels, *contender, *baseline, *kind, *status, *text;
    double bytes, low, high; /* NAN: none */
};

struct results_warning {
    const char *text, *remedy;
};

/* A backend without results, and why. */
struct results_absence {
    const char *backend, *reason;
};

struct results_environment {
    const char *host, *cpu, *date, *version, *git, *compiler, *build_type, *flags;
    const char *isa;          /* the instructions that CPU backends used */
    const char *input;        /* the files that it came from, or "generated" */
    const char *input_digest; /* of their contents, or "generated" */
    double cpus, seed;        /* NAN: unknown */
};

struct results {
    const char *file; /* borrowed: the name it was read from */
    enum results_kind kind;
    bool is_journal; /* of a run that was cut off, or is going on */
    struct results_environment environment;
    struct results_series *series; /* owned, in the order of the file */
    size_t series_count;
    struct results_break_even *break_even; /* owned */
    size_t break_even_count;
    struct results_warning *warnings; /* owned */
    size_t warning_count;
    struct results_absence *absences; /* owned */
    size_t absence_count;
    size_t rows_left_out;

    struct json_t *document, *texts; /* owned; all texts point into them */
    struct json_t *index;            /* owned; where the series of a name is */
};

/* AB_INPUT names the file, the place and the remedy; the results are empty then. "-" is standard
 * input. */
enum ab_status results_read(const char *file, struct results *results, struct ab_error *error);

/* The same from memory, which is changed. `file` is for messages. */
enum ab_status results_parse(const char *file, char *text, size_t length, struct results *results,
                             struct ab_error *error);

/* Accepts results in any state after {0}. */
void results_free(struct results *results);

/* The series of that name, or NULL. */
const struct results_series *results_find(const struct results *results, const char *name);

/* Why it has no times, or not all that it should; NULL: nothing went wrong. */
const char *series_failure(const struct results_series *series);

/* Whether it has a time. */
static inline bool series_measured(const struct results_series *series)
{
    return series->count > 0;
}

#endif
