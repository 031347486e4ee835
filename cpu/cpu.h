/* What the CPU backends share: the context that backend->open returns. */
#ifndef ACCELBENCH_CPU_CPU_H
#define ACCELBENCH_CPU_CPU_H

#include "common/accelbench.h"
#include "cpu/thread_pool.h"

struct cpu_context {
    unsigned threads;         /* serial: 1 */
    struct thread_pool *pool; /* pthread only; owned */
    int home;                 /* openmp: the first thread's CPU, the others are bound to theirs; -1:
                                 none is bound here */
};

static inline const struct cpu_context *cpu_context(const struct job *job)
{
    return (const struct cpu_context *)job->context;
}

/* For the backends' open, describe and close. The context is a struct cpu_context with `threads`
 * workers and no pool; it is owned: cpu_close frees it and its pool. `detail` says what tells the
 * backend apart. */
enum ab_status cpu_open(unsigned threads, void **context, struct ab_error *error);
void cpu_describe(const struct cpu_context *context, const char *detail, struct device_info *info);
void cpu_close(void *context); /* accepts NULL */

#endif
