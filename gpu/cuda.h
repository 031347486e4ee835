/* What backend cuda and its kernels' host code share. For C only; kernels have gpu/device.h.
 *
 * All computing is enqueued on context->compute. job->input is a struct cuda_buffer: the whole
 * input where it fits into the device's memory, or else room for a few pieces of it, through which
 * cuda_stream_pieces sends the input whenever it is needed.
 */
#ifndef ACCELBENCH_GPU_CUDA_H
#define ACCELBENCH_GPU_CUDA_H

#include <cuda_runtime_api.h>

#include "common/accelbench.h"
#include "common/parallel.h"
#include "gpu/nvml.h"

enum { CUDA_PIECES = 3 }; /* pieces of a streamed input on the device at a time */

struct cuda_context {
    int device;
    unsigned processors;        /* streaming multiprocessors */
    bool pinned;                /* transfers from page-locked memory */
    cudaStream_t compute, copy; /* owned */
    cudaEvent_t begin, end;     /* owned; the clock around run */
    cudaEvent_t idle;           /* owned; what was enqueued before a streamed input is done */
    uint64_t limit_bytes;       /* of device memory that may be held */
    uint64_t held_bytes;
    uint64_t cache_bytes; /* the L2 cache */
    size_t shared_bytes;  /* of a multiprocessor's fast memory that a block can have */
    void *flush;          /* owned; twice as large, once the cache was to be emptied */
    struct nvml *nvml;    /* owned */
    char doing[192];      /* what was enqueued last, for messages about what fails later */
    struct device_info info;
};

struct cuda_buffer {
    uint64_t bytes;
    char *device;         /* owned; NULL for an empty input */
    bool resident;        /* device holds all of it; otherwise CUDA_PIECES pieces */
    uint64_t piece_bytes; /* room for one piece; a multiple of 256 */
    const char *host;     /* borrowed; what upload was given last */
    void *registered;     /* `host`, where it is page-locked in place */
    void *pinned_copy; /* owned; the same bytes in page-locked memory, where that is not possible */
    cudaEvent_t copied[CUDA_PIECES], used[CUDA_PIECES]; /* owned */
};

static inline struct cuda_context *cuda_context(const struct job *job)
{
    return (struct cuda_context *)job->context;
}

static inline struct cuda_buffer *cuda_input(const struct job *job)
{
    return (struct cuda_buffer *)job->input;
}

/* AB_OK, or records what failed with the runtime's own text: AB_NO_MEMORY or AB_API. */
enum ab_status cuda_check(cudaError_t code, const char *what, struct ab_error *error);

/* Names what is enqueued next, for cuda_sync. */
void cuda_doing(struct cuda_context *context, const struct job *job);

/* Waits for all that was enqueued on compute; a failure names context->doing. */
enum ab_status cuda_sync(struct cuda_context *context, struct ab_error *error);

/* Device memory; AB_NO_MEMORY beyond what the device has and the limit allows. `what` names it. */
enum ab_status cuda_allocate(struct cuda_context *context, uint64_t bytes, const char *what,
                             void **memory, struct ab_error *error);
void cuda_release(struct cuda_context *context, void *memory, uint64_t bytes); /* accepts NULL */
enum ab_status cuda_room(struct cuda_context *context, uint64_t *bytes, struct ab_error *error);

/* What is to be done with each piece of an input. */
struct cuda_pieces {
    /* The next piece at or after `position`, of at most `most` bytes where the input is streamed,
     * and of about as many otherwise; begin == end: there is none. */
    struct slice (*next)(void *state, uint64_t position, uint64_t most);
    /* Enqueues the work on one piece, which begins at `piece` on the device. */
    enum ab_status (*launch)(void *state, const void *piece, struct slice slice,
                             struct ab_error *error);
    void *state;
};

/* Sends the input to the device piece by piece, and has each piece worked on while the next one is
 * on its way. Returns when all is enqueued. */
enum ab_status cuda_stream_pieces(struct cuda_context *context, struct cuda_buffer *input,
                                  const struct cuda_pieces *pieces, struct ab_error *error);

/* backend->allocate, upload, release_memory */
enum ab_status cuda_buffer_allocate(void *context, size_t bytes, void **memory,
                                    struct ab_error *error);
enum ab_status cuda_buffer_upload(void *context, void *to, const void *from, size_t bytes,
                                  struct ab_error *error);
void cuda_buffer_release(void *context, void *memory);

extern const struct technique read_limit_cuda;

#endif
