/* A table of words and their counts: open addressing, linear probing, keyed by a 64-bit hash that
 * the caller computes. The hash only says where to look: words are told apart by comparing them
 * in full under the rule, so equal hashes cost time and never merge two words.
 *
 *   struct word_table table;
 *   word_table_open(&table, text, RULE_UNICODE);
 *   word_table_add(&table, hash, offset, bytes, 1, error);   for every word
 *   word_table_emit(&table, job->result, error);
 *   word_table_free(&table);
 *
 * The text must outlive the table: a slot names a word by one of its occurrences there. Words that
 * are equal under the rule must be given equal hashes. One thread at a time.
 */
#ifndef ACCELBENCH_CPU_WORD_TABLE_H
#define ACCELBENCH_CPU_WORD_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/word_count.h"

struct word_slot {
    uint64_t hash;
    struct word_entry entry; /* count 0: the slot is free */
};

struct word_table {
    const uint8_t *text; /* borrowed */
    enum word_rule rule;
    struct region slots; /* owned; array of struct word_slot */
    uint64_t capacity;   /* slots: 0 or a power of two */
    uint64_t used;       /* distinct words */
};

/* Makes an empty table that holds no memory yet. */
void word_table_open(struct word_table *table, const uint8_t *text, enum word_rule rule);

/* The same with the memory of one that has been used, whatever was in it. */
void word_table_reopen(struct word_table *table, const uint8_t *text, enum word_rule rule);

/* Adds `count` occurrences of the word text[offset, offset + bytes). AB_NO_MEMORY when the table
 * cannot grow: it is then as it was. */
enum ab_status word_table_add(struct word_table *table, uint64_t hash, uint64_t offset,
                              uint64_t bytes, uint64_t count, struct ab_error *error);

/* Fetches the slot where a search for the hash begins. */
void word_table_prefetch(const struct word_table *table, uint64_t hash);

/* Adds all of `from`, which has the same text and rule. */
enum ab_status word_table_merge(struct word_table *into, const struct word_table *from,
                                struct ab_error *error);

/* Appends the words to `result`, an array of struct word_entry, in any order. */
enum ab_status word_table_emit(const struct word_table *table, struct region *result,
                               struct ab_error *error);

/* Gives the memory back; accepts an empty table. */
void word_table_free(struct word_table *table);

/* Are the two words equal under the rule? */
bool word_equal(const uint8_t *a, uint64_t a_bytes, const uint8_t *b, uint64_t b_bytes,
                enum word_rule rule);

#endif
