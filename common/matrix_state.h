/* What the matrix kernels keep in problem->params behind struct matrix_params: for
 * common/matrix.c and common/matrix_expect.c only. */
#ifndef ACCELBENCH_COMMON_MATRIX_STATE_H
#define ACCELBENCH_COMMON_MATRIX_STATE_H

#include "common/matrix.h"
#include "common/matrix_file.h"

struct matrix_state {
    struct matrix_params params; /* first: problem->params points here */
    struct matrix_file file;
    char *path;                /* owned; NULL: generated */
    uint64_t input_need_bytes; /* generated and .npy: exactly the elements */
    unsigned threads;          /* for the expected sum */
};

static inline struct matrix_state *matrix_state(const struct problem *problem)
{
    return (struct matrix_state *)problem->params;
}

/* Most memory that matrix_expect takes. */
uint64_t matrix_expect_need_bytes(void);

#endif
