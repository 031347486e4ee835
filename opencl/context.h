/* One open OpenCL device: what backend->open makes and everything else of this backend works with.
 *
 * Two queues: one without profiling, for end-to-end times, and one whose events are the device
 * clock of the kernel phase. Both are in order.
 */
#ifndef ACCELBENCH_OPENCL_CONTEXT_H
#define ACCELBENCH_OPENCL_CONTEXT_H

#include "opencl/api.h"
#include "opencl/device.h"
#include "opencl/program.h"

struct opencl_context {
    struct opencl_device device;
    bool is_default; /* the device: what is opened where none is asked for */
    cl_context context;
    cl_command_queue plain, profiled;
    bool pinned;
    bool timing;                      /* between clock_start and clock_stop */
    cl_event first_timed, last_timed; /* owned; NULL: none */
    cl_mem flush;                     /* owned: what is written to empty the cache, or NULL */
    struct opencl_program *programs;  /* owned list */
};

/* The queue for work that is enqueued now. */
static inline cl_command_queue opencl_queue(const struct opencl_context *context)
{
    return context->timing ? context->profiled : context->plain;
}

/* A buffer of the device; `what` names it where memory is lacking. At least 1 byte is made. */
enum ab_status opencl_buffer(struct opencl_context *context, uint64_t bytes, const char *what,
                             cl_mem *buffer, struct ab_error *error);

/* Sets the argument `index` of a kernel to a variable, or to a buffer. */
#define OPENCL_BUFFER_ARGUMENT(error, kernel, index, buffer) \
    CL_TRY(error, SetKernelArg, kernel, index, sizeof(cl_mem), &(buffer))
#define OPENCL_ARGUMENT(error, kernel, index, variable) \
    CL_TRY(error, SetKernelArg, kernel, index, sizeof(variable), &(variable))

/* Enqueues a kernel of one dimension: `groups` >= 1 work-groups of `items` work-items. */
enum ab_status opencl_run(struct opencl_context *context, cl_kernel kernel, size_t groups,
                          size_t items, struct ab_error *error);

/* Copies from the device to the host, complete on return. */
enum ab_status opencl_read(struct opencl_context *context, void *to, cl_mem from, uint64_t offset,
                           uint64_t bytes, struct ab_error *error);

/* Sets bytes [0, bytes) of the buffer to 0, a multiple of 4. */
enum ab_status opencl_clear(struct opencl_context *context, cl_mem buffer, uint64_t bytes,
                            struct ab_error *error);

/* backend->read_limit */
extern const struct technique read_limit_opencl;

/* Each accepts NULL and leaves NULL behind. */
void opencl_free_buffer(cl_mem *buffer);
void opencl_free_kernel(cl_kernel *kernel);
void opencl_free_event(cl_event *event);

#endif
