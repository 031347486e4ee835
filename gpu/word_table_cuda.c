#include "gpu/word_table_cuda.h"

#include <stdlib.h>

/* A search this long means that the table is too full: with linear probing it hardly happens below
 * a load of three quarters, above which all searches become long. */
enum { PROBES_MOST = 64, SLOT_BYTES = sizeof(struct word_cell) + sizeof(struct word_found) };

static void release_slots(struct word_table_cuda *table)
{
    cuda_release(table->context, table->slots.cells, table->capacity * SLOT_BYTES);
    table->slots = (struct word_slots){0};
    table->capacity = 0;
}

static enum ab_status allocate_slots(struct word_table_cuda *table, uint64_t capacity,
                                     struct ab_error *error)
{
    void *memory;
    enum ab_status status =
        cuda_allocate(table->context, capacity * SLOT_BYTES, "the word table", &memory, error);
    if (status != AB_OK)
        return status;
    table->slots =
        (struct word_slots){.cells = memory, .mask = capacity - 1, .full = &table->counters->full};
    table->found = (struct word_found *)(table->slots.cells + capacity);
    table->capacity = capacity;
    return AB_OK;
}

enum ab_status word_table_cuda_open(struct word_table_cuda *table, struct cuda_context *context,
                                    uint64_t slots, struct ab_error *error)
{
    *table = (struct word_table_cuda){.context = context};
    void *memory = NULL;
    enum ab_status status =
        cuda_allocate(context, sizeof(*table->counters), "the word counters", &memory, error);
    table->counters = memory;
    memory = NULL;
    if (status == AB_OK)
        status = cuda_check(cudaHostAlloc(&memory, sizeof(*table->read), cudaHostAllocDefault),
                            "page-locked memory for the word counters", error);
    table->read = memory;
    if (status == AB_OK && slots != 0)
        status = allocate_slots(table, slots, error);
    return status;
}

enum ab_status word_table_cuda_clear(struct word_table_cuda *table, uint64_t words,
                                     struct ab_error *error)
{
    cudaStream_t stream = table->context->compute;
    cudaError_t code = cudaMemsetAsync(table->counters, 0, sizeof(*table->counters), stream);
    if (code == cudaSuccess && table->capacity != 0)
        code = cudaMemsetAsync(table->slots.cells, 0, table->capacity * sizeof(struct word_cell),
                               stream);
    table->slots.probes = table->capacity > words ? table->capacity : PROBES_MOST;
    return cuda_check(code, "emptying the word table", error);
}

static enum ab_status read_counters(struct word_table_cuda *table, struct ab_error *error)
{
    enum ab_status status =
        cuda_check(cudaMemcpyAsync(table->read, table->counters, sizeof(*table->read),
                                   cudaMemcpyDeviceToHost, table->context->compute),
                   "the transfer of the word counters", error);
    return status == AB_OK ? cuda_sync(table->context, error) : status;
}

enum ab_status word_table_cuda_finish(const struct word_launch *launch,
                                      struct word_table_cuda *table, bool *full,
                                      struct ab_error *error)
{
    enum ab_status status = read_counters(table, error);
    *full = status == AB_OK && table->read->full != 0;
    if (status != AB_OK || *full)
        return status;
    return cuda_check(
        word_count_cuda_emit(launch, &table->slots, table->found, &table->counters->used),
        "gathering the words", error);
}

enum ab_status word_table_cuda_grow(struct word_table_cuda *table, uint64_t words,
                                    struct ab_error *error)
{
    uint64_t capacity = table->capacity == 0 ? 4096 : 4 * table->capacity;
    while (capacity / 2 > words)
        capacity /= 2;
    release_slots(table);
    return allocate_slots(table, capacity, error);
}

static void release_fetched(struct word_table_cuda *table)
{
    if (table->context != NULL && table->context->pinned && table->fetched != NULL)
        cudaFreeHost(table->fetched);
    else
        free(table->fetched);
    table->fetched = NULL;
    table->fetched_room = 0;
}

static enum ab_status reserve_fetched(struct word_table_cuda *table, uint64_t words,
                                      struct ab_error *error)
{
    if (words <= table->fetched_room)
        return AB_OK;
    release_fetched(table);
    const uint64_t room = words + words / 2, bytes = room * sizeof(struct word_found);
    void *memory = NULL;
    enum ab_status status = AB_OK;
    if (table->context->pinned) {
        status = cuda_check(cudaHostAlloc(&memory, bytes, cudaHostAllocDefault),
                            "page-locked memory for the words", error);
    } else {
        memory = malloc(bytes);
        if (memory == NULL)
            status = ab_fail(error, AB_NO_MEMORY, "no memory for the words that were found");
    }
    table->fetched = memory;
    table->fetched_room = status == AB_OK ? room : 0;
    return status;
}

enum ab_status word_table_cuda_fetch(struct word_table_cuda *table, const struct word_found **found,
                                     struct ab_error *error)
{
    enum ab_status status = read_counters(table, error);
    const uint64_t words = table->read->used;
    if (status == AB_OK)
        status = reserve_fetched(table, words, error);
    if (status == AB_OK && words != 0)
        status = cuda_check(cudaMemcpyAsync(table->fetched, table->found,
                                            words * sizeof(struct word_found),
                                            cudaMemcpyDeviceToHost, table->context->compute),
                            "the transfer of the words", error);
    if (status == AB_OK)
        status = cuda_sync(table->context, error);
    *found = table->fetched;
    return status;
}

void word_table_cuda_free(struct word_table_cuda *table)
{
    release_fetched(table);
    release_slots(table);
    if (table->read != NULL)
        cudaFreeHost(table->read);
    cuda_release(table->context, table->counters, sizeof(*table->counters));
    *table = (struct word_table_cuda){0};
}
