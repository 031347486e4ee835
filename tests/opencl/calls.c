#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

#define NAME(name) "cl" #name,
static const char *const names[] = {OPENCL_CALLS(NAME)};

enum thing { CONTEXT, QUEUE, BUFFER, PROGRAM, KERNEL, EVENT, MAPPING, THING_COUNT };

static const char *const thing_names[THING_COUNT] = {"contexts", "queues", "buffers", "programs",
                                                     "kernels",  "events", "mappings"};

static struct opencl_api real;
static long left[THING_COUNT];
static unsigned made[CALL_COUNT];

static enum call failing = CALL_COUNT;
static unsigned calls_to_go;
static cl_int failing_code;
static bool has_failed;

static bool fills_by_writing;

static cl_device_info pretended;
static const void *answer;
static size_t answer_bytes;

/* To be called once a call. */
static bool fails(enum call call)
{
    made[call]++;
    if (call != failing || calls_to_go == 0)
        return false;
    calls_to_go--;
    has_failed = has_failed || calls_to_go == 0;
    return calls_to_go == 0;
}

static cl_int count_event(cl_int code, const cl_event *event)
{
    left[EVENT] += code == CL_SUCCESS && event != NULL;
    return code;
}

/* Names of parameters stand twice, once with their types: C has no other way. */
#define CODE(name, parameters, arguments)                               \
    static cl_int CL_API_CALL watch_##name parameters                   \
    {                                                                   \
        return fails(CALL_##name) ? failing_code : real.name arguments; \
    }
#define CODE_AND_EVENT(name, parameters, arguments)                                         \
    static cl_int CL_API_CALL watch_##name parameters                                       \
    {                                                                                       \
        return fails(CALL_##name) ? failing_code : count_event(real.name arguments, event); \
    }
#define MAKE(type, thing, name, parameters, arguments) \
    static type CL_API_CALL watch_##name parameters    \
    {                                                  \
        if (fails(CALL_##name)) {                      \
            *code = failing_code;                      \
            return NULL;                               \
        }                                              \
        type result = real.name arguments;             \
        left[thing] += *code == CL_SUCCESS;            \
        return result;                                 \
    }
#define RELEASE(thing, name, parameters, arguments)   \
    static cl_int CL_API_CALL watch_##name parameters \
    {                                                 \
        const bool fail = fails(CALL_##name);         \
        const cl_int code = real.name arguments;      \
        left[thing] -= code == CL_SUCCESS;            \
        return fail ? failing_code : code;            \
    }

CODE(GetPlatformIDs, (cl_uint room, cl_platform_id *list, cl_uint *count), (room, list, count))
CODE(GetPlatformInfo,
     (cl_platform_id platform, cl_platform_info what, size_t bytes, void *value, size_t *used),
     (platform, what, bytes, value, used))
CODE(GetDeviceIDs,
     (cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id *list,
      cl_uint *count),
     (platform, type, room, list, count))
MAKE(cl_context, CONTEXT, CreateContext,
     (const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
      void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data,
      cl_int *code),
     (properties, count, devices, notify, data, code))
RELEASE(CONTEXT, ReleaseContext, (cl_context context), (context))
MAKE(cl_command_queue, QUEUE, CreateCommandQueue,
     (cl_context context, cl_device_id device, cl_command_queue_properties properties,
      cl_int *code),
     (context, device, properties, code))
RELEASE(QUEUE, ReleaseCommandQueue, (cl_command_queue queue), (queue))
MAKE(cl_mem, BUFFER, CreateBuffer,
     (cl_context context, cl_mem_flags flags, size_t bytes, void *host, cl_int *code),
     (context, flags, bytes, host, code))
RELEASE(BUFFER, ReleaseMemObject, (cl_mem buffer), (buffer))
MAKE(cl_program, PROGRAM, CreateProgramWithSource,
     (cl_context context, cl_uint count, const char **texts, const size_t *bytes, cl_int *code),
     (context, count, texts, bytes, code))
MAKE(cl_program, PROGRAM, CreateProgramWithBinary,
     (cl_context context, cl_uint count, const cl_device_id *devices, const size_t *bytes,
      const unsigned char **binaries, cl_int *status, cl_int *code),
     (context, count, devices, bytes, binaries, status, code))
CODE(BuildProgram,
     (cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
      void(CL_CALLBACK *notify)(cl_program, void *), void *data),
     (program, count, devices, options, notify, data))
CODE(GetProgramBuildInfo,
     (cl_program program, cl_device_id device, cl_program_build_info what, size_t bytes,
      void *value, size_t *used),
     (program, device, what, bytes, value, used))
CODE(GetProgramInfo,
     (cl_program program, cl_program_info what, size_t bytes, void *value, size_t *used),
     (program, what, bytes, value, used))
RELEASE(PROGRAM, ReleaseProgram, (cl_program program), (program))
MAKE(cl_kernel, KERNEL, CreateKernel, (cl_program program, const char *name, cl_int *code),
     (program, name, code))
RELEASE(KERNEL, ReleaseKernel, (cl_kernel kernel), (kernel))
CODE(SetKernelArg, (cl_kernel kernel, cl_uint index, size_t bytes, const void *value),
     (kernel, index, bytes, value))
CODE_AND_EVENT(EnqueueNDRangeKernel,
               (cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
                const size_t *items, const size_t *group_items, cl_uint count, const cl_event *list,
                cl_event *event),
               (queue, kernel, dimensions, offset, items, group_items, count, list, event))
CODE_AND_EVENT(EnqueueReadBuffer,
               (cl_command_queue queue, cl_mem buffer, cl_bool wait, size_t offset, size_t bytes,
                void *to, cl_uint count, const cl_event *list, cl_event *event),
               (queue, buffer, wait, offset, bytes, to, count, list, event))
CODE_AND_EVENT(EnqueueWriteBuffer,
               (cl_command_queue queue, cl_mem buffer, cl_bool wait, size_t offset, size_t bytes,
                const void *from, cl_uint count, const cl_event *list, cl_event *event),
               (queue, buffer, wait, offset, bytes, from, count, list, event))
MAKE(void *, MAPPING, EnqueueMapBuffer,
     (cl_command_queue queue, cl_mem buffer, cl_bool wait, cl_map_flags flags, size_t offset,
      size_t bytes, cl_uint count, const cl_event *list, cl_event *event, cl_int *code),
     (queue, buffer, wait, flags, offset, bytes, count, list, event, code))
RELEASE(MAPPING, EnqueueUnmapMemObject,
        (cl_command_queue queue, cl_mem buffer, void *mapped, cl_uint count, const cl_event *list,
         cl_event *event),
        (queue, buffer, mapped, count, list, event))
CODE(GetEventProfilingInfo,
     (cl_event event, cl_profiling_info what, size_t bytes, void *value, size_t *used),
     (event, what, bytes, value, used))
RELEASE(EVENT, ReleaseEvent, (cl_event event), (event))
CODE(Finish, (cl_command_queue queue), (queue))

static cl_int CL_API_CALL watch_GetDeviceInfo(cl_device_id device, cl_device_info what,
                                              size_t bytes, void *value, size_t *used)
{
    if (fails(CALL_GetDeviceInfo))
        return failing_code;
    if (answer == NULL || what != pretended)
        return real.GetDeviceInfo(device, what, bytes, value, used);
    if (bytes < answer_bytes)
        return CL_INVALID_VALUE;
    memcpy(value, answer, answer_bytes);
    return CL_SUCCESS;
}

static cl_int fill_by_writing(cl_command_queue queue, cl_mem buffer, const void *pattern,
                              size_t pattern_bytes, size_t offset, size_t bytes, cl_uint count,
                              const cl_event *list, cl_event *event)
{
    char *content = malloc(bytes);
    if (content == NULL)
        return CL_OUT_OF_HOST_MEMORY;
    for (size_t i = 0; i < bytes; i += pattern_bytes)
        memcpy(content + i, pattern, pattern_bytes);
    const cl_int code =
        real.EnqueueWriteBuffer(queue, buffer, CL_TRUE, offset, bytes, content, count, list, event);
    free(content);
    return code;
}

static cl_int CL_API_CALL watch_EnqueueFillBuffer(cl_command_queue queue, cl_mem buffer,
                                                  const void *pattern, size_t pattern_bytes,
                                                  size_t offset, size_t bytes, cl_uint count,
                                                  const cl_event *list, cl_event *event)
{
    if (fails(CALL_EnqueueFillBuffer))
        return failing_code;
    return count_event(
        (fills_by_writing ? fill_by_writing : real.EnqueueFillBuffer)(
            queue, buffer, pattern, pattern_bytes, offset, bytes, count, list, event),
        event);
}

enum ab_status calls_watch(struct ab_error *error)
{
    const enum ab_status status = opencl_load(error);
    if (status != AB_OK || real.library != NULL)
        return status;
    real = opencl;
#define WATCH(name) opencl.name = watch_##name;
    OPENCL_CALLS(WATCH)
#undef WATCH
    return AB_OK;
}

void calls_fail(enum call call, unsigned nth, cl_int code)
{
    failing = call;
    calls_to_go = nth;
    failing_code = code;
    has_failed = false;
}

bool calls_failed(void)
{
    return has_failed;
}

bool calls_told(const char *message, enum call call, cl_int code)
{
    return strstr(message, names[call]) != NULL &&
           strstr(message, opencl_code_name(code)) != NULL && strstr(message, ".c:") != NULL &&
           strchr(message, '\n') == NULL;
}

void calls_pretend(cl_device_info question, const void *value, size_t bytes)
{
    pretended = question;
    answer = value;
    answer_bytes = bytes;
}

void calls_fill_by_writing(void)
{
    fills_by_writing = true;
}

const char *calls_name(enum call call)
{
    return names[call];
}

unsigned calls_made(enum call call)
{
    return made[call];
}

void calls_forget(void)
{
    memset(made, 0, sizeof(made));
}

const char *calls_left(void)
{
    static char words[256];
    size_t used = 0;
    words[0] = '\0';
    for (size_t i = 0; i < THING_COUNT; i++)
        if (left[i] != 0)
            used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%ld %s",
                                     used == 0 ? "" : ", ", left[i], thing_names[i]);
    return words;
}
