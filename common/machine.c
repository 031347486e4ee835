#include "common/machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cgroup.h"
#include "common/cpu_frequency.h"
#include "common/system_file.h"
#include "common/topology.h"

enum { VALUE_BYTES = 64 };

static const char cpuinfo[] = "/proc/cpuinfo";

/* aarch64 has numbers where others have a name (Arm's Main ID Register). */
static const struct arm_part {
    const char *implementer, *part, *name;
} arm_parts[] = {
    {"0x41", "0xd08", "Arm Cortex-A72"},
    {"0x41", "0xd0b", "Arm Cortex-A76"},
    {"0x41", "0xd0c", "Arm Neoverse-N1"},
    {"0x41", "0xd40", "Arm Neoverse-V1"},
    {"0x41", "0xd49", "Arm Neoverse-N2"},
    {"0x41", "0xd4f", "Arm Neoverse-V2"},
    {"0x41", "0xd83", "Arm Neoverse-V3AE"},
    {"0x41", "0xd84", "Arm Neoverse-V3"},
    {"0x41", "0xd8e", "Arm Neoverse-N3"},
    {"0x46", "0x001", "Fujitsu A64FX"},
    {"0x48", "0xd01", "HiSilicon TaiShan v110"},
    {"0xc0", "0xac3", "Ampere-1"},
    {"0xc0", "0xac4", "Ampere-1a"},
};

static void read_arm_model(char model[MACHINE_CPU_MODEL_BYTES])
{
    char implementer[16], part[16];
    if (!system_file_value(cpuinfo, "CPU implementer", implementer, sizeof(implementer)) ||
        !system_file_value(cpuinfo, "CPU part", part, sizeof(part)))
        return;
    snprintf(model, MACHINE_CPU_MODEL_BYTES, "Arm implementer %s part %s", implementer, part);
    for (size_t i = 0; i < sizeof(arm_parts) / sizeof(arm_parts[0]); i++)
        if (strcmp(arm_parts[i].implementer, implementer) == 0 &&
            strcmp(arm_parts[i].part, part) == 0)
            snprintf(model, MACHINE_CPU_MODEL_BYTES, "%s", arm_parts[i].name);
}

/* Some vendors pad their names with blanks. */
static void squeeze_blanks(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++)
        if (*from != ' ' || (to != text && to[-1] != ' '))
            *to++ = *from;
    while (to != text && to[-1] == ' ')
        to--;
    *to = '\0';
}

void machine_cpu_model(char model[MACHINE_CPU_MODEL_BYTES])
{
    static const char *const keys[] = {"model name", "Model Name", "cpu model"};
    model[0] = '\0';
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (system_file_value(cpuinfo, keys[i], model, MACHINE_CPU_MODEL_BYTES)) {
            squeeze_blanks(model);
            return;
        }
    read_arm_model(model);
}

static const char *cache_type(hwloc_obj_t cache)
{
    switch (cache->attr->cache.type) {
    case HWLOC_OBJ_CACHE_DATA:
        return "Data";
    case HWLOC_OBJ_CACHE_INSTRUCTION:
        return "Instruction";
    default:
        return "Unified";
    }
}

/* Innermost first; of one level data before instructions. */
static int by_level(const void *left, const void *right)
{
    const struct machine_cache *a = left, *b = right;
    return a->level != b->level ? a->level - b->level : strcmp(a->type, b->type);
}

static void read_caches(struct machine *machine)
{
    hwloc_topology_t topology;
    if (!topology_load(&topology))
        return;
    hwloc_obj_t last = NULL;
    hwloc_obj_t object = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PU, 0);
    for (; object != NULL && machine->cache_count < MACHINE_CACHES_MAX; object = object->parent) {
        if (!hwloc_obj_type_is_cache(object->type))
            continue;
        machine->caches[machine->cache_count++] =
            (struct machine_cache){.type = cache_type(object),
                                   .level = (int)object->attr->cache.depth,
                                   .bytes = object->attr->cache.size,
                                   .sharing = hwloc_bitmap_weight(object->complete_cpuset)};
        if (hwloc_obj_type_is_dcache(object->type))
            last = object;
    }
    qsort(machine->caches, machine->cache_count, sizeof(machine->caches[0]), by_level);
    for (object = last; object != NULL; object = object->prev_cousin)
        last = object;
    for (object = last; object != NULL; object = object->next_cousin)
        machine->last_level_cache_bytes += object->attr->cache.size;
    hwloc_topology_destroy(topology);
}

static unsigned count_cpus_online(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 0;
}

void machine_describe(struct machine *machine)
{
    *machine = (struct machine){.cpus_online = count_cpus_online(),
                                .cpus_allowed = topology_cpu_count(),
                                .cpu_quota = cgroup_cpu_quota(""),
                                .mhz = cpu_frequency_mhz(),
                                .scaling_enabled = cpu_frequency_scaling()};
    machine_cpu_model(machine->cpu_model);
    if (gethostname(machine->host_name, sizeof(machine->host_name) - 1) != 0)
        machine->host_name[0] = '\0';
    read_caches(machine);

    char text[VALUE_BYTES];
    uint64_t kibibytes;
    if (system_file_value("/proc/meminfo", "MemTotal", text, sizeof(text)) &&
        system_number(text, &kibibytes))
        machine->memory_bytes = kibibytes * 1024;
    if (getloadavg(machine->load_average, 3) == 3)
        machine->load_average_count = 3;
}

unsigned default_threads(void)
{
    unsigned threads = topology_cpu_count();
    if (threads == 0)
        threads = count_cpus_online();
    double quota = cgroup_cpu_quota("");
    if (quota > 0 && quota < threads)
        threads = (unsigned)quota;
    return threads > 0 ? threads : 1;
}
