/* word_count on backend cuda: what its kernels (.cu) and host code (.c) agree on. */
#ifndef ACCELBENCH_GPU_WORD_COUNT_CUDA_H
#define ACCELBENCH_GPU_WORD_COUNT_CUDA_H

#include <cuda_runtime_api.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum word_technique { WORDS_SIMPLE, WORDS_TUNED, WORDS_GLOBAL_ATOMICS };

/* A table of words on the device: open addressing, linear probing. A key is 0 where a slot is free;
 * the lower-cased word itself where that has at most 7 bytes; and else a part of its hash with a
 * place where it stands, at which words with equal keys are compared in full. */
struct word_slots {
    unsigned long long *keys, *counts, *where; /* where: an occurrence of the word */
    unsigned long long mask;                   /* slots - 1; slots are a power of two */
    unsigned long long probes; /* slots to look at before the table counts as full */
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
    unsigned grid; /* blocks; the technique simple takes what it needs */
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
/* Loads the kernels, and says how many blocks a multiprocessor holds of that which counts. */
cudaError_t word_count_cuda_blocks(const struct word_launch *launch, int frequency, int *blocks);

#ifdef __cplusplus
}
#endif

#endif
