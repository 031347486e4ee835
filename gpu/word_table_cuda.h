/* The host's side of the table of words on the device: memory for it, growing it, fetching it.
 *
 *   word_table_cuda_open(&table, context, slots, error);
 *   word_table_cuda_clear(&table, words, error);
 *   word_count_cuda_frequency(&launch, &table.slots);
 *   word_table_cuda_finish(&launch, &table, &full, error);
 *   if (full) word_table_cuda_grow(&table, words, error), and again from clear on
 *   word_table_cuda_fetch(&table, &found, error);              table.read->used of them
 */
#ifndef ACCELBENCH_GPU_WORD_TABLE_CUDA_H
#define ACCELBENCH_GPU_WORD_TABLE_CUDA_H

#include "gpu/cuda.h"
#include "gpu/word_count_cuda.h"

struct word_counters {
    unsigned long long total, used;
    unsigned full;
};

struct word_table_cuda {
    struct cuda_context *context;   /* borrowed */
    struct word_slots slots;        /* on the device; owned: the begin of all its memory */
    struct word_found *found;       /* on the device, in the same memory */
    uint64_t capacity;              /* slots; 0: no memory */
    struct word_counters *counters; /* owned; on the device */
    struct word_counters *read;     /* owned; page-locked: the counters as of finish */
    struct word_found *fetched;     /* owned; page-locked, or not with --transfer pageable */
    uint64_t fetched_room;          /* words */
};

/* Makes a table of so many places, a power of two; 0: counters only. */
enum ab_status word_table_cuda_open(struct word_table_cuda *table, struct cuda_context *context,
                                    uint64_t slots, struct ab_error *error);

/* Enqueues the emptying of the table, for a text of up to `words` words. */
enum ab_status word_table_cuda_clear(struct word_table_cuda *table, uint64_t words,
                                     struct ab_error *error);

/* Waits for the launches, and unless the table was full, enqueues the gathering of its words;
 * table->read->used is their number then. */
enum ab_status word_table_cuda_finish(const struct word_launch *launch,
                                      struct word_table_cuda *table, bool *full,
                                      struct ab_error *error);

/* Four times as many slots, or enough for `words`. AB_NO_MEMORY: the table has none any more, and
 * grow may be called again for fewer words. */
enum ab_status word_table_cuda_grow(struct word_table_cuda *table, uint64_t words,
                                    struct ab_error *error);

/* Waits for the words and points to them; they stay until the next call. */
enum ab_status word_table_cuda_fetch(struct word_table_cuda *table, const struct word_found **found,
                                     struct ab_error *error);

/* Accepts a table that is {0}, or that open left half-made. */
void word_table_cuda_free(struct word_table_cuda *table);

#endif
