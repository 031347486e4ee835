#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "opencl/memory.h"

static enum ab_status make_queues(struct opencl_context *context, struct ab_error *error)
{
    cl_int code = CL_SUCCESS;
    context->plain = opencl.CreateCommandQueue(context->context, context->device.id, 0, &code);
    if (code == CL_SUCCESS)
        context->profiled = opencl.CreateCommandQueue(context->context, context->device.id,
                                                      CL_QUEUE_PROFILING_ENABLE, &code);
    return CL_CHECK(error, CreateCommandQueue, code);
}

static void close_opencl(void *context)
{
    struct opencl_context *opened = context;
    if (opened == NULL)
        return;
    if (opened->plain != NULL)
        opencl.Finish(opened->plain);
    opencl_free_event(&opened->first_timed);
    opencl_free_event(&opened->last_timed);
    opencl_free_buffer(&opened->flush);
    opencl_programs_free(opened);
    if (opened->profiled != NULL)
        opencl.ReleaseCommandQueue(opened->profiled);
    if (opened->plain != NULL)
        opencl.ReleaseCommandQueue(opened->plain);
    if (opened->context != NULL)
        opencl.ReleaseContext(opened->context);
    free(opened);
}

static enum ab_status choose_device(const struct backend_options *options,
                                    struct opencl_context *context, struct ab_error *error)
{
    struct opencl_device *list = NULL;
    size_t count = 0, index = 0, usual = 0;
    enum ab_status status = opencl_devices(&list, &count, error);
    if (status == AB_OK)
        status = opencl_device_choose(list, count, options->device, &index, error);
    if (status == AB_OK)
        status = opencl_device_choose(list, count, NULL, &usual, error);
    if (status == AB_OK) {
        context->device = list[index];
        context->is_default = index == usual;
    }
    free(list);
    return status;
}

/* There are only two versions that are older. */
static enum ab_status check_version(const struct opencl_device *device, struct ab_error *error)
{
    if (strncmp(device->version, "OpenCL 1.0", 10) != 0 &&
        strncmp(device->version, "OpenCL 1.1", 10) != 0)
        return AB_OK;
    return ab_fail(error, AB_NO_DEVICE,
                   "%s has %.10s, and 1.2 is needed: choose another --device, or install a newer "
                   "driver",
                   device->name, device->version);
}

static enum ab_status open_opencl(const struct backend_options *options, void **context,
                                  struct ab_error *error)
{
    struct opencl_context *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return ab_fail(error, AB_NO_MEMORY, "out of memory while opening opencl");
    made->pinned = options->pinned;
    enum ab_status status = choose_device(options, made, error);
    if (status == AB_OK)
        status = check_version(&made->device, error);
    if (status == AB_OK) {
        const cl_context_properties properties[] = {
            CL_CONTEXT_PLATFORM, (cl_context_properties)made->device.platform, 0};
        cl_int code = CL_SUCCESS;
        made->context = opencl.CreateContext(properties, 1, &made->device.id, NULL, NULL, &code);
        status = CL_CHECK(error, CreateContext, code);
    }
    if (status == AB_OK)
        status = make_queues(made, error);
    if (status != AB_OK) {
        close_opencl(made);
        return status;
    }
    *context = made;
    return AB_OK;
}

static enum program_source program_source(const struct opencl_context *context)
{
    if (context->programs == NULL)
        return PROGRAMS_NONE;
    for (const struct opencl_program *p = context->programs; p != NULL; p = p->next)
        if (!p->was_cached)
            return PROGRAMS_BUILT;
    return PROGRAMS_CACHED;
}

static void describe_opencl(const void *context, struct device_info *info)
{
    const struct opencl_context *opened = context;
    const struct opencl_device *device = &opened->device;
    char memory[FORMAT_BYTES];
    *info =
        (struct device_info){.workers = device->compute_units,
                             .memory_bytes = device->shares_host_memory ? 0 : device->memory_bytes,
                             .is_gpu = (device->type & CL_DEVICE_TYPE_GPU) != 0,
                             .in_place = device->shares_host_memory,
                             .is_default = opened->is_default,
                             .programs = program_source(opened)};
    snprintf(info->name, sizeof(info->name), "%s", device->name);
    snprintf(info->detail, sizeof(info->detail), "%s on %.48s, driver %.32s, %s",
             opencl_device_type(device), device->platform_name, device->driver,
             device->shares_host_memory ? "host memory in place"
                                        : format_bytes(device->memory_bytes, memory));
}

static enum ab_status list_opencl(struct device_list *list, struct ab_error *error)
{
    struct opencl_device *devices = NULL;
    size_t count = 0;
    enum ab_status status = opencl_devices(&devices, &count, error);
    for (size_t i = 0; i < count && list->count < DEVICE_LIST_MAX; i++) {
        const struct opencl_device *d = &devices[i];
        struct device_entry *entry = &list->entries[list->count++];
        char memory[FORMAT_BYTES], largest[FORMAT_BYTES];
        snprintf(entry->name, sizeof(entry->name), "%s", d->name);
        snprintf(entry->detail, sizeof(entry->detail),
                 "%s, %.60s, driver %.40s, %u compute units, %s%s, largest allocation %s, %s, %s, "
                 "timer step %zu ns",
                 opencl_device_type(d), d->platform_name, d->driver, d->compute_units,
                 format_bytes(d->memory_bytes, memory),
                 d->shares_host_memory ? " shared with the host" : "",
                 format_bytes(d->largest_bytes, largest), d->has_double ? "fp64" : "no fp64",
                 d->has_int64_atomics ? "64-bit atomics" : "no 64-bit atomics", d->timer_step_ns);
    }
    free(devices);
    return status;
}

static enum ab_status sync_opencl(void *context, struct ab_error *error)
{
    struct opencl_context *opened = context;
    enum ab_status status = CL_TRY(error, Finish, opened->plain);
    return status == AB_OK ? CL_TRY(error, Finish, opened->profiled) : status;
}

static enum ab_status start_clock(void *context, struct ab_error *error)
{
    struct opencl_context *opened = context;
    (void)error;
    opencl_free_event(&opened->first_timed);
    opencl_free_event(&opened->last_timed);
    opened->timing = true;
    return AB_OK;
}

static enum ab_status stop_clock(void *context, struct ab_error *error)
{
    struct opencl_context *opened = context;
    (void)error;
    opened->timing = false;
    return AB_OK;
}

static enum ab_status read_clock(void *context, uint64_t *elapsed_ns, struct ab_error *error)
{
    struct opencl_context *opened = context;
    cl_event last = opened->last_timed != NULL ? opened->last_timed : opened->first_timed;
    cl_ulong begin = 0, end = 0;
    enum ab_status status = CL_TRY(error, GetEventProfilingInfo, opened->first_timed,
                                   CL_PROFILING_COMMAND_START, sizeof(begin), &begin, NULL);
    if (status == AB_OK)
        status = CL_TRY(error, GetEventProfilingInfo, last, CL_PROFILING_COMMAND_END, sizeof(end),
                        &end, NULL);
    *elapsed_ns = end > begin ? end - begin : 0;
    return status;
}

extern const struct backend opencl_backend;
const struct backend opencl_backend = {
    .name = "opencl",
    .summary = "any OpenCL device: GPUs, and CPUs through PoCL",
    .memory = MEMORY_DEVICE,
    .open = open_opencl,
    .describe = describe_opencl,
    .list_devices = list_opencl,
    .close = close_opencl,
    .allocate = opencl_allocate,
    .upload = opencl_upload,
    .sync = sync_opencl,
    .release_memory = opencl_release_memory,
    .clock_start = start_clock,
    .clock_stop = stop_clock,
    .clock_read = read_clock,
    .evict = opencl_evict,
    .read_limit = &read_limit_opencl,
};
