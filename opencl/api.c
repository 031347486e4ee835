#include "opencl/api.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "common/environment.h"
#include "common/topology.h"

struct opencl_api opencl;

struct call {
    const char *name;
    void **pointer;
};

#define OPENCL_CALL(name) {"cl" #name, (void **)&opencl.name},
static const struct call calls[] = {OPENCL_CALLS(OPENCL_CALL)};

/* PoCL lets the system move its threads, which now and then starts two of them on one CPU and
 * leaves them there for tens of milliseconds, at half the speed. It can bind them, as the other
 * backends' are, but its n-th to CPU n whatever the user has ruled out: so only where that is
 * nothing. */
static void ask_for_bound_threads(void)
{
    if (topology_is_whole())
        setenv("POCL_AFFINITY", "1", 0);
}

enum ab_status opencl_load(struct ab_error *error)
{
    if (opencl.library != NULL)
        return AB_OK;
    ask_for_bound_threads();
    const char *name = environment_value("ACCELBENCH_OPENCL_LIBRARY");
    if (name == NULL)
        name = "libOpenCL.so.1";
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return ab_fail(error, AB_NO_DEVICE,
                       "no OpenCL loader (%s): install one (Debian: ocl-icd-libopencl1) and a "
                       "driver (for CPUs: pocl-opencl-icd)",
                       dlerror());
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        *calls[i].pointer = dlsym(library, calls[i].name);
        if (*calls[i].pointer == NULL) {
            dlclose(library);
            return ab_fail(error, AB_NO_DEVICE,
                           "the OpenCL loader %s lacks %s: install one for OpenCL 1.2 or newer "
                           "(Debian: ocl-icd-libopencl1)",
                           name, calls[i].name);
        }
    }
    opencl.library = library;
    return AB_OK;
}

struct code {
    cl_int code;
    const char *name;
};

#define CODE(name) {name, #name}
static const struct code codes[] = {
    CODE(CL_DEVICE_NOT_FOUND),
    CODE(CL_DEVICE_NOT_AVAILABLE),
    CODE(CL_COMPILER_NOT_AVAILABLE),
    CODE(CL_MEM_OBJECT_ALLOCATION_FAILURE),
    CODE(CL_OUT_OF_RESOURCES),
    CODE(CL_OUT_OF_HOST_MEMORY),
    CODE(CL_PROFILING_INFO_NOT_AVAILABLE),
    CODE(CL_MEM_COPY_OVERLAP),
    CODE(CL_BUILD_PROGRAM_FAILURE),
    CODE(CL_MAP_FAILURE),
    CODE(CL_MISALIGNED_SUB_BUFFER_OFFSET),
    CODE(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
    CODE(CL_COMPILE_PROGRAM_FAILURE),
    CODE(CL_LINKER_NOT_AVAILABLE),
    CODE(CL_LINK_PROGRAM_FAILURE),
    CODE(CL_INVALID_VALUE),
    CODE(CL_INVALID_DEVICE_TYPE),
    CODE(CL_INVALID_PLATFORM),
    CODE(CL_INVALID_DEVICE),
    CODE(CL_INVALID_CONTEXT),
    CODE(CL_INVALID_QUEUE_PROPERTIES),
    CODE(CL_INVALID_COMMAND_QUEUE),
    CODE(CL_INVALID_HOST_PTR),
    CODE(CL_INVALID_MEM_OBJECT),
    CODE(CL_INVALID_BINARY),
    CODE(CL_INVALID_BUILD_OPTIONS),
    CODE(CL_INVALID_PROGRAM),
    CODE(CL_INVALID_PROGRAM_EXECUTABLE),
    CODE(CL_INVALID_KERNEL_NAME),
    CODE(CL_INVALID_KERNEL_DEFINITION),
    CODE(CL_INVALID_KERNEL),
    CODE(CL_INVALID_ARG_INDEX),
    CODE(CL_INVALID_ARG_VALUE),
    CODE(CL_INVALID_ARG_SIZE),
    CODE(CL_INVALID_KERNEL_ARGS),
    CODE(CL_INVALID_WORK_DIMENSION),
    CODE(CL_INVALID_WORK_GROUP_SIZE),
    CODE(CL_INVALID_WORK_ITEM_SIZE),
    CODE(CL_INVALID_GLOBAL_OFFSET),
    CODE(CL_INVALID_EVENT_WAIT_LIST),
    CODE(CL_INVALID_EVENT),
    CODE(CL_INVALID_OPERATION),
    CODE(CL_INVALID_BUFFER_SIZE),
    CODE(CL_INVALID_GLOBAL_WORK_SIZE),
    CODE(CL_INVALID_PROPERTY),
    CODE(CL_INVALID_COMPILER_OPTIONS),
    CODE(CL_INVALID_LINKER_OPTIONS),
    {-1001, "CL_PLATFORM_NOT_FOUND_KHR"},
};

const char *opencl_code_name(cl_int code)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].code == code)
            return codes[i].name;
    return "unknown code";
}

enum ab_status opencl_check(cl_int code, const char *call, const char *file, int line,
                            struct ab_error *error)
{
    switch (code) {
    case CL_SUCCESS:
        return AB_OK;
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
    case CL_OUT_OF_HOST_MEMORY:
        return ab_fail(error, AB_NO_MEMORY, "out of memory: %s: %s (%d), at %s:%d", call,
                       opencl_code_name(code), code, file, line);
    default:
        return ab_fail(error, AB_API, "%s: %s (%d), at %s:%d", call, opencl_code_name(code), code,
                       file, line);
    }
}
