/* The table of words in the device's memory (struct word_slots), and a block's cache before it, in
 * its fast memory. Both tell words apart by their keys and rests, exactly, up to EXACT_BYTES;
 * longer ones where they stand in the text. */
#ifndef ACCELBENCH_GPU_WORD_SLOTS_H
#define ACCELBENCH_GPU_WORD_SLOTS_H

#include "gpu/word_count_cuda.h"
#include "gpu/words.h"

/* Is `w` the word with this key and this rest? Zero: that is not there yet; whoever wrote the key
 * writes it next, and goes on also while others of its warp wait here (from Volta on). */
static __device__ __forceinline__ bool same_exact_word(word w, u64 key, u64 rest,
                                                       const u64 *rest_now)
{
    if (key != w.key)
        return false;
    while (w.rest != 0 && rest == 0)
        rest = load_now(rest_now);
    return rest == w.rest;
}

/* EXACT: the word has no more bytes than its key and rest hold. */
template <bool UNICODE, bool EXACT>
static __device__ __forceinline__ void count_word(const word_slots &slots, const u8 *text, u64 end,
                                                  word w, u64 place, u64 count)
{
    u64 index = w.hash & slots.mask;
    for (u64 probe = 0; probe < slots.probes; probe++, index = (index + 1) & slots.mask) {
        word_cell *cell = &slots.cells[index];
        const ulonglong2 seen = load_both(&cell->key);
        u64 key = seen.x;
        if (key == 0) {
            key = atomicCAS(&cell->key, (u64)0, w.key);
            if (key == 0) {
                cell->where = place;
                if (w.rest != 0)
                    atomicExch(&cell->rest, w.rest);
                atomicAdd(&cell->count, count);
                return;
            }
        }
        if (same_exact_word(w, key, seen.y, &cell->rest) ||
            (!EXACT && same_long_word<UNICODE>(text, key, w.key, end))) {
            atomicAdd(&cell->count, count);
            return;
        }
    }
    atomicOr(slots.full, 1u);
}

/* ---- The cache --------------------------------------------------------------------------------
 */

struct cached_word {
    u64 key, rest;         /* as in struct word_cell */
    unsigned count, where; /* where: from the begin of the block's range on */
};

/* The words that a block has seen; two places for each, and no others: what finds both taken goes
 * to the table of the device. */
struct word_cache {
    cached_word *words; /* in fast memory */
    unsigned pairs;
};

static __device__ __forceinline__ void clear_cache(const word_cache &cache)
{
    for (unsigned i = threadIdx.x; i < 2 * cache.pairs; i += blockDim.x)
        cache.words[i] = {0, 0, 0, 0};
}

/* The same as count_in_cache for a word that is not there, or long. */
template <bool UNICODE, bool EXACT>
static __device__ bool claim_in_cache(cached_word *pair, const u8 *text, u64 end, word w,
                                      unsigned place)
{
    for (cached_word *cached = pair; cached < pair + 2; cached++) {
        const u64 key = atomicCAS(&cached->key, (u64)0, w.key);
        if (key == 0) {
            cached->where = place;
            if (w.rest != 0)
                atomicExch(&cached->rest, w.rest);
        }
        if (key == 0 || same_exact_word(w, key, 0, &cached->rest) ||
            (!EXACT && same_long_word<UNICODE>(text, key, w.key, end))) {
            atomicAdd(&cached->count, 1u);
            return true;
        }
    }
    return false;
}

/* False: both places are taken by other words. */
template <bool UNICODE, bool EXACT>
static __device__ __forceinline__ bool count_in_cache(const word_cache &cache, const u8 *text,
                                                      u64 end, word w, unsigned place)
{
    cached_word *pair = cache.words + 2 * __umulhi((unsigned)(w.hash >> 32), cache.pairs);
    const u64 first = load_now(&pair[0].key), second = load_now(&pair[1].key);
    if (first == w.key || second == w.key) {
        cached_word *cached = first == w.key ? pair : pair + 1;
        if (w.rest == 0 || load_now(&cached->rest) == w.rest) {
            atomicAdd(&cached->count, 1u);
            return true;
        }
    } else if (EXACT && first != 0 && second != 0) {
        return false;
    }
    return claim_in_cache<UNICODE, EXACT>(pair, text, end, w, place);
}

/* Adds it all to the table. The block's range of the text begins at `first`. */
template <bool UNICODE>
static __device__ __forceinline__ void flush_cache(const word_cache &cache, const word_slots &slots,
                                                   const u8 *text, u64 end, u64 first)
{
    for (unsigned i = threadIdx.x; i < 2 * cache.pairs; i += blockDim.x) {
        const cached_word cached = cache.words[i];
        if (cached.key == 0)
            continue;
        const u64 place = first + cached.where;
        const word w = (cached.key & LONG_WORD) != 0
                           ? read_word<UNICODE>(text, place, end)
                           : word{cached.key, cached.rest, scramble(cached.key)};
        count_word<UNICODE, false>(slots, text, end, w, place, cached.count);
    }
}

#endif
