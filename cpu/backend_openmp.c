#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/topology.h"
#include "cpu/cpu.h"
#include "cpu/openmp.h"
#include "cpu/read_limit.h"

/* The runtimes' threads wait awake for the next parallel region, 9 ms (libgomp) or 200 ms long, and
 * would do so in the turns of other backends. Well under a millisecond is enough for regions that
 * follow each other. */
#ifdef __clang__
static const struct setting environment[] = {
    {"OMP_WAIT_POLICY", NULL}, {"KMP_BLOCKTIME", "1"}, {0}}; /* ms */
#else
static const struct setting environment[] = {
    {"OMP_WAIT_POLICY", NULL}, {"GOMP_SPINCOUNT", "10000"}, {0}};
#endif

/* The runtime may give fewer threads than it is asked for, and says so only to those who look.
 * This also starts the threads, so that the first sample does not pay for it. */
static unsigned start_team(unsigned threads)
{
    int team = 0;
    omp_set_dynamic(0);
    omp_set_num_threads((int)threads);
#pragma omp parallel num_threads((int)threads)
#pragma omp single
    team = omp_get_num_threads();
    return (unsigned)team;
}

/* How many CPUs the places of the team's threads have; 0: not known, or no places. What the user
 * says of places overlaps only where that was meant. */
static unsigned count_cpus_of_places(unsigned threads)
{
    const int places = omp_get_num_places();
    bool *taken = places > 0 ? calloc((size_t)places, sizeof(*taken)) : NULL;
    int cpus = 0;
    if (taken == NULL)
        return 0;
#pragma omp parallel num_threads((int)threads)
    {
        const int place = omp_get_place_num();
#pragma omp critical
        if (place >= 0)
            taken[place] = true;
    }
    for (int place = 0; place < places; place++)
        if (taken[place])
            cpus += omp_get_place_num_procs(place);
    free(taken);
    return (unsigned)cpus;
}

/* As with too few threads: times of two threads on one CPU are not those of two. */
static enum ab_status check_places(unsigned threads, struct ab_error *error)
{
    if (omp_get_proc_bind() == omp_proc_bind_false)
        return AB_OK;
    const unsigned cpus = count_cpus_of_places(threads);
    if (cpus == 0 || cpus >= threads)
        return AB_OK;
    return ab_fail(error, AB_NO_DEVICE,
                   "the OpenMP runtime binds %u threads to %u CPU%s: unset OMP_PLACES, "
                   "OMP_PROC_BIND and GOMP_CPU_AFFINITY, or choose --threads %u",
                   threads, cpus, cpus == 1 ? "" : "s", cpus);
}

/* The first CPU of the place that the runtime has for the first thread; -1: none. */
static int first_of_place(void)
{
    const int place = omp_get_place_num(), count = place < 0 ? 0 : omp_get_place_num_procs(place);
    int *cpus = count > 0 ? malloc((size_t)count * sizeof(*cpus)) : NULL;
    int first = -1;
    if (cpus != NULL) {
        omp_get_place_proc_ids(place, cpus);
        first = cpus[0];
    }
    free(cpus);
    return first;
}

/* The threads as the pthread backend's are: spread over the cores, the first one free but for its
 * home. Where the user has said where they belong, the runtime has bound them; where there are more
 * than CPUs, they are left alone: home is -1. */
static int bind_team(unsigned threads)
{
    if (omp_get_proc_bind() != omp_proc_bind_false)
        return first_of_place();
    int home = -1;
    int *cpus = malloc((size_t)threads * sizeof(*cpus));
    if (cpus != NULL && threads <= topology_cpu_count() && topology_place(threads, cpus)) {
        home = cpus[0];
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
        for (unsigned i = 0; i < threads; i++)
            if (i > 0)
                topology_bind_thread(cpus[i]); /* one that cannot be bound computes as well */
    }
    free(cpus);
    return home;
}

void openmp_begin(const struct job *job)
{
    const int home = cpu_context(job)->home;
    if (home >= 0)
        topology_move_thread(home);
}

static enum ab_status open_openmp(const struct backend_options *options, void **context,
                                  struct ab_error *error)
{
    /* before the runtime binds this thread, too */
    const bool cpus_suffice = options->threads <= topology_cpu_count();
    const unsigned team = start_team(options->threads);
    if (team != options->threads)
        return ab_fail(error, AB_NO_DEVICE,
                       "the OpenMP runtime started %u of %u threads: unset OMP_THREAD_LIMIT and "
                       "OMP_MAX_ACTIVE_LEVELS, or choose --threads %u",
                       team, options->threads, team);
    void *opened = NULL;
    enum ab_status status = cpus_suffice ? check_places(options->threads, error) : AB_OK;
    if (status == AB_OK)
        status = cpu_open(options->threads, &opened, error);
    if (status != AB_OK)
        return status;
    ((struct cpu_context *)opened)->home = bind_team(options->threads);
    *context = opened;
    return AB_OK;
}

static void describe_openmp(const void *context, struct device_info *info)
{
    const struct cpu_context *cpu = context;
    const char *binding = "not bound";
    if (omp_get_proc_bind() != omp_proc_bind_false)
        binding = "bound as the environment says";
    else if (cpu->home >= 0)
        binding = "spread over the cores and bound";
#ifdef __clang__
    static const char runtime[] = "libomp";
#else
    static const char runtime[] = "libgomp";
#endif
    char detail[sizeof(info->detail)];
    snprintf(detail, sizeof(detail), "OpenMP %d, %s, threads %s", _OPENMP, runtime, binding);
    cpu_describe(cpu, detail, info);
}

static enum ab_status run_read_limit(struct job *job, struct ab_error *error)
{
    (void)error;
    const unsigned threads = cpu_context(job)->threads;
    openmp_begin(job);
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
    for (unsigned i = 0; i < threads; i++)
        read_limit_part(job, i, threads);
    read_limit_finish(job);
    return AB_OK;
}

static const struct technique read_limit = {
    .name = "limit",
    .summary = "every byte loaded once, with the fastest vectors, a part a thread",
    .prepare = read_limit_prepare,
    .run = run_read_limit,
    .release = read_limit_release,
};

const struct backend openmp_backend = {
    .name = "openmp",
    .summary = "all threads of the CPU, divided by the compiler's OpenMP",
    .memory = MEMORY_HOST,
    .environment = environment,
    .open = open_openmp,
    .describe = describe_openmp,
    .close = cpu_close,
    .read_limit = &read_limit,
};
