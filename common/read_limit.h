/* The read limit: how fast an input can be read at all. Not a kernel to choose, so not in the
 * catalog, but the harness's own yardstick: it runs beside a kernel, on that kernel's input, and
 * is verified like one.
 *
 * Input: any bytes. Result: one uint64_t, the sum modulo 2^64 of the input's 8-byte words in the
 * machine's byte order, the last one filled up with zero bytes, times the number of passes. The
 * techniques are in cpu/read_limit.h.
 *
 *   struct problem limit = {0};
 *   status = read_limit_problem(&problem, &limit, error);
 *   ...                                  an assignment with `limit` and the copies of `problem`
 *   read_limit_free(&limit);             before the input of `problem` goes
 */
#ifndef ACCELBENCH_COMMON_READ_LIMIT_H
#define ACCELBENCH_COMMON_READ_LIMIT_H

#include <stdint.h>

#include "common/accelbench.h"

/* problem->params */
struct read_limit_params {
    uint64_t passes; /* how often a run reads the input, at least 1 */
};

/* Makes a problem that borrows the input of `of`, which is made already, and knows the checksum
 * of one pass over it. On failure (AB_NO_MEMORY, AB_SYSTEM)
 * nothing is left of it. */
enum ab_status read_limit_problem(const struct problem *of, struct problem *limit,
                                  struct ab_error *error);

/* The same with several passes in a run, for inputs that are read in less time than it takes to
 * start a run. */
enum ab_status read_limit_problem_passes(const struct problem *of, uint64_t passes,
                                         struct problem *limit, struct ab_error *error);

/* Frees all but the borrowed input; accepts {0}. */
void read_limit_free(struct problem *limit);

static inline const struct read_limit_params *read_limit_params(const struct problem *problem)
{
    return (const struct read_limit_params *)problem->params;
}

#endif
