/* for (at = begin; at < end; at += bytes of the character)
 *     if (a word begins at text[at])
 *         total++, table[word at text[at]]++;
 *
 * simple          a thread takes SLICE bytes
 * tuned           total: a warp takes 2 KiB at a time. frequency: a block takes a range, 4 KiB at a
 *                 time; words are handed out evenly; those seen often are counted in fast memory
 * global-atomics  the same without counting in fast memory
 */
#include "gpu/word_count_cuda.h"
#include "gpu/words.h"

enum {
    SLICE = 256,
    CHUNKS = 4,
    SPAN = CHUNKS * WARP * CHUNK,
    TILE = THREADS * CHUNK,
    TILE_WORDS_MAX = TILE / 2,
    SLOW_WORDS_MAX = 2 * THREADS,
    CACHE_SLOTS = 1024, /* with the rest: what a block can have */
    BLOCKS = 4,         /* in a multiprocessor at a time, by its registers and fast memory */
/* Of the total: registers for one more than the compiler would leave room for. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
    TOTAL_BLOCKS = 4 /* 1024 threads */
#else
    TOTAL_BLOCKS = 5
#endif
};

/* ---- Total ---------------------------------------------------------------------------------- */

template <bool UNICODE>
static __global__ void __launch_bounds__(THREADS)
    total_simple(const u8 *text, u64 begin, u64 end, u64 *total)
{
    u64 words = 0;
    const u64 first = begin + grid_thread() * SLICE;
    for (u64 at = first; at < end && at < first + SLICE; at++)
        words +=
            after_space<UNICODE>(text, at, begin, end) && space_at<UNICODE>(text, at, end) == 0;
    if (words != 0)
        atomicAdd(total, words);
}

/* A warp takes SPAN bytes at a time, CHUNKS loads under way in each lane. GLOBAL: each thread adds
 * what it finds to the total at once. */
template <bool UNICODE, bool GLOBAL>
static __global__ void __launch_bounds__(THREADS, TOTAL_BLOCKS)
    total_chunks(const u8 *text, u64 begin, u64 end, u64 *total)
{
    const unsigned lane = threadIdx.x % WARP;
    u64 words = 0;
    for (u64 span = begin / CHUNK * CHUNK + grid_thread() / WARP * SPAN; span < end;
         span += grid_threads() / WARP * SPAN) {
        const u64 base = span + lane * CHUNK;
        const unsigned loaded = load_before(text, base, begin, end);
        uint4 chunk[CHUNKS];
        if (span >= begin && span + SPAN <= end) {
            UNROLLED
            for (unsigned i = 0; i < CHUNKS; i++)
                chunk[i] = __ldg((const uint4 *)(text + base + i * WARP * CHUNK));
        } else {
            UNROLLED
            for (unsigned i = 0; i < CHUNKS; i++)
                chunk[i] = load_chunk(text, base + i * WARP * CHUNK, begin, end);
        }
        unsigned begins = 0;
        if (UNICODE && has_wide_spaces<CHUNKS>(chunk, loaded, text, base, end)) {
            for (unsigned i = 0; i < CHUNKS; i++) {
                const u64 at = base + i * WARP * CHUNK;
                begins = add_begins(mark_with_wide_spaces(text, at, begin, end).begins, begins);
            }
        } else {
            unsigned before = ascii_spaces<UNICODE>(loaded);
            UNROLLED
            for (unsigned i = 0; i < CHUNKS; i++)
                begins =
                    add_begins(mark_begins(ascii_spaces<UNICODE>(chunk[i]), before).begins, begins);
        }
        if (GLOBAL && begins != 0)
            atomicAdd(total, (u64)(begins / 128));
        words += begins / 128;
    }
    if (GLOBAL)
        return;
    words = block_sum(words);
    if (threadIdx.x == 0 && words != 0)
        atomicAdd(total, words);
}

/* ---- The table --------------------------------------------------------------------------------
 */

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

template <bool UNICODE>
static __global__ void __launch_bounds__(THREADS)
    frequency_simple(const u8 *text, u64 begin, u64 end, word_slots slots)
{
    const u64 first = begin + grid_thread() * SLICE;
    for (u64 at = first; at < end && at < first + SLICE; at++)
        if (after_space<UNICODE>(text, at, begin, end) && space_at<UNICODE>(text, at, end) == 0)
            count_word<UNICODE, false>(slots, text, end, read_word<UNICODE>(text, at, end), at, 1);
}

/* ---- Tiles ------------------------------------------------------------------------------------
 */

/* TILE bytes of text as a block works on them. */
struct word_tile {
    unsigned text[TILE / 4 + 4]; /* lower case; with what a load at its end takes along */
    uint2 bits[TILE / 32 + 1];   /* one a byte: x, white space; y, characters not in lower case */
    unsigned short at[TILE_WORDS_MAX]; /* where words begin */
    unsigned warp_words[WARPS];
    /* Words that take long to read, also of tiles before, counted from the begin of the block's
     * range. A warp takes as long as its slowest lane: they wait until they fill a block. */
    unsigned slow[SLOW_WORDS_MAX], slow_words;
};

/* The words that a block has seen; two places for each, and no others: what finds both taken goes
 * to the table of the device. Places are counted from the begin of the block's range. */
struct word_cache {
    u64 keys[CACHE_SLOTS], rests[CACHE_SLOTS]; /* as in struct word_cell */
    unsigned counts[CACHE_SLOTS], where[CACHE_SLOTS];
};

/* Writes characters of two bytes among those of the chunk at tile byte `first` in lower case;
 * returns the bits of those that this cannot be done with. All of the tile's text must be there. */
static __device__ __forceinline__ unsigned lower_characters(word_tile &tile, unsigned first,
                                                            const uint4 chunk)
{
    u8 *text = (u8 *)tile.text;
    unsigned special = 0;
    /* The bytes from C0 on. */
    unsigned leads = byte_bits({chunk.x & chunk.x << 1, chunk.y & chunk.y << 1,
                                chunk.z & chunk.z << 1, chunk.w & chunk.w << 1});
    for (; leads != 0; leads &= leads - 1) {
        const unsigned i = (unsigned)__ffs((int)leads) - 1;
        u8 *at = text + first + i;
        const unsigned lead = at[0], next = at[1];
        if (lead >= 0xE0) {
            special |= may_have_lower(lead, next) << i;
        } else if ((next & 0xC0) == 0x80) {
            const unsigned lower = two_bytes.lower[(lead & 0x1F) << 6 | (next & 0x3F)];
            if (lower != 0) {
                at[0] = (u8)lower;
                at[1] = (u8)(lower >> 8);
            }
            special |= (lower == 0 ? 1u : 0u) << i;
        }
    }
    return special;
}

/* Two lanes' 16 bits make a word. */
static __device__ __forceinline__ void store_bits(word_tile &tile, unsigned spaces,
                                                  unsigned special)
{
    const unsigned mine = spaces | special << 16;
    const unsigned next = __shfl_down_sync(ALL_LANES, mine, 1);
    if (threadIdx.x % 2 == 0)
        tile.bits[threadIdx.x / 2] = {(mine & 0xFFFF) | next << 16,
                                      mine >> 16 | (next & 0xFFFF0000u)};
}

/* Takes text[from, from + TILE), and returns the number of words that begin there. All threads call
 * it. */
template <bool UNICODE>
static __device__ unsigned load_tile(word_tile &tile, const u8 *text, u64 from, u64 begin, u64 end)
{
    const unsigned first = threadIdx.x * CHUNK, lane = threadIdx.x % WARP;
    const u64 base = from + first;
    const unsigned loaded = load_before(text, base, begin, end);
    const uint4 chunk = load_chunk(text, base, begin, end);
    unsigned before = ascii_spaces<UNICODE>(loaded);
    const chunk_marks marks = UNICODE && has_wide_spaces<1>(&chunk, loaded, text, base, end)
                                  ? mark_with_wide_spaces(text, base, begin, end)
                                  : mark_begins(ascii_spaces<UNICODE>(chunk), before);
    unsigned *words = tile.text + first / 4;
    words[0] = lower_ascii_letters(chunk.x);
    words[1] = lower_ascii_letters(chunk.y);
    words[2] = lower_ascii_letters(chunk.z);
    words[3] = lower_ascii_letters(chunk.w);
    unsigned begins = byte_bits(marks.begins);
    const unsigned mine = (unsigned)__popc(begins);
    unsigned sum = mine;
    for (unsigned lanes = 1; lanes < WARP; lanes *= 2) {
        const unsigned below = __shfl_up_sync(ALL_LANES, sum, lanes);
        sum += lane >= lanes ? below : 0;
    }
    if (lane == WARP - 1)
        tile.warp_words[threadIdx.x / WARP] = sum;
    __syncthreads();
    unsigned index = sum - mine, all = 0;
    for (unsigned w = 0; w < WARPS; w++) {
        index += w < threadIdx.x / WARP ? tile.warp_words[w] : 0;
        all += tile.warp_words[w];
    }
    for (; begins != 0; begins &= begins - 1)
        tile.at[index++] = (unsigned short)(first + (unsigned)__ffs((int)begins) - 1);
    store_bits(tile, byte_bits(marks.spaces), UNICODE ? lower_characters(tile, first, chunk) : 0);
    __syncthreads();
    return all;
}

/* The word at byte `at` of the tile. False: it is slow. It has more than EXACT_BYTES bytes, goes on
 * behind the tile, or has characters that are not in lower case here. */
static __device__ __forceinline__ bool read_tile_word(const word_tile &tile, unsigned at, word *w)
{
    const uint2 bits = tile.bits[at / 32], more = tile.bits[at / 32 + 1];
    const unsigned spaces = __funnelshift_r(bits.x, more.x, at % 32);
    const unsigned below = (spaces & (~spaces + 1)) - 1, length = (unsigned)__popc(below);
    if (length > EXACT_BYTES || (__funnelshift_r(bits.y, more.y, at % 32) & below) != 0)
        return false;
    const unsigned *words = tile.text + at / 4, shift = 8 * (at % 4);
    u64 first = 0;
    u64 last = (u64)__funnelshift_r(words[1], words[2], shift) << 32 |
               __funnelshift_r(words[0], words[1], shift);
    if (length >= GROUP) {
        first = last;
        if (first == 0)
            return false;
        last = (u64)__funnelshift_r(words[3], words[4], shift) << 32 |
               __funnelshift_r(words[2], words[3], shift);
    }
    *w = exact_word(first, last & ((1ull << 8 * (length % GROUP)) - 1), length);
    return true;
}

/* The same as count_in_cache for a word that is not there, or long. */
template <bool UNICODE, bool EXACT>
static __device__ bool claim_in_cache(word_cache &cache, const u8 *text, u64 end, word w,
                                      unsigned place, unsigned pair)
{
    for (unsigned slot = pair; slot < pair + 2; slot++) {
        const u64 key = atomicCAS(&cache.keys[slot], (u64)0, w.key);
        if (key == 0) {
            cache.where[slot] = place;
            if (w.rest != 0)
                atomicExch(&cache.rests[slot], w.rest);
        }
        if (key == 0 || same_exact_word(w, key, 0, &cache.rests[slot]) ||
            (!EXACT && same_long_word<UNICODE>(text, key, w.key, end))) {
            atomicAdd(&cache.counts[slot], 1u);
            return true;
        }
    }
    return false;
}

/* False: both places are taken by other words. */
template <bool UNICODE, bool EXACT>
static __device__ __forceinline__ bool count_in_cache(word_cache &cache, const u8 *text, u64 end,
                                                      word w, unsigned place)
{
    const unsigned pair = __umulhi((unsigned)(w.hash >> 32), CACHE_SLOTS / 2) * 2;
    const u64 first = load_now(&cache.keys[pair]), second = load_now(&cache.keys[pair + 1]);
    const unsigned slot = pair + (second == w.key ? 1 : 0);
    if ((first == w.key || second == w.key) &&
        (w.rest == 0 || load_now(&cache.rests[slot]) == w.rest)) {
        atomicAdd(&cache.counts[slot], 1u);
        return true;
    }
    const bool is_settled = EXACT && first != 0 && second != 0 && first != w.key && second != w.key;
    return !is_settled && claim_in_cache<UNICODE, EXACT>(cache, text, end, w, place, pair);
}

/* Words of each warp that are not in the cache. They wait until they fill a warp, because the GPU's
 * memory is far away, and the fewer go there alone the better. */
struct word_misses {
    u64 keys[WARPS][2 * WARP], rests[WARPS][2 * WARP];
    unsigned where[WARPS][2 * WARP];
};

/* Counts the last WARP of a warp's `count` misses, or less if there are less; returns how many are
 * left. All lanes of the warp call it. */
template <bool UNICODE>
static __device__ __forceinline__ unsigned count_misses(word_misses &misses, unsigned count,
                                                        const word_slots &slots, const u8 *text,
                                                        u64 end, u64 first)
{
    const unsigned warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    const unsigned left = count < WARP ? 0 : count - WARP;
    __syncwarp();
    if (left + lane < count) {
        const u64 key = misses.keys[warp][left + lane];
        count_word<UNICODE, true>(slots, text, end,
                                  {key, misses.rests[warp][left + lane], scramble(key)},
                                  first + misses.where[warp][left + lane], 1);
    }
    __syncwarp();
    return left;
}

/* Adds one to them where a lane has `is_miss`; returns their number. All lanes of the warp call it.
 */
static __device__ __forceinline__ unsigned add_misses(word_misses &misses, unsigned count, word w,
                                                      unsigned place, bool is_miss)
{
    const unsigned warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    const unsigned lanes = __ballot_sync(ALL_LANES, is_miss);
    if (is_miss) {
        const unsigned index = count + (unsigned)__popc(lanes & ((1u << lane) - 1));
        misses.keys[warp][index] = w.key;
        misses.rests[warp][index] = w.rest;
        misses.where[warp][index] = place;
    }
    return count + (unsigned)__popc(lanes);
}

static __device__ void clear_cache(word_cache &cache)
{
    for (unsigned slot = threadIdx.x; slot < CACHE_SLOTS; slot += THREADS) {
        cache.keys[slot] = cache.rests[slot] = 0;
        cache.counts[slot] = 0;
    }
}

/* `place`: from `first` on. Kept out of the loop over words that are not slow. */
template <bool UNICODE, bool CACHED>
static __device__ __noinline__ void count_slow_word(word_cache &cache, const word_slots &slots,
                                                    const u8 *text, u64 end, u64 first,
                                                    unsigned place)
{
    const word w = read_word<UNICODE>(text, first + place, end);
    if (!CACHED || !count_in_cache<UNICODE, false>(cache, text, end, w, place))
        count_word<UNICODE, false>(slots, text, end, w, first + place, 1);
}

template <bool UNICODE, bool CACHED>
static __device__ __forceinline__ void put_off(word_tile &tile, word_cache &cache,
                                               const word_slots &slots, const u8 *text, u64 end,
                                               u64 first, unsigned place)
{
    const unsigned index = atomicAdd(&tile.slow_words, 1u);
    if (index < SLOW_WORDS_MAX)
        tile.slow[index] = place;
    else
        count_slow_word<UNICODE, CACHED>(cache, slots, text, end, first, place);
}

/* All threads call it. */
template <bool UNICODE, bool CACHED>
static __device__ void count_slow_words(word_tile &tile, word_cache &cache, const word_slots &slots,
                                        const u8 *text, u64 end, u64 first)
{
    const unsigned most = SLOW_WORDS_MAX, count = tile.slow_words < most ? tile.slow_words : most;
    for (unsigned k = threadIdx.x; k < count; k += THREADS)
        count_slow_word<UNICODE, CACHED>(cache, slots, text, end, first, tile.slow[k]);
    __syncthreads();
    if (threadIdx.x == 0)
        tile.slow_words = 0;
}

template <bool UNICODE>
static __device__ __forceinline__ void flush_cache(const word_cache &cache, const word_slots &slots,
                                                   const u8 *text, u64 end, u64 first)
{
    for (unsigned slot = threadIdx.x; slot < CACHE_SLOTS; slot += THREADS) {
        const u64 key = cache.keys[slot];
        if (key == 0)
            continue;
        const u64 place = first + cache.where[slot];
        const word w = (key & LONG_WORD) != 0 ? read_word<UNICODE>(text, place, end)
                                              : word{key, cache.rests[slot], scramble(key)};
        count_word<UNICODE, false>(slots, text, end, w, place, cache.counts[slot]);
    }
}

template <bool UNICODE, bool CACHED>
static __global__ void __launch_bounds__(THREADS, BLOCKS)
    frequency_tiles(const u8 *text, u64 begin, u64 end, word_slots slots)
{
    BLOCK_SHARED(word_tile, tile);
    BLOCK_SHARED(word_cache, cache);
    BLOCK_SHARED(word_misses, misses);
    const u64 start = begin / CHUNK * CHUNK, tiles = (end - start + TILE - 1) / TILE;
    const u64 tiles_a_block = (tiles + gridDim.x - 1) / gridDim.x;
    const u64 first = start + blockIdx.x * tiles_a_block * TILE;
    if (CACHED)
        clear_cache(cache);
    if (threadIdx.x == 0)
        tile.slow_words = 0, tile.bits[TILE / 32] = {0, 0};
    unsigned missed = 0; /* by the warp */
    for (u64 i = 0; i < tiles_a_block && first + i * TILE < end; i++) {
        const unsigned words = load_tile<UNICODE>(tile, text, first + i * TILE, begin, end);
        for (unsigned from = 0; from < words; from += THREADS) {
            const bool is_there = from + threadIdx.x < words;
            const unsigned at = is_there ? tile.at[from + threadIdx.x] : 0;
            const unsigned place = (unsigned)(i * TILE) + at;
            word w = {0, 0, 0};
            bool is_left = is_there && read_tile_word(tile, at, &w);
            if (is_there && !is_left)
                put_off<UNICODE, CACHED>(tile, cache, slots, text, end, first, place);
            __syncwarp();
            if (CACHED && is_left)
                is_left = !count_in_cache<UNICODE, true>(cache, text, end, w, place);
            missed = add_misses(misses, missed, w, place, is_left);
            if (missed >= WARP)
                missed = count_misses<UNICODE>(misses, missed, slots, text, end, first);
        }
        __syncthreads();
        if (tile.slow_words >= THREADS)
            count_slow_words<UNICODE, CACHED>(tile, cache, slots, text, end, first);
    }
    count_misses<UNICODE>(misses, missed, slots, text, end, first);
    __syncthreads();
    count_slow_words<UNICODE, CACHED>(tile, cache, slots, text, end, first);
    if (CACHED)
        flush_cache<UNICODE>(cache, slots, text, end, first);
}

template <bool UNICODE>
static __global__ void __launch_bounds__(THREADS)
    emit_words(const u8 *text, u64 end, word_slots slots, word_found *found, u64 *used)
{
    for (u64 slot = grid_thread(); slot <= slots.mask; slot += grid_threads()) {
        if (slots.cells[slot].key == 0)
            continue;
        const u64 at = slots.cells[slot].where;
        found[atomicAdd(used, (u64)1)] = {at, word_end<UNICODE>(text, at, end) - at,
                                          slots.cells[slot].count};
    }
}

/* ---- Launches ---------------------------------------------------------------------------------
 */

typedef void total_kernel(const u8 *text, u64 begin, u64 end, u64 *total);
typedef void frequency_kernel(const u8 *text, u64 begin, u64 end, word_slots slots);
typedef void emit_kernel(const u8 *text, u64 end, word_slots slots, word_found *found, u64 *used);

/* By technique, and rule: ascii, unicode. */
static total_kernel *const total_kernels[][2] = {
    /* WORDS_SIMPLE */ {total_simple<false>, total_simple<true>},
    /* WORDS_TUNED */ {total_chunks<false, false>, total_chunks<true, false>},
    /* WORDS_GLOBAL_ATOMICS */ {total_chunks<false, true>, total_chunks<true, true>},
};
static frequency_kernel *const frequency_kernels[][2] = {
    /* WORDS_SIMPLE */ {frequency_simple<false>, frequency_simple<true>},
    /* WORDS_TUNED */ {frequency_tiles<false, true>, frequency_tiles<true, true>},
    /* WORDS_GLOBAL_ATOMICS */ {frequency_tiles<false, false>, frequency_tiles<true, false>},
};
static emit_kernel *const emit_kernels[2] = {emit_words<false>, emit_words<true>};

static dim3 grid_of(const struct word_launch *launch)
{
    const u64 bytes = launch->end - launch->begin;
    const u64 a_block = launch->technique == WORDS_SIMPLE ? (u64)THREADS * SLICE : (u64)TILE;
    const u64 wanted = bytes / a_block + 1;
    return dim3((unsigned)(launch->technique != WORDS_SIMPLE && wanted > launch->grid ? launch->grid
                                                                                      : wanted));
}

extern "C" cudaError_t word_count_cuda_total(const struct word_launch *launch,
                                             unsigned long long *total)
{
    const u8 *text = launch->text;
    u64 begin = launch->begin, end = launch->end;
    void *arguments[] = {&text, &begin, &end, &total};
    return cudaLaunchKernel(total_kernels[launch->technique][launch->unicode], grid_of(launch),
                            dim3(THREADS), arguments, 0, launch->stream);
}

extern "C" cudaError_t word_count_cuda_frequency(const struct word_launch *launch,
                                                 const struct word_slots *slots)
{
    const u8 *text = launch->text;
    u64 begin = launch->begin, end = launch->end;
    word_slots table = *slots;
    void *arguments[] = {&text, &begin, &end, &table};
    return cudaLaunchKernel(frequency_kernels[launch->technique][launch->unicode], grid_of(launch),
                            dim3(THREADS), arguments, 0, launch->stream);
}

extern "C" cudaError_t word_count_cuda_emit(const struct word_launch *launch,
                                            const struct word_slots *slots,
                                            struct word_found *found, unsigned long long *used)
{
    const u8 *text = launch->text;
    u64 end = launch->end;
    word_slots table = *slots;
    void *arguments[] = {&text, &end, &table, &found, &used};
    const u64 wanted = slots->mask / THREADS + 1;
    return cudaLaunchKernel(emit_kernels[launch->unicode],
                            dim3(wanted < launch->grid ? (unsigned)wanted : launch->grid),
                            dim3(THREADS), arguments, 0, launch->stream);
}

extern "C" cudaError_t word_count_cuda_blocks(const struct word_launch *launch, int frequency,
                                              int *blocks)
{
    cudaError_t error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks, emit_kernels[launch->unicode], THREADS, 0);
    if (error == cudaSuccess && frequency)
        error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
            blocks, frequency_kernels[launch->technique][launch->unicode], THREADS, 0);
    else if (error == cudaSuccess)
        error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
            blocks, total_kernels[launch->technique][launch->unicode], THREADS, 0);
    return error;
}
