/* The techniques of common/read_limit.h: every byte of the input loaded once a pass, with the
 * vectors that this CPU loads fastest (cpu/isa.h) and next to nothing done to it. What no reading
 * kernel can beat, on one core and on all. */
#ifndef ACCELBENCH_CPU_READ_LIMIT_H
#define ACCELBENCH_CPU_READ_LIMIT_H

#include "common/accelbench.h"
#include "cpu/isa.h"

extern const struct technique read_limit_one_core;  /* for the serial backend */
extern const struct technique read_limit_all_cores; /* for the pthread backend */

/* What they are made of, for backends with a runtime of their own: hooks of a technique, the part
 * `index` of `count` (a thread_pool_task; the argument is the job), and the sum of all parts. */
enum ab_status read_limit_prepare(struct job *job, struct ab_error *error);
void read_limit_part(void *job, unsigned index, unsigned count);
void read_limit_finish(struct job *job);
void read_limit_release(struct job *job);

/* The instruction set that they use; fails, as their prepare does, with cpu_isa_choose. */
enum ab_status read_limit_isa(enum cpu_isa *isa, struct ab_error *error);

#endif
