/* The answer by a chained hash table with a hash of its own, over code points where the backends
 * hash bytes: a mistake would have to be made twice. */
#include "common/word_expect.h"

#include <stdlib.h>
#include <string.h>

#include "common/parallel.h"

enum {
    FIRST_ENTRIES = 1 << 16,
    PART_BYTES_MIN = 4 << 20, /* less text than that is not worth a table */
    PARTS_MAX = 32            /* one thread alone merges their tables */
};

int folded_next(struct folded_bytes *word)
{
    if (word->position < word->length)
        return word->folded[word->position++];
    if (word->next == word->end)
        return -1;
    if (word->rule == RULE_ASCII) {
        const uint8_t byte = *word->next++;
        return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
    }
    const struct unicode_character character =
        unicode_decode(word->next, (size_t)(word->end - word->next));
    word->next += character.bytes;
    word->length = (uint8_t)unicode_fold(character.code_point, word->folded);
    word->position = 1;
    return word->folded[0];
}

int compare_folded(const uint8_t *a, uint64_t a_bytes, const uint8_t *b, uint64_t b_bytes,
                   enum word_rule rule)
{
    if (a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0)
        return 0;
    struct folded_bytes left = fold_word(a, a_bytes, rule), right = fold_word(b, b_bytes, rule);
    for (;;) {
        const int l = folded_next(&left), r = folded_next(&right);
        if (l != r)
            return l - r;
        if (l < 0)
            return 0;
    }
}

/* ---- Reading words -------------------------------------------------------------------------- */

static inline uint64_t mix(uint64_t hash, uint32_t code_point)
{
    return ((hash << 5 | hash >> 59) ^ code_point) * 0x9FB21C651E98DF25u;
}

static inline bool is_space(uint32_t code_point, enum word_rule rule)
{
    if (rule == RULE_ASCII)
        return code_point == ' ' || (code_point >= 9 && code_point <= 13);
    return unicode_is_space(code_point);
}

static inline struct unicode_character read_character(const uint8_t *text, uint64_t available,
                                                      enum word_rule rule)
{
    if (text[0] < 0x80 || rule == RULE_ASCII)
        return (struct unicode_character){text[0], 1};
    return unicode_decode(text, (size_t)available);
}

uint64_t word_answer_read(const uint8_t *text, uint64_t position, uint64_t end, enum word_rule rule,
                          uint32_t *hash)
{
    uint64_t h = 0;
    while (position < end) {
        const struct unicode_character c = read_character(text + position, end - position, rule);
        if (c.code_point <= ' ' || c.code_point >= 0x80)
            if (is_space(c.code_point, rule))
                break;
        if (c.code_point - 'A' < 26)
            h = mix(h, c.code_point + 32);
        else if (c.code_point < 0x80 || rule == RULE_ASCII)
            h = mix(h, c.code_point);
        else if (c.code_point == 0x0130) /* the only one that becomes two */
            h = mix(mix(h, 'i'), 0x0307);
        else
            h = mix(h, unicode_lower(c.code_point));
        position += c.bytes;
    }
    h = (h ^ h >> 29) * 0xD6E8FEB86659FD93u;
    *hash = (uint32_t)(h >> 32);
    return position;
}

/* Skips white space. */
static uint64_t next_word(const uint8_t *text, uint64_t position, uint64_t end, enum word_rule rule)
{
    while (position < end) {
        const struct unicode_character c = read_character(text + position, end - position, rule);
        if (!is_space(c.code_point, rule))
            break;
        position += c.bytes;
    }
    return position;
}

/* ---- Looking words up ------------------------------------------------------------------------ */

static void prefetch_chains(const uint8_t *text, const struct word_answer_entry *entries,
                            const uint32_t *heads, uint64_t mask,
                            const struct word_occurrence *batch, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        __builtin_prefetch(&heads[batch[i].hash & mask]);
    for (unsigned i = 0; i < count; i++)
        if (heads[batch[i].hash & mask] != WORD_ANSWER_NONE)
            __builtin_prefetch(&entries[heads[batch[i].hash & mask]]);
    for (unsigned i = 0; i < count; i++)
        if (heads[batch[i].hash & mask] != WORD_ANSWER_NONE)
            __builtin_prefetch(text + entries[heads[batch[i].hash & mask]].word.offset);
}

static const uint32_t *heads_of(const struct word_answer *answer)
{
    return (const uint32_t *)(word_answer_entries(answer) + answer->distinct);
}

void word_answer_prefetch(const struct problem *problem, const struct word_occurrence *batch,
                          unsigned count)
{
    const struct word_answer *answer = word_answer(problem);
    if (answer->buckets > 0)
        prefetch_chains(problem->input.data, word_answer_entries(answer), heads_of(answer),
                        answer->buckets - 1, batch, count);
}

uint32_t word_answer_find(const struct problem *problem, uint32_t hash, const uint8_t *word,
                          uint64_t bytes)
{
    const struct word_answer *answer = word_answer(problem);
    const struct word_answer_entry *entries = word_answer_entries(answer);
    const uint32_t *heads = heads_of(answer);
    const uint8_t *text = problem->input.data;
    if (answer->buckets == 0)
        return WORD_ANSWER_NONE;
    uint32_t i = heads[hash & (answer->buckets - 1)];
    while (i != WORD_ANSWER_NONE &&
           (entries[i].hash != hash ||
            compare_folded(text + entries[i].word.offset, entries[i].word.bytes, word, bytes,
                           word_params(problem)->rule) != 0))
        i = entries[i].next;
    return i;
}

/* ---- Building the table --------------------------------------------------------------------- */

struct builder {
    const uint8_t *text;
    enum word_rule rule;
    struct region *answer; /* header and entries; the chain heads join them at the end */
    struct region heads;
    uint64_t total, distinct, buckets;
};

static struct word_answer_entry *entries_of(const struct builder *builder)
{
    return (struct word_answer_entry *)((struct word_answer *)builder->answer->data + 1);
}

static uint64_t answer_bytes(uint64_t entries)
{
    return sizeof(struct word_answer) + entries * sizeof(struct word_answer_entry);
}

/* Doubles both parts of the table; one chain has one entry on average then, at most. */
static enum ab_status grow(struct builder *builder, struct ab_error *error)
{
    const uint64_t buckets = builder->buckets == 0 ? FIRST_ENTRIES : 2 * builder->buckets;
    if (buckets > UINT32_MAX)
        return ab_fail(error, AB_UNSUPPORTED,
                       "the text has more than %llu distinct words: choose a smaller one",
                       (unsigned long long)builder->distinct);
    region_free(&builder->heads);
    enum ab_status status =
        region_resize(&builder->heads, buckets * sizeof(uint32_t), "the expected answer", error);
    if (status == AB_OK)
        status =
            region_resize(builder->answer, answer_bytes(buckets), "the expected answer", error);
    if (status != AB_OK)
        return status;
    builder->buckets = buckets;
    uint32_t *heads = builder->heads.data;
    memset(heads, 0xFF, buckets * sizeof(uint32_t)); /* WORD_ANSWER_NONE */
    struct word_answer_entry *entries = entries_of(builder);
    for (uint64_t i = 0; i < builder->distinct; i++) {
        uint32_t *head = &heads[entries[i].hash & (buckets - 1)];
        entries[i].next = *head;
        *head = (uint32_t)i;
    }
    return AB_OK;
}

static enum ab_status add(struct builder *builder, const struct word_occurrence *found,
                          struct ab_error *error)
{
    if (builder->distinct == builder->buckets) {
        const enum ab_status status = grow(builder, error);
        if (status != AB_OK)
            return status;
    }
    const uint8_t *text = builder->text;
    struct word_answer_entry *entries = entries_of(builder);
    uint32_t *head = (uint32_t *)builder->heads.data + (found->hash & (builder->buckets - 1));
    for (uint32_t i = *head; i != WORD_ANSWER_NONE; i = entries[i].next) {
        struct word_entry *word = &entries[i].word;
        if (entries[i].hash == found->hash &&
            compare_folded(text + word->offset, word->bytes, text + found->offset, found->bytes,
                           builder->rule) == 0) {
            /* The latest occurrence is the one most likely still in the cache next time. */
            *word = (struct word_entry){found->offset, found->bytes, word->count + found->count};
            return AB_OK;
        }
    }
    entries[builder->distinct] =
        (struct word_answer_entry){{found->offset, found->bytes, found->count}, *head, found->hash};
    *head = (uint32_t)builder->distinct++;
    return AB_OK;
}

static enum ab_status add_batch(struct builder *builder, const struct word_occurrence *batch,
                                unsigned count, struct ab_error *error)
{
    if (builder->buckets > 0)
        prefetch_chains(builder->text, entries_of(builder), builder->heads.data,
                        builder->buckets - 1, batch, count);
    enum ab_status status = AB_OK;
    for (unsigned i = 0; i < count && status == AB_OK; i++)
        status = add(builder, &batch[i], error);
    return status;
}

static enum ab_status finish(struct builder *builder, struct ab_error *error)
{
    const uint64_t heads_bytes = builder->buckets * sizeof(uint32_t);
    const uint64_t entries_bytes = answer_bytes(builder->distinct);
    const enum ab_status status =
        region_resize(builder->answer, entries_bytes + heads_bytes, "the expected answer", error);
    if (status != AB_OK)
        return status;
    *(struct word_answer *)builder->answer->data =
        (struct word_answer){builder->total, builder->distinct, builder->buckets};
    if (heads_bytes > 0)
        memcpy((uint8_t *)builder->answer->data + entries_bytes, builder->heads.data, heads_bytes);
    return AB_OK;
}

/* Reads up to WORD_BATCH words from *position on; returns how many. */
static unsigned read_batch(const struct builder *builder, uint64_t *position, uint64_t end,
                           struct word_occurrence *batch)
{
    unsigned count = 0;
    while (count < WORD_BATCH) {
        const uint64_t begin = next_word(builder->text, *position, end, builder->rule);
        *position = begin;
        if (begin == end)
            break;
        *position = word_answer_read(builder->text, begin, end, builder->rule, &batch[count].hash);
        batch[count].offset = begin;
        batch[count].bytes = *position - begin;
        batch[count].count = 1;
        count++;
    }
    return count;
}

static enum ab_status count_words(struct builder *builder, struct slice slice, enum word_task task,
                                  struct ab_error *error)
{
    struct word_occurrence batch[WORD_BATCH];
    enum ab_status status = AB_OK;
    for (unsigned count = WORD_BATCH; count == WORD_BATCH && status == AB_OK;) {
        count = read_batch(builder, &slice.begin, slice.end, batch);
        builder->total += count;
        if (task == TASK_FREQUENCY)
            status = add_batch(builder, batch, count, error);
    }
    return status;
}

/* ---- Many threads --------------------------------------------------------------------------- */

struct part {
    struct builder builder;
    struct region answer; /* owned */
    struct slice slice;
    enum word_task task;
    struct ab_error error;
};

unsigned word_expect_parts(uint64_t bytes, unsigned threads)
{
    uint64_t parts = bytes / PART_BYTES_MIN < PARTS_MAX ? bytes / PART_BYTES_MIN : PARTS_MAX;
    parts = parts < threads ? parts : threads;
    return parts > 1 ? (unsigned)parts : 1;
}

/* The first blank or end of a line from there on. Both separate words under either rule, and are
 * never a part of another character: nothing before needs to be read to know that. */
static uint64_t next_cut(const uint8_t *text, uint64_t position, uint64_t end)
{
    while (position < end && text[position] != ' ' && text[position] != '\n')
        position++;
    return position;
}

static void count_part(void *argument, uint64_t index)
{
    struct part *part = (struct part *)argument + index;
    count_words(&part->builder, part->slice, part->task, &part->error);
    region_free(&part->builder.heads);
}

static enum ab_status count_parts(const struct problem *problem, struct part *parts, unsigned count,
                                  struct ab_error *error)
{
    const struct word_count_params *params = word_params(problem);
    const uint64_t bytes = problem->input.bytes;
    for (unsigned i = 0; i < count; i++) {
        const uint64_t begin = i == 0 ? 0 : parts[i - 1].slice.end;
        const uint64_t least = slice_of(bytes, i, count).end;
        parts[i] = (struct part){
            .builder = {.text = problem->input.data,
                        .rule = params->rule,
                        .answer = &parts[i].answer},
            .slice = {begin, next_cut(problem->input.data, begin > least ? begin : least, bytes)},
            .task = params->task,
        };
    }
    enum ab_status status = parallel_blocks(count, count, count_part, parts, error);
    for (unsigned i = 0; i < count && status == AB_OK; i++)
        if (parts[i].error.status != AB_OK)
            status = ab_fail(error, parts[i].error.status, "%s", parts[i].error.message);
    return status;
}

/* Adds the table of the text that follows: what comes out is what one thread would have made. */
static enum ab_status merge(struct builder *builder, const struct builder *part,
                            struct ab_error *error)
{
    enum ab_status status = AB_OK;
    builder->total += part->total;
    for (uint64_t first = 0; first < part->distinct && status == AB_OK; first += WORD_BATCH) {
        const struct word_answer_entry *entries = entries_of(part) + first;
        struct word_occurrence batch[WORD_BATCH];
        unsigned count = 0;
        for (; count < WORD_BATCH && first + count < part->distinct; count++) {
            const struct word_entry *word = &entries[count].word;
            batch[count] = (struct word_occurrence){word->offset, word->bytes, word->count,
                                                    entries[count].hash};
        }
        status = add_batch(builder, batch, count, error);
    }
    return status;
}

static enum ab_status count_with_threads(struct builder *builder, const struct problem *problem,
                                         unsigned part_count, struct ab_error *error)
{
    struct part *parts = calloc(part_count, sizeof(*parts));
    if (parts == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the parts of the expected answer");
    enum ab_status status = count_parts(problem, parts, part_count, error);
    for (unsigned i = 0; i < part_count; i++) {
        if (status == AB_OK)
            status = merge(builder, &parts[i].builder, error);
        region_free(&parts[i].answer);
    }
    free(parts);
    return status;
}

enum ab_status word_expect(struct problem *problem, struct ab_error *error)
{
    const struct word_count_params *params = word_params(problem);
    const struct slice all = {0, problem->input.bytes};
    const unsigned parts = word_expect_parts(all.end, params->threads);
    struct builder builder = {
        .text = problem->input.data, .rule = params->rule, .answer = &problem->expected};
    enum ab_status status = parts > 1 ? count_with_threads(&builder, problem, parts, error)
                                      : count_words(&builder, all, params->task, error);
    if (status == AB_OK)
        status = finish(&builder, error);
    region_free(&builder.heads);
    problem->items = builder.total;
    return status;
}
