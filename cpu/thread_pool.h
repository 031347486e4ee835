/* A pool of threads for the pthread backend: made once, pinned, asleep between tasks. */
#ifndef ACCELBENCH_CPU_THREAD_POOL_H
#define ACCELBENCH_CPU_THREAD_POOL_H

#include "common/error.h"

struct thread_pool;

/* A part of a task: index is in [0, count). */
typedef void thread_pool_task(void *argument, unsigned index, unsigned count);

/* Starts `threads` threads, spread over the cores of the affinity mask (one a core before the
 * second hardware thread of any) and bound there; more threads than CPUs share them in turn.
 * AB_SYSTEM when they cannot be made: none is left then. */
enum ab_status thread_pool_create(unsigned threads, struct thread_pool **pool,
                                  struct ab_error *error);

/* Runs task(argument, i, threads) for every i, each on a thread of its own, and waits for all.
 * The caller sleeps in the meantime. One caller at a time. */
void thread_pool_run(struct thread_pool *pool, thread_pool_task *task, void *argument);

/* Ends and joins the threads; accepts NULL. */
void thread_pool_destroy(struct thread_pool *pool);

#endif
