/* Memory of the size that inputs, tables and results have: whole pages from the kernel, zeroed,
 * on huge pages where the system gives them, checked against what is available before it is
 * taken. Small and short-lived things use malloc.
 */
#ifndef ACCELBENCH_COMMON_MEMORY_H
#define ACCELBENCH_COMMON_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct region {
    void *data;      /* owned; page-aligned; NULL while capacity is 0 */
    size_t bytes;    /* in use */
    size_t capacity; /* mapped, a multiple of the page size */
};

/* Makes `bytes` usable, keeping what was there; new bytes are zero on first use of the mapping
 * and undefined when a region shrinks and grows again. `data` may move. Growth is geometric
 * neither here nor elsewhere: a caller that appends asks for twice as much.
 * `what` names the thing in the message ("the word table"). AB_NO_MEMORY names need and
 * available; the region is then as it was. */
enum ab_status region_resize(struct region *region, size_t bytes, const char *what,
                             struct ab_error *error);

/* Makes the region readable only: a later write by anyone is a crash, not a wrong answer. */
enum ab_status region_protect(const struct region *region, struct ab_error *error);

/* Gives the memory back; the region is {0} then. Accepts {0}. */
void region_free(struct region *region);

/* What this process can still take: the least of MemAvailable, the room under every cgroup's
 * memory limit above this process, and the environment variable ACCELBENCH_MEMORY_LIMIT
 * (bytes, suffixes as on the command line). Swap does not count. UINT64_MAX when unknown. */
uint64_t memory_available_bytes(void);

/* AB_USAGE where that variable is set and no number of bytes. */
enum ab_status memory_limit_check(struct ab_error *error);

/* AB_NO_MEMORY unless `bytes` are available; `what` as above, `remedy` ends the message. */
enum ab_status memory_check(uint64_t bytes, const char *what, const char *remedy,
                            struct ab_error *error);

#ifdef __cplusplus
}
#endif

#endif
