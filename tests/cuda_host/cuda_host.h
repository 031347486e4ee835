/* What tests can do to the CUDA runtime that runs on the host (tests/cuda_host/runtime.cc). */
#ifndef ACCELBENCH_TESTS_CUDA_HOST_CUDA_HOST_H
#define ACCELBENCH_TESTS_CUDA_HOST_CUDA_HOST_H

#include "cuda_runtime_api.h"

/* Fast memory of a block: without asking, and with cudaFuncSetAttribute. */
enum { CUDA_HOST_SHARED_BYTES = 48 << 10, CUDA_HOST_SHARED_BYTES_MOST = 64 << 10 };

#ifdef __cplusplus
extern "C" {
#endif

/* The `nth` call from now on, 1 being the next, returns `error`; 0: none does. A call that frees
 * something frees it all the same. */
void cuda_host_fail_call(unsigned nth, cudaError_t error);
/* The `nth` piece of work that a stream executes from now on fails, as a kernel does that crashes:
 * whoever waits next is told, and so is everyone after that until cuda_host_reset. */
void cuda_host_fail_work(unsigned nth, cudaError_t error);
/* No call and no work fails any more; errors that stick are gone. */
void cuda_host_reset(void);

/* Name of the call that cuda_host_fail_call made fail, or "". */
const char *cuda_host_failed_call(void);
/* Streams, events and memory blocks that exist. */
size_t cuda_host_objects(void);

/* Devices that there are; negative: cudaGetDeviceCount fails with -count. Default 1. */
void cuda_host_set_devices(int count);
/* Memory of the device; default 256 MiB. */
void cuda_host_set_memory(size_t bytes);
/* Whether cudaHostRegister works; default true. */
void cuda_host_set_register(int works);

/* Order in which the threads of a block are resumed. */
enum cuda_host_order { CUDA_HOST_FORWARD, CUDA_HOST_BACKWARD };
void cuda_host_set_order(enum cuda_host_order order);

#ifdef __cplusplus
}
#endif

#endif
