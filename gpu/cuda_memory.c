/* copy(device, host, bytes);
 * launch(device);
 * and the same piece by piece, with the next piece on its way while one is worked on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/environment.h"
#include "gpu/cuda.h"

enum {
    ALIGNMENT = 256,
    PIECE_BYTES_MIN = 4 << 20,
    PIECE_BYTES_MAX = 64 << 20,
    PIECES_WANTED = 16,
    /* A piece, in parts of the room that there is: whatever a kernel needs beside its piece, it
     * will fit. word_count takes up to 64 times a piece for its table. */
    PIECE_FRACTION = 128
};

/* ---- Device memory -------------------------------------------------------------------------- */

enum ab_status cuda_room(struct cuda_context *context, uint64_t *bytes, struct ab_error *error)
{
    size_t available = 0, total = 0;
    enum ab_status status = cuda_check(cudaMemGetInfo(&available, &total), "cudaMemGetInfo", error);
    uint64_t allowed =
        context->limit_bytes > context->held_bytes ? context->limit_bytes - context->held_bytes : 0;
    /* The last bit is the driver's: it takes memory of its own for launches and page tables. */
    uint64_t usable = available - available / 32;
    *bytes = allowed < usable ? allowed : usable;
    return status;
}

enum ab_status cuda_allocate(struct cuda_context *context, uint64_t bytes, const char *what,
                             void **memory, struct ab_error *error)
{
    *memory = NULL;
    uint64_t room;
    enum ab_status status = cuda_room(context, &room, error);
    if (status != AB_OK)
        return status;
    if (bytes > room)
        return ab_fail(error, AB_NO_MEMORY,
                       "%s needs %" PRIu64 " bytes of device memory, %" PRIu64
                       " are left: choose a smaller input%s",
                       what, bytes, room,
                       environment_value("ACCELBENCH_CUDA_MEMORY_LIMIT") == NULL
                           ? ""
                           : ", or raise ACCELBENCH_CUDA_MEMORY_LIMIT");
    status = cuda_check(cudaMalloc(memory, bytes), what, error);
    if (status == AB_OK)
        context->held_bytes += bytes;
    return status;
}

void cuda_release(struct cuda_context *context, void *memory, uint64_t bytes)
{
    if (memory == NULL)
        return;
    cudaFree(memory);
    context->held_bytes -= bytes;
}

/* ---- Buffers for inputs --------------------------------------------------------------------- */

static uint64_t device_bytes(const struct cuda_buffer *buffer)
{
    return buffer->resident ? buffer->bytes : CUDA_PIECES * buffer->piece_bytes;
}

static enum ab_status make_events(struct cuda_buffer *buffer, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (int i = 0; i < CUDA_PIECES && status == AB_OK; i++) {
        status = cuda_check(cudaEventCreateWithFlags(&buffer->copied[i], cudaEventDisableTiming),
                            "cudaEventCreateWithFlags", error);
        if (status == AB_OK)
            status = cuda_check(cudaEventCreateWithFlags(&buffer->used[i], cudaEventDisableTiming),
                                "cudaEventCreateWithFlags", error);
    }
    return status;
}

/* Chooses between all of the input and pieces of it. An eighth is left for what kernels need. */
static enum ab_status choose_pieces(struct cuda_context *context, struct cuda_buffer *buffer,
                                    struct ab_error *error)
{
    uint64_t room;
    enum ab_status status = cuda_room(context, &room, error);
    uint64_t piece = buffer->bytes / PIECES_WANTED;
    piece = piece < PIECE_BYTES_MIN ? PIECE_BYTES_MIN : piece;
    piece = piece > PIECE_BYTES_MAX ? PIECE_BYTES_MAX : piece;
    piece = piece > room / PIECE_FRACTION ? room / PIECE_FRACTION : piece;
    buffer->piece_bytes = piece < ALIGNMENT ? ALIGNMENT : piece / ALIGNMENT * ALIGNMENT;
    buffer->resident = buffer->bytes <= room - room / 8;
    context->info.streamed = !buffer->resident;
    return status;
}

enum ab_status cuda_buffer_allocate(void *opened, size_t bytes, void **memory,
                                    struct ab_error *error)
{
    struct cuda_context *context = opened;
    struct cuda_buffer *buffer = calloc(1, sizeof(*buffer));
    if (buffer == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the description of a device's memory");
    buffer->bytes = bytes;
    enum ab_status status = choose_pieces(context, buffer, error);
    void *device = NULL;
    if (status == AB_OK && bytes != 0)
        status = cuda_allocate(context, device_bytes(buffer), "the input", &device, error);
    buffer->device = device;
    if (status == AB_OK)
        status = make_events(buffer, error);
    if (status != AB_OK) {
        cuda_buffer_release(context, buffer);
        return status;
    }
    *memory = buffer;
    return AB_OK;
}

static void unpin(struct cuda_buffer *buffer)
{
    if (buffer->registered != NULL)
        cudaHostUnregister(buffer->registered);
    if (buffer->pinned_copy != NULL)
        cudaFreeHost(buffer->pinned_copy);
    buffer->registered = buffer->pinned_copy = NULL;
    buffer->host = NULL;
}

void cuda_buffer_release(void *opened, void *memory)
{
    struct cuda_context *context = opened;
    struct cuda_buffer *buffer = memory;
    if (buffer == NULL)
        return;
    unpin(buffer);
    for (int i = 0; i < CUDA_PIECES; i++) {
        if (buffer->copied[i] != NULL)
            cudaEventDestroy(buffer->copied[i]);
        if (buffer->used[i] != NULL)
            cudaEventDestroy(buffer->used[i]);
    }
    cuda_release(context, buffer->device, device_bytes(buffer));
    free(buffer);
}

/* Whether the pages can be locked in place: not where the device cannot lock those that nobody may
 * write to, and not where another worker in this process has locked them, who will unlock them. */
static enum ab_status can_lock(const struct cuda_context *context, const void *memory, bool *can,
                               struct ab_error *error)
{
    int supported = 0;
    struct cudaPointerAttributes attributes = {0};
    enum ab_status status =
        cuda_check(cudaDeviceGetAttribute(&supported, cudaDevAttrHostRegisterReadOnlySupported,
                                          context->device),
                   "cudaDeviceGetAttribute", error);
    if (status == AB_OK)
        status = cuda_check(cudaPointerGetAttributes(&attributes, memory),
                            "cudaPointerGetAttributes", error);
    *can = supported != 0 && attributes.type == cudaMemoryTypeUnregistered;
    return status;
}

/* The input is memory that other processes share and nobody may write to. Where such pages cannot
 * be locked in place, a copy of them in page-locked memory is what the transfer reads. */
static enum ab_status pin(const struct cuda_context *context, struct cuda_buffer *buffer,
                          const void *from, struct ab_error *error)
{
    void *memory = (void *)from;
    bool in_place = false;
    enum ab_status status = can_lock(context, from, &in_place, error);
    if (status != AB_OK)
        return status;
    if (in_place &&
        cudaHostRegister(memory, buffer->bytes, cudaHostRegisterReadOnly) == cudaSuccess) {
        buffer->registered = memory;
        return AB_OK;
    }
    cudaGetLastError();
    status = cuda_check(cudaHostAlloc(&buffer->pinned_copy, buffer->bytes, cudaHostAllocDefault),
                        "page-locked memory for the input (--transfer pageable needs none)", error);
    if (status == AB_OK)
        memcpy(buffer->pinned_copy, from, buffer->bytes);
    return status;
}

enum ab_status cuda_buffer_upload(void *opened, void *to, const void *from, size_t bytes,
                                  struct ab_error *error)
{
    struct cuda_context *context = opened;
    struct cuda_buffer *buffer = to;
    enum ab_status status = AB_OK;
    if (buffer->host != from && bytes != 0) {
        unpin(buffer);
        if (context->pinned)
            status = pin(context, buffer, from, error);
        if (status == AB_OK)
            buffer->host = from;
    }
    if (status != AB_OK || !buffer->resident || bytes == 0)
        return status;
    const void *source = buffer->pinned_copy != NULL ? buffer->pinned_copy : from;
    snprintf(context->doing, sizeof(context->doing), "the transfer of the input");
    return cuda_check(
        cudaMemcpyAsync(buffer->device, source, bytes, cudaMemcpyHostToDevice, context->compute),
        "the transfer of the input", error);
}

/* ---- Pieces --------------------------------------------------------------------------------- */

static char *place_of(const struct cuda_buffer *input, struct slice slice, uint64_t index)
{
    return input->device +
           (input->resident ? slice.begin : index % CUDA_PIECES * input->piece_bytes);
}

static enum ab_status send_piece(struct cuda_context *context, struct cuda_buffer *input,
                                 struct slice slice, uint64_t index, struct ab_error *error)
{
    const uint64_t place = index % CUDA_PIECES;
    const char *source = input->pinned_copy != NULL ? input->pinned_copy : input->host;
    cudaError_t code = cudaSuccess;
    if (!input->resident && index >= CUDA_PIECES)
        code = cudaStreamWaitEvent(context->copy, input->used[place], 0);
    if (code == cudaSuccess)
        code = cudaMemcpyAsync(place_of(input, slice, index), source + slice.begin,
                               slice.end - slice.begin, cudaMemcpyHostToDevice, context->copy);
    if (code == cudaSuccess)
        code = cudaEventRecord(input->copied[place], context->copy);
    return cuda_check(code, "the transfer of a piece of the input", error);
}

static enum ab_status use_piece(struct cuda_context *context, struct cuda_buffer *input,
                                const struct cuda_pieces *pieces, struct slice slice,
                                uint64_t index, struct ab_error *error)
{
    const uint64_t place = index % CUDA_PIECES;
    enum ab_status status =
        cuda_check(cudaStreamWaitEvent(context->compute, input->copied[place], 0),
                   "cudaStreamWaitEvent", error);
    if (status == AB_OK)
        status = pieces->launch(pieces->state, place_of(input, slice, index), slice, error);
    if (status == AB_OK)
        status = cuda_check(cudaEventRecord(input->used[place], context->compute),
                            "cudaEventRecord", error);
    return status;
}

enum ab_status cuda_stream_pieces(struct cuda_context *context, struct cuda_buffer *input,
                                  const struct cuda_pieces *pieces, struct ab_error *error)
{
    /* What was enqueued before may still read the pieces that are overwritten now. */
    cudaError_t code = cudaEventRecord(context->idle, context->compute);
    if (code == cudaSuccess)
        code = cudaStreamWaitEvent(context->copy, context->idle, 0);
    enum ab_status status = cuda_check(code, "cudaStreamWaitEvent", error);
    struct slice slice = pieces->next(pieces->state, 0, input->piece_bytes);
    if (status == AB_OK && slice.begin != slice.end)
        status = send_piece(context, input, slice, 0, error);
    for (uint64_t index = 0; slice.begin != slice.end && status == AB_OK; index++) {
        const struct slice next = pieces->next(pieces->state, slice.end, input->piece_bytes);
        if (next.begin != next.end)
            status = send_piece(context, input, next, index + 1, error);
        if (status == AB_OK)
            status = use_piece(context, input, pieces, slice, index, error);
        slice = next;
    }
    return status;
}
