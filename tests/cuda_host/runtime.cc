/* The CUDA runtime on the host: memory, streams, events, errors. Everything that a stream is given
 * waits in its queue until somebody waits for it; the work then happens in the time of the caller.
 * Only then is device memory open. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>

#include "cuda_host.h"
#include "cuda_runtime.h"

#ifdef CUDA_HOST_ASAN
#include <sanitizer/asan_interface.h>
#else
#define __asan_poison_memory_region(memory, bytes)   ((void)(memory), (void)(bytes))
#define __asan_unpoison_memory_region(memory, bytes) ((void)(memory), (void)(bytes))
#endif

/* A moment in a stream. */
struct moment {
    cudaStream_t stream;
    bool reached;
    double ms;
};

struct work {
    std::function<void()> run;           /* may be empty */
    std::shared_ptr<moment> after, then; /* waits for; is reached by it; either may be NULL */
};

struct CUstream_st {
    std::deque<work> queue;
};

struct CUevent_st {
    std::shared_ptr<moment> last;
    bool timed;
};

namespace
{

enum { GARBAGE = 0xCD };

struct block {
    size_t bytes, mapped;
};

std::map<char *, block> device_memory;
std::map<char *, size_t> pinned_memory, registered_memory;
std::map<const void *, size_t> shared_most; /* of kernels that asked for more */
std::set<cudaStream_t> streams;
size_t events, device_bytes = 256 << 20, used_bytes;
int devices = 1, register_works = 1;
unsigned failing_call, failing_work;
cudaError_t call_error, work_error, sticky, last;
const char *failed_name = "";

cudaError_t remember(cudaError_t error)
{
    if (error != cudaSuccess)
        last = error;
    return error;
}

size_t page_up(size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

void open_memory(bool open)
{
    for (auto &m : device_memory) {
        mprotect(m.first, m.second.mapped, open ? PROT_READ | PROT_WRITE : PROT_NONE);
        if (open)
            __asan_unpoison_memory_region(m.first, m.second.bytes);
        else
            __asan_poison_memory_region(m.first, m.second.bytes);
    }
}

double now_ms()
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

void drain(cudaStream_t stream, const moment *until)
{
    while (!stream->queue.empty() && !(until != nullptr && until->reached)) {
        work next = std::move(stream->queue.front());
        stream->queue.pop_front();
        if (next.after && !next.after->reached)
            drain(next.after->stream, next.after.get());
        if (next.run && sticky == cudaSuccess) {
            if (failing_work != 0 && --failing_work == 0)
                sticky = work_error;
            else
                next.run();
        }
        if (next.then) {
            next.then->reached = true;
            next.then->ms = now_ms();
        }
    }
}

cudaError_t synchronise(cudaStream_t stream)
{
    open_memory(true);
    drain(stream, nullptr);
    open_memory(false);
    return remember(sticky);
}

/* Freeing memory waits for whoever may use it. */
void synchronise_all()
{
    for (cudaStream_t stream : streams)
        synchronise(stream);
}

/* Inside one block of device memory? */
bool on_device(const void *memory, size_t bytes)
{
    auto above = device_memory.upper_bound((char *)memory);
    if (above == device_memory.begin())
        return false;
    const auto &below = *--above;
    return (const char *)memory + bytes <= below.first + below.second.bytes;
}

bool touches_device(const void *memory)
{
    auto above = device_memory.upper_bound((char *)memory);
    if (above == device_memory.begin())
        return false;
    const auto &below = *--above;
    return (const char *)memory < below.first + below.second.mapped;
}

cudaError_t enqueue(cudaStream_t stream, work next)
{
    if (stream == nullptr) /* the program uses streams of its own only */
        return remember(cudaErrorInvalidResourceHandle);
    stream->queue.push_back(std::move(next));
    return cudaSuccess;
}

} // namespace

cudaError_t cuda_host_call(const char *name)
{
    if (failing_call != 0 && --failing_call == 0) {
        failed_name = name;
        return remember(call_error);
    }
    return remember(sticky);
}

namespace
{

/* For tests of the whole program: CUDA_HOST_DEVICES=N, as cuda_host_set_devices;
 * CUDA_HOST_FAIL_WORK=NTH,CODE, as cuda_host_fail_work. */
__attribute__((constructor)) void read_environment()
{
    const char *count = getenv("CUDA_HOST_DEVICES"), *failure = getenv("CUDA_HOST_FAIL_WORK");
    if (count != nullptr)
        devices = atoi(count);
    int nth = 0, code = 0;
    if (failure != nullptr && sscanf(failure, "%d,%d", &nth, &code) == 2)
        cuda_host_fail_work((unsigned)nth, (cudaError_t)code);
}

} // namespace

#define CALL()                                                \
    do {                                                      \
        const cudaError_t outcome = cuda_host_call(__func__); \
        if (outcome != cudaSuccess)                           \
            return outcome;                                   \
    } while (0)

size_t cuda_host_shared_most(const void *kernel)
{
    const auto asked = shared_most.find(kernel);
    return asked == shared_most.end() ? (size_t)CUDA_HOST_SHARED_BYTES : asked->second;
}

cudaError_t cuda_host_launch(const void *kernel, std::function<void()> body, dim3 grid, dim3 block,
                             size_t shared_bytes, cudaStream_t stream)
{
    const cudaError_t outcome = cuda_host_call("cudaLaunchKernel");
    if (outcome != cudaSuccess)
        return outcome;
    const uint64_t threads = (uint64_t)block.x * block.y * block.z;
    if (threads == 0 || threads > 1024 || block.z > 64 || grid.x == 0 || grid.y == 0 ||
        grid.z == 0 || grid.x > 0x7fffffff || grid.y > 65535 || grid.z > 65535 ||
        shared_bytes > cuda_host_shared_most(kernel))
        return remember(cudaErrorInvalidConfiguration);
    return enqueue(stream,
                   {[=] { cuda_host_grid(body, grid, block, shared_bytes); }, nullptr, nullptr});
}

extern "C" {

/* ---- For tests ----------------------------------------------------------------------------- */

void cuda_host_fail_call(unsigned nth, cudaError_t error)
{
    failing_call = nth;
    call_error = error;
    failed_name = "";
}

void cuda_host_fail_work(unsigned nth, cudaError_t error)
{
    failing_work = nth;
    work_error = error;
}

void cuda_host_reset(void)
{
    failing_call = failing_work = 0;
    sticky = last = cudaSuccess;
    failed_name = "";
}

const char *cuda_host_failed_call(void)
{
    return failed_name;
}

size_t cuda_host_objects(void)
{
    return streams.size() + events + device_memory.size() + pinned_memory.size() +
           registered_memory.size();
}

void cuda_host_set_devices(int count)
{
    devices = count;
}

void cuda_host_set_memory(size_t bytes)
{
    device_bytes = bytes;
}

void cuda_host_set_register(int works)
{
    register_works = works;
}

/* ---- Devices and errors -------------------------------------------------------------------- */

cudaError_t cudaGetDeviceCount(int *count)
{
    CALL();
    if (devices < 0)
        return remember((cudaError_t)-devices);
    *count = devices;
    return devices == 0 ? remember(cudaErrorNoDevice) : cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    CALL();
    return device < devices ? cudaSuccess : remember(cudaErrorInvalidDevice);
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *properties, int device)
{
    CALL();
    *properties = cudaDeviceProp();
    snprintf(properties->name, sizeof(properties->name), "CUDA on the host %d", device);
    properties->totalGlobalMem = device_bytes;
    properties->major = 9;
    properties->multiProcessorCount = 2;
    properties->l2CacheSize = 1 << 20;
    properties->sharedMemPerBlockOptin = CUDA_HOST_SHARED_BYTES_MOST;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attribute, int device)
{
    CALL();
    (void)device;
    *value = attribute == cudaDevAttrKernelExecTimeout ? 0 : 1000000;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char *text, int bytes, int device)
{
    CALL();
    snprintf(text, (size_t)bytes, "0000:0%d:00.0", device);
    return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int *version)
{
    CALL();
    *version = devices < 0 ? 0 : CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    CALL();
    *version = CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaGetLastError(void)
{
    const cudaError_t error = last;
    last = sticky;
    return error;
}

const char *cudaGetErrorString(cudaError_t error)
{
    switch (error) {
    case cudaSuccess:
        return "no error";
    case cudaErrorMemoryAllocation:
        return "out of memory";
    case cudaErrorInsufficientDriver:
        return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorNoDevice:
        return "no CUDA-capable device is detected";
    case cudaErrorLaunchTimeout:
        return "the launch timed out and was terminated";
    case cudaErrorLaunchFailure:
        return "unspecified launch failure";
    default:
        return "an error of the CUDA runtime on the host";
    }
}

const char *cudaGetErrorName(cudaError_t error)
{
    switch (error) {
    case cudaErrorMemoryAllocation:
        return "cudaErrorMemoryAllocation";
    case cudaErrorLaunchTimeout:
        return "cudaErrorLaunchTimeout";
    case cudaErrorLaunchFailure:
        return "cudaErrorLaunchFailure";
    default:
        return "cudaErrorOther";
    }
}

cudaError_t cudaFuncSetAttribute(const void *function, enum cudaFuncAttribute attribute, int value)
{
    CALL();
    (void)attribute; /* there is only one */
    if (value < 0 || value > CUDA_HOST_SHARED_BYTES_MOST)
        return remember(cudaErrorInvalidValue);
    shared_most[function] = (size_t)value;
    return cudaSuccess;
}

/* ---- Memory -------------------------------------------------------------------------------- */

cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total_bytes)
{
    CALL();
    *total_bytes = device_bytes;
    *free_bytes = used_bytes < device_bytes ? device_bytes - used_bytes : 0;
    return cudaSuccess;
}

cudaError_t cudaMalloc(void **memory, size_t bytes)
{
    CALL();
    *memory = nullptr;
    if (bytes == 0)
        return cudaSuccess;
    if (used_bytes + bytes > device_bytes)
        return remember(cudaErrorMemoryAllocation);
    /* One page more than needed stays closed for ever. */
    const size_t mapped = page_up(bytes);
    char *at =
        (char *)mmap(nullptr, mapped + page_up(1), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return remember(cudaErrorMemoryAllocation);
    mprotect(at, mapped, PROT_READ | PROT_WRITE);
    memset(at, GARBAGE, mapped);
    mprotect(at, mapped, PROT_NONE);
    __asan_poison_memory_region(at, mapped);
    device_memory[at] = {bytes, mapped};
    used_bytes += bytes;
    *memory = at;
    return cudaSuccess;
}

cudaError_t cudaFree(void *memory)
{
    const cudaError_t outcome = cuda_host_call("cudaFree");
    synchronise_all();
    if (memory == nullptr)
        return outcome;
    auto found = device_memory.find((char *)memory);
    if (found == device_memory.end())
        return remember(cudaErrorInvalidValue);
    __asan_unpoison_memory_region(memory, found->second.mapped);
    munmap(memory, found->second.mapped + page_up(1));
    used_bytes -= found->second.bytes;
    device_memory.erase(found);
    return outcome;
}

cudaError_t cudaHostAlloc(void **memory, size_t bytes, unsigned flags)
{
    CALL();
    (void)flags;
    *memory = malloc(bytes == 0 ? 1 : bytes);
    if (*memory == nullptr)
        return remember(cudaErrorMemoryAllocation);
    memset(*memory, GARBAGE, bytes);
    pinned_memory[(char *)*memory] = bytes;
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void *memory)
{
    const cudaError_t outcome = cuda_host_call("cudaFreeHost");
    synchronise_all();
    if (memory == nullptr)
        return outcome;
    if (pinned_memory.erase((char *)memory) == 0)
        return remember(cudaErrorInvalidValue);
    free(memory);
    return outcome;
}

cudaError_t cudaHostRegister(void *memory, size_t bytes, unsigned flags)
{
    CALL();
    (void)flags;
    if (!register_works)
        return remember(cudaErrorNotSupported);
    if (bytes == 0 || registered_memory.count((char *)memory) != 0)
        return remember(bytes == 0 ? cudaErrorInvalidValue : cudaErrorHostMemoryAlreadyRegistered);
    registered_memory[(char *)memory] = bytes;
    return cudaSuccess;
}

/* Of host memory only, by the address where it begins. */
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes *attributes, const void *memory)
{
    const cudaError_t outcome = cuda_host_call("cudaPointerGetAttributes");
    attributes->type = registered_memory.count((char *)memory) != 0 ? cudaMemoryTypeHost
                                                                    : cudaMemoryTypeUnregistered;
    return outcome;
}

cudaError_t cudaHostUnregister(void *memory)
{
    const cudaError_t outcome = cuda_host_call("cudaHostUnregister");
    return registered_memory.erase((char *)memory) == 0 ? remember(cudaErrorInvalidValue) : outcome;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    CALL();
    const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
    const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
    if ((to_device ? !on_device(to, bytes) : touches_device(to)) ||
        (from_device ? !on_device(from, bytes) : touches_device(from)))
        return remember(cudaErrorInvalidValue);
    return enqueue(stream, {[=] { memcpy(to, from, bytes); }, nullptr, nullptr});
}

cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t stream)
{
    CALL();
    if (!on_device(memory, bytes))
        return remember(cudaErrorInvalidValue);
    return enqueue(stream, {[=] { memset(memory, value, bytes); }, nullptr, nullptr});
}

/* ---- Streams and events -------------------------------------------------------------------- */

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags)
{
    CALL();
    (void)flags;
    *stream = new CUstream_st();
    streams.insert(*stream);
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    const cudaError_t outcome = cuda_host_call("cudaStreamDestroy");
    synchronise(stream); /* what is enqueued is done all the same */
    streams.erase(stream);
    delete stream;
    return outcome;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    CALL();
    return synchronise(stream);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags)
{
    CALL();
    (void)flags;
    return enqueue(stream, {nullptr, event->last, nullptr});
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags)
{
    CALL();
    *event = new CUevent_st();
    (*event)->timed = (flags & cudaEventDisableTiming) == 0;
    events++;
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    const cudaError_t outcome = cuda_host_call("cudaEventDestroy");
    delete event;
    events--;
    return outcome;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    CALL();
    event->last = std::make_shared<moment>(moment{stream, false, 0});
    return enqueue(stream, {nullptr, nullptr, event->last});
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t begin, cudaEvent_t end)
{
    CALL();
    if (!begin->timed || !end->timed || !begin->last || !end->last || !begin->last->reached ||
        !end->last->reached)
        return remember(cudaErrorInvalidResourceHandle);
    *milliseconds = (float)(end->last->ms - begin->last->ms);
    return cudaSuccess;
}
}
