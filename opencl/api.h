/* OpenCL, opened at run time: a machine without its loader starts the same program.
 *
 *   status = opencl_load(error);                     once is enough; AB_NO_DEVICE says what to do
 *   status = CL_TRY(error, Finish, queue);           a call that returns its code
 *   mem = opencl.CreateBuffer(..., &code);           a call that returns a handle
 *   status = CL_CHECK(error, CreateBuffer, code);
 *
 * A failed call leaves its name, OpenCL's name for the code, and the place in the error record.
 * Sets POCL_AFFINITY, PoCL's variable that binds its threads, if it is not set and the calling
 * thread may use all CPUs; no other thread may read the environment meanwhile.
 * ACCELBENCH_OPENCL_LIBRARY names another loader than libOpenCL.so.1.
 */
#ifndef ACCELBENCH_OPENCL_API_H
#define ACCELBENCH_OPENCL_API_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include "common/error.h"

#define OPENCL_CALLS(X)        \
    X(GetPlatformIDs)          \
    X(GetPlatformInfo)         \
    X(GetDeviceIDs)            \
    X(GetDeviceInfo)           \
    X(CreateContext)           \
    X(ReleaseContext)          \
    X(CreateCommandQueue)      \
    X(ReleaseCommandQueue)     \
    X(CreateBuffer)            \
    X(ReleaseMemObject)        \
    X(CreateProgramWithSource) \
    X(CreateProgramWithBinary) \
    X(BuildProgram)            \
    X(GetProgramBuildInfo)     \
    X(GetProgramInfo)          \
    X(ReleaseProgram)          \
    X(CreateKernel)            \
    X(ReleaseKernel)           \
    X(SetKernelArg)            \
    X(EnqueueNDRangeKernel)    \
    X(EnqueueReadBuffer)       \
    X(EnqueueWriteBuffer)      \
    X(EnqueueFillBuffer)       \
    X(EnqueueMapBuffer)        \
    X(EnqueueUnmapMemObject)   \
    X(GetEventProfilingInfo)   \
    X(ReleaseEvent)            \
    X(Finish)

struct opencl_api {
    void *library;
/* NOLINTNEXTLINE(bugprone-macro-parentheses) */
#define OPENCL_POINTER(name) __typeof__(&cl##name) name;
    OPENCL_CALLS(OPENCL_POINTER)
#undef OPENCL_POINTER
};

/* Valid after opencl_load; the library stays open for the life of the process, because drivers have
 * threads that outlive every object. */
extern struct opencl_api opencl;

enum ab_status opencl_load(struct ab_error *error);

#define CL_TRY(error, name, ...) \
    opencl_check(opencl.name(__VA_ARGS__), "cl" #name, __FILE_NAME__, __LINE__, error)
#define CL_CHECK(error, name, code) opencl_check(code, "cl" #name, __FILE_NAME__, __LINE__, error)

/* AB_OK for CL_SUCCESS; AB_NO_MEMORY where memory is what was lacking; else AB_API. */
enum ab_status opencl_check(cl_int code, const char *call, const char *file, int line,
                            struct ab_error *error);

/* "CL_OUT_OF_RESOURCES"; "unknown code" for one that OpenCL 1.2 does not have. */
const char *opencl_code_name(cl_int code);

#endif
