/* The life of one technique on backend opencl, as the harness leads it. */
#ifndef ACCELBENCH_TESTS_OPENCL_LIFE_H
#define ACCELBENCH_TESTS_OPENCL_LIFE_H

#include "common/accelbench.h"

struct life {
    const struct problem *problem;
    const struct technique *technique;
    struct backend_options options;
    /* the life's own */
    struct job job;
    struct region result;
    void *input;
    bool prepared;
};

/* Open, allocate, prepare. */
enum ab_status life_begin(struct life *life, struct ab_error *error);

/* Upload and run without waiting for either; life_finish: download, wait and check. `timed`: by the
 * device's clock. */
enum ab_status life_start(struct life *life, bool timed, struct ab_error *error);
enum ab_status life_finish(struct life *life, bool timed, struct verdict *verdict,
                           struct ab_error *error);

/* Releases whatever there is. */
void life_end(struct life *life);

/* All of it: one run that is timed, one that is not. Returns the first failure. */
enum ab_status live(struct life *life, struct verdict *verdict, struct ab_error *error);

#endif
