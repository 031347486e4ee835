/* The right answer to word_count, and the judgement of others by it. Between common/word_count.c
 * and common/word_expect.c, word_check.c only; shares the Unicode layer with the backends and
 * nothing else.
 */
#ifndef ACCELBENCH_COMMON_WORD_EXPECT_H
#define ACCELBENCH_COMMON_WORD_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/accelbench.h"
#include "common/unicode.h"
#include "common/word_count.h"

/* problem->expected: this, then for task frequency `distinct` entries, then `buckets` chain heads.
 * Holds indices, no pointers. */
struct word_answer {
    uint64_t total;    /* words */
    uint64_t distinct; /* entries; 0 for task total */
    uint64_t buckets;  /* a power of two; 0 for task total */
};

#define WORD_ANSWER_NONE UINT32_MAX /* ends a chain */

struct word_answer_entry {
    struct word_entry word;
    uint32_t next; /* index of an entry, or WORD_ANSWER_NONE */
    uint32_t hash; /* its low bits choose the chain */
};

/* The lower-cased bytes of a word, one after another. */
struct folded_bytes {
    const uint8_t *next, *end;
    enum word_rule rule;
    uint8_t folded[UNICODE_FOLDED_MAX];
    uint8_t length, position;
};

static inline struct folded_bytes fold_word(const uint8_t *word, uint64_t bytes,
                                            enum word_rule rule)
{
    return (struct folded_bytes){.next = word, .end = word + bytes, .rule = rule};
}

int folded_next(struct folded_bytes *word); /* -1 at the end */

/* Below, at or above 0, as the lower-cased bytes of a compare with those of b. */
int compare_folded(const uint8_t *a, uint64_t a_bytes, const uint8_t *b, uint64_t b_bytes,
                   enum word_rule rule);

static inline const struct word_count_params *word_params(const struct problem *problem)
{
    return (const struct word_count_params *)problem->params;
}

static inline const struct word_answer *word_answer(const struct problem *problem)
{
    return (const struct word_answer *)problem->expected.data;
}

static inline const struct word_answer_entry *word_answer_entries(const struct word_answer *answer)
{
    return (const struct word_answer_entry *)(answer + 1);
}

struct word_occurrence {
    uint64_t offset, bytes;
    uint64_t count; /* occurrences that it stands for, where an answer is made */
    uint32_t hash;  /* as word_answer_read gives it */
};

/* Words are looked up so many at a time, because each waits for three cache misses one after
 * another: so all wait together. */
enum { WORD_BATCH = 64 };

/* How many parts of a text of so many bytes are counted at the same time, each into a table of its
 * own; 1: there is only the answer's. */
unsigned word_expect_parts(uint64_t bytes, unsigned threads);

/* kernel->expect and kernel->check */
enum ab_status word_expect(struct problem *problem, struct ab_error *error);
void word_check(const struct problem *problem, const struct region *result, double relative_error,
                struct verdict *verdict);

/* Reads the word at text[position], which may be empty: returns where it ends and its hash. */
uint64_t word_answer_read(const uint8_t *text, uint64_t position, uint64_t end, enum word_rule rule,
                          uint32_t *hash);

/* Brings near what word_answer_find will read for these words. */
void word_answer_prefetch(const struct problem *problem, const struct word_occurrence *batch,
                          unsigned count);

/* The index of the word's entry, or WORD_ANSWER_NONE. */
uint32_t word_answer_find(const struct problem *problem, uint32_t hash, const uint8_t *word,
                          uint64_t bytes);

#endif
