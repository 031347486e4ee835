/* The state that the machine is in: what the kernel and its settings do to a measurement. Where
 * struct machine says what the machine is, this says how it is set up and what else it does.
 *
 * Reading takes a few files in /proc and /sys and loads nothing. `root` is where these are looked
 * for: "" for the running system, a folder in tests. What cannot be read is unknown, and stays
 * so: a virtual machine without cpufreq has no governor, not a good one.
 */
#ifndef ACCELBENCH_COMMON_MACHINE_STATE_H
#define ACCELBENCH_COMMON_MACHINE_STATE_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where boost is switched, which is where its remedy is. */
enum boost_switch { BOOST_SWITCH_NONE, BOOST_SWITCH_INTEL, BOOST_SWITCH_ALL, BOOST_SWITCH_POLICY };

/* Texts are empty, counts and sizes 0 when unknown; what is yes or no is an int: 1, 0, or -1 for
 * unknown. "Allowed" are the CPUs of the affinity mask. */
struct machine_state {
    char kernel[136], architecture[68];

    /* Topology: all CPUs that are online, then the allowed ones. */
    unsigned packages, cores;
    unsigned cores_allowed;
    unsigned siblings_outside; /* hardware threads that are not allowed, of cores that are */
    int mixed_cores;           /* allowed CPUs of different capacity */
    unsigned numa_nodes, numa_nodes_allowed;
    unsigned numa_distance; /* the largest from the first allowed node; local is 10 */
    int numa_balancing;

    /* Clock of the allowed CPUs; the MHz are those of the first. */
    char governor[48]; /* names, separated by ", " where CPUs differ */
    int boost;
    enum boost_switch boost_switch;
    unsigned mhz_now, mhz_min, mhz_base, mhz_max, mhz_cap;
    int on_battery;
    char clock_source[32], clock_sources[96];

    /* Memory. */
    uint64_t page_bytes, huge_page_bytes, huge_pages; /* the last: reserved by hand */
    char thp[16], thp_defrag[24];                     /* the choice in [brackets] */
    int thp_of_process;                               /* 0: switched off for this process */
    uint64_t memory_available_bytes;                  /* MemAvailable, or a group's limit */
    uint64_t swap_bytes, swap_used_bytes;
    int aslr;

    /* Other work. */
    int is_virtual;
    char hypervisor[48];
    double steal_since_boot; /* shares of the allowed CPUs' time, 0 to 1; -1: unknown */
    double steal, busy;      /* between two readings of the ticks; -1: not measured */
};

void machine_state_read(const char *root, struct machine_state *state);

/* The same for an affinity mask of one's own. */
void machine_state_read_in(const char *root, const cpu_set_t *mask, size_t mask_bytes,
                           struct machine_state *state);

/* What the allowed CPUs have done since the machine was started, in ticks of 10 ms or so. */
struct machine_ticks {
    uint64_t total, busy, steal; /* busy: for anyone but the hypervisor */
};

/* False: unknown; the ticks are then 0. */
bool machine_ticks_read(const char *root, const cpu_set_t *mask, size_t mask_bytes,
                        struct machine_ticks *ticks);

/* Sets steal and busy to what happened between two readings; they stay as they are when that is
 * less than a tick. */
void machine_state_between(const struct machine_ticks *before, const struct machine_ticks *after,
                           struct machine_state *state);

/* Watches the machine for `seconds` while doing nothing, and sets steal and busy. */
void machine_state_watch(double seconds, struct machine_state *state);

#endif
