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

/* The number of words in text[begin, end), which cuts no word. */
static uint64_t slice_total(const uint8_t *text, struct slice slice, enum word_rule rule)
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

/* Adds the words in table->text[begin, end), which cuts no word. */
static enum ab_status slice_frequency(struct word_table *table, struct slice slice,
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

static bool is_tuned(const struct job *job)
{
    return job->scratch != NULL;
}

/* Tables of more than so many bytes are not kept: making them anew takes little of the time that
 * filling them takes. */
static const uint64_t kept_bytes = 32 << 20;
static const uint64_t part_bytes_least = 64 << 10;

unsigned word_parts_count(const struct job *job, unsigned threads)
{
    if (!is_tuned(job) || params(job)->task == TASK_TOTAL)
        return threads;
    const uint64_t worth = 1 + job->problem->input.bytes / part_bytes_least;
    return worth < threads ? (unsigned)worth : threads;
}

struct word_part *word_parts_make(const struct job *job, unsigned count, struct ab_error *error)
{
    struct word_part *parts =
        is_tuned(job) ? word_tuned_parts(job, count) : calloc(count, sizeof(*parts));
    if (parts == NULL)
        ab_fail(error, AB_NO_MEMORY, "no memory for the word tables of %u threads", count);
    return parts;
}

void word_part_count(struct word_part *part, const struct job *job, unsigned index, unsigned count)
{
    const enum word_rule rule = params(job)->rule;
    const uint64_t bytes = job->problem->input.bytes;
    const struct slice slice = word_slice(job->input, bytes, rule, index, count);
    part->error = (struct ab_error){0};
    if (params(job)->task == TASK_TOTAL) {
        part->total =
            is_tuned(job) ? word_tuned_total(job, slice) : slice_total(job->input, slice, rule);
        return;
    }
    word_table_reopen(&part->table, job->input, rule);
    word_keys_reopen(&part->keys, bytes / count);
    word_wide_keys_reopen(&part->wide_keys, 0); /* most texts have few of them */
    if (is_tuned(job))
        word_tuned_frequency(job, slice, part);
    else
        slice_frequency(&part->table, slice, &part->error);
}

unsigned word_parts_pairs(const struct job *job, unsigned count, unsigned round)
{
    const unsigned apart = 1u << round;
    return params(job)->task == TASK_TOTAL || apart >= count
               ? 0
               : (count - apart - 1) / (2 * apart) + 1;
}

void word_part_free(struct word_part *part)
{
    word_table_free(&part->table);
    word_keys_free(&part->keys);
    word_wide_keys_free(&part->wide_keys);
}

static void free_large_tables(struct word_part *part)
{
    if (part->table.slots.bytes > kept_bytes)
        word_table_free(&part->table);
    if (part->keys.slots.bytes > kept_bytes)
        word_keys_free(&part->keys);
    if (part->wide_keys.slots.bytes > kept_bytes)
        word_wide_keys_free(&part->wide_keys);
}

static void merge(struct word_part *into, const struct word_part *from)
{
    if (into->error.status != AB_OK)
        return;
    into->error = from->error;
    if (from->error.status == AB_OK &&
        word_keys_merge(&into->keys, &from->keys, &into->error) == AB_OK &&
        word_wide_keys_merge(&into->wide_keys, &from->wide_keys, &into->error) == AB_OK)
        word_table_merge(&into->table, &from->table, &into->error);
}

void word_parts_merge(struct word_part *parts, unsigned count, unsigned round, unsigned pair)
{
    const unsigned into = pair << (round + 1), from = into + (1u << round);
    if (from >= count)
        return;
    merge(&parts[into], &parts[from]);
    free_large_tables(&parts[from]);
}

static enum ab_status emit(const struct word_part *part, struct job *job, struct ab_error *error)
{
    job->result->bytes = 0;
    enum ab_status status = word_keys_emit(&part->keys, job->result, error);
    if (status == AB_OK)
        status = word_wide_keys_emit(&part->wide_keys, job->result, error);
    return status != AB_OK ? status : word_table_emit(&part->table, job->result, error);
}

static enum ab_status add_up(const struct word_part *parts, unsigned count, struct job *job,
                             struct ab_error *error)
{
    for (unsigned i = 0; i < count; i++)
        if (parts[i].error.status != AB_OK)
            return ab_fail(error, parts[i].error.status, "%s", parts[i].error.message);
    if (params(job)->task == TASK_FREQUENCY)
        return emit(&parts[0], job, error);
    const enum ab_status status = region_resize(job->result, sizeof(uint64_t), "the result", error);
    if (status != AB_OK)
        return status;
    uint64_t *total = job->result->data;
    *total = 0;
    for (unsigned i = 0; i < count; i++)
        *total += parts[i].total;
    return AB_OK;
}

enum ab_status word_parts_finish(struct word_part *parts, unsigned count, struct job *job,
                                 struct ab_error *error)
{
    const enum ab_status status = add_up(parts, count, job, error);
    for (unsigned i = 0; i < count; i++)
        if (is_tuned(job))
            free_large_tables(&parts[i]);
        else
            word_part_free(&parts[i]);
    if (!is_tuned(job))
        free(parts);
    return status;
}
