#include <omp.h>
#include <stdio.h>

#include "cpu/cpu.h"
#include "cpu/read_limit.h"

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

static enum ab_status open_openmp(const struct backend_options *options, void **context,
                                  struct ab_error *error)
{
    unsigned team = start_team(options->threads);
    if (team != options->threads)
        return ab_fail(error, AB_NO_DEVICE,
                       "the OpenMP runtime started %u of %u threads: unset OMP_THREAD_LIMIT and "
                       "OMP_MAX_ACTIVE_LEVELS, or choose --threads %u",
                       team, options->threads, team);
    return cpu_open(options->threads, context, error);
}

/* The runtime's threads wait awake, for as long as it likes, unless its resources are given up. */
static void rest_openmp(void *context)
{
    (void)context;
    omp_pause_resource_all(omp_pause_soft);
}

static void describe_openmp(const void *context, struct device_info *info)
{
#ifdef __clang__
    static const char runtime[] = "libomp";
#else
    static const char runtime[] = "libgomp";
#endif
    char detail[sizeof(info->detail)];
    snprintf(detail, sizeof(detail), "OpenMP %d, %s, threads %s", _OPENMP, runtime,
             omp_get_proc_bind() == omp_proc_bind_false ? "not bound" : "bound by OMP_PROC_BIND");
    cpu_describe(context, detail, info);
}

static enum ab_status run_read_limit(struct job *job, struct ab_error *error)
{
    (void)error;
    const unsigned threads = cpu_context(job)->threads;
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
    .open = open_openmp,
    .describe = describe_openmp,
    .close = cpu_close,
    .rest = rest_openmp,
    .read_limit = &read_limit,
};
