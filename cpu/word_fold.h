/* Lower-casing whole words for word_count's technique `tuned`: by tables for what is common, by
 * common/unicode.h for the rest. */
#ifndef ACCELBENCH_CPU_WORD_FOLD_H
#define ACCELBENCH_CPU_WORD_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/word_count.h"

enum {
    WORD_PAIR_LEADS = 0xE0 - 0xC2, /* lead bytes of the characters of two bytes */
    WORD_CHARACTERS_A_ROW = 64     /* as many differ in their last byte only */
};

struct word_fold {
    enum word_rule rule;
    /* For each character of two bytes its lower case, which has two as well, as it lies in memory;
     * 0 for the few that change their length. */
    uint16_t pairs[WORD_PAIR_LEADS * WORD_CHARACTERS_A_ROW];
    /* For each row of characters up to U+FFFF: does any have a lower case of its own? */
    bool row_has_case[0x10000 / WORD_CHARACTERS_A_ROW];
};

/* A lower-cased word as it lies in memory, and zeros behind it. */
struct word_key {
    uint64_t low, high;
};

/* The same for longer ones. */
struct word_wide_key {
    struct word_key first, second;
};

enum {
    WORD_KEY_BYTES = sizeof(struct word_key),
    WORD_WIDE_KEY_BYTES = sizeof(struct word_wide_key)
};

/* By what a lower-cased word is counted: a word with a NUL by its hash, like the longest. */
enum word_kind { WORD_SHORT, WORD_WIDE, WORD_LONG };

struct word_folded {
    struct word_wide_key key; /* WORD_WIDE; WORD_SHORT: the first half */
    uint64_t hash;            /* WORD_LONG */
};

/* Fills the tables. */
void word_fold_open(struct word_fold *fold, enum word_rule rule);

/* Lower-cases the word, `bytes` > 0 long. Its kind, key or hash depend on the lower-cased bytes
 * alone; what its kind does not use is undefined. */
enum word_kind word_fold_word(const struct word_fold *fold, const uint8_t *word, uint64_t bytes,
                              struct word_folded *folded);

#endif
