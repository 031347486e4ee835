#include "opencl/sums.h"

size_t opencl_group_items(const struct opencl_context *context, size_t wanted)
{
    while (wanted > context->device.group_items_max)
        wanted /= 2;
    return wanted;
}

enum ab_status opencl_sums_prepare(struct opencl_context *context, struct opencl_sums *sums,
                                   struct opencl_program *program, const char *kernel,
                                   uint64_t partials, struct ab_error *error)
{
    enum ab_status status = opencl_kernel(program, kernel, &sums->kernel, error);
    if (status == AB_OK)
        status = opencl_kernel(program, "finish", &sums->finish, error);
    if (status == AB_OK)
        status = opencl_buffer(context, partials * sizeof(cl_ulong), "the list of partial sums",
                               &sums->partials, error);
    if (status == AB_OK)
        status = opencl_buffer(context, sizeof(cl_ulong), "the result", &sums->result, error);
    return status;
}

void opencl_sums_release(struct opencl_sums *sums)
{
    opencl_free_kernel(&sums->kernel);
    opencl_free_kernel(&sums->finish);
    opencl_free_buffer(&sums->partials);
    opencl_free_buffer(&sums->result);
}

enum ab_status opencl_sums_finish(struct opencl_context *context, const struct opencl_sums *sums,
                                  cl_ulong count, struct ab_error *error)
{
    enum ab_status status = OPENCL_BUFFER_ARGUMENT(error, sums->finish, 0, sums->partials);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, sums->finish, 1, count);
    if (status == AB_OK)
        status = OPENCL_BUFFER_ARGUMENT(error, sums->finish, 2, sums->result);
    return status == AB_OK ? opencl_run(context, sums->finish, 1, sums->group_items, error)
                           : status;
}

enum ab_status opencl_sums_read(struct opencl_context *context, const struct opencl_sums *sums,
                                void *to, struct ab_error *error)
{
    return opencl_read(context, to, sums->result, 0, sizeof(cl_ulong), error);
}
