#include "cpu/thread_pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/topology.h"

/* for (index = 0; index < count; index++)
 *     task(argument, index, count);
 */

/* Longer than a task's serial part between two parallel ones, and short beside a sample. */
#define PATIENCE_NS 100000u

struct worker {
    pthread_t thread;
    struct thread_pool *pool;
    unsigned index;
    int cpu; /* -1: left where the system puts it */
};

/* What one side writes while the other watches lies on cache lines of its own; some machines fetch
 * them in pairs. */
struct thread_pool {
    _Alignas(128) atomic_uint round; /* counts tasks; changed under the mutex, and after the three
                                        below it are set */
    thread_pool_task *task;
    void *argument;
    bool ending;

    _Alignas(128) atomic_uint pending; /* workers that are not done with this round */

    _Alignas(128) pthread_mutex_t mutex;
    pthread_cond_t work_given, work_done;
    unsigned sleeping; /* workers; under the mutex */

    uint64_t patience_ns; /* how long to wait awake */
    int home;             /* the caller's place; -1: none */
    unsigned started;     /* workers to join */
    unsigned count;       /* those and the caller */
    struct worker workers[];
};

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static uint64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Both wait awake until patience ends; the caller then sees to the rest. */
static void watch_round(const struct thread_pool *pool, unsigned seen)
{
    const uint64_t end_ns = now_ns() + pool->patience_ns;
    while (atomic_load_explicit(&pool->round, memory_order_acquire) == seen && now_ns() < end_ns)
        relax();
}

static void watch_pending(const struct thread_pool *pool)
{
    const uint64_t end_ns = now_ns() + pool->patience_ns;
    while (atomic_load_explicit(&pool->pending, memory_order_acquire) != 0 && now_ns() < end_ns)
        relax();
}

static void await_round(struct thread_pool *pool, unsigned seen)
{
    watch_round(pool, seen);
    if (atomic_load_explicit(&pool->round, memory_order_acquire) != seen)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->sleeping++;
    while (atomic_load_explicit(&pool->round, memory_order_relaxed) == seen)
        pthread_cond_wait(&pool->work_given, &pool->mutex);
    pool->sleeping--;
    pthread_mutex_unlock(&pool->mutex);
}

static void begin_round(struct thread_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add_explicit(&pool->round, 1, memory_order_release);
    if (pool->sleeping != 0)
        pthread_cond_broadcast(&pool->work_given);
    pthread_mutex_unlock(&pool->mutex);
}

/* Signals under the mutex: a caller that looks at `pending` under it either sees zero, or sleeps
 * before the signal comes. */
static void finish_round(struct thread_pool *pool)
{
    if (atomic_fetch_sub_explicit(&pool->pending, 1, memory_order_acq_rel) != 1)
        return;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->work_done);
    pthread_mutex_unlock(&pool->mutex);
}

static void *serve(void *argument)
{
    const struct worker *worker = argument;
    struct thread_pool *pool = worker->pool;
    if (worker->cpu >= 0)
        topology_bind_thread(worker->cpu); /* a thread that cannot be bound computes as well */
    for (unsigned seen = 0;; seen++) {
        await_round(pool, seen);
        if (pool->ending)
            return NULL;
        pool->task(pool->argument, worker->index, pool->count);
        finish_round(pool);
    }
}

/* Starts the workers with all signals blocked: handlers run on the threads that set them up. A
 * fault of a worker's own is no such signal: blocked, it would kill the process past any handler
 * that could report or repair it. pool->started counts those that were started. */
static int start_workers(struct thread_pool *pool, const int *cpus)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        sigdelset(&blocked, faults[i]);
    int failure = pthread_sigmask(SIG_BLOCK, &blocked, &before);
    while (failure == 0 && pool->started < pool->count - 1) {
        const unsigned index = pool->started + 1;
        struct worker *worker = &pool->workers[pool->started];
        *worker =
            (struct worker){.pool = pool, .index = index, .cpu = cpus != NULL ? cpus[index] : -1};
        failure = pthread_create(&worker->thread, NULL, serve, worker);
        pool->started += failure == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

enum ab_status thread_pool_create(unsigned threads, struct thread_pool **result,
                                  struct ab_error *error)
{
    struct thread_pool *pool;
    const size_t bytes = sizeof(*pool) + (size_t)threads * sizeof(struct worker);
    const size_t line = _Alignof(struct thread_pool);
    pool = aligned_alloc(line, (bytes + line - 1) / line * line);
    int *cpus = malloc((size_t)threads * sizeof(*cpus));
    if (pool == NULL || cpus == NULL) {
        free(cpus);
        free(pool);
        return ab_fail(error, AB_NO_MEMORY, "out of memory for a pool of %u threads", threads);
    }
    memset(pool, 0, bytes);
    pool->count = threads;
    /* One that waits awake on the CPU of another keeps it waiting. */
    pool->patience_ns = threads <= topology_cpu_count() ? PATIENCE_NS : 0;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_given, NULL);
    pthread_cond_init(&pool->work_done, NULL);

    const bool placed = topology_place(threads, cpus);
    pool->home = placed && pool->patience_ns != 0 ? cpus[0] : -1;
    int failure = start_workers(pool, placed ? cpus : NULL);
    free(cpus);
    if (failure != 0) {
        errno = failure;
        enum ab_status status = ab_fail_errno(
            error, AB_SYSTEM, "cannot start thread %u of %u: choose fewer with --threads",
            pool->started + 2, threads);
        thread_pool_destroy(pool);
        return status;
    }
    *result = pool;
    return AB_OK;
}

void thread_pool_run(struct thread_pool *pool, thread_pool_task *task, void *argument)
{
    if (pool->home >= 0)
        topology_move_thread(pool->home);
    pool->task = task;
    pool->argument = argument;
    atomic_store_explicit(&pool->pending, pool->started, memory_order_relaxed);
    begin_round(pool);
    task(argument, 0, pool->count);
    watch_pending(pool);
    if (atomic_load_explicit(&pool->pending, memory_order_acquire) == 0)
        return;
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load_explicit(&pool->pending, memory_order_acquire) != 0)
        pthread_cond_wait(&pool->work_done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

void thread_pool_destroy(struct thread_pool *pool)
{
    if (pool == NULL)
        return;
    pool->ending = true;
    begin_round(pool);
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->work_done);
    pthread_cond_destroy(&pool->work_given);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}
