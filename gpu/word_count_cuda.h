/* word_count on backend cuda: what its kernels (.cu) and host code (.c) agree on. */
#ifndef ACCELBENCH_GPU_WORD_COUNT_CUDA_H
#define ACCELBENCH_GPU_WORD_COUNT_CUDA_H

#include <cuda_runtime_api.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum word_technique { WORDS_SIMPLE, WORDS_TUNED, WORDS_GLOBAL_ATOMICS };

/* A place in a table of words on the device; all zero: free. A word is told from others by its key
 * and its rest. One with up to 7 bytes in lower case: these, and their number in the highest byte
 * of the key. One with up to 15, if the first 8 are not all zeros: these are the rest, and the key
 * is made of the others, their number and the rest. Other ones: a part of their hash, and the place
 * where they stand, at which words with equal parts are compared. 32 bytes: what the GPU fetches at
 * least. */
struct word_cell {
    unsigned long long key, rest;
    unsigned long long count, where; /* where: an occurrence of the word */
};

/* Open addressing, linear probing. */
struct word_slots {
    struct word_cell *cells;
    unsigned long long mask;   /* cells - 1; their number is a power of two */
    unsigned long long probes; /* cells to look at before the table counts as full */
    unsigned *full;            /* set to 1 then: the counts are not to be used */
};

/* As struct word_entry of common/word_count.h. */
struct word_found {
    unsigned long long offset, bytes, count;
};

/* The words that begin in text[begin, end); no word goes across either end. `text` is on the
 * device, and aligned to 16 bytes. */
struct word_launch {
    enum word_technique technique;
    int unicode; /* the rule; 0: ascii */
    const unsigned char *text;
    uint64_t begin, end;
    unsigned grid;        /* blocks; the technique simple takes what it needs */
    unsigned warps;       /* of a block that counts each word, but for simple */
    unsigned cache_pairs; /* of places in its cache */
    cudaStream_t stream;
};

/* Enqueue: adds the number of words to *total. */
cudaError_t word_count_cuda_total(const struct word_launch *launch, unsigned long long *total);
/* Enqueue: counts each word in the table. */
cudaError_t word_count_cuda_frequency(const struct word_launch *launch,
                                      const struct word_slots *slots);
/* Enqueue: writes the table's words to `found`, from index *used on, and adds their number to it.
 * launch->end is where the last word that was counted may end. */
cudaError_t word_count_cuda_emit(const struct word_launch *launch, const struct word_slots *slots,
                                 struct word_found *found, unsigned long long *used);
/* Loads the kernels, sets warps and cache_pairs for a device whose blocks have `shared_most` bytes
 * of fast memory, and says how many blocks a multiprocessor holds of the kernel that counts. */
cudaError_t word_count_cuda_shape(struct word_launch *launch, int frequency, size_t shared_most,
                                  int *blocks);

#ifdef __cplusplus
}
#endif

#endif
