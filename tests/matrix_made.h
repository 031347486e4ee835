/* For the tests of matrices: problems from a line of options. */
#ifndef ACCELBENCH_TESTS_MATRIX_MADE_H
#define ACCELBENCH_TESTS_MATRIX_MADE_H

#include <stdint.h>

#include "common/accelbench.h"
#include "common/matrix.h"

enum { LINE_OPTIONS_MAX = 6 };

struct line {
    char text[256];
    struct setting list[LINE_OPTIONS_MAX];
    struct settings settings;
};

/* The settings of "rows=3 cols=4"; they live in `line`. */
const struct settings *read_line(struct line *line, const char *text, unsigned threads);

/* Configures and makes; free_matrix undoes it. */
void make_matrix(struct problem *problem, const char *kernel, const char *text, unsigned threads);
void free_matrix(struct problem *problem);

/* matrix_sum of one row of these elements, with its expected sum. */
void make_row(struct problem *problem, enum dtype dtype, uint64_t count, const void *elements);

static inline const struct matrix_expected *expected_of(const struct problem *problem)
{
    return problem->expected.data;
}

#endif
