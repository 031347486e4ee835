#include "opencl/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/environment.h"
#include "common/parse.h"
#include "common/system_file.h"

enum { PLATFORMS_MAX = 32, DEVICES_MAX = 64, TEXT_MAX = 16384 };

/* More than the last level of any GPU holds. */
enum { GPU_CACHE_BYTES = 256 << 20 };

/* A driver refuses to give a part of a text: all of it is taken, and its beginning kept. */
static enum ab_status get_text(cl_device_id id, cl_device_info what, char *text, size_t bytes,
                               struct ab_error *error)
{
    char whole[TEXT_MAX] = "";
    const enum ab_status status =
        CL_TRY(error, GetDeviceInfo, id, what, sizeof(whole) - 1, whole, NULL);
    snprintf(text, bytes, "%s", whole);
    return status;
}

static enum ab_status get_platform_text(cl_platform_id platform, cl_platform_info what, char *text,
                                        size_t bytes, struct ab_error *error)
{
    char whole[TEXT_MAX] = "";
    const enum ab_status status =
        CL_TRY(error, GetPlatformInfo, platform, what, sizeof(whole) - 1, whole, NULL);
    snprintf(text, bytes, "%s", whole);
    return status;
}

#define GET(id, what, variable) \
    CL_TRY(error, GetDeviceInfo, id, what, sizeof(variable), &(variable), NULL)

static bool is_listed(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ' ' || at[-1] == ',') &&
            (at[length] == '\0' || at[length] == ' ' || at[length] == ','))
            return true;
    return false;
}

static enum ab_status take_away(struct opencl_device *d, struct ab_error *error)
{
    const char *without = environment_value("ACCELBENCH_OPENCL_WITHOUT");
    const char *access = environment_value("ACCELBENCH_OPENCL_ACCESS");
    const char *largest = environment_value("ACCELBENCH_OPENCL_LARGEST");
    if (without != NULL && is_listed(without, "fp64"))
        d->has_double = false;
    if (without != NULL && is_listed(without, "int64_atomics"))
        d->has_int64_atomics = false;
    if (without != NULL && is_listed(without, "shared_memory"))
        d->shares_host_memory = false;
    if (access != NULL)
        d->chunked = strcmp(access, "chunked") == 0;
    uint64_t bytes = d->largest_bytes;
    if (largest != NULL)
        parse_bytes("ACCELBENCH_OPENCL_LARGEST", largest, 4096, UINT64_MAX, &bytes, error);
    d->largest_bytes = bytes < d->largest_bytes ? bytes : d->largest_bytes;
    return error->status;
}

static enum ab_status read_texts(struct opencl_device *d, struct ab_error *error)
{
    char extensions[TEXT_MAX];
    enum ab_status status =
        get_text(d->id, CL_DEVICE_EXTENSIONS, extensions, sizeof(extensions), error);
    if (status == AB_OK)
        status = get_text(d->id, CL_DEVICE_NAME, d->name, sizeof(d->name), error);
    if (status == AB_OK)
        status = get_text(d->id, CL_DRIVER_VERSION, d->driver, sizeof(d->driver), error);
    if (status == AB_OK)
        status = get_text(d->id, CL_DEVICE_VERSION, d->version, sizeof(d->version), error);
    d->has_double = is_listed(extensions, "cl_khr_fp64");
    d->has_int64_atomics = is_listed(extensions, "cl_khr_int64_base_atomics");
    return status;
}

static enum ab_status read_device(struct opencl_device *d, struct ab_error *error)
{
    cl_ulong memory = 0, largest = 0, cache = 0;
    cl_bool unified = CL_FALSE;
    enum ab_status status = read_texts(d, error);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_TYPE, d->type);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_MAX_COMPUTE_UNITS, d->compute_units);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_GLOBAL_MEM_SIZE, memory);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, largest);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, cache);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_PROFILING_TIMER_RESOLUTION, d->timer_step_ns);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_MAX_WORK_GROUP_SIZE, d->group_items_max);
    if (status == AB_OK)
        status = GET(d->id, CL_DEVICE_HOST_UNIFIED_MEMORY, unified);
    d->memory_bytes = memory;
    d->largest_bytes = largest;
    /* Drivers of GPUs tell the size of an inner cache. */
    d->cache_bytes =
        (d->type & CL_DEVICE_TYPE_GPU) != 0 && cache < GPU_CACHE_BYTES ? GPU_CACHE_BYTES : cache;
    d->compute_units = d->compute_units == 0 ? 1 : d->compute_units;
    d->shares_host_memory = unified == CL_TRUE;
    d->chunked = (d->type & CL_DEVICE_TYPE_CPU) != 0 && (d->type & CL_DEVICE_TYPE_GPU) == 0;
    return status == AB_OK ? take_away(d, error) : status;
}

/* Adds the devices of one platform. A platform without any is none to complain about. */
static enum ab_status read_platform(cl_platform_id platform, struct opencl_device *list,
                                    size_t *count, struct ab_error *error)
{
    struct opencl_device common = {.platform = platform};
    cl_device_id ids[DEVICES_MAX];
    cl_uint found = 0;
    enum ab_status status = get_platform_text(platform, CL_PLATFORM_NAME, common.platform_name,
                                              sizeof(common.platform_name), error);
    if (status == AB_OK)
        status = get_platform_text(platform, CL_PLATFORM_VERSION, common.platform_version,
                                   sizeof(common.platform_version), error);
    if (status != AB_OK)
        return status;
    struct ab_error why = {0};
    if (CL_TRY(&why, GetDeviceIDs, platform, CL_DEVICE_TYPE_ALL, DEVICES_MAX, ids, &found) != AB_OK)
        return ab_fail(error, AB_NO_DEVICE,
                       "the OpenCL platform %s finds no device (PoCL finds none where it may not "
                       "write its cache: set POCL_CACHE_DIR): %s",
                       common.platform_name, why.message);
    found = found < DEVICES_MAX ? found : DEVICES_MAX;
    for (cl_uint i = 0; i < found && status == AB_OK && *count < DEVICES_MAX; i++) {
        list[*count] = common;
        list[*count].id = ids[i];
        status = read_device(&list[*count], error);
        *count += status == AB_OK;
    }
    return status;
}

enum ab_status opencl_devices(struct opencl_device **list, size_t *count, struct ab_error *error)
{
    cl_platform_id platforms[PLATFORMS_MAX];
    cl_uint platform_count = 0;
    *list = NULL;
    *count = 0;
    enum ab_status status = opencl_load(error);
    if (status != AB_OK)
        return status;
    struct ab_error why = {0};
    status = CL_TRY(&why, GetPlatformIDs, PLATFORMS_MAX, platforms, &platform_count);
    if (status != AB_OK || platform_count == 0)
        return ab_fail(error, AB_NO_DEVICE,
                       "the OpenCL loader finds no driver that works: install one (for CPUs on "
                       "Debian: pocl-opencl-icd), or check OCL_ICD_VENDORS%s%s",
                       status == AB_OK ? "" : ": ", why.message);
    *list = calloc(DEVICES_MAX, sizeof(**list));
    if (*list == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of OpenCL devices");
    platform_count = platform_count < PLATFORMS_MAX ? platform_count : PLATFORMS_MAX;
    struct ab_error first = {0}; /* a broken platform matters only where there is no other */
    for (cl_uint i = 0; i < platform_count; i++)
        read_platform(platforms[i], *list, count, &first);
    if (*count != 0)
        return AB_OK;
    free(*list);
    *list = NULL;
    return ab_fail(error, first.status == AB_USAGE ? AB_USAGE : AB_NO_DEVICE, "%s",
                   first.status == AB_OK ? "no OpenCL platform has a device" : first.message);
}

static size_t default_device(const struct opencl_device *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((list[i].type & CL_DEVICE_TYPE_GPU) != 0)
            return i;
    return 0;
}

/* Names that are equal, or else hold the wanted one as a part. */
static size_t count_named(const struct opencl_device *list, size_t count, const char *wanted,
                          bool whole, size_t *index)
{
    size_t found = 0;
    for (size_t i = count; i-- > 0;) {
        if (whole ? strcasecmp(list[i].name, wanted) == 0
                  : strcasestr(list[i].name, wanted) != NULL) {
            *index = i;
            found++;
        }
    }
    return found;
}

enum ab_status opencl_device_choose(const struct opencl_device *list, size_t count,
                                    const char *wanted, size_t *index, struct ab_error *error)
{
    uint64_t number;
    *index = default_device(list, count);
    if (wanted == NULL)
        return AB_OK;
    if (wanted[strspn(wanted, "0123456789")] == '\0' && system_number(wanted, &number)) {
        if (number >= count)
            return ab_fail(error, AB_NO_DEVICE,
                           "there is no OpenCL device %s, only 0 to %zu: 'accelbench list' names "
                           "them",
                           wanted, count - 1);
        *index = (size_t)number;
        return AB_OK;
    }
    size_t named = count_named(list, count, wanted, true, index);
    if (named == 0)
        named = count_named(list, count, wanted, false, index);
    if (named == 0)
        return ab_fail(error, AB_NO_DEVICE,
                       "no OpenCL device is named '%s': 'accelbench list' names them", wanted);
    if (named > 1)
        return ab_fail(error, AB_NO_DEVICE,
                       "%zu OpenCL devices are named '%s': choose one by its number, from "
                       "'accelbench list'",
                       named, wanted);
    return AB_OK;
}

const char *opencl_device_type(const struct opencl_device *device)
{
    if ((device->type & CL_DEVICE_TYPE_GPU) != 0)
        return "GPU";
    if ((device->type & CL_DEVICE_TYPE_CPU) != 0)
        return "CPU";
    return (device->type & CL_DEVICE_TYPE_ACCELERATOR) != 0 ? "accelerator" : "device";
}
