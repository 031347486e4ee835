#include "opencl/context.h"

#include "common/parse.h"

enum ab_status opencl_buffer(struct opencl_context *context, uint64_t bytes, const char *what,
                             cl_mem *buffer, struct ab_error *error)
{
    char need[FORMAT_BYTES], most[FORMAT_BYTES];
    if (bytes > context->device.largest_bytes)
        return ab_fail(error, AB_NO_MEMORY, "%s takes %s, and one allocation on %s at most %s",
                       what, format_bytes(bytes, need), context->device.name,
                       format_bytes(context->device.largest_bytes, most));
    cl_int code = CL_SUCCESS;
    *buffer = opencl.CreateBuffer(context->context, CL_MEM_READ_WRITE,
                                  bytes == 0 ? 1 : (size_t)bytes, NULL, &code);
    if (code != CL_SUCCESS)
        *buffer = NULL;
    return CL_CHECK(error, CreateBuffer, code);
}

/* The device clock runs from the start of the first timed command to the end of the last. */
static void note_timed(struct opencl_context *context, cl_event event)
{
    if (context->first_timed == NULL) {
        context->first_timed = event;
        return;
    }
    opencl_free_event(&context->last_timed);
    context->last_timed = event;
}

enum ab_status opencl_run(struct opencl_context *context, cl_kernel kernel, size_t groups,
                          size_t items, struct ab_error *error)
{
    const size_t all_items = groups * items;
    cl_event event = NULL;
    enum ab_status status =
        CL_TRY(error, EnqueueNDRangeKernel, opencl_queue(context), kernel, 1, NULL, &all_items,
               &items, 0, NULL, context->timing ? &event : NULL);
    if (status == AB_OK && context->timing)
        note_timed(context, event);
    return status;
}

enum ab_status opencl_read(struct opencl_context *context, void *to, cl_mem from, uint64_t offset,
                           uint64_t bytes, struct ab_error *error)
{
    if (bytes == 0)
        return AB_OK;
    return CL_TRY(error, EnqueueReadBuffer, opencl_queue(context), from, CL_TRUE, (size_t)offset,
                  (size_t)bytes, to, 0, NULL, NULL);
}

enum ab_status opencl_clear(struct opencl_context *context, cl_mem buffer, uint64_t bytes,
                            struct ab_error *error)
{
    static const cl_uint zero = 0;
    cl_event event = NULL;
    enum ab_status status =
        CL_TRY(error, EnqueueFillBuffer, opencl_queue(context), buffer, &zero, sizeof(zero), 0,
               (size_t)bytes, 0, NULL, context->timing ? &event : NULL);
    if (status == AB_OK && context->timing)
        note_timed(context, event);
    return status;
}

void opencl_free_buffer(cl_mem *buffer)
{
    if (*buffer != NULL)
        opencl.ReleaseMemObject(*buffer);
    *buffer = NULL;
}

void opencl_free_kernel(cl_kernel *kernel)
{
    if (*kernel != NULL)
        opencl.ReleaseKernel(*kernel);
    *kernel = NULL;
}

void opencl_free_event(cl_event *event)
{
    if (*event != NULL)
        opencl.ReleaseEvent(*event);
    *event = NULL;
}
