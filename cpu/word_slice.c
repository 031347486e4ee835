/* Must equal:
 *
 *     for (position = 0; position < bytes; position += character.bytes) {
 *         character = unicode_decode(text + position, bytes - position);
 *         if (unicode_is_space(character.code_point)) {
 *             if (word is not empty)
 *                 total++, add(table, word);
 *             word = empty;
 *         } else
 *             append(word, character);
 *     }
 *     if (word is not empty)
 *         total++, add(table, word);
 */
#include "cpu/word_slice.h"

#include <stdlib.h>

#include "common/unicode.h"
#include "cpu/word_tuned.h"

/* What a byte at the start of a character says. Only four lead bytes begin white space outside
 * ASCII, and no continuation byte does: a search for white space may step byte by byte, from
 * anywhere inside a character. */
enum byte_class { LETTER, SPACE, MAYBE };

/* clang-format off */
static const uint8_t byte_classes[2][256] = {
    [RULE_UNICODE] = {
        [9] = SPACE, [10] = SPACE, [11] = SPACE, [12] = SPACE, [13] = SPACE,
        [28] = SPACE, [29] = SPACE, [30] = SPACE, [31] = SPACE, [32] = SPACE,
        [0xC2] = MAYBE, [0xE1] = MAYBE, [0xE2] = MAYBE, [0xE3] = MAYBE,
    },
    [RULE_ASCII] = {
        [9] = SPACE, [10] = SPACE, [11] = SPACE, [12] = SPACE, [13] = SPACE, [32] = SPACE,
    },
};
/* clang-format on */

/* Bytes of the white space at text[position], 0 where there is none. */
static inline uint32_t space_bytes(const uint8_t *text, uint64_t position, uint64_t end,
                                   const uint8_t *classes)
{
    const uint8_t class = classes[text[position]];
    if (class != MAYBE)
        return class == SPACE;
    const struct unicode_character character =
        unicode_decode(text + position, (size_t)(end - position));
    return unicode_is_space(character.code_point) ? character.bytes : 0;
}

static uint64_t cut(const uint8_t *text, uint64_t bytes, enum word_rule rule, uint64_t position)
{
    if (position == 0)
        return 0;
    while (position < bytes && space_bytes(text, position, bytes, byte_classes[rule]) == 0)
        position++;
    return position;
}

struct slice word_slice(const uint8_t *text, uint64_t bytes, enum word_rule rule, unsigned index,
                        unsigned count)
{
    const struct slice nominal = slice_of(bytes, index, count);
    return (struct slice){cut(text, bytes, rule, nominal.begin),
                          cut(text, bytes, rule, nominal.end)};
}

uint64_t word_slice_total(const uint8_t *text, struct slice slice, enum word_rule rule)
{
    const uint8_t *classes = byte_classes[rule];
    uint64_t total = 0;
    bool after_space = true;
    for (uint64_t position = slice.begin; position < slice.end;) {
        const uint32_t space = space_bytes(text, position, slice.end, classes);
        total += after_space && space == 0;
        after_space = space != 0;
        position += space != 0 ? space : 1;
    }
    return total;
}

/* FNV-1a (Fowler, Noll, Vo), of the lower-cased bytes. */
#define HASH_START 0xCBF29CE484222325u
#define HASH_PRIME 0x00000100000001B3u

static uint64_t hash_character(uint64_t hash, uint32_t code_point)
{
    uint8_t folded[UNICODE_FOLDED_MAX];
    const size_t length = unicode_fold(code_point, folded);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ folded[i]) * HASH_PRIME;
    return hash;
}

/* Reads the word at `position`, which may be empty; returns where it ends. */
static uint64_t read_word(const uint8_t *text, uint64_t position, uint64_t end, enum word_rule rule,
                          uint64_t *hash)
{
    uint64_t h = HASH_START;
    while (position < end) {
        const uint8_t byte = text[position];
        if (byte < 0x80 || rule == RULE_ASCII) {
            if (byte_classes[rule][byte] == SPACE)
                break;
            const uint8_t lower = (uint8_t)(byte - 'A') < 26 ? (uint8_t)(byte + 32) : byte;
            h = (h ^ lower) * HASH_PRIME;
            position++;
            continue;
        }
        const struct unicode_character character =
            unicode_decode(text + position, (size_t)(end - position));
        if (unicode_is_space(character.code_point))
            break;
        h = hash_character(h, character.code_point);
        position += character.bytes;
    }
    *hash = h;
    return position;
}

enum ab_status word_slice_frequency(struct word_table *table, struct slice slice,
                                    struct ab_error *error)
{
    const uint8_t *text = table->text;
    const enum word_rule rule = table->rule;
    const uint8_t *classes = byte_classes[rule];
    uint64_t position = slice.begin;
    enum ab_status status = AB_OK;
    /* shown as words */
    while (position < slice.end && status == AB_OK) {
        const uint32_t space = space_bytes(text, position, slice.end, classes);
        if (space != 0) {
            position += space;
            continue;
        }
        uint64_t hash;
        const uint64_t end = read_word(text, position, slice.end, rule, &hash);
        status = word_table_add(table, hash, position, end - position, 1, error);
        position = end;
    }
    /* until here */
    return status;
}

static const struct word_count_params *params(const struct job *job)
{
    return job->problem->params;
}

struct word_part *word_parts_make(const struct job *job, unsigned count, struct ab_error *error)
{
    struct word_part *parts = calloc(count, sizeof(*parts));
    if (parts == NULL) {
        ab_fail(error, AB_NO_MEMORY, "no memory for the word tables of %u threads", count);
        return NULL;
    }
    for (unsigned i = 0; i < count; i++) {
        word_table_open(&parts[i].table, job->input, params(job)->rule);
        word_keys_open(&parts[i].keys, job->problem->input.bytes / count);
        word_wide_keys_open(&parts[i].wide_keys, 0); /* most texts have few of them */
    }
    return parts;
}

void word_part_count(struct word_part *part, const struct job *job, unsigned index, unsigned count)
{
    const enum word_rule rule = params(job)->rule;
    const struct slice slice =
        word_slice(job->input, job->problem->input.bytes, rule, index, count);
    const bool tuned = job->scratch != NULL;
    if (params(job)->task == TASK_TOTAL)
        part->total =
            tuned ? word_tuned_total(job, slice) : word_slice_total(job->input, slice, rule);
    else if (tuned)
        word_tuned_frequency(job, slice, part);
    else
        word_slice_frequency(&part->table, slice, &part->error);
}

static void free_tables(struct word_part *part)
{
    word_table_free(&part->table);
    word_keys_free(&part->keys);
    word_wide_keys_free(&part->wide_keys);
}

static enum ab_status emit(const struct word_part *part, struct job *job, struct ab_error *error)
{
    job->result->bytes = 0;
    enum ab_status status = word_keys_emit(&part->keys, job->result, error);
    if (status == AB_OK)
        status = word_wide_keys_emit(&part->wide_keys, job->result, error);
    return status != AB_OK ? status : word_table_emit(&part->table, job->result, error);
}

static enum ab_status merge(struct word_part *parts, unsigned count, struct job *job,
                            struct ab_error *error)
{
    for (unsigned i = 0; i < count; i++)
        if (parts[i].error.status != AB_OK)
            return ab_fail(error, parts[i].error.status, "%s", parts[i].error.message);
    for (unsigned i = 1; i < count; i++) {
        enum ab_status status = word_keys_merge(&parts[0].keys, &parts[i].keys, error);
        if (status == AB_OK)
            status = word_wide_keys_merge(&parts[0].wide_keys, &parts[i].wide_keys, error);
        if (status == AB_OK)
            status = word_table_merge(&parts[0].table, &parts[i].table, error);
        if (status != AB_OK)
            return status;
        free_tables(&parts[i]);
        parts[0].total += parts[i].total;
    }
    if (params(job)->task == TASK_FREQUENCY)
        return emit(&parts[0], job, error);
    const enum ab_status status = region_resize(job->result, sizeof(uint64_t), "the result", error);
    if (status == AB_OK)
        *(uint64_t *)job->result->data = parts[0].total;
    return status;
}

enum ab_status word_parts_finish(struct word_part *parts, unsigned count, struct job *job,
                                 struct ab_error *error)
{
    const enum ab_status status = merge(parts, count, job, error);
    for (unsigned i = 0; i < count; i++)
        free_tables(&parts[i]);
    free(parts);
    return status;
}
