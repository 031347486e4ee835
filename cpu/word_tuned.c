/* Must equal the loop at the top of cpu/word_slice.c. */
#include "cpu/word_tuned.h"

#include <stdlib.h>
#include <string.h>

#include "common/word_count.h"
#include "cpu/fetch.h"
#include "cpu/isa.h"
#include "cpu/word_blanks.h"
#include "cpu/word_fold.h"

#if CPU_ISA_X86
#include <immintrin.h>
#endif

enum {
    BEHIND = 2,         /* a white space may begin in one block and end in the next */
    BATCH = 64,         /* words whose slots are on their way at the same time */
    CHUNK_BYTES = 4096, /* so that a chunk and its edges stay in the first-level cache */
};

/* From WORD_KEY_BYTES - n on: the first n bytes of a key. */
static const uint8_t word_key_masks[2 * WORD_KEY_BYTES] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
};

/* A piece of the text in lower case, but for characters that cpu/word_tuned_lower.h leaves out, and
 * the places where words begin and end in it. */
struct word_chunk {
    bool has_zeros; /* NUL, or put for such a character */
    _Alignas(WORD_BLOCK_BYTES) uint8_t lower[CHUNK_BYTES + WORD_BLOCK_BYTES];
    uint32_t edges[CHUNK_BYTES + 2 * WORD_BLOCK_BYTES];
};

/* The words between some edges of a chunk. */
struct word_batch {
    struct word_key keys[BATCH];
    struct word_keys_slot *homes[BATCH]; /* where the search for each begins */
};

#define VECTOR_BYTES 16
#define TARGET
#define LOOP(name) name##_portable
#include "cpu/word_tuned_portable.h"

#include "cpu/word_tuned_loops.h"

#if CPU_ISA_X86
#define VECTOR_BYTES 32
#define TARGET       CPU_TARGET_AVX2
#define LOOP(name)   name##_avx2
#include "cpu/word_tuned_avx2.h"

#include "cpu/word_tuned_loops.h"

#define VECTOR_BYTES 64
#define TARGET       CPU_TARGET_AVX512
#define LOOP(name)   name##_avx512
#include "cpu/word_tuned_avx512.h"

#include "cpu/word_tuned_loops.h"
#endif

/* Of one instruction set. */
struct word_loops {
    uint64_t (*total)(const uint8_t *, uint64_t blocks, enum word_rule, struct word_scan *);
    uint32_t *(*edges)(const uint8_t *, uint64_t blocks, enum word_rule, struct word_scan *,
                       struct word_chunk *);
    uint64_t (*plain_keys)(const struct word_chunk *, const uint32_t *edges, size_t count,
                           const struct word_keys *, struct word_batch *);
    uint64_t (*odd_keys)(const struct word_chunk *, const uint32_t *edges, size_t count,
                         const struct word_keys *, struct word_batch *);
};

#define LOOPS(isa) {total_##isa, edges_##isa, plain_keys_##isa, odd_keys_##isa}

static const struct word_loops loops[CPU_ISA_COUNT] = {
    [CPU_ISA_PORTABLE] = LOOPS(portable),
#if CPU_ISA_X86
    [CPU_ISA_AVX2] = LOOPS(avx2),
    [CPU_ISA_AVX512] = LOOPS(avx512),
    [CPU_ISA_AVX512_VNNI] = LOOPS(avx512),
#endif
};

/* job->scratch */
struct word_scratch {
    const struct word_loops *loops;
    struct word_fold fold;
    struct word_part *parts; /* owned */
    unsigned parts_room;
};

/* ---- Parts of a text --------------------------------------------------------------------------
 */

/* Blocks of the text at `begin` that can be read, and BEHIND bytes behind them. */
static uint64_t whole_blocks(const struct job *job, uint64_t begin, uint64_t end)
{
    const uint64_t bytes = job->problem->input.bytes;
    const uint64_t readable = bytes < BEHIND ? 0 : bytes - BEHIND;
    if (end > readable)
        end = readable;
    return end <= begin ? 0 : (end - begin) / WORD_BLOCK_BYTES;
}

enum { COPIED_BLOCKS = 2 };

/* A few blocks of the text with blanks around them, where the text itself cannot be read on. */
struct copy {
    uint8_t before;
    uint8_t blocks[COPIED_BLOCKS * WORD_BLOCK_BYTES + BEHIND];
};

static struct copy copy_of(const struct job *job, uint64_t begin, uint64_t end)
{
    const uint8_t *text = job->input;
    struct copy copy;
    memset(&copy, ' ', sizeof(copy));
    if (begin != 0)
        copy.before = text[begin - 1];
    if (end != begin) /* an empty text has no address to count from */
        memcpy(copy.blocks, text + begin, end - begin);
    return copy;
}

static enum word_rule rule_of(const struct job *job)
{
    return ((const struct word_scratch *)job->scratch)->fold.rule;
}

uint64_t word_tuned_total(const struct job *job, struct slice slice)
{
    const struct word_loops *with = ((const struct word_scratch *)job->scratch)->loops;
    const uint64_t blocks = whole_blocks(job, slice.begin, slice.end);
    const struct copy rest = copy_of(job, slice.begin + blocks * WORD_BLOCK_BYTES, slice.end);
    struct word_scan scan = {0};
    uint64_t total = 0;
    if (blocks != 0)
        total = with->total((const uint8_t *)job->input + slice.begin, blocks, rule_of(job), &scan);
    return total + with->total(rest.blocks, COPIED_BLOCKS, rule_of(job), &scan);
}

/* ---- Frequencies ------------------------------------------------------------------------------
 */

struct wide_word {
    struct word_wide_key key;
    struct word_wide_keys_slot *home;
    uint64_t place;
};

struct long_word {
    uint64_t hash, offset, bytes;
};

struct counter {
    const struct word_loops *loops;
    const struct word_fold *fold;
    const uint8_t *text;
    struct word_part *part;
    struct word_scan scan;
    uint64_t pending; /* where the word begins that the last chunk ended in */
    struct word_chunk chunk;
    struct word_batch batch;
    struct wide_word wide_words[BATCH];
    struct long_word long_words[BATCH];
    unsigned wide_count, long_count;
};

static enum ab_status add_word(struct counter *c, uint64_t offset, uint64_t bytes)
{
    struct word_part *part = c->part;
    struct word_folded word;
    const enum word_kind kind = word_fold_word(c->fold, c->text + offset, bytes, &word);
    if (kind == WORD_LONG)
        return word_table_add(&part->table, word.hash, offset, bytes, 1, &part->error);
    enum ab_status status = word_keys_reserve(&part->keys, 1, &part->error);
    if (status == AB_OK)
        status = word_wide_keys_reserve(&part->wide_keys, 1, &part->error);
    if (status != AB_OK)
        return status;
    const uint64_t place = word_place(offset, bytes);
    if (kind == WORD_WIDE)
        word_wide_keys_add(&part->wide_keys, word_wide_keys_home(&part->wide_keys, word.key),
                           word.key, place, 1);
    else
        word_keys_add(&part->keys, word_keys_home(&part->keys, word.key.first), word.key.first,
                      place, 1);
    return status;
}

/* The wide key of a word that is lower-cased in the chunk, if it has one. */
static bool wide_key(const struct word_chunk *chunk, uint32_t begin, uint64_t bytes,
                     struct word_wide_key *key)
{
    if (bytes <= WORD_KEY_BYTES || bytes > WORD_WIDE_KEY_BYTES)
        return false;
    struct word_key mask;
    memcpy(&mask, word_key_masks + WORD_WIDE_KEY_BYTES - bytes, sizeof(mask));
    memcpy(key, chunk->lower + begin, sizeof(*key));
    key->second.low &= mask.low;
    key->second.high &= mask.high;
    return !chunk->has_zeros || memchr(key, 0, bytes) == NULL;
}

/* Makes the keys of words that are not plain, or hashes of those that have none, and fetches their
 * slots. Returns which words are not short. */
static uint64_t fold_others(struct counter *c, const uint32_t *edges, uint64_t offset,
                            uint64_t others)
{
    uint64_t not_short = 0;
    for (; others != 0; others &= others - 1) {
        const size_t i = (size_t)__builtin_ctzll(others);
        const uint64_t begin = offset + edges[2 * i], bytes = edges[2 * i + 1] - edges[2 * i];
        struct word_folded word;
        const enum word_kind kind = wide_key(&c->chunk, edges[2 * i], bytes, &word.key)
                                        ? WORD_WIDE
                                        : word_fold_word(c->fold, c->text + begin, bytes, &word);
        if (kind == WORD_SHORT) {
            c->batch.keys[i] = word.key.first;
            c->batch.homes[i] = word_keys_home(&c->part->keys, word.key.first);
            __builtin_prefetch(c->batch.homes[i], 1);
            continue;
        }
        not_short |= others & -others;
        if (kind == WORD_WIDE) {
            struct word_wide_keys_slot *home = word_wide_keys_home(&c->part->wide_keys, word.key);
            __builtin_prefetch(home, 1);
            c->wide_words[c->wide_count++] =
                (struct wide_word){word.key, home, word_place(begin, bytes)};
        } else {
            c->long_words[c->long_count++] = (struct long_word){word.hash, begin, bytes};
            word_table_prefetch(&c->part->table, word.hash);
        }
    }
    return not_short;
}

static void add_short(struct counter *c, const uint32_t *edges, uint64_t offset, uint64_t words)
{
    const struct word_batch *batch = &c->batch;
    for (; words != 0; words &= words - 1) {
        const size_t i = (size_t)__builtin_ctzll(words);
        const uint64_t begin = edges[2 * i], end = edges[2 * i + 1];
        word_keys_add(&c->part->keys, batch->homes[i], batch->keys[i],
                      word_place(offset + begin, end - begin), 1);
    }
}

static enum ab_status add_others(struct counter *c)
{
    struct word_part *part = c->part;
    enum ab_status status = AB_OK;
    for (unsigned i = 0; i < c->wide_count; i++)
        word_wide_keys_add(&part->wide_keys, c->wide_words[i].home, c->wide_words[i].key,
                           c->wide_words[i].place, 1);
    for (unsigned i = 0; i < c->long_count && status == AB_OK; i++)
        status = word_table_add(&part->table, c->long_words[i].hash, c->long_words[i].offset,
                                c->long_words[i].bytes, 1, &part->error);
    c->wide_count = 0;
    c->long_count = 0;
    return status;
}

static enum ab_status count_batch(struct counter *c, const uint32_t *edges, size_t count,
                                  uint64_t offset)
{
    struct word_keys *keys = &c->part->keys;
    enum ab_status status = word_keys_reserve(keys, count, &c->part->error);
    if (status != AB_OK)
        return status;
    const uint64_t all = UINT64_MAX >> (BATCH - count);
    const uint64_t others = c->chunk.has_zeros
                                ? c->loops->odd_keys(&c->chunk, edges, count, keys, &c->batch)
                                : c->loops->plain_keys(&c->chunk, edges, count, keys, &c->batch);
    if (others == 0) {
        add_short(c, edges, offset, all);
        return AB_OK;
    }
    status = word_wide_keys_reserve(&c->part->wide_keys, count, &c->part->error);
    if (status != AB_OK)
        return status;
    const uint64_t not_short = fold_others(c, edges, offset, others);
    add_short(c, edges, offset, all & ~not_short);
    return add_others(c);
}

/* `text` is the text from `offset` on, with a byte before the blocks and BEHIND behind them. */
static enum ab_status count_chunk(struct counter *c, const uint8_t *text, uint64_t blocks,
                                  uint64_t offset)
{
    const bool inside = c->scan.inside != 0;
    const uint32_t *edges = c->chunk.edges;
    const uint32_t *end = c->loops->edges(text, blocks, c->fold->rule, &c->scan, &c->chunk);
    enum ab_status status = AB_OK;
    if (inside && edges != end) {
        status = add_word(c, c->pending, offset + *edges - c->pending);
        edges++;
    }
    while (end - edges >= 2 && status == AB_OK) {
        const size_t words = end - edges < 2 * BATCH ? (size_t)(end - edges) / 2 : BATCH;
        status = count_batch(c, edges, words, offset);
        edges += 2 * words;
    }
    if (edges != end)
        c->pending = offset + *edges;
    return status;
}

void word_tuned_frequency(const struct job *job, struct slice slice, struct word_part *part)
{
    const struct word_scratch *scratch = job->scratch;
    struct counter c = {
        .loops = scratch->loops, .fold = &scratch->fold, .text = job->input, .part = part};
    enum ab_status status = AB_OK;
    uint64_t blocks = whole_blocks(job, slice.begin, slice.end);
    if (slice.begin == 0 && blocks != 0) { /* nothing can be read before the text */
        const struct copy first = copy_of(job, 0, WORD_BLOCK_BYTES + BEHIND);
        status = count_chunk(&c, first.blocks, 1, 0);
        slice.begin = WORD_BLOCK_BYTES;
        blocks--;
    }
    for (uint64_t now; blocks != 0 && status == AB_OK; blocks -= now) {
        now = blocks < CHUNK_BYTES / WORD_BLOCK_BYTES ? blocks : CHUNK_BYTES / WORD_BLOCK_BYTES;
        status = count_chunk(&c, c.text + slice.begin, now, slice.begin);
        slice.begin += now * WORD_BLOCK_BYTES;
    }
    if (status != AB_OK)
        return;
    const struct copy rest = copy_of(job, slice.begin, slice.end);
    count_chunk(&c, rest.blocks, COPIED_BLOCKS, slice.begin);
}

/* ---- Hooks ------------------------------------------------------------------------------------
 */

enum ab_status word_tuned_prepare(struct job *job, struct ab_error *error)
{
    const struct word_count_params *params = job->problem->params;
    enum cpu_isa isa;
    const enum ab_status status = cpu_isa_choose(cpu_isa_best(), &isa, error);
    if (status != AB_OK)
        return status;
    struct word_scratch *scratch = calloc(1, sizeof(*scratch));
    if (scratch == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the table of lower-case letters");
    scratch->loops = &loops[isa];
    word_fold_open(&scratch->fold, params->rule);
    job->scratch = scratch;
    return AB_OK;
}

struct word_part *word_tuned_parts(const struct job *job, unsigned count)
{
    struct word_scratch *scratch = job->scratch;
    if (count <= scratch->parts_room)
        return scratch->parts;
    struct word_part *parts = realloc(scratch->parts, count * sizeof(*parts));
    if (parts == NULL)
        return NULL;
    memset(parts + scratch->parts_room, 0, (count - scratch->parts_room) * sizeof(*parts));
    scratch->parts = parts;
    scratch->parts_room = count;
    return parts;
}

void word_tuned_release(struct job *job)
{
    struct word_scratch *scratch = job->scratch;
    if (scratch == NULL)
        return;
    for (unsigned i = 0; i < scratch->parts_room; i++)
        word_part_free(&scratch->parts[i]);
    free(scratch->parts);
    free(scratch);
    job->scratch = NULL;
}
