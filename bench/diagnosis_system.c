/* What the build, memory, and the kernel's settings do to a measurement. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bench/diagnosis_checks.h"
#include "common/parse.h"
#include "common/system_file.h"

/* The last -O counts, as for the compiler; "" is -O0. */
static const char *optimization(const char *flags)
{
    const char *last = "";
    for (const char *at = strstr(flags, "-O"); at != NULL; at = strstr(at + 1, "-O"))
        if (at == flags || at[-1] == ' ')
            last = at + 2;
    return last;
}

static bool check_debug_build(const struct examination *e, struct diagnosis *d)
{
    const struct build *build = e->build;
    const char *level = optimization(build->flags);
    if (*level == '2' || *level == '3' || strncmp(level, "fast", 4) == 0)
        return false;
    diagnosis_start(d, "debug-build", SEVERITY_SERIOUS,
                    "This build (%.20s, flags \"%.60s\") is not one for measuring: a sum of rows "
                    "takes about 10 times as long with -O0 as with -O3.",
                    build->type, build->flags);
    diagnosis_remedy(d, "build for speed");
    diagnosis_command(d, "cmake --preset release && cmake --build --preset release");
    return true;
}

static bool check_sanitizer_build(const struct examination *e, struct diagnosis *d)
{
    const char *sanitizers = e->build->sanitizers;
    if (sanitizers[0] == '\0' && strstr(e->build->flags, "-fsanitize=") == NULL)
        return false;
    diagnosis_start(d, "sanitizer-build", SEVERITY_SERIOUS,
                    "This build checks itself%s%.40s%s, which makes it slower by a factor of 2 "
                    "to 15, and not evenly.",
                    sanitizers[0] == '\0' ? "" : " (-fsanitize=", sanitizers,
                    sanitizers[0] == '\0' ? "" : ")");
    diagnosis_remedy(d, "build without sanitizers");
    diagnosis_command(d, "cmake --preset release && cmake --build --preset release");
    return true;
}

static bool check_isa(const struct examination *e, struct diagnosis *d)
{
    const char *isa = e->surroundings.isa;
    if (isa == NULL)
        return false;
    diagnosis_start(d, "isa-chosen", SEVERITY_WARNING,
                    "ACCELBENCH_ISA=%.40s chooses the instructions of the tuned techniques, "
                    "which may be fewer than this CPU has.",
                    isa);
    diagnosis_remedy(d, "let the CPU choose");
    diagnosis_command(d, "unset ACCELBENCH_ISA");
    return true;
}

static bool check_openmp_wait(const struct examination *e, struct diagnosis *d)
{
    const char *policy = e->surroundings.openmp_wait;
    if (policy == NULL || strcasecmp(policy, "active") != 0)
        return false;
    diagnosis_start(d, "openmp-spins", SEVERITY_WARNING,
                    "OMP_WAIT_POLICY=%.40s: OpenMP threads that wait spin. Where anything else "
                    "wants a CPU, a sum of 4 MB can take 8 ms instead of 0.3, and openmp fails "
                    "where it would take CPUs from other backends.",
                    policy);
    diagnosis_remedy(d, "let them sleep");
    diagnosis_command(d, "unset OMP_WAIT_POLICY");
    return true;
}

static bool check_openmp_threads(const struct examination *e, struct diagnosis *d)
{
    const char *threads = e->surroundings.openmp_threads;
    uint64_t count;
    if (threads == NULL || !system_number(threads, &count) || count == e->machine->cpus_allowed)
        return false;
    diagnosis_start(d, "openmp-threads", SEVERITY_NOTE,
                    "OMP_NUM_THREADS=%.40s does not count here: openmp and pthread have as many "
                    "threads as --threads says, or else as there are CPUs that may be used.",
                    threads);
    diagnosis_remedy(d, "say it to the program");
    diagnosis_command(d, "accelbench --threads %llu ...", (unsigned long long)count);
    return true;
}

static bool check_huge_pages(const struct examination *e, struct diagnosis *d)
{
    bool off_for_all = strcmp(e->state->thp, "never") == 0;
    if (!off_for_all && e->state->thp_of_process != 0)
        return false;
    diagnosis_start(d, "no-huge-pages", SEVERITY_WARNING,
                    "Transparent huge pages are off%s: inputs lie on small pages, and jumping "
                    "through a 400 MB matrix (traversal --order column) takes about 1.6 times as "
                    "long.",
                    off_for_all ? "" : " for this process");
    if (off_for_all) {
        diagnosis_remedy(d, "let programs ask for them, as this one does");
        diagnosis_command(d, "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled");
    } else {
        diagnosis_remedy(d, "start it from a service or container that does not switch them off "
                            "(PR_SET_THP_DISABLE)");
    }
    return true;
}

static bool check_numa(const struct examination *e, struct diagnosis *d)
{
    const struct machine_state *state = e->state;
    if (state->numa_nodes_allowed < 2)
        return false;
    if (state->numa_distance > 10)
        diagnosis_start(d, "numa", SEVERITY_WARNING,
                        "The CPUs span %u memory nodes: a thread that reads memory of another "
                        "node waits longer, %.1f times by the firmware's table, and one thread "
                        "finds a part of its input there.",
                        state->numa_nodes_allowed, state->numa_distance / 10.0);
    else
        diagnosis_start(d, "numa", SEVERITY_WARNING,
                        "The CPUs span %u memory nodes: a thread that reads memory of another "
                        "node waits longer, and one thread finds a part of its input there.",
                        state->numa_nodes_allowed);
    diagnosis_remedy(d, "for openmp set OMP_PROC_BIND=spread OMP_PLACES=cores; for results that "
                        "repeat keep to one node");
    diagnosis_command(d, "numactl --cpunodebind=0 --membind=0 accelbench ...");
    return true;
}

static bool check_numa_balancing(const struct examination *e, struct diagnosis *d)
{
    if (e->state->numa_nodes_allowed < 2 || e->state->numa_balancing != 1)
        return false;
    diagnosis_start(d, "numa-balancing", SEVERITY_WARNING,
                    "The kernel moves pages between memory nodes while programs run, also in the "
                    "middle of a sample.");
    diagnosis_remedy(d, "let pages lie");
    diagnosis_command(d, "sudo sysctl kernel.numa_balancing=0");
    return true;
}

static bool check_memory(const struct examination *e, struct diagnosis *d)
{
    static const uint64_t enough_bytes = 2000000000;
    uint64_t available = e->state->memory_available_bytes;
    if (available == 0 || available >= enough_bytes)
        return false;
    char text[FORMAT_BYTES];
    diagnosis_start(d, "memory-low", SEVERITY_WARNING,
                    "Only %s of memory are available: inputs of the default sizes may be "
                    "refused, and huge pages run short.",
                    format_bytes(available, text));
    diagnosis_remedy(d, "end other programs, raise the control group's memory.max, or choose a "
                        "smaller --size");
    return true;
}

static bool check_swap(const struct examination *e, struct diagnosis *d)
{
    static const uint64_t shows_bytes = 64000000;
    static const double short_of_memory = 0.1;
    const struct machine_state *state = e->state;
    if (state->swap_used_bytes < shows_bytes)
        return false;
    bool is_short =
        state->memory_available_bytes > 0 &&
        (double)state->memory_available_bytes < short_of_memory * (double)e->machine->memory_bytes;
    char used[FORMAT_BYTES];
    diagnosis_start(d, "swap", is_short ? SEVERITY_WARNING : SEVERITY_NOTE,
                    "%s are swapped out%s: what comes back in the middle of a sample costs "
                    "milliseconds.",
                    format_bytes(state->swap_used_bytes, used),
                    is_short ? " and memory is short" : "");
    diagnosis_remedy(d, "end other programs, then empty the swap");
    diagnosis_command(d, "sudo swapoff -a && sudo swapon -a");
    return true;
}

static bool check_aslr(const struct examination *e, struct diagnosis *d)
{
    if (e->state->aslr != 0)
        return false;
    diagnosis_start(d, "aslr-off", SEVERITY_WARNING,
                    "Addresses are not randomized: every process has the same luck with its "
                    "place in the caches, a bias of about 1 %% that no interval shows.");
    diagnosis_remedy(d, "run it without setarch -R and outside debuggers, or switch it on");
    diagnosis_command(d, "sudo sysctl kernel.randomize_va_space=2");
    return true;
}

static bool is_slow_clock(const char *source)
{
    static const char *const slow[] = {"hpet",    "acpi_pm",         "pit",
                                       "jiffies", "refined-jiffies", "xen"};
    for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
        if (strcmp(source, slow[i]) == 0)
            return true;
    return false;
}

/* Samples last 1 ms and more, which bears a slow clock; the phases of small problems do not. */
static bool check_clock_source(const struct examination *e, struct diagnosis *d)
{
    static const uint64_t slow_ns = 500;
    const char *source = e->state->clock_source;
    const char *name = source[0] == '\0' ? "unknown" : source;
    unsigned long long ns = e->clock.overhead_ns;
    if (ns >= slow_ns)
        diagnosis_start(d, "clock-source", SEVERITY_WARNING,
                        "Reading the clock (source %s) takes %llu ns: phases of microseconds "
                        "cannot be told apart.",
                        name, ns);
    else if (is_slow_clock(source))
        diagnosis_start(d, "clock-source", SEVERITY_WARNING,
                        "The clock source is %s, which is slow to read and often coarse: phases "
                        "of microseconds cannot be told apart.",
                        name);
    else
        return false;
    if (strstr(e->state->clock_sources, "tsc") != NULL && strcmp(source, "tsc") != 0) {
        diagnosis_remedy(d, "use the CPU's own counter");
        diagnosis_command(d, "echo tsc | sudo tee "
                             "/sys/devices/system/clocksource/*/current_clocksource");
    } else {
        diagnosis_remedy(d, "measure larger inputs; `dmesg | grep -i clocksource` may say why "
                            "there is no faster clock");
    }
    return true;
}

diagnosis_check *const system_checks[] = {
    check_debug_build,
    check_sanitizer_build,
    check_isa,
    check_openmp_wait,
    check_openmp_threads,
    check_memory,
    check_swap,
    check_numa,
    check_numa_balancing,
    check_huge_pages,
    check_aslr,
    check_clock_source,
    NULL,
};
