/* The loops over a text for cpu/word_tuned.c, included there once for each instruction set with
 *     VECTOR_BYTES  size of its vectors
 *     TARGET        the functions' instruction set; may be empty
 *     LOOP(name)    the name of a function for this instruction set
 * and with these, for one block of WORD_BLOCK_BYTES or one word:
 *   - spaces: mask of the rule's white space in ASCII; *odd: that of NUL and, where the rule is
 *     RULE_UNICODE, of all bytes beyond ASCII
 *   - leads: mask of the bytes at which white space beyond ASCII begins, and of few others; reads
 *     two bytes behind the block
 *   - lower_ascii: copies a block, A to Z lower-cased
 *   - flatten: writes the places of a mask's bits, and up to WORD_BLOCK_BYTES places more; returns
 *     where the next ones go
 *   - count: the bits of a mask
 *   - key: a word of up to WORD_KEY_BYTES, lower-cased, as a key; as many are read
 *   - odd: does that key hold a NUL?
 */

typedef uint8_t __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias)) LOOP(bytes);

#include "cpu/word_tuned_lower.h"

/* *odd is that of LOOP(spaces). */
TARGET static inline uint64_t LOOP(blanks)(const uint8_t *block, enum word_rule rule,
                                           struct word_scan *scan, uint64_t *odd)
{
    uint64_t space = LOOP(spaces)(block, rule, odd);
    if (rule == RULE_ASCII)
        return space;
    const uint64_t leads = LOOP(leads)(block);
    if (__builtin_expect((leads | scan->spill) != 0, 0))
        space |= word_wide_spaces(block, leads, &scan->spill);
    return space;
}

TARGET static inline uint64_t LOOP(total_by)(const uint8_t *text, uint64_t blocks,
                                             enum word_rule rule, struct word_scan *scan)
{
    struct word_scan state = *scan;
    uint64_t total = 0, odd;
    for (; blocks != 0; blocks--, text += WORD_BLOCK_BYTES) {
        fetch_step(text, FETCH_AHEAD_BYTES, WORD_BLOCK_BYTES);
        const uint64_t word = ~LOOP(blanks)(text, rule, &state, &odd);
        total += LOOP(count)(word & ~(word << 1 | state.inside));
        state.inside = word >> 63;
    }
    *scan = state;
    return total;
}

/* Words that begin in the blocks. */
TARGET static uint64_t LOOP(total)(const uint8_t *text, uint64_t blocks, enum word_rule rule,
                                   struct word_scan *scan)
{
    return rule == RULE_ASCII ? LOOP(total_by)(text, blocks, RULE_ASCII, scan)
                              : LOOP(total_by)(text, blocks, RULE_UNICODE, scan);
}

TARGET static inline uint32_t *LOOP(edges_by)(const uint8_t *text, uint64_t blocks,
                                              enum word_rule rule, struct word_scan *scan,
                                              struct word_chunk *chunk)
{
    struct word_scan state = *scan;
    uint32_t *edges = chunk->edges;
    chunk->has_zeros = false;
    for (uint64_t i = 0; i < blocks; i++, text += WORD_BLOCK_BYTES) {
        uint8_t *lower = chunk->lower + i * WORD_BLOCK_BYTES;
        uint64_t odd;
        const uint64_t word = ~LOOP(blanks)(text, rule, &state, &odd);
        if (odd == 0 || rule == RULE_ASCII) {
            LOOP(lower_ascii)(text, lower);
            chunk->has_zeros |= odd != 0;
        } else {
            chunk->has_zeros |= LOOP(lower_beyond)(text, lower);
        }
        edges = LOOP(flatten)(edges, word ^ (word << 1 | state.inside),
                              (uint32_t)(i * WORD_BLOCK_BYTES));
        state.inside = word >> 63;
    }
    *scan = state;
    return edges;
}

/* Fills the chunk with the blocks, and with where words begin and end, in turn; returns the end of
 * these edges. */
TARGET static uint32_t *LOOP(edges)(const uint8_t *text, uint64_t blocks, enum word_rule rule,
                                    struct word_scan *scan, struct word_chunk *chunk)
{
    return rule == RULE_ASCII ? LOOP(edges_by)(text, blocks, RULE_ASCII, scan, chunk)
                              : LOOP(edges_by)(text, blocks, RULE_UNICODE, scan, chunk);
}

/* Makes keys of `count` words, and fetches their slots. Returns a mask of the words that are not
 * plain, whose keys are to be made in another way. In a chunk without zeros these are the long
 * words. */
TARGET static uint64_t LOOP(plain_keys)(const struct word_chunk *chunk, const uint32_t *edges,
                                        size_t count, const struct word_keys *keys,
                                        struct word_batch *batch)
{
    const struct word_keys table = *keys;
    uint64_t others = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t begin = edges[2 * i], bytes = edges[2 * i + 1] - begin;
        if (__builtin_expect(bytes > WORD_KEY_BYTES, 0)) {
            others |= UINT64_C(1) << i;
            continue;
        }
        batch->keys[i] = LOOP(key)(chunk->lower + begin, bytes);
        batch->homes[i] = word_keys_home(&table, batch->keys[i]);
        __builtin_prefetch(batch->homes[i], 1);
    }
    return others;
}

/* The same where words may hold zeros. Which do nobody can guess: no branch depends on it. */
TARGET static uint64_t LOOP(odd_keys)(const struct word_chunk *chunk, const uint32_t *edges,
                                      size_t count, const struct word_keys *keys,
                                      struct word_batch *batch)
{
    const struct word_keys table = *keys;
    uint64_t others = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t begin = edges[2 * i], bytes = edges[2 * i + 1] - begin;
        const uint32_t kept = bytes < WORD_KEY_BYTES ? bytes : WORD_KEY_BYTES;
        const struct word_key key = LOOP(key)(chunk->lower + begin, kept);
        others |= (uint64_t)(LOOP(odd)(key, kept) | (bytes > WORD_KEY_BYTES)) << i;
        batch->keys[i] = key;
        batch->homes[i] = word_keys_home(&table, key);
        __builtin_prefetch(batch->homes[i], 1);
    }
    return others;
}

#undef VECTOR_BYTES
#undef TARGET
#undef LOOP
