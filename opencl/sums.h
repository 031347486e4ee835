/* A sum in two kernels: the groups of the first leave partial sums of 64 bits, and one group of the
 * second, which is called `finish` in every program, adds those up. */
#ifndef ACCELBENCH_OPENCL_SUMS_H
#define ACCELBENCH_OPENCL_SUMS_H

#include "opencl/context.h"

struct opencl_sums {
    size_t group_items; /* of both kernels; set by the user */
    cl_kernel kernel, finish;
    cl_mem partials, result;
};

/* The work-items that a group may have on this device: `wanted`, a power of two, or fewer. */
size_t opencl_group_items(const struct opencl_context *context, size_t wanted);

/* Makes both kernels, and room for so many partial sums. On failure too, opencl_sums_release frees
 * what was made. */
enum ab_status opencl_sums_prepare(struct opencl_context *context, struct opencl_sums *sums,
                                   struct opencl_program *program, const char *kernel,
                                   uint64_t partials, struct ab_error *error);
void opencl_sums_release(struct opencl_sums *sums);

/* Enqueues `finish` for the first `count` partial sums. */
enum ab_status opencl_sums_finish(struct opencl_context *context, const struct opencl_sums *sums,
                                  cl_ulong count, struct ab_error *error);

/* Copies the 8 bytes of the result to the host, complete on return. */
enum ab_status opencl_sums_read(struct opencl_context *context, const struct opencl_sums *sums,
                                void *to, struct ab_error *error);

#endif
