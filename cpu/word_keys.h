/* Tables of short words and their counts, for word_count's technique `tuned`: a lower-cased word is
 * its own key, so that nothing but the slot is read to compare it. Open addressing, linear probing.
 * word_keys_ is for a struct word_key, and word_wide_keys_ for a struct word_wide_key.
 *
 *   struct word_keys keys;
 *   word_keys_open(&keys, text_bytes);
 *   word_keys_reserve(&keys, n, error);              before every n additions
 *   word_keys_add(&keys, word_keys_home(&keys, key), key, place, 1);
 *   word_keys_emit(&keys, job->result, error);
 *   word_keys_reopen(&keys, text_bytes);             and again from word_keys_reserve on
 *   word_keys_free(&keys);
 *
 * The hash only says where to look: keys are compared in full. One thread at a time.
 */
#ifndef ACCELBENCH_CPU_WORD_KEYS_H
#define ACCELBENCH_CPU_WORD_KEYS_H

#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/word_count.h"
#include "cpu/word_fold.h"

/* An occurrence: offset in the text and length, in one number. No word of WORD_WIDE_KEY_BYTES
 * has more than three times as many before it is lower-cased, where a Kelvin sign (3 bytes) is k.
 */
static inline uint64_t word_place(uint64_t offset, uint64_t bytes)
{
    return offset << 8 | bytes;
}

static inline uint64_t word_key_hash(struct word_key key)
{
    return (key.low ^ key.high * 0x9E3779B97F4A7C15u) * 0xFF51AFD7ED558CCDu;
}

static inline bool word_key_equal(struct word_key a, struct word_key b)
{
    return ((a.low ^ b.low) | (a.high ^ b.high)) == 0;
}

static inline uint64_t word_wide_key_hash(struct word_wide_key key)
{
    const uint64_t first = word_key_hash(key.first);
    const struct word_key second = {key.second.low ^ first ^ first >> 32, key.second.high};
    return word_key_hash(second);
}

static inline bool word_wide_key_equal(struct word_wide_key a, struct word_wide_key b)
{
    return word_key_equal(a.first, b.first) && word_key_equal(a.second, b.second);
}

#define KEYS        word_keys
#define TABLE(name) word_keys_##name
#define KEY         struct word_key
#define HASH        word_key_hash
#define EQUAL       word_key_equal
#include "cpu/word_keys_table.h"

#define KEYS        word_wide_keys
#define TABLE(name) word_wide_keys_##name
#define KEY         struct word_wide_key
#define HASH        word_wide_key_hash
#define EQUAL       word_wide_key_equal
#include "cpu/word_keys_table.h"

#endif
