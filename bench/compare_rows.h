/* Two result files row by row, for the forms in which `accelbench compare` shows them. */
#ifndef ACCELBENCH_BENCH_COMPARE_ROWS_H
#define ACCELBENCH_BENCH_COMPARE_ROWS_H

#include "bench/comparison.h"
#include "bench/results.h"
#include "bench/text.h"

struct row_pair {
    const struct results_series *a, *b;
    struct comparison comparison; /* b against a: 2 means that b takes half the time */
};

/* A row of both files that failed in one of them at least; it may have a pair as well, where not
 * all repetitions failed. */
struct row_failure {
    const struct results_series *a, *b;
};

struct difference {
    const char *what;
    char a[200], b[200];
};

enum { DIFFERENCES_MAX = 16 };

struct file_comparison {
    const struct results *a, *b;
    struct row_pair *pairs; /* owned; in the order of a */
    size_t pair_count;
    struct row_failure *failed; /* owned; in the order of a */
    size_t failed_count;
    const struct results_series **only_a, **only_b; /* owned; rows that the other file lacks */
    size_t only_a_count, only_b_count;
    struct difference differences[DIFFERENCES_MAX]; /* beside the times */
    size_t difference_count;
};

/* The intervals of all rows hold together. AB_INPUT where nothing can be compared. */
enum ab_status compare_files(const struct results *a, const struct results *b,
                             struct file_comparison *comparison, struct ab_error *error);
void file_comparison_free(struct file_comparison *comparison);

void compare_console(const struct file_comparison *comparison, bool color, struct text *text);
void compare_markdown(const struct file_comparison *comparison, struct text *text);
void compare_csv(const struct file_comparison *comparison, struct text *text);
enum ab_status compare_json(const struct file_comparison *comparison, struct text *text,
                            struct ab_error *error);

#endif
