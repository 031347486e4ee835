#include "common/topology.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char plugins_variable[] = "HWLOC_PLUGINS_PATH";

/* hwloc opens every plugin on its path as soon as a topology is made, whatever the topology asks
 * for, and some of them load a GPU's driver. An empty path has none; it is set only for that
 * moment, so that what the user has set still holds for all other users of hwloc. */
static int init_without_plugins(hwloc_topology_t *topology)
{
    const char *path = getenv(plugins_variable);
    char *saved = path != NULL ? strdup(path) : NULL;
    if ((path != NULL && saved == NULL) || setenv(plugins_variable, "", 1) != 0) {
        free(saved);
        return -1;
    }
    int result = hwloc_topology_init(topology);
    if (saved != NULL)
        setenv(plugins_variable, saved, 1);
    else
        unsetenv(plugins_variable);
    free(saved);
    return result;
}

bool topology_load(hwloc_topology_t *topology)
{
    if (init_without_plugins(topology) != 0)
        return false;
    hwloc_topology_set_icache_types_filter(*topology, HWLOC_TYPE_FILTER_KEEP_ALL);
    if (hwloc_topology_load(*topology) == 0)
        return true;
    hwloc_topology_destroy(*topology);
    return false;
}

cpu_set_t *topology_affinity(size_t *bytes)
{
    static const size_t cpus_most = 1 << 20;
    for (size_t cpus = CPU_SETSIZE; cpus <= cpus_most; cpus *= 2) {
        cpu_set_t *mask = CPU_ALLOC(cpus);
        if (mask == NULL)
            return NULL;
        *bytes = CPU_ALLOC_SIZE(cpus);
        CPU_ZERO_S(*bytes, mask);
        if (sched_getaffinity(0, *bytes, mask) == 0)
            return mask;
        CPU_FREE(mask);
        if (errno != EINVAL) /* EINVAL: the kernel's masks are larger */
            return NULL;
    }
    return NULL;
}

unsigned topology_cpu_count(void)
{
    size_t bytes;
    cpu_set_t *mask = topology_affinity(&bytes);
    const unsigned count = mask == NULL ? 0 : (unsigned)CPU_COUNT_S(bytes, mask);
    CPU_FREE(mask);
    return count;
}

bool topology_is_whole(void)
{
    size_t bytes;
    cpu_set_t *mask = topology_affinity(&bytes);
    if (mask == NULL)
        return false;
    const int count = CPU_COUNT_S(bytes, mask);
    bool whole = count > 0 && count == sysconf(_SC_NPROCESSORS_ONLN);
    for (int cpu = 0; cpu < count && whole; cpu++)
        whole = CPU_ISSET_S((size_t)cpu, bytes, mask);
    CPU_FREE(mask);
    return whole;
}

/* A hardware thread that may be used: which one of its core it is, and of which core. */
struct place {
    int cpu;
    unsigned turn, core;
};

static int by_turn(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->turn != b->turn)
        return a->turn < b->turn ? -1 : 1;
    return a->core < b->core ? -1 : a->core > b->core;
}

static int by_core(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->core != b->core)
        return a->core < b->core ? -1 : 1;
    return a->turn < b->turn ? -1 : a->turn > b->turn;
}

/* Lists the usable hardware threads and returns how many there are. */
static unsigned list_places(hwloc_topology_t topology, const cpu_set_t *mask, size_t mask_bytes,
                            struct place *places)
{
    unsigned count = 0, cores = 0, turn = 0;
    hwloc_obj_t last_core = NULL, unit = NULL;
    while ((unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, unit)) != NULL) {
        if (!CPU_ISSET_S(unit->os_index, mask_bytes, mask))
            continue;
        /* Where cores are unknown each hardware thread counts as one. */
        hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, unit);
        turn = core != NULL && core == last_core ? turn + 1 : 0;
        cores += turn == 0;
        last_core = core;
        places[count++] = (struct place){(int)unit->os_index, turn, cores};
    }
    return count;
}

/* Moves the places of `threads` threads to the front and returns how many there are: all first
 * hardware threads before any second one, and of the last turn an even spread. */
static unsigned choose(struct place *places, unsigned count, unsigned threads)
{
    unsigned chosen = 0;
    qsort(places, count, sizeof(*places), by_turn);
    for (unsigned begin = 0, end; begin < count && chosen < threads; begin = end) {
        for (end = begin; end < count && places[end].turn == places[begin].turn;)
            end++;
        unsigned units = end - begin, left = threads - chosen;
        unsigned taken = left < units ? left : units;
        for (unsigned i = 0; i < taken; i++)
            places[chosen++] = places[begin + (size_t)i * units / taken];
    }
    qsort(places, chosen, sizeof(*places), by_core);
    return chosen;
}

bool topology_place_in(hwloc_topology_t topology, const cpu_set_t *mask, size_t mask_bytes,
                       unsigned threads, int *cpus)
{
    int units = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU);
    struct place *places = units > 0 ? malloc((size_t)units * sizeof(*places)) : NULL;
    if (places == NULL)
        return false;
    unsigned count = list_places(topology, mask, mask_bytes, places);
    unsigned chosen = choose(places, count, threads);
    for (unsigned i = 0; chosen > 0 && i < threads; i++)
        cpus[i] = places[i % chosen].cpu;
    free(places);
    return chosen > 0;
}

bool topology_place(unsigned threads, int *cpus)
{
    size_t mask_bytes;
    cpu_set_t *mask = topology_affinity(&mask_bytes);
    if (mask == NULL)
        return false;
    hwloc_topology_t topology;
    bool placed = topology_load(&topology);
    if (placed) {
        placed = topology_place_in(topology, mask, mask_bytes, threads, cpus);
        hwloc_topology_destroy(topology);
    }
    CPU_FREE(mask);
    return placed;
}

bool topology_bind_thread(int cpu)
{
    size_t cpus = (size_t)cpu + 1;
    cpu_set_t *mask = CPU_ALLOC(cpus);
    if (mask == NULL)
        return false;
    size_t bytes = CPU_ALLOC_SIZE(cpus);
    CPU_ZERO_S(bytes, mask);
    CPU_SET_S((size_t)cpu, bytes, mask);
    bool bound = pthread_setaffinity_np(pthread_self(), bytes, mask) == 0;
    CPU_FREE(mask);
    return bound;
}

void topology_move_thread(int cpu)
{
    size_t bytes;
    if (sched_getcpu() == cpu)
        return;
    cpu_set_t *mask = topology_affinity(&bytes);
    if (mask != NULL && topology_bind_thread(cpu))
        sched_setaffinity(0, bytes, mask);
    CPU_FREE(mask);
}
