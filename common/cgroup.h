/* What control groups allow this process: the tightest limit of every group from its own up to the
 * highest that it can see, for version 1, version 2 and both side by side. `root` is where /proc
 * and /sys are looked for: "" for the running system, a folder in tests. */
#ifndef ACCELBENCH_COMMON_CGROUP_H
#define ACCELBENCH_COMMON_CGROUP_H

#include <stdint.h>

/* Bytes that may still be taken: the limit, less what is used, except for file pages that the
 * kernel would drop first. UINT64_MAX: no limit. */
uint64_t cgroup_memory_room_bytes(const char *root);

/* CPUs' worth of time per unit of time; 0: no limit. */
double cgroup_cpu_quota(const char *root);

#endif
