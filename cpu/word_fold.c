/* Must equal:
 *
 *     for (position = 0; position < bytes; position += character.bytes) {
 *         character = unicode_decode(word + position, bytes - position);
 *         used += unicode_fold(character.code_point, folded + used);
 *     }
 *     if (used <= WORD_WIDE_KEY_BYTES && no byte of folded is 0)
 *         key = folded;
 *     else
 *         hash = function of (folded, used);
 */
#include "cpu/word_fold.h"

#include <string.h>

#include "common/unicode.h"
#include "common/unicode_lower.h"

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

static uint8_t ascii_lower(uint8_t byte)
{
    return (uint8_t)(byte - 'A') < 26 ? (uint8_t)(byte + 32) : byte;
}

static uint16_t pair_of(uint32_t code_point)
{
    uint8_t folded[UNICODE_FOLDED_MAX];
    uint16_t pair = 0;
    if (unicode_fold(code_point, folded) == sizeof(pair))
        memcpy(&pair, folded, sizeof(pair));
    return pair;
}

struct code_points {
    uint32_t first, last;
};

#define CASED(first, last, step, delta) {first, last},
static const struct code_points cased[UNICODE_LOWER_RANGE_COUNT] = {UNICODE_LOWER_RANGES(CASED)};

void word_fold_open(struct word_fold *fold, enum word_rule rule)
{
    *fold = (struct word_fold){.rule = rule};
    for (uint32_t i = 0; i < WORD_PAIR_LEADS * WORD_CHARACTERS_A_ROW; i++)
        fold->pairs[i] = pair_of(0x80 + i);
    for (size_t i = 0; i < UNICODE_LOWER_RANGE_COUNT; i++)
        for (uint32_t c = cased[i].first; c <= cased[i].last && c < 0x10000; c++)
            fold->row_has_case[c / WORD_CHARACTERS_A_ROW] = true;
}

/* Writes the character at word[0], which is not ASCII; returns its length there. */
static uint32_t fold_character(const struct word_fold *fold, const uint8_t *word,
                               const uint8_t *end, uint8_t **folded)
{
    const uint8_t lead = word[0];
    if ((uint8_t)(lead - 0xC2) < WORD_PAIR_LEADS && end - word >= 2 && is_continuation(word[1])) {
        const uint16_t pair = fold->pairs[(lead - 0xC2) * WORD_CHARACTERS_A_ROW + (word[1] & 0x3F)];
        if (pair != 0) {
            memcpy(*folded, &pair, sizeof(pair));
            *folded += sizeof(pair);
            return 2;
        }
    }
    const struct unicode_character character = unicode_decode(word, (size_t)(end - word));
    if (character.bytes == 3 && !fold->row_has_case[character.code_point / WORD_CHARACTERS_A_ROW]) {
        memcpy(*folded, word, 3);
        *folded += 3;
        return 3;
    }
    *folded += unicode_fold(character.code_point, *folded);
    return character.bytes;
}

/* Lower-cases from *word on as much as `room` surely takes; returns the bytes written. */
static size_t fold_some(const struct word_fold *fold, const uint8_t **word, const uint8_t *end,
                        uint8_t *folded, size_t room)
{
    uint8_t *out = folded;
    const uint8_t *in = *word, *last = folded + room - UNICODE_FOLDED_MAX;
    while (in < end && out <= last) {
        if (*in < 0x80)
            *out++ = ascii_lower(*in++);
        else if (fold->rule == RULE_ASCII)
            *out++ = *in++;
        else
            in += fold_character(fold, in, end, &out);
    }
    *word = in;
    return (size_t)(out - folded);
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0xFF51AFD7ED558CCDu;
    return hash ^ hash >> 32;
}

enum { PIECE_BYTES = 64 };

/* The hash of the lower-cased word of which `used` bytes are in `folded`, which has PIECE_BYTES,
 * and the rest in [word, end). */
static uint64_t hash_rest(const struct word_fold *fold, const uint8_t *word, const uint8_t *end,
                          uint8_t *folded, size_t used)
{
    uint64_t hash = 0, step, length = used;
    for (;;) {
        size_t done = 0;
        for (; used - done >= sizeof(step); done += sizeof(step)) {
            memcpy(&step, folded + done, sizeof(step));
            hash = mix(hash, step);
        }
        used -= done;
        memmove(folded, folded + done, used);
        if (word == end)
            break;
        const size_t more = fold_some(fold, &word, end, folded + used, PIECE_BYTES - used);
        length += more;
        used += more;
    }
    step = 0;
    memcpy(&step, folded, used);
    return mix(mix(hash, step), length);
}

enum word_kind word_fold_word(const struct word_fold *fold, const uint8_t *word, uint64_t bytes,
                              struct word_folded *folded)
{
    uint8_t piece[PIECE_BYTES];
    const uint8_t *next = word, *end = word + bytes;
    const size_t used = fold_some(fold, &next, end, piece, sizeof(piece));
    if (next == end && used <= WORD_WIDE_KEY_BYTES && memchr(piece, 0, used) == NULL) {
        folded->key = (struct word_wide_key){0};
        memcpy(&folded->key, piece, used);
        return used <= WORD_KEY_BYTES ? WORD_SHORT : WORD_WIDE;
    }
    folded->hash = hash_rest(fold, next, end, piece, used);
    return WORD_LONG;
}
