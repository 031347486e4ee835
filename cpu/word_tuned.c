/* Must equal the loop at the top of cpu/word_slice.c. */
#include "cpu/word_tuned.h"

#include <stdlib.h>
#include <string.h>

#include "common/word_count.h"
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
#endif
};

/* job->scratch */
struct word_scratch {
    const struct word_loops *loops;
    struct word_fold fold;
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

/* A word that is no key. */
struct long_word {
    uint64_t hash, offset, bytes;
};

struct counter {
    const struct word_loops *loops;
    const struct word_fold *fold;
    const uint8_t *text;
    struct word_keys *keys;
    struct word_table *table;
    struct ab_error *error;
    struct word_scan scan;
    uint64_t pending; /* where the word begins that the last chunk ended in */
    struct word_chunk chunk;
    struct word_batch batch;
    struct long_word long_words[BATCH];
};

static enum ab_status add_word(struct counter *c, uint64_t offset, uint64_t bytes)
{
    struct word_key key;
    uint64_t hash;
    if (!word_fold_key(c->fold, c->text + offset, bytes, &key, &hash))
        return word_table_add(c->table, hash, offset, bytes, 1, c->error);
    const enum ab_status status = word_keys_reserve(c->keys, 1, c->error);
    if (status == AB_OK)
        word_keys_add(c->keys, word_keys_home(c->keys, key), key, word_place(offset, bytes), 1);
    return status;
}

/* Lower-cases the words that are not plain. Those that are no keys leave the mask of all words, and
 * *long_count of them wait to be added. */
static uint64_t fold_others(struct counter *c, const uint32_t *edges, uint64_t offset,
                            uint64_t others, unsigned *long_count)
{
    struct word_batch *batch = &c->batch;
    uint64_t not_keys = 0;
    unsigned count = 0;
    for (; others != 0; others &= others - 1) {
        const size_t i = (size_t)__builtin_ctzll(others);
        const uint64_t begin = offset + edges[2 * i], bytes = edges[2 * i + 1] - edges[2 * i];
        uint64_t hash;
        if (word_fold_key(c->fold, c->text + begin, bytes, &batch->keys[i], &hash)) {
            batch->homes[i] = word_keys_home(c->keys, batch->keys[i]);
            __builtin_prefetch(batch->homes[i], 1);
            continue;
        }
        not_keys |= others & -others;
        c->long_words[count++] = (struct long_word){hash, begin, bytes};
        word_table_prefetch(c->table, hash);
    }
    *long_count = count;
    return not_keys;
}

static void add_keys(struct counter *c, const uint32_t *edges, uint64_t offset, uint64_t words)
{
    const struct word_batch *batch = &c->batch;
    for (; words != 0; words &= words - 1) {
        const size_t i = (size_t)__builtin_ctzll(words);
        const uint64_t begin = edges[2 * i], end = edges[2 * i + 1];
        word_keys_add(c->keys, batch->homes[i], batch->keys[i],
                      word_place(offset + begin, end - begin), 1);
    }
}

static enum ab_status count_batch(struct counter *c, const uint32_t *edges, size_t count,
                                  uint64_t offset)
{
    enum ab_status status = word_keys_reserve(c->keys, count, c->error);
    if (status != AB_OK)
        return status;
    uint64_t words = UINT64_MAX >> (BATCH - count);
    unsigned long_count = 0;
    const uint64_t others = c->chunk.has_zeros
                                ? c->loops->odd_keys(&c->chunk, edges, count, c->keys, &c->batch)
                                : c->loops->plain_keys(&c->chunk, edges, count, c->keys, &c->batch);
    if (others != 0)
        words &= ~fold_others(c, edges, offset, others, &long_count);
    add_keys(c, edges, offset, words);
    for (unsigned i = 0; i < long_count && status == AB_OK; i++)
        status = word_table_add(c->table, c->long_words[i].hash, c->long_words[i].offset,
                                c->long_words[i].bytes, 1, c->error);
    return status;
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

enum ab_status word_tuned_frequency(const struct job *job, struct slice slice,
                                    struct word_keys *keys, struct word_table *table,
                                    struct ab_error *error)
{
    const struct word_scratch *scratch = job->scratch;
    struct counter c = {.loops = scratch->loops,
                        .fold = &scratch->fold,
                        .text = job->input,
                        .keys = keys,
                        .table = table,
                        .error = error};
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
        return status;
    const struct copy rest = copy_of(job, slice.begin, slice.end);
    return count_chunk(&c, rest.blocks, COPIED_BLOCKS, slice.begin);
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
    struct word_scratch *scratch = malloc(sizeof(*scratch));
    if (scratch == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the table of lower-case letters");
    scratch->loops = &loops[isa];
    word_fold_open(&scratch->fold, params->rule);
    job->scratch = scratch;
    return AB_OK;
}

void word_tuned_release(struct job *job)
{
    free(job->scratch);
    job->scratch = NULL;
}
