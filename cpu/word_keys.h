/* A table of short words and their counts, for word_count's technique `tuned`: a word whose
 * lower-cased form is a struct word_key is its own key, so that nothing but the slot is read to
 * compare it. Open addressing, linear probing; two slots a cache line.
 *
 *   struct word_keys keys;
 *   word_keys_open(&keys, text_bytes);
 *   word_keys_reserve(&keys, n, error);              before every n additions
 *   word_keys_add(&keys, word_keys_home(&keys, key), key, place, 1);
 *   word_keys_emit(&keys, job->result, error);
 *   word_keys_free(&keys);
 *
 * The hash only says where to look: keys are compared in full. One thread at a time.
 */
#ifndef ACCELBENCH_CPU_WORD_KEYS_H
#define ACCELBENCH_CPU_WORD_KEYS_H

#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "cpu/word_fold.h"

struct word_keys_slot {
    struct word_key key; /* all zero: the slot is free */
    uint64_t count;
    uint64_t place; /* one occurrence, see word_place */
};

struct word_keys {
    struct region slots; /* owned; array of struct word_keys_slot */
    uint64_t capacity;   /* slots: 0 or a power of two */
    uint64_t used;       /* distinct words */
    uint64_t limit;      /* the table grows rather than hold more */
    unsigned shift;      /* what a hash is shifted by to number a slot */
    unsigned first_log2; /* capacity to begin with */
};

/* An occurrence: offset in the text and length, in one number. No word of WORD_KEY_BYTES has more
 * than 3 * WORD_KEY_BYTES before it is lower-cased, where a Kelvin sign (3 bytes) becomes k. */
static inline uint64_t word_place(uint64_t offset, uint64_t bytes)
{
    return offset << 8 | bytes;
}

/* Its upper bits number a slot. */
static inline uint64_t word_key_hash(struct word_key key)
{
    return (key.low ^ key.high * 0x9E3779B97F4A7C15u) * 0xFF51AFD7ED558CCDu;
}

/* Makes an empty table that holds no memory yet; it will begin at a size that suits the text. */
void word_keys_open(struct word_keys *keys, uint64_t text_bytes);

/* Makes room for as many as `more` further words. AB_NO_MEMORY: the table is then as it was. */
enum ab_status word_keys_grow(struct word_keys *keys, uint64_t more, struct ab_error *error);

static inline enum ab_status word_keys_reserve(struct word_keys *keys, uint64_t more,
                                               struct ab_error *error)
{
    return keys->used + more <= keys->limit ? AB_OK : word_keys_grow(keys, more, error);
}

/* The slot where a search for the key begins, until the table grows. */
static inline struct word_keys_slot *word_keys_home(const struct word_keys *keys,
                                                    struct word_key key)
{
    return (struct word_keys_slot *)keys->slots.data + (word_key_hash(key) >> keys->shift);
}

/* Adds `count` occurrences of a word, for which there is room. */
static inline void word_keys_add(struct word_keys *keys, struct word_keys_slot *home,
                                 struct word_key key, uint64_t place, uint64_t count)
{
    for (struct word_keys_slot *slot = home;;) {
        if (((slot->key.low ^ key.low) | (slot->key.high ^ key.high)) == 0) {
            slot->count += count;
            return;
        }
        if (slot->count == 0) {
            *slot = (struct word_keys_slot){key, count, place};
            keys->used++;
            return;
        }
        if (++slot == (struct word_keys_slot *)keys->slots.data + keys->capacity)
            slot = (struct word_keys_slot *)keys->slots.data;
    }
}

/* Adds all of `from`. */
enum ab_status word_keys_merge(struct word_keys *into, const struct word_keys *from,
                               struct ab_error *error);

/* Appends the words to `result`, an array of struct word_entry, in any order. */
enum ab_status word_keys_emit(const struct word_keys *keys, struct region *result,
                              struct ab_error *error);

/* Gives the memory back; accepts an empty table. */
void word_keys_free(struct word_keys *keys);

#endif
