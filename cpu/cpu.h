/* What the CPU backends share: the context that backend->open returns. */
#ifndef ACCELBENCH_CPU_CPU_H
#define ACCELBENCH_CPU_CPU_H

#include "common/accelbench.h"
#include "cpu/thread_pool.h"

struct cpu_context {
    unsigned threads;         /* serial: 1 */
    struct thread_pool *pool; /* pthread only; owned */
};

static inline const struct cpu_context *cpu_context(const struct job *job)
{
    return (const struct cpu_context *)job->context;
}

#endif
