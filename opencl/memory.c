#include "opencl/memory.h"

#include <stdlib.h>
#include <string.h>

#include "common/parse.h"

/* Elements have at most 8 bytes, and vectors are loaded best from where a page begins. */
enum { PIECE_ALIGNMENT = 4096 };

/* Assumed of a device that does not tell. */
enum { CACHE_FALLBACK_BYTES = 64 << 20 };

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* In the queue behind the transfers that read it: the driver keeps the memory until then. */
static void unlock(struct opencl_context *context, struct opencl_piece *piece)
{
    if (piece->locked_bytes != NULL)
        opencl.EnqueueUnmapMemObject(context->plain, piece->locked, piece->locked_bytes, 0, NULL,
                                     NULL);
    piece->locked_bytes = NULL;
    opencl_free_buffer(&piece->locked);
}

static void free_pieces(struct opencl_context *context, struct opencl_memory *memory)
{
    for (size_t i = 0; i < memory->count; i++) {
        unlock(context, &memory->pieces[i]);
        opencl_free_buffer(&memory->pieces[i].buffer);
    }
    free(memory->pieces);
    memory->pieces = NULL;
    memory->count = 0;
    memory->locked_copy_of = NULL;
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
    free_pieces(context, memory);
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

/* Drivers take page-locked memory for buffers that the host is to map. NVIDIA's transfers at full
 * speed from where such a buffer is mapped, and from nowhere else. */
static enum ab_status lock(struct opencl_context *context, struct opencl_piece *piece,
                           struct ab_error *error)
{
    cl_int code = CL_SUCCESS;
    if (piece->locked_bytes != NULL)
        return AB_OK;
    piece->locked = opencl.CreateBuffer(context->context, CL_MEM_READ_ONLY | CL_MEM_ALLOC_HOST_PTR,
                                        (size_t)piece->bytes, NULL, &code);
    if (code != CL_SUCCESS) {
        piece->locked = NULL;
        return CL_CHECK(error, CreateBuffer, code);
    }
    piece->locked_bytes =
        opencl.EnqueueMapBuffer(context->plain, piece->locked, CL_TRUE, CL_MAP_WRITE, 0,
                                (size_t)piece->bytes, 0, NULL, NULL, &code);
    if (code != CL_SUCCESS) {
        piece->locked_bytes = NULL;
        opencl_free_buffer(&piece->locked);
    }
    return CL_CHECK(error, EnqueueMapBuffer, code);
}

/* OpenCL has no call that locks the pages of an input where it lies, and to copy it for each
 * transfer would take several times as long as the transfer: the copy is made once, and kept. */
static enum ab_status copy_to_locked(struct opencl_context *context, struct opencl_memory *memory,
                                     const void *from, struct ab_error *error)
{
    struct ab_error why = {0};
    /* Transfers of what was there before may be under way. */
    enum ab_status status =
        memory->locked_copy_of == NULL ? AB_OK : CL_TRY(&why, Finish, context->plain);
    memory->locked_copy_of = NULL;
    for (size_t i = 0; i < memory->count && status == AB_OK; i++) {
        struct opencl_piece *piece = &memory->pieces[i];
        status = piece->bytes == 0 ? AB_OK : lock(context, piece, &why);
        if (status == AB_OK && piece->bytes != 0)
            memcpy(piece->locked_bytes, (const char *)from + piece->begin, (size_t)piece->bytes);
    }
    if (status != AB_OK)
        return ab_fail(error, status,
                       "page-locked memory for the input (--transfer pageable needs none): %s",
                       why.message);
    memory->locked_copy_of = from;
    return AB_OK;
}

static enum ab_status transfer(struct opencl_context *context, struct opencl_memory *memory,
                               const void *from, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    if (context->pinned && memory->locked_copy_of != from)
        status = copy_to_locked(context, memory, from, error);
    for (size_t i = 0; i < memory->count && status == AB_OK; i++) {
        const struct opencl_piece *piece = &memory->pieces[i];
        const void *begin =
            context->pinned ? piece->locked_bytes : (const char *)from + piece->begin;
        if (piece->bytes != 0)
            status = CL_TRY(error, EnqueueWriteBuffer, context->plain, piece->buffer, CL_FALSE, 0,
                            (size_t)piece->bytes, begin, 0, NULL, NULL);
    }
    return status;
}

enum ab_status opencl_upload(void *context, void *to, const void *from, size_t bytes,
                             struct ab_error *error)
{
    struct opencl_memory *memory = to;
    enum ab_status status = AB_OK;
    (void)bytes;
    if (!memory->in_place)
        return transfer(context, memory, from, error);
    for (size_t i = 0; i < memory->count && status == AB_OK; i++) {
        struct opencl_piece *piece = &memory->pieces[i];
        status = use_in_place(context, piece, (const char *)from + piece->begin, error);
    }
    return status;
}

void opencl_release_memory(void *context, void *memory)
{
    struct opencl_memory *made = memory;
    if (made == NULL)
        return;
    free_pieces(context, made);
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
