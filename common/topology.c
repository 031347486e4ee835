#include "common/topology.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

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

/* Lists the usable hardware threads, neighbours side by side; returns how many, and how many cores
 * they belong to. */
static unsigned list_places(hwloc_topology_t topology, const cpu_set_t *mask, size_t mask_bytes,
                            struct place *places, unsigned *cores)
{
    unsigned count = 0, turn = 0;
    hwloc_obj_t last_core = NULL, unit = NULL;
    *cores = 0;
    while ((unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, unit)) != NULL) {
        if (!CPU_ISSET_S(unit->os_index, mask_bytes, mask))
            continue;
        /* Where cores are unknown each hardware thread counts as one. */
        hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, unit);
        turn = core != NULL && core == last_core ? turn + 1 : 0;
        *cores += turn == 0;
        last_core = core;
        places[count++] = (struct place){(int)unit->os_index, turn, *cores};
    }
    return count;
}

static void choose(struct place *places, unsigned count, unsigned cores, unsigned threads,
                   int *cpus)
{
    qsort(places, count, sizeof(*places), by_turn);
    if (threads <= cores) {
        for (unsigned i = 0; i < threads; i++)
            cpus[i] = places[(size_t)i * cores / threads].cpu;
        return;
    }
    unsigned chosen = threads < count ? threads : count;
    qsort(places, chosen, sizeof(*places), by_core);
    for (unsigned i = 0; i < threads; i++)
        cpus[i] = places[i % chosen].cpu;
}

bool topology_place(unsigned threads, int *cpus)
{
    bool placed = false;
    struct place *places = NULL;
    hwloc_topology_t topology = NULL;
    size_t mask_bytes = 0;
    cpu_set_t *mask = topology_affinity(&mask_bytes);
    if (mask == NULL || !topology_load(&topology))
        goto cleanup;
    int units = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU);
    if (units > 0)
        places = malloc((size_t)units * sizeof(*places));
    if (places == NULL)
        goto cleanup;
    unsigned cores = 0;
    unsigned count = list_places(topology, mask, mask_bytes, places, &cores);
    placed = count > 0;
    if (placed)
        choose(places, count, cores, threads, cpus);
cleanup:
    free(places);
    if (topology != NULL)
        hwloc_topology_destroy(topology);
    if (mask != NULL)
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
