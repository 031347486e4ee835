/* Making inputs on all cores: threads pinned to the CPUs of the affinity mask, joined before the
 * call returns, so that pages are touched where they will be read and nothing is left running.
 * For the parent process only; backends have their own threads. */
#ifndef ACCELBENCH_COMMON_PARALLEL_H
#define ACCELBENCH_COMMON_PARALLEL_H

#include <stdint.h>

#include "common/error.h"

/* Part `index` of `count` nearly equal contiguous parts of [0, n). */
struct slice {
    uint64_t begin, end;
};

static inline struct slice slice_of(uint64_t n, unsigned index, unsigned count)
{
    if (count == 1) /* to divide takes a while */
        return (struct slice){0, n};
    uint64_t part = n / count, rest = n % count;
    uint64_t begin = part * index + (index < rest ? index : rest);
    return (struct slice){begin, begin + part + (index < rest ? 1 : 0)};
}

/* Calls work(argument, block) once for every block in [0, blocks), each thread on one contiguous
 * slice. AB_SYSTEM when a thread cannot be made; some blocks may be done then. */
enum ab_status parallel_blocks(unsigned threads, uint64_t blocks,
                               void (*work)(void *argument, uint64_t block), void *argument,
                               struct ab_error *error);

#endif
