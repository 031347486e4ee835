#include "opencl/memory.h"

#include <stdlib.h>
#include <string.h>

#include "common/parse.h"

/* Elements have at most 8 bytes, and vectors are loaded best from where a page begins. */
enum { PIECE_ALIGNMENT = 4096, STAGE_BYTES = 16 << 20 };

/* Assumed of a device that does not tell. */
enum { CACHE_FALLBACK_BYTES = 64 << 20 };

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void free_pieces(struct opencl_memory *memory)
{
    for (size_t i = 0; i < memory->count; i++)
        opencl_free_buffer(&memory->pieces[i].buffer);
    free(memory->pieces);
    memory->pieces = NULL;
    memory->count = 0;
}

static enum ab_status add_piece(struct opencl_memory *memory, uint64_t begin, uint64_t end,
                                struct ab_error *error)
{
    struct opencl_piece *pieces =
        realloc(memory->pieces, (memory->count + 1) * sizeof(*memory->pieces));
    if (pieces == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of an input's pieces");
    memory->pieces = pieces;
    pieces[memory->count++] = (struct opencl_piece){.begin = begin, .bytes = end - begin};
    return AB_OK;
}

static enum ab_status make_buffers(struct opencl_context *context, struct opencl_memory *memory,
                                   struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < memory->count && status == AB_OK && !memory->in_place; i++)
        status = opencl_buffer(context, memory->pieces[i].bytes, "the input",
                               &memory->pieces[i].buffer, error);
    return status;
}

enum ab_status opencl_memory_cut(struct opencl_context *context, struct opencl_memory *memory,
                                 uint64_t piece_bytes, opencl_cut *cut, const void *argument,
                                 struct ab_error *error)
{
    char size[FORMAT_BYTES];
    enum ab_status status = AB_OK;
    free_pieces(memory);
    for (uint64_t begin = 0; status == AB_OK && (begin < memory->bytes || begin == 0);) {
        uint64_t end = begin + least(piece_bytes, memory->bytes - begin);
        if (end < memory->bytes)
            end = cut(argument, begin, end);
        if (end == begin && memory->bytes != 0)
            return ab_fail(error, AB_UNSUPPORTED,
                           "the input cannot be cut into pieces of at most %s, which is what one "
                           "allocation on %s holds",
                           format_bytes(piece_bytes, size), context->device.name);
        status = add_piece(memory, begin, end, error);
        begin = end;
        if (memory->bytes == 0)
            break;
    }
    return status == AB_OK ? make_buffers(context, memory, error) : status;
}

static uint64_t cut_anywhere(const void *argument, uint64_t begin, uint64_t limit)
{
    (void)argument;
    (void)begin;
    return limit;
}

static enum ab_status check_room(const struct opencl_context *context, size_t bytes,
                                 struct ab_error *error)
{
    char need[FORMAT_BYTES], room[FORMAT_BYTES];
    if (bytes <= context->device.memory_bytes)
        return AB_OK;
    return ab_fail(error, AB_NO_MEMORY, "the input takes %s, and %s has %s: choose a smaller one",
                   format_bytes(bytes, need), context->device.name,
                   format_bytes(context->device.memory_bytes, room));
}

enum ab_status opencl_allocate(void *context, size_t bytes, void **memory, struct ab_error *error)
{
    struct opencl_context *opened = context;
    struct opencl_memory *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for an OpenCL input");
    made->bytes = bytes;
    made->in_place = opened->device.shares_host_memory;
    enum ab_status status = made->in_place ? AB_OK : check_room(opened, bytes, error);
    if (status == AB_OK)
        status = opencl_memory_cut(opened, made,
                                   opened->device.largest_bytes / PIECE_ALIGNMENT * PIECE_ALIGNMENT,
                                   cut_anywhere, NULL, error);
    if (status != AB_OK)
        opencl_release_memory(context, made);
    else
        *memory = made;
    return status;
}

/* A buffer is made anew for each upload: only so does the driver know that it must look at the
 * host's memory again. */
static enum ab_status use_in_place(struct opencl_context *context, struct opencl_piece *piece,
                                   const void *from, struct ab_error *error)
{
    cl_int code = CL_SUCCESS;
    opencl_free_buffer(&piece->buffer);
    if (piece->bytes == 0)
        return opencl_buffer(context, 0, "the input", &piece->buffer, error);
    /* The parameter is not const because other flags let the device write. */
    piece->buffer = opencl.CreateBuffer(context->context, CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR,
                                        (size_t)piece->bytes, (void *)from, &code);
    if (code != CL_SUCCESS)
        piece->buffer = NULL;
    return CL_CHECK(error, CreateBuffer, code);
}

static enum ab_status make_stage(struct opencl_context *context, struct opencl_stage *stage,
                                 struct ab_error *error)
{
    cl_int code = CL_SUCCESS;
    if (stage->host != NULL)
        return AB_OK;
    stage->buffer =
        opencl.CreateBuffer(context->context, CL_MEM_READ_ONLY | CL_MEM_ALLOC_HOST_PTR,
                            least(STAGE_BYTES, context->device.largest_bytes), NULL, &code);
    if (code != CL_SUCCESS) {
        stage->buffer = NULL;
        return CL_CHECK(error, CreateBuffer, code);
    }
    stage->host = opencl.EnqueueMapBuffer(context->plain, stage->buffer, CL_TRUE, CL_MAP_WRITE, 0,
                                          least(STAGE_BYTES, context->device.largest_bytes), 0,
                                          NULL, NULL, &code);
    if (code != CL_SUCCESS) {
        stage->host = NULL;
        opencl_free_buffer(&stage->buffer);
    }
    return CL_CHECK(error, EnqueueMapBuffer, code);
}

/* The host fills one stage while the device empties the other. */
static enum ab_status write_pinned(struct opencl_context *context, cl_mem to, const char *from,
                                   uint64_t bytes, struct ab_error *error)
{
    const uint64_t stage_bytes = least(STAGE_BYTES, context->device.largest_bytes);
    enum ab_status status = AB_OK;
    for (uint64_t done = 0, index = 0; done < bytes && status == AB_OK; index++) {
        struct opencl_stage *stage = &context->stages[index % OPENCL_STAGES];
        const size_t part = (size_t)least(stage_bytes, bytes - done);
        status = make_stage(context, stage, error);
        if (status == AB_OK && stage->busy != NULL)
            status = CL_TRY(error, WaitForEvents, 1, &stage->busy);
        opencl_free_event(&stage->busy);
        if (status != AB_OK)
            break;
        memcpy(stage->host, from + done, part);
        status = CL_TRY(error, EnqueueWriteBuffer, context->plain, to, CL_FALSE, (size_t)done, part,
                        stage->host, 0, NULL, &stage->busy);
        done += part;
    }
    return status;
}

enum ab_status opencl_upload(void *context, void *to, const void *from, size_t bytes,
                             struct ab_error *error)
{
    struct opencl_context *opened = context;
    struct opencl_memory *memory = to;
    enum ab_status status = AB_OK;
    (void)bytes;
    for (size_t i = 0; i < memory->count && status == AB_OK; i++) {
        struct opencl_piece *piece = &memory->pieces[i];
        const char *begin = (const char *)from + piece->begin;
        if (memory->in_place)
            status = use_in_place(opened, piece, begin, error);
        else if (piece->bytes == 0)
            continue;
        else if (opened->pinned)
            status = write_pinned(opened, piece->buffer, begin, piece->bytes, error);
        else
            status = CL_TRY(error, EnqueueWriteBuffer, opened->plain, piece->buffer, CL_FALSE, 0,
                            (size_t)piece->bytes, begin, 0, NULL, NULL);
    }
    return status;
}

void opencl_release_memory(void *context, void *memory)
{
    struct opencl_memory *made = memory;
    (void)context;
    if (made == NULL)
        return;
    free_pieces(made);
    free(made);
}

/* Writing twice what it holds takes the place of whatever was in the cache. */
enum ab_status opencl_evict(void *context, struct ab_error *error)
{
    struct opencl_context *opened = context;
    const struct opencl_device *device = &opened->device;
    const uint64_t cache_bytes =
        device->cache_bytes == 0 ? (uint64_t)CACHE_FALLBACK_BYTES : device->cache_bytes;
    const uint64_t bytes = least(2 * cache_bytes, device->largest_bytes) / 4 * 4;
    enum ab_status status = AB_OK;
    if (opened->flush == NULL)
        status = opencl_buffer(opened, bytes, "emptying the cache", &opened->flush, error);
    return status == AB_OK ? opencl_clear(opened, opened->flush, bytes, error) : status;
}
