/* Result files arranged for reading: problems, in each a line per way to solve it, on each line a
 * point per size, and each point compared with the others of its round. All comes from the rows. */
#ifndef ACCELBENCH_BENCH_FINDINGS_H
#define ACCELBENCH_BENCH_FINDINGS_H

#include "bench/comparison.h"
#include "bench/results.h"

struct line;

/* What a point is compared with: the reference of the speed-ups, which is the backend that was
 * asked for, or serial; and the CPU backend that is best at this size. */
enum against { AGAINST_REFERENCE, AGAINST_BEST_CPU, AGAINST_COUNT };

struct point {
    const struct results_series *series;
    const struct results *results; /* the file it stands in */
    const char *shape;             /* the sizes as in the row's name: bytes alone do not tell */
    double bytes;                  /* NAN: not known */
    double ns;
    struct interval ns_ci;                   /* NAN: too few rounds */
    double rate, rate_low, rate_high;        /* bytes per second; NAN where not known */
    double limit_rate;                       /* at which the same input was read; NAN: not known */
    const struct point *base[AGAINST_COUNT]; /* NULL: nothing to compare with, or this is it */
    struct comparison comparison[AGAINST_COUNT];
};

struct line {
    char *name; /* owned; "openmp", "cuda simple", "opencl on other-host" */
    const struct results_series *first;
    size_t slot;          /* lines of one name have one number in all problems: colour and marker */
    bool kernel_only;     /* beside a line of the same name that is end to end */
    size_t origin;        /* which set of files, see below */
    struct point *points; /* owned; by size */
    size_t count;
    /* Of a traversal: the same input visited in the order of a problem before this one, which is
     * the base of the comparison. NULL: none. */
    const struct point *other_order;
    struct comparison order_comparison;
};

struct problem_view {
    const char *kernel, *labels;
    /* Where a kernel was measured on inputs of one size and different shapes, one of them has its
     * place among the other sizes (NULL), and each other one is a problem of its own: its shape, as
     * struct point has it. */
    const char *shape;
    bool foreign; /* rows that do not say what they measure: kernel is the file, lines are rows */
    struct line *lines; /* owned */
    size_t line_count;
    double *sizes; /* owned; all that occur, ascending */
    size_t size_count;
};

struct findings {
    struct results *files; /* owned */
    size_t file_count;
    /* Files of the same machine and build are one origin, unless they measured the same or there
     * are others of that machine: then each is one. */
    size_t *origins; /* owned; [file]: the first file of its origin */
    size_t origin_count;
    struct problem_view *problems; /* owned */
    size_t problem_count;
    const char **slots; /* owned; the names of lines, each once */
    size_t slot_count;
    const char *reference; /* the backend that speed-ups refer to; "none" */
};

/* Reads and arranges. `reference` as --baseline: NULL for serial, or where that was not measured
 * for the first CPU backend; "none" for nothing. AB_INPUT where a file is none of results, or no
 * file has any. */
enum ab_status findings_read(const char *const *files, size_t count, const char *reference,
                             struct findings *findings, struct ab_error *error);

void findings_free(struct findings *findings);

/* Whether there is anything that speed-ups refer to. */
bool has_reference(const struct findings *findings);

/* Where the rows of a file are from, if there are several origins: the host if hosts differ, else
 * the file, with its folders where another has the same name. */
const char *findings_origin(const struct findings *findings, size_t file);

/* The point of a line at that size, or NULL. */
const struct point *line_at(const struct line *line, double bytes);

/* Whether it shows what another line shows: a kernel alone, in which transfers play no part. */
bool line_repeats(const struct problem_view *problem, const struct line *line);

/* The end-to-end line that is fastest at the largest size, or NULL. */
const struct line *fastest_line(const struct problem_view *problem);

/* "matrix_sum, i32", and where it takes that to tell it from another, ", 1000 x 10" */
enum { TITLE_BYTES = 256 };
const char *problem_title(const struct problem_view *problem, char *title, size_t size);

#endif
