/* The machine as this process may use it. Loads no driver: hwloc's plugins are kept off. */
#ifndef ACCELBENCH_COMMON_MACHINE_H
#define ACCELBENCH_COMMON_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"

enum { MACHINE_CACHES_MAX = 8, MACHINE_CPU_MODEL_BYTES = 128 };

struct machine_cache {
    const char *type; /* "Data", "Instruction" or "Unified" */
    int level;
    uint64_t bytes;
    int sharing; /* hardware threads that share one */
};

struct machine {
    char cpu_model[MACHINE_CPU_MODEL_BYTES];
    char host_name[128];
    unsigned cpus_online;
    unsigned cpus_allowed; /* in the affinity mask */
    double cpu_quota;      /* CPUs' worth of time a cgroup allows; 0: no limit */
    unsigned mhz;          /* 0: unknown */
    int scaling_enabled;   /* 1: a CPU's governor is not "performance"; 0: all are; -1: unknown */
    struct machine_cache caches[MACHINE_CACHES_MAX]; /* of the first CPU, innermost first */
    unsigned cache_count;
    uint64_t last_level_cache_bytes; /* of all caches of the highest level; 0: unknown */
    uint64_t memory_bytes;           /* MemTotal */
    double load_average[3];
    unsigned load_average_count; /* 0 or 3 */
};

/* Reads it all; what cannot be read stays 0 or empty. */
void machine_describe(struct machine *machine);

/* The CPU's name for people; empty when unknown. */
void machine_cpu_model(char model[MACHINE_CPU_MODEL_BYTES]);

/* Workers to use by default: the CPUs of the affinity mask, or the cgroup's quota rounded down
 * (at least 1) where that is less. */
unsigned default_threads(void);

#endif
