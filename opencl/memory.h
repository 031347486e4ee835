/* An input on the device: one or more pieces, because an allocation has a limit that inputs do not.
 * A device that shares the host's memory reads the input where it lies. */
#ifndef ACCELBENCH_OPENCL_MEMORY_H
#define ACCELBENCH_OPENCL_MEMORY_H

#include "opencl/context.h"

struct opencl_piece {
    uint64_t begin, bytes; /* of the input */
    cl_mem buffer;         /* NULL: in place, and not uploaded yet; or no bytes */
    cl_mem locked;         /* page-locked memory of the host, or NULL */
    void *locked_bytes;    /* where it is mapped, as long as it is there */
};

struct opencl_memory {
    uint64_t bytes;
    bool in_place;
    const void *locked_copy_of; /* what the pieces' page-locked memory holds; NULL: nothing yet */
    size_t count;               /* pieces, at least 1 */
    struct opencl_piece *pieces;
};

/* backend->allocate, upload and release_memory. Where transfers are to start from page-locked
 * memory, the first upload of an input copies it there, and all of them transfer the copy. */
enum ab_status opencl_allocate(void *context, size_t bytes, void **memory, struct ab_error *error);
enum ab_status opencl_upload(void *context, void *to, const void *from, size_t bytes,
                             struct ab_error *error);
void opencl_release_memory(void *context, void *memory);

/* backend->evict */
enum ab_status opencl_evict(void *context, struct ab_error *error);

/* Where a piece may end: at most at `limit`, and after `begin` unless there is no such place. */
typedef uint64_t opencl_cut(const void *argument, uint64_t begin, uint64_t limit);

/* Divides the input anew into pieces of at most `piece_bytes` that end where `cut` says. What was
 * uploaded is lost. AB_UNSUPPORTED where there is no place to cut. */
enum ab_status opencl_memory_cut(struct opencl_context *context, struct opencl_memory *memory,
                                 uint64_t piece_bytes, opencl_cut *cut, const void *argument,
                                 struct ab_error *error);

#endif
