/* A pool of threads for the pthread backend: made once, pinned, asleep while nothing runs. */
#ifndef ACCELBENCH_CPU_THREAD_POOL_H
#define ACCELBENCH_CPU_THREAD_POOL_H

#include "common/error.h"

struct thread_pool;

/* A part of a task: index is in [0, count). */
typedef void thread_pool_task(void *argument, unsigned index, unsigned count);

/* Makes a pool of `threads`: the caller of thread_pool_run is the first, and the others are started
 * here. All places are spread over the cores of the affinity mask (one a core before the second
 * hardware thread of any); the threads started are bound to theirs. The caller is not, but each run
 * begins with a move to its place where it is elsewhere: on the CPU of another, the two would wait
 * for each other. More threads than CPUs share them in turn.
 * AB_NO_MEMORY or AB_SYSTEM when they cannot be made: none is left then. */
enum ab_status thread_pool_create(unsigned threads, struct thread_pool **pool,
                                  struct ab_error *error);

/* Runs task(argument, i, threads) for every i, each on a thread of its own, and waits for all.
 * One caller at a time. Threads that wait do so awake for a tenth of a millisecond, so that a task
 * that follows at once starts at once, and asleep from then on. */
void thread_pool_run(struct thread_pool *pool, thread_pool_task *task, void *argument);

/* Ends and joins the threads; accepts NULL. */
void thread_pool_destroy(struct thread_pool *pool);

#endif
