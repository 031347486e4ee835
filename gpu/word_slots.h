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

/* Two places for words in fast memory. A block's words have two places each, and no others: what
 * finds both taken goes to the table of the device. */
struct alignas(16) cached_pair {
    u64 keys[2], rests[2];        /* as in struct word_cell */
    unsigned counts[2], where[2]; /* where: from the begin of the block's range on */
};

struct word_cache {
    cached_pair *places;
    unsigned pairs;
};

static __device__ __forceinline__ void clear_cache(const word_cache &cache)
{
    for (unsigned i = threadIdx.x; i < cache.pairs; i += blockDim.x)
        cache.places[i] = {};
}

/* The same as count_in_cache for a word that is not there, or long. */
template <bool UNICODE, bool EXACT>
static __device__ bool claim_in_pair(cached_pair &pair, const u8 *text, u64 end, word w,
                                     unsigned place)
{
    for (unsigned i = 0; i < 2; i++) {
        const u64 key = atomicCAS(&pair.keys[i], (u64)0, w.key);
        if (key == 0) {
            pair.where[i] = place;
            if (w.rest != 0)
                atomicExch(&pair.rests[i], w.rest);
        }
        if (key == 0 || same_exact_word(w, key, 0, &pair.rests[i]) ||
            (!EXACT && same_long_word<UNICODE>(text, key, w.key, end))) {
            atomicAdd(&pair.counts[i], 1u);
            return true;
        }
    }
    return false;
}

/* False: both places are taken by other words. Lanes that part wait for each other, so one without
 * a word comes along: it counts nothing, and what it gets means nothing. */
template <bool UNICODE, bool EXACT>
static __device__ __forceinline__ bool count_in_cache(const word_cache &cache, const u8 *text,
                                                      u64 end, word w, unsigned place,
                                                      bool is_there)
{
    cached_pair &pair = cache.places[__umulhi(w.hash, cache.pairs)];
    const ulonglong2 keys = load_both_here(pair.keys);
    const bool is_second = keys.y == w.key, is_one = is_second | (keys.x == w.key);
    const bool found = is_one & (load_now(&pair.rests[is_second]) == w.rest);
    if (found & is_there)
        atomicAdd(&pair.counts[is_second], 1u);
    if (EXACT ? !is_there | found | (!is_one & (keys.x != 0) & (keys.y != 0)) : found)
        return found;
    return claim_in_pair<UNICODE, EXACT>(pair, text, end, w, place);
}

/* Adds it all to the table. The block's range of the text begins at `first`. */
template <bool UNICODE>
static __device__ __forceinline__ void flush_cache(const word_cache &cache, const word_slots &slots,
                                                   const u8 *text, u64 end, u64 first)
{
    for (unsigned i = threadIdx.x; i < 2 * cache.pairs; i += blockDim.x) {
        const cached_pair &pair = cache.places[i / 2];
        const u64 key = pair.keys[i % 2];
        if (key == 0)
            continue;
        const u64 place = first + pair.where[i % 2];
        const word w = (key & LONG_WORD) != 0 ? read_word<UNICODE>(text, place, end)
                                              : word{key, pair.rests[i % 2], hash_key(key)};
        count_word<UNICODE, false>(slots, text, end, w, place, pair.counts[i % 2]);
    }
}

#endif
