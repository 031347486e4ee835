/* Kernels and host code with mistakes in them, each beside the same without: what
 * tests/cuda_host/test_cuda_planted.py shows to be found.
 *
 *   planted NAME     runs one; exit status 1 and "wrong" when the answer is, 0 and "right" when not
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuda_host.h"
#include "gpu/device.h"

enum { COUNT = 1000, BLOCKS = 4 };

enum mistake {
    NONE,
    MISSING_BARRIER,
    READ_BEHIND,
    DIVERGENT_BARRIER,
    BARRIER_AFTER_EXIT,
    MISSING_WARP_SYNC,
    MISSING_SYNC,
    MISSING_EVENT,
    HOST_READ,
    UNINITIALISED,
    BLOCK_RACE,
    MISALIGNED,
    TOO_MANY_THREADS,
    TOO_MUCH_SHARED,
    MISTAKES
};

static const char *const names[MISTAKES] = {"none",
                                            "missing-barrier",
                                            "read-behind",
                                            "divergent-barrier",
                                            "barrier-after-exit",
                                            "missing-warp-sync",
                                            "missing-sync",
                                            "missing-event",
                                            "host-read",
                                            "uninitialised",
                                            "block-race",
                                            "misaligned",
                                            "too-many-threads",
                                            "too-much-shared"};

struct staged {
    int of[THREADS];
};

/* Keeps a load in the program that nothing depends on. */
static __device__ void look_at(int value)
{
    volatile int seen = value;
    (void)seen;
}

/* Sums x[0, count), each block a part: every thread adds up what its neighbour has staged. */
static __global__ void sum(const int *x, u64 count, sum_state<u64> *state, int mistake)
{
    BLOCK_SHARED(staged, stage);
    u64 mine = 0;
    for (u64 i = grid_thread(); i < count; i += grid_threads())
        mine += (u64)x[i];
    if (mistake == READ_BEHIND && grid_thread() == 7)
        look_at(x[count]);
    if (mistake == MISALIGNED && grid_thread() == 7)
        look_at(((const int4 *)(x + 1))->x);
    if (mistake != UNINITIALISED || threadIdx.x != 3)
        stage.of[threadIdx.x] = (int)mine;
    if (mistake == BARRIER_AFTER_EXIT && threadIdx.x >= 240)
        return;
    if (mistake == DIVERGENT_BARRIER && threadIdx.x < 64) {
        __syncthreads();
    } else if (mistake != MISSING_BARRIER) {
        __syncthreads();
    }
    u64 other = (u64)stage.of[THREADS - 1 - threadIdx.x];
    __syncthreads();
    grid_sum(other, state, 0);
}

/* Small: the thread sanitizer forgets, where there are more threads than it has slots for. */
static __global__ void add_without_atomics(sum_state<u64> *state)
{
    if (threadIdx.x == 0)
        state->partial[0] += 1;
}

/* Adds nothing: what each lane of a warp gets from another, less what that has given. */
static __global__ void pass_on(sum_state<u64> *state, int mistake)
{
    BLOCK_SHARED(staged, stage);
    const unsigned other = threadIdx.x ^ (WARP - 1);
    stage.of[threadIdx.x] = (int)threadIdx.x;
    if (mistake != MISSING_WARP_SYNC)
        __syncwarp();
    atomicAdd(&state->total, (u64)stage.of[other] - other);
}

static void require(cudaError_t error, const char *what)
{
    if (error == cudaSuccess)
        return;
    fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(error));
    exit(1);
}

static void launch(const int *x, sum_state<u64> *state, int mistake, cudaStream_t stream)
{
    void *race[] = {&state};
    if (mistake == BLOCK_RACE)
        require(cudaLaunchKernel(add_without_atomics, dim3(BLOCKS), dim3(WARP), race, 0, stream),
                "launch");
    u64 count = COUNT;
    void *arguments[] = {&x, &count, &state, &mistake};
    require(cudaLaunchKernel(sum, dim3(BLOCKS),
                             dim3(mistake == TOO_MANY_THREADS ? 1025u : (unsigned)THREADS),
                             arguments, mistake == TOO_MUCH_SHARED ? 49153 : 0, stream),
            "launch");
    void *passed[] = {&state, &mistake};
    require(cudaLaunchKernel(pass_on, dim3(1), dim3(WARP), passed, 0, stream), "launch");
}

/* The sum of x by way of the device. */
static u64 run(const int *x, int mistake)
{
    cudaStream_t copy, compute;
    cudaEvent_t copied;
    void *memory, *state;
    u64 total = 0;
    const size_t state_bytes = sizeof(sum_state<u64>) + BLOCKS * sizeof(u64);
    require(cudaStreamCreateWithFlags(&copy, cudaStreamNonBlocking), "stream");
    require(cudaStreamCreateWithFlags(&compute, cudaStreamNonBlocking), "stream");
    require(cudaEventCreateWithFlags(&copied, cudaEventDisableTiming), "event");
    require(cudaMalloc(&memory, COUNT * sizeof(int)), "memory");
    require(cudaMalloc(&state, state_bytes), "memory");
    require(cudaMemsetAsync(state, 0, state_bytes, compute), "memset");
    require(cudaMemcpyAsync(memory, x, COUNT * sizeof(int), cudaMemcpyHostToDevice, copy), "copy");
    require(cudaEventRecord(copied, copy), "event");
    if (mistake != MISSING_EVENT)
        require(cudaStreamWaitEvent(compute, copied, 0), "event");
    launch((const int *)memory, (sum_state<u64> *)state, mistake, compute);
    require(cudaMemcpyAsync(&total, state, sizeof(total), cudaMemcpyDeviceToHost, compute), "copy");
    if (mistake != MISSING_SYNC)
        require(cudaStreamSynchronize(compute), "wait");
    const u64 seen = mistake == HOST_READ ? ((const sum_state<u64> *)state)->total : (u64)total;
    require(cudaEventDestroy(copied), "event");
    require(cudaStreamDestroy(copy), "stream");
    require(cudaStreamDestroy(compute), "stream");
    require(cudaFree(memory), "memory");
    require(cudaFree(state), "memory");
    return seen;
}

int main(int argc, char **argv)
{
    int mistake = MISTAKES, x[COUNT];
    for (int i = 0; argc == 2 && i < MISTAKES; i++)
        if (strcmp(argv[1], names[i]) == 0)
            mistake = i;
    if (mistake == MISTAKES)
        return 2;
    u64 expected = 0;
    for (int i = 0; i < COUNT; i++)
        expected += (u64)(x[i] = i * 7 % 101);
    int wrong = 0;
    for (int order = 0; order < 2; order++) {
        cuda_host_set_order(order == 0 ? CUDA_HOST_FORWARD : CUDA_HOST_BACKWARD);
        wrong |= run(x, mistake) != expected;
    }
    puts(wrong ? "wrong" : "right");
    fflush(stdout);
    return wrong;
}
