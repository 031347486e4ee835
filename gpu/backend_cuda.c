#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/environment.h"
#include "common/parse.h"
#include "gpu/cuda.h"
#include "gpu/matrix_cuda.h"

/* ---- Errors --------------------------------------------------------------------------------- */

enum ab_status cuda_check(cudaError_t code, const char *what, struct ab_error *error)
{
    if (code == cudaSuccess)
        return AB_OK;
    cudaGetLastError();
    const char *remedy = code == cudaErrorLaunchTimeout
                             ? ": the driver ends kernels that run long on a GPU with a display; "
                               "choose a smaller input, or another --device"
                             : "";
    return ab_fail(error, code == cudaErrorMemoryAllocation ? AB_NO_MEMORY : AB_API,
                   "CUDA: %s: %s (%s)%s", what, cudaGetErrorString(code), cudaGetErrorName(code),
                   remedy);
}

void cuda_doing(struct cuda_context *context, const struct job *job)
{
    snprintf(context->doing, sizeof(context->doing), "%s %s on %s", job->problem->kernel->name,
             job->technique->name, job->problem->summary);
}

enum ab_status cuda_sync(struct cuda_context *context, struct ab_error *error)
{
    return cuda_check(cudaStreamSynchronize(context->compute), context->doing, error);
}

static enum ab_status sync_cuda(void *context, struct ab_error *error)
{
    return cuda_sync(context, error);
}

/* ---- Devices -------------------------------------------------------------------------------- */

static enum ab_status no_device(cudaError_t code, struct ab_error *error)
{
    int driver = 0;
    const bool has_driver = cudaDriverGetVersion(&driver) == cudaSuccess && driver != 0;
    cudaGetLastError();
    if (!has_driver)
        return ab_fail(error, AB_NO_DEVICE,
                       "built, no NVIDIA driver (%s): install it, or use another backend",
                       cudaGetErrorString(code));
    return ab_fail(error, AB_NO_DEVICE,
                   "built, no usable NVIDIA GPU under driver %d.%d (%s): see nvidia-smi",
                   driver / 1000, driver % 1000 / 10, cudaGetErrorString(code));
}

/* Counts those whose whole name it is, or where there are none those that have it in their name;
 * `*device` is one of them. */
static enum ab_status count_named(const char *name, int count, int *named, int *device,
                                  struct ab_error *error)
{
    int by_part = 0, part_of = 0;
    *named = 0;
    for (int i = 0; i < count; i++) {
        struct cudaDeviceProp properties;
        enum ab_status status =
            cuda_check(cudaGetDeviceProperties(&properties, i), "cudaGetDeviceProperties", error);
        if (status != AB_OK)
            return status;
        if (strcasecmp(properties.name, name) == 0) {
            *device = i;
            ++*named;
        } else if (strcasestr(properties.name, name) != NULL) {
            part_of = i;
            by_part++;
        }
    }
    if (*named == 0) {
        *device = part_of;
        *named = by_part;
    }
    return AB_OK;
}

static enum ab_status choose_by_name(const char *name, int count, int *device,
                                     struct ab_error *error)
{
    int named = 0;
    if (count_named(name, count, &named, device, error) != AB_OK)
        return error->status;
    if (named == 0)
        return ab_fail(error, AB_NO_DEVICE,
                       "no NVIDIA GPU is named '%s': 'accelbench list' names them", name);
    if (named > 1)
        return ab_fail(error, AB_NO_DEVICE,
                       "%d NVIDIA GPUs are named '%s': choose one by its number, from "
                       "'accelbench list'",
                       named, name);
    return AB_OK;
}

/* A device by its number or a part of its name. */
static enum ab_status choose_device(const char *wanted, int *device, struct ab_error *error)
{
    int count = 0;
    cudaError_t code = cudaGetDeviceCount(&count);
    if (code != cudaSuccess || count == 0)
        return no_device(code == cudaSuccess ? cudaErrorNoDevice : code, error);
    *device = 0;
    if (wanted == NULL)
        return AB_OK;
    if (wanted[strspn(wanted, "0123456789")] != '\0')
        return choose_by_name(wanted, count, device, error);
    const long number = strtol(wanted, NULL, 10); /* of too many digits the greatest there is */
    if (number >= count)
        return ab_fail(error, AB_NO_DEVICE,
                       "there is no NVIDIA GPU %s, only 0 to %d: 'accelbench list' names them",
                       wanted, count - 1);
    *device = (int)number;
    return AB_OK;
}

/* What tells a device apart, as far as `list` and results show it. */
static cudaError_t describe_device(int device, const struct cudaDeviceProp *properties,
                                   char *detail, size_t bytes)
{
    int driver = 0, runtime = 0, clock_khz = 0;
    cudaError_t code = cudaDriverGetVersion(&driver);
    if (code == cudaSuccess)
        code = cudaRuntimeGetVersion(&runtime);
    if (code == cudaSuccess)
        code = cudaDeviceGetAttribute(&clock_khz, cudaDevAttrClockRate, device);
    snprintf(detail, bytes,
             "sm_%d%d, %.1f GiB, L2 %.0f MiB, up to %d MHz, ECC %s, driver %d.%d, runtime %d.%d",
             properties->major, properties->minor, (double)properties->totalGlobalMem / (1 << 30),
             (double)properties->l2CacheSize / (1 << 20), clock_khz / 1000,
             properties->ECCEnabled ? "on" : "off", driver / 1000, driver % 1000 / 10,
             runtime / 1000, runtime % 1000 / 10);
    return code;
}

static enum ab_status read_properties(struct cuda_context *context, struct ab_error *error)
{
    struct cudaDeviceProp properties;
    struct device_info *info = &context->info;
    cudaError_t code = cudaGetDeviceProperties(&properties, context->device);
    if (code == cudaSuccess)
        code = describe_device(context->device, &properties, info->detail, sizeof(info->detail));
    if (code != cudaSuccess)
        return cuda_check(code, "the properties of the device", error);
    context->processors = (unsigned)properties.multiProcessorCount;
    context->limit_bytes = properties.totalGlobalMem;
    context->cache_bytes = (uint64_t)properties.l2CacheSize;
    context->shared_bytes = properties.sharedMemPerBlockOptin;
    info->workers = context->processors;
    info->memory_bytes = properties.totalGlobalMem;
    info->is_gpu = true;
    info->is_default = context->device == 0;
    snprintf(info->name, sizeof(info->name), "%.127s", properties.name);
    return AB_OK;
}

static enum ab_status list_cuda(struct device_list *list, struct ab_error *error)
{
    int count = 0;
    cudaError_t code = cudaGetDeviceCount(&count);
    if (code != cudaSuccess)
        return no_device(code, error);
    list->count = 0;
    for (int i = 0; i < count && i < DEVICE_LIST_MAX && code == cudaSuccess; i++) {
        struct device_entry *entry = &list->entries[list->count++];
        struct cudaDeviceProp properties;
        char bus[32] = "";
        code = cudaGetDeviceProperties(&properties, i);
        if (code == cudaSuccess)
            code = cudaDeviceGetPCIBusId(bus, sizeof(bus), i);
        if (code != cudaSuccess)
            break;
        snprintf(entry->name, sizeof(entry->name), "%.127s", properties.name);
        code = describe_device(i, &properties, entry->detail, sizeof(entry->detail));
        size_t used = strlen(entry->detail);
        used +=
            (size_t)snprintf(entry->detail + used, sizeof(entry->detail) - used, ", PCI %s", bus);
        struct nvml nvml;
        nvml_init(&nvml, bus);
        nvml_describe(&nvml, entry->detail + used, sizeof(entry->detail) - used);
        nvml_close(&nvml);
    }
    return cuda_check(code, "the properties of the devices", error);
}

static enum ab_status read_limit(struct cuda_context *context, struct ab_error *error)
{
    const char *text = environment_value("ACCELBENCH_CUDA_MEMORY_LIMIT");
    uint64_t bytes;
    if (text == NULL)
        return AB_OK;
    enum ab_status status =
        parse_bytes("ACCELBENCH_CUDA_MEMORY_LIMIT", text, 1, UINT64_MAX, &bytes, error);
    if (status == AB_OK && bytes < context->limit_bytes)
        context->limit_bytes = bytes;
    return status;
}

/* The management library is opened when it is asked: that is no part of setting up. */
static enum ab_status make_nvml(struct cuda_context *context, struct ab_error *error)
{
    char bus[sizeof(context->nvml->pci_bus_id)] = "";
    enum ab_status status = cuda_check(cudaDeviceGetPCIBusId(bus, sizeof(bus), context->device),
                                       "cudaDeviceGetPCIBusId", error);
    context->nvml = calloc(1, sizeof(*context->nvml));
    if (context->nvml == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to open a GPU");
    nvml_init(context->nvml, bus);
    return status;
}

/* ---- The backend ---------------------------------------------------------------------------- */

static uint64_t flush_bytes(const struct cuda_context *context)
{
    return 2 * context->cache_bytes;
}

static void close_cuda(void *opened)
{
    struct cuda_context *context = opened;
    if (context == NULL)
        return;
    const cudaEvent_t events[] = {context->begin, context->end, context->idle};
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (events[i] != NULL)
            cudaEventDestroy(events[i]);
    if (context->compute != NULL)
        cudaStreamDestroy(context->compute);
    if (context->copy != NULL)
        cudaStreamDestroy(context->copy);
    cuda_release(context, context->flush, flush_bytes(context));
    if (context->nvml != NULL)
        nvml_close(context->nvml);
    free(context->nvml);
    free(context);
}

static enum ab_status make_streams(struct cuda_context *context, struct ab_error *error)
{
    cudaError_t code = cudaStreamCreateWithFlags(&context->compute, cudaStreamNonBlocking);
    if (code == cudaSuccess)
        code = cudaStreamCreateWithFlags(&context->copy, cudaStreamNonBlocking);
    if (code == cudaSuccess)
        code = cudaEventCreateWithFlags(&context->begin, cudaEventDefault);
    if (code == cudaSuccess)
        code = cudaEventCreateWithFlags(&context->end, cudaEventDefault);
    if (code == cudaSuccess)
        code = cudaEventCreateWithFlags(&context->idle, cudaEventDisableTiming);
    return cuda_check(code, "streams and events", error);
}

/* Whether the program has code that this GPU can run: most GPUs do not find out before a launch. */
static enum ab_status check_code(const struct cuda_context *context, struct ab_error *error)
{
    int blocks;
    const cudaError_t code = read_limit_cuda_blocks(&blocks);
    if (code != cudaErrorNoKernelImageForDevice && code != cudaErrorUnsupportedPtxVersion)
        return cuda_check(code, "loading the kernels", error);
    cudaGetLastError();
    return ab_fail(error, AB_NO_DEVICE,
                   "this build has no code for %s (%s): build with "
                   "-DCMAKE_CUDA_ARCHITECTURES=native on this machine",
                   context->info.name, cudaGetErrorString(code));
}

static enum ab_status open_cuda(const struct backend_options *options, void **opened,
                                struct ab_error *error)
{
    int device;
    enum ab_status status = choose_device(options->device, &device, error);
    if (status != AB_OK)
        return status;
    struct cuda_context *context = calloc(1, sizeof(*context));
    if (context == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to open a GPU");
    context->device = device;
    context->pinned = options->pinned;
    status = cuda_check(cudaSetDevice(device), "cudaSetDevice", error);
    if (status == AB_OK)
        status = read_properties(context, error);
    if (status == AB_OK)
        status = read_limit(context, error);
    if (status == AB_OK)
        status = make_nvml(context, error);
    if (status == AB_OK)
        status = make_streams(context, error);
    if (status == AB_OK)
        status = check_code(context, error);
    if (status != AB_OK) {
        close_cuda(context);
        return status;
    }
    *opened = context;
    return AB_OK;
}

static void describe_cuda(const void *context, struct device_info *info)
{
    *info = ((const struct cuda_context *)context)->info;
}

static enum ab_status clock_start(void *opened, struct ab_error *error)
{
    struct cuda_context *context = opened;
    return cuda_check(cudaEventRecord(context->begin, context->compute), "cudaEventRecord", error);
}

static enum ab_status clock_stop(void *opened, struct ab_error *error)
{
    struct cuda_context *context = opened;
    return cuda_check(cudaEventRecord(context->end, context->compute), "cudaEventRecord", error);
}

static enum ab_status clock_read(void *opened, uint64_t *elapsed_ns, struct ab_error *error)
{
    struct cuda_context *context = opened;
    float milliseconds = 0;
    enum ab_status status =
        cuda_check(cudaEventElapsedTime(&milliseconds, context->begin, context->end),
                   "cudaEventElapsedTime", error);
    *elapsed_ns = (uint64_t)(1e6 * (double)milliseconds);
    return status;
}

/* Writing takes the place of whatever was in the cache. */
static enum ab_status evict_cuda(void *opened, struct ab_error *error)
{
    struct cuda_context *context = opened;
    const uint64_t bytes = flush_bytes(context);
    if (bytes == 0)
        return AB_OK;
    enum ab_status status = AB_OK;
    if (context->flush == NULL)
        status = cuda_allocate(context, bytes, "emptying the cache", &context->flush, error);
    return status == AB_OK ? cuda_check(cudaMemsetAsync(context->flush, 0, bytes, context->compute),
                                        "emptying the cache", error)
                           : status;
}

static bool throttled_cuda(void *opened)
{
    return nvml_throttled(((struct cuda_context *)opened)->nvml);
}

static enum ab_status energy_cuda(void *opened, double *joules, struct ab_error *error)
{
    const struct cuda_context *context = opened;
    return nvml_energy(context->nvml, joules)
               ? AB_OK
               : ab_fail(error, AB_UNSUPPORTED,
                         "%s has no energy counter that NVML knows (GPUs since 2017 have one)",
                         context->info.name);
}

extern const struct backend cuda_backend;
const struct backend cuda_backend = {
    .name = "cuda",
    .summary = "an NVIDIA GPU, through the CUDA runtime",
    .memory = MEMORY_DEVICE,
    .open = open_cuda,
    .describe = describe_cuda,
    .close = close_cuda,
    .list_devices = list_cuda,
    .allocate = cuda_buffer_allocate,
    .upload = cuda_buffer_upload,
    .sync = sync_cuda,
    .release_memory = cuda_buffer_release,
    .clock_start = clock_start,
    .clock_stop = clock_stop,
    .clock_read = clock_read,
    .evict = evict_cuda,
    .throttled = throttled_cuda,
    .energy = energy_cuda,
    .read_limit = &read_limit_cuda,
};
