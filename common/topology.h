/* Which CPUs this process may use, and where its threads go. Loads no driver: hwloc's plugins are
 * kept off. */
#ifndef ACCELBENCH_COMMON_TOPOLOGY_H
#define ACCELBENCH_COMMON_TOPOLOGY_H

#include <hwloc.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* Sets up a topology of CPUs and caches; the caller destroys it. False: hwloc failed. Not to be
 * called while other threads read the environment. */
bool topology_load(hwloc_topology_t *topology);

/* The affinity mask of the calling thread: owned, CPU_FREE it; NULL: unknown. `bytes` is its
 * size for CPU_ISSET_S and the like. */
cpu_set_t *topology_affinity(size_t *bytes);

/* How many CPUs that mask has; 0: unknown. */
unsigned topology_cpu_count(void);

/* Whether that mask has all CPUs that are online, and they are numbered from 0 on without a gap. */
bool topology_is_whole(void);

/* The CPU for each of `threads` threads: spread evenly over the cores of the affinity mask, one a
 * core before the second hardware thread of any, neighbours side by side; more threads than CPUs
 * share them in turn. The same for everyone who asks for the same number, so that one set of
 * threads finds the memory near that another has touched. False: unknown. */
bool topology_place(unsigned threads, int *cpus);

/* The same in a topology and a mask of one's own. */
bool topology_place_in(hwloc_topology_t topology, const cpu_set_t *mask, size_t mask_bytes,
                       unsigned threads, int *cpus);

/* Binds the calling thread to one CPU. False: the system refused. */
bool topology_bind_thread(int cpu);

/* Moves the calling thread to a CPU where it is elsewhere, and leaves it free to be moved again.
 * For a thread that works together with others that are bound: on the CPU of one of them, the two
 * would wait for each other, and some systems leave them so for milliseconds. */
void topology_move_thread(int cpu);

#endif
