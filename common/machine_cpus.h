/* Shared by common/machine_state.c and common/machine_cpus.c only. */
#ifndef ACCELBENCH_COMMON_MACHINE_CPUS_H
#define ACCELBENCH_COMMON_MACHINE_CPUS_H

#include "common/machine_state.h"

/* The first line of a file below `root`; the path is a format. False: unknown; the text is then
 * as it was. */
bool machine_line(char *text, size_t size, const char *root, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/* The number that it begins with. */
bool machine_number(uint64_t *number, const char *root, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

/* Fills in topology, governor and NUMA; `first` is the first allowed CPU. */
void machine_cpus_read(const char *root, const cpu_set_t *mask, size_t mask_bytes,
                       struct machine_state *state, unsigned *first);

#endif
