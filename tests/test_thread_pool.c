#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/accelbench.h"
#include "common/topology.h"
#include "cpu/cpu.h"
#include "cpu/thread_pool.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

enum { THREADS_MAX = 64 };

static struct thread_pool *make_pool(unsigned threads)
{
    struct ab_error error = {0};
    struct thread_pool *pool = NULL;
    if (thread_pool_create(threads, &pool, &error) != AB_OK)
        fail_msg("%s", error.message);
    return pool;
}

struct visits {
    unsigned count[THREADS_MAX]; /* each written by its own index only */
    unsigned total[THREADS_MAX];
    pthread_t thread[THREADS_MAX];
    clockid_t clock[THREADS_MAX];
    cpu_set_t mask[THREADS_MAX];
};

static void visit(void *argument, unsigned index, unsigned count)
{
    struct visits *visits = argument;
    visits->count[index]++;
    visits->total[index] = count;
    visits->thread[index] = pthread_self();
    pthread_getcpuclockid(pthread_self(), &visits->clock[index]);
    sched_getaffinity(0, sizeof(visits->mask[index]), &visits->mask[index]);
}

static void every_index_once(void **state)
{
    (void)state;
    static const unsigned threads[] = {1, 2, 3, 7, THREADS_MAX};
    for (size_t t = 0; t < sizeof(threads) / sizeof(threads[0]); t++) {
        static struct visits visits;
        memset(&visits, 0, sizeof(visits));
        struct thread_pool *pool = make_pool(threads[t]);
        for (unsigned round = 1; round <= 3; round++) {
            thread_pool_run(pool, visit, &visits);
            for (unsigned i = 0; i < THREADS_MAX; i++) {
                assert_int_equal(visits.count[i], i < threads[t] ? round : 0);
                assert_int_equal(visits.total[i], i < threads[t] ? threads[t] : 0);
            }
        }
        for (unsigned i = 0; i < threads[t]; i++) {
            assert_int_equal(pthread_equal(visits.thread[i], pthread_self()) != 0, i == 0);
            for (unsigned k = 0; k < i; k++)
                assert_false(pthread_equal(visits.thread[i], visits.thread[k]));
        }
        thread_pool_destroy(pool);
    }
}

static void add_one(void *argument, unsigned index, unsigned count)
{
    (void)count;
    ((uint64_t *)argument)[index]++;
}

static void used_many_times(void **state)
{
    (void)state;
    enum { ROUNDS = 10000, THREADS = 4 };
    uint64_t counts[THREADS] = {0}, expected = 0;
    struct thread_pool *pool = make_pool(THREADS);
    for (unsigned round = 0; round < ROUNDS; round++) {
        thread_pool_run(pool, add_one, counts);
        expected++;
        for (unsigned i = 0; i < THREADS; i++) /* all is done, and seen, when run returns */
            assert_true(counts[i] == expected);
    }
    thread_pool_destroy(pool);
}

static void destroyed_unused(void **state)
{
    (void)state;
    thread_pool_destroy(NULL);
    for (unsigned i = 0; i < 50; i++)
        thread_pool_destroy(make_pool(1 + i % 8));
}

static double seconds_of(clockid_t clock)
{
    struct timespec time;
    assert_int_equal(clock_gettime(clock, &time), 0);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double cpu_seconds(const struct visits *visits, unsigned threads)
{
    double sum = 0;
    for (unsigned i = 0; i < threads; i++)
        sum += seconds_of(visits->clock[i]);
    return sum;
}

/* The share of a while's CPU time that the pool's threads take together. */
static double share_taken(const struct visits *visits, unsigned threads)
{
    const double cpu_before = cpu_seconds(visits, threads), before = seconds_of(CLOCK_MONOTONIC);
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    return (cpu_seconds(visits, threads) - cpu_before) / (seconds_of(CLOCK_MONOTONIC) - before);
}

/* More threads than CPUs would not wait awake at all. How long it takes them to fall asleep is the
 * machine's affair: a busy one lets them get to it late. */
static void sleeps_when_idle(void **state)
{
    (void)state;
    enum { LOOKS_MAX = 600 };
    static struct visits visits;
    const unsigned cpus = topology_cpu_count(), threads = cpus < 4 ? cpus : 4;
    struct thread_pool *pool = make_pool(threads);
    thread_pool_run(pool, visit, &visits);
    double share = share_taken(&visits, threads);
    for (unsigned look = 1; look < LOOKS_MAX && !(share < 0.01); look++)
        share = share_taken(&visits, threads);
    thread_pool_destroy(pool);
    if (!(share < 0.01))
        fail_msg("the idle pool takes %g of a CPU's time", share);
}

static void stays_in_the_mask(void **state)
{
    (void)state;
    enum { THREADS = 5 };
    static struct visits visits;
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &before))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
        struct thread_pool *pool = make_pool(THREADS);
        assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
        thread_pool_run(pool, visit, &visits);
        assert_true(CPU_EQUAL(&visits.mask[0], &before)); /* the caller is left alone */
        for (unsigned i = 1; i < THREADS; i++)
            assert_true(CPU_EQUAL(&visits.mask[i], &one));
        thread_pool_destroy(pool);
    }
}

static void bound_one_by_one(void **state)
{
    (void)state;
    static struct visits visits;
    int cpus[THREADS_MAX];
    unsigned threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    threads = threads < THREADS_MAX ? threads : THREADS_MAX;
    if (!topology_place(threads, cpus))
        skip();
    struct thread_pool *pool = make_pool(threads);
    thread_pool_run(pool, visit, &visits);
    thread_pool_destroy(pool);
    for (unsigned i = 1; i < threads; i++) {
        assert_int_equal(CPU_COUNT(&visits.mask[i]), 1);
        assert_true(CPU_ISSET((size_t)cpus[i], &visits.mask[i]));
    }
}

/* In a child: with no room for stacks the first threads must go as well. */
static int fail_to_create(void)
{
    struct rlimit limit = {256u << 20, 256u << 20};
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return 77;
    /* Emulators take the limit and do not keep it. */
    if (mmap(NULL, 512u << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
        return 77;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64u << 20);
    if (pthread_setattr_default_np(&attributes) != 0)
        return 77;
    struct ab_error error = {0};
    struct thread_pool *pool = NULL;
    if (thread_pool_create(THREADS_MAX, &pool, &error) != AB_SYSTEM || pool != NULL)
        return 1;
    return strstr(error.message, "of 64: choose fewer with --threads") == NULL ? 2 : 0;
}

static void failure_leaves_none(void **state)
{
    (void)state;
#ifdef SANITIZED
    skip(); /* a sanitizer's own memory does not fit into the limit */
#endif
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int result = fail_to_create();
        _exit(result);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void backends_open_with_their_threads(void **state)
{
    (void)state;
    for (size_t i = 0; i < backend_count(); i++) {
        const struct backend *backend = backend_at(i)->backend;
        if (backend == NULL || backend->memory != MEMORY_HOST)
            continue;
        struct backend_options options = {.threads = 3};
        struct device_info info;
        struct ab_error error = {0};
        void *context = NULL;
        if (backend->open(&options, &context, &error) != AB_OK)
            fail_msg("%s: %s", backend->name, error.message);
        backend->describe(context, &info);
        assert_int_equal(info.workers, strcmp(backend->name, "serial") == 0 ? 1 : 3);
        assert_true(info.name[0] != '\0' && info.detail[0] != '\0');
        backend->close(context);
        backend->close(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_once),    cmocka_unit_test(used_many_times),
        cmocka_unit_test(destroyed_unused),    cmocka_unit_test(sleeps_when_idle),
        cmocka_unit_test(stays_in_the_mask),   cmocka_unit_test(bound_one_by_one),
        cmocka_unit_test(failure_leaves_none), cmocka_unit_test(backends_open_with_their_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
