/* Compiled programs in files: for opencl/program.c. A file holds the whole key and a checksum, and
 * what does not match both is not there. */
#ifndef ACCELBENCH_OPENCL_BINARY_CACHE_H
#define ACCELBENCH_OPENCL_BINARY_CACHE_H

#include <stdbool.h>

#include "opencl/device.h"
#include "opencl/program.h"

struct opencl_binary {
    unsigned char *data;
    size_t bytes;
};

/* The binary; data is owned by the caller: free(). False: there is none that can be used. */
bool binary_cache_read(const struct opencl_device *device, const struct opencl_source *source,
                       const char *options, struct opencl_binary *binary);

/* Under a temporary name first, then renamed: readers see a whole file or none. False: not kept. */
bool binary_cache_write(const struct opencl_device *device, const struct opencl_source *source,
                        const char *options, const struct opencl_binary *binary);

#endif
