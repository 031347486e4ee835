/* The devices of all OpenCL platforms, and what matters of each. */
#ifndef ACCELBENCH_OPENCL_DEVICE_H
#define ACCELBENCH_OPENCL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/accelbench.h"
#include "opencl/api.h"

struct opencl_device {
    cl_platform_id platform;
    cl_device_id id;
    char platform_name[96], platform_version[128];
    char name[128], driver[96], version[128];
    cl_device_type type;
    cl_uint compute_units;
    uint64_t memory_bytes, largest_bytes; /* of all memory, and of one allocation */
    uint64_t cache_bytes;                 /* at least what its caches hold; 0: unknown */
    size_t timer_step_ns;
    size_t group_items_max;
    bool has_double, has_int64_atomics;
    bool shares_host_memory;
    bool chunked; /* one work-item for each contiguous chunk, as CPUs want it; else interleaved */
};

/* All devices, in the loader's order: their index is the number that --device takes. `*list` is
 * owned by the caller: free(). At least one, or AB_NO_DEVICE with the reason.
 *
 * For tests, environment variables take abilities away or change how work is divided:
 *   ACCELBENCH_OPENCL_LARGEST=BYTES   limits one allocation
 *   ACCELBENCH_OPENCL_WITHOUT=fp64,int64_atomics,shared_memory
 *   ACCELBENCH_OPENCL_ACCESS=chunked|interleaved
 *   ACCELBENCH_OPENCL_ATOMIC_LOADS=1  word_count reads its table by atomic operations only */
enum ab_status opencl_devices(struct opencl_device **list, size_t *count, struct ab_error *error);

/* The one that is meant by a number, a name or part of a name; NULL: the first GPU, or else the
 * first of all. AB_NO_DEVICE also where several have the name. */
enum ab_status opencl_device_choose(const struct opencl_device *list, size_t count,
                                    const char *wanted, size_t *index, struct ab_error *error);

/* "GPU", "CPU", ... */
const char *opencl_device_type(const struct opencl_device *device);

#endif
