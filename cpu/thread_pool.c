#include "cpu/thread_pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/topology.h"

/* for (index = 0; index < count; index++)
 *     task(argument, index, count);
 */

struct worker {
    pthread_t thread;
    struct thread_pool *pool;
    unsigned index;
    int cpu; /* -1: left where the system puts it */
};

struct thread_pool {
    pthread_mutex_t mutex; /* guards all below but the workers */
    pthread_cond_t work_given, work_done;
    thread_pool_task *task;
    void *argument;
    uint64_t round; /* counts tasks: a worker that has seen the same number waits */
    unsigned pending;
    bool ending;

    unsigned count;
    struct worker workers[];
};

static void *serve(void *argument)
{
    const struct worker *worker = argument;
    struct thread_pool *pool = worker->pool;
    if (worker->cpu >= 0)
        topology_bind_thread(worker->cpu); /* a thread that cannot be bound computes as well */

    uint64_t seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (pool->round == seen && !pool->ending)
            pthread_cond_wait(&pool->work_given, &pool->mutex);
        if (pool->ending)
            break;
        seen = pool->round;
        thread_pool_task *task = pool->task;
        void *task_argument = pool->argument;
        unsigned count = pool->count;
        pthread_mutex_unlock(&pool->mutex);
        task(task_argument, worker->index, count);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->pending == 0)
            pthread_cond_signal(&pool->work_done);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* Starts the workers with all signals blocked: handlers run on the threads that set them up. A
 * fault of a worker's own is no such signal: blocked, it would kill the process past any handler
 * that could report or repair it.
 * pool->count is the number of those that were started. */
static int start_workers(struct thread_pool *pool, unsigned threads, const int *cpus)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        sigdelset(&blocked, faults[i]);
    int failure = pthread_sigmask(SIG_BLOCK, &blocked, &before);
    if (failure != 0)
        return failure;
    unsigned started = 0;
    for (; failure == 0 && started < threads; started++) {
        struct worker *worker = &pool->workers[started];
        *worker = (struct worker){
            .pool = pool, .index = started, .cpu = cpus != NULL ? cpus[started] : -1};
        failure = pthread_create(&worker->thread, NULL, serve, worker);
    }
    pool->count = failure == 0 ? started : started - 1;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

enum ab_status thread_pool_create(unsigned threads, struct thread_pool **result,
                                  struct ab_error *error)
{
    struct thread_pool *pool = calloc(1, sizeof(*pool) + (size_t)threads * sizeof(struct worker));
    int *cpus = malloc((size_t)threads * sizeof(*cpus));
    if (pool == NULL || cpus == NULL) {
        free(cpus);
        free(pool);
        return ab_fail(error, AB_SYSTEM, "out of memory for a pool of %u threads", threads);
    }
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_given, NULL);
    pthread_cond_init(&pool->work_done, NULL);

    int failure = start_workers(pool, threads, topology_place(threads, cpus) ? cpus : NULL);
    free(cpus);
    if (failure != 0) {
        errno = failure;
        enum ab_status status = ab_fail_errno(
            error, AB_SYSTEM, "cannot start thread %u of %u: choose fewer with --threads",
            pool->count + 1, threads);
        thread_pool_destroy(pool);
        return status;
    }
    *result = pool;
    return AB_OK;
}

void thread_pool_run(struct thread_pool *pool, thread_pool_task *task, void *argument)
{
    pthread_mutex_lock(&pool->mutex);
    pool->task = task;
    pool->argument = argument;
    pool->pending = pool->count;
    pool->round++;
    pthread_cond_broadcast(&pool->work_given);
    while (pool->pending > 0)
        pthread_cond_wait(&pool->work_done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

void thread_pool_destroy(struct thread_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->ending = true;
    pthread_cond_broadcast(&pool->work_given);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->count; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->work_done);
    pthread_cond_destroy(&pool->work_given);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}
