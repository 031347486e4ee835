/* for (at = begin; at < end; at += bytes of the character)
 *     if (a word begins at text[at])
 *         total++, table[word at text[at]]++;
 *
 * simple          a thread takes SLICE bytes
 * tuned           a block takes a range, 4 KiB at a time, 16 bytes a thread; words are handed out
 *                 evenly; those seen often are counted in fast memory first
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
    CACHE_SLOTS = 2048 /* with the queue of a tile: 5 blocks in a multiprocessor's fast memory */
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
static __global__ void __launch_bounds__(THREADS)
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
        bytes_before before = look_before<UNICODE>(loaded, text, base, begin, end);
        unsigned begins = 0;
        UNROLLED
        for (unsigned i = 0; i < CHUNKS; i++)
            begins = add_begins(word_begins<UNICODE>(chunk[i], before, text,
                                                     base + i * WARP * CHUNK, begin, end),
                                begins);
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

template <bool UNICODE>
static __device__ void count_word(const word_slots &slots, const u8 *text, u64 end, word w,
                                  u64 place, u64 count)
{
    u64 slot = w.hash & slots.mask;
    for (u64 probe = 0; probe < slots.probes; probe++, slot = (slot + 1) & slots.mask) {
        u64 key = load_now(&slots.keys[slot]);
        if (key == 0) {
            key = atomicCAS(&slots.keys[slot], (u64)0, w.key);
            if (key == 0) {
                slots.where[slot] = place;
                key = w.key;
            }
        }
        if (same_key<UNICODE>(text, key, w.key, end)) {
            atomicAdd(&slots.counts[slot], count);
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
            count_word<UNICODE>(slots, text, end, read_word<UNICODE>(text, at, end), at, 1);
}

/* ---- Tiles ------------------------------------------------------------------------------------
 */

/* The places in a tile at which words begin, and of those the ones that take long to read. */
struct word_queue {
    unsigned short at[TILE_WORDS_MAX + 2], slow[TILE_WORDS_MAX + 2];
    unsigned slow_words, warp_words[WARPS];
};

/* The words that a block has seen; two places for each, and no others: what finds both taken goes
 * to the table of the device. Places are counted from the begin of the block's range. */
struct word_cache {
    u64 keys[CACHE_SLOTS];
    unsigned counts[CACHE_SLOTS], where[CACHE_SLOTS];
};

/* Puts the places where words begin into the queue, in order; returns their number. All threads
 * call it. */
template <bool UNICODE>
static __device__ unsigned fill_queue(word_queue &queue, const u8 *text, u64 tile, u64 begin,
                                      u64 end)
{
    const u64 base = tile + threadIdx.x * CHUNK;
    const unsigned loaded = load_before(text, base, begin, end);
    const uint4 chunk = load_chunk(text, base, begin, end);
    bytes_before left = look_before<UNICODE>(loaded, text, base, begin, end);
    unsigned begins = begin_bits(word_begins<UNICODE>(chunk, left, text, base, begin, end));
    const unsigned mine = (unsigned)__popc(begins), lane = threadIdx.x % WARP;
    unsigned sum = mine;
    for (unsigned lanes = 1; lanes < WARP; lanes *= 2) {
        const unsigned below = __shfl_up_sync(ALL_LANES, sum, lanes);
        sum += lane >= lanes ? below : 0;
    }
    if (lane == WARP - 1)
        queue.warp_words[threadIdx.x / WARP] = sum;
    if (threadIdx.x == 0)
        queue.slow_words = 0;
    __syncthreads();
    unsigned before = 0, all = 0;
    for (unsigned w = 0; w < WARPS; w++) {
        before += w < threadIdx.x / WARP ? queue.warp_words[w] : 0;
        all += queue.warp_words[w];
    }
    unsigned index = before + sum - mine;
    for (; begins != 0; begins &= begins - 1)
        queue.at[index++] =
            (unsigned short)(threadIdx.x * CHUNK + (unsigned)__ffs((int)begins) - 1);
    __syncthreads();
    return all;
}

/* False: both places are taken by other words. */
template <bool UNICODE>
static __device__ bool count_in_cache(word_cache &cache, const u8 *text, u64 end, word w,
                                      unsigned place)
{
    for (unsigned way = 0; way < 2; way++) {
        const unsigned slot = ((unsigned)(w.hash >> 32) ^ way) % CACHE_SLOTS;
        u64 key = load_now(&cache.keys[slot]);
        if (key == 0) {
            key = atomicCAS(&cache.keys[slot], (u64)0, w.key);
            if (key == 0) {
                cache.where[slot] = place;
                key = w.key;
            }
        }
        if (same_key<UNICODE>(text, key, w.key, end)) {
            atomicAdd(&cache.counts[slot], 1u);
            return true;
        }
    }
    return false;
}

static __device__ void clear_cache(word_cache &cache)
{
    for (unsigned slot = threadIdx.x; slot < CACHE_SLOTS; slot += THREADS) {
        cache.keys[slot] = 0;
        cache.counts[slot] = 0;
    }
    __syncthreads();
}

template <bool UNICODE>
static __device__ void flush_cache(const word_cache &cache, const word_slots &slots, const u8 *text,
                                   u64 end, u64 first)
{
    for (unsigned slot = threadIdx.x; slot < CACHE_SLOTS; slot += THREADS) {
        const u64 key = cache.keys[slot];
        if (key == 0)
            continue;
        const u64 place = first + cache.where[slot];
        const word w = {key, (key & LONG_WORD) != 0 ? read_word<UNICODE>(text, place, end).hash
                                                    : mix(key)};
        count_word<UNICODE>(slots, text, end, w, place, cache.counts[slot]);
    }
}

/* Counts a word in the cache or else in the table. */
template <bool UNICODE, bool CACHED>
static __device__ __forceinline__ void count_somewhere(word_cache &cache, const word_slots &slots,
                                                       const u8 *text, u64 end, word w, u64 first,
                                                       u64 place)
{
    if (!CACHED || !count_in_cache<UNICODE>(cache, text, end, w, (unsigned)(place - first)))
        count_word<UNICODE>(slots, text, end, w, place, 1);
}

template <bool UNICODE, bool CACHED>
static __global__ void __launch_bounds__(THREADS)
    frequency_tiles(const u8 *text, u64 begin, u64 end, word_slots slots)
{
    BLOCK_SHARED(word_queue, queue);
    BLOCK_SHARED(word_cache, cache);
    const u64 start = begin / CHUNK * CHUNK, tiles = (end - start + TILE - 1) / TILE;
    const u64 tiles_a_block = (tiles + gridDim.x - 1) / gridDim.x;
    const u64 first = start + blockIdx.x * tiles_a_block * TILE;
    if (CACHED)
        clear_cache(cache);
    for (u64 i = 0; i < tiles_a_block && first + i * TILE < end; i++) {
        const u64 tile = first + i * TILE;
        const unsigned words = fill_queue<UNICODE>(queue, text, tile, begin, end);
        /* A warp takes as long as its slowest lane: words that are not plain come second, among
         * their like. */
        for (unsigned k = threadIdx.x; k < words; k += THREADS) {
            const u64 place = tile + queue.at[k];
            word w;
            if (read_plain_word<UNICODE>(text, place, end, &w))
                count_somewhere<UNICODE, CACHED>(cache, slots, text, end, w, first, place);
            else
                queue.slow[atomicAdd(&queue.slow_words, 1u)] = queue.at[k];
        }
        __syncthreads();
        for (unsigned k = threadIdx.x; k < queue.slow_words; k += THREADS) {
            const u64 place = tile + queue.slow[k];
            const word w = read_any_word<UNICODE>(text, place, end);
            count_somewhere<UNICODE, CACHED>(cache, slots, text, end, w, first, place);
        }
        __syncthreads(); /* the queue is free again */
    }
    if (CACHED)
        flush_cache<UNICODE>(cache, slots, text, end, first);
}

template <bool UNICODE>
static __global__ void __launch_bounds__(THREADS)
    emit_words(const u8 *text, u64 end, word_slots slots, word_found *found, u64 *used)
{
    for (u64 slot = grid_thread(); slot <= slots.mask; slot += grid_threads()) {
        if (slots.keys[slot] == 0)
            continue;
        const u64 at = slots.where[slot];
        found[atomicAdd(used, (u64)1)] = {at, word_end<UNICODE>(text, at, end) - at,
                                          slots.counts[slot]};
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
