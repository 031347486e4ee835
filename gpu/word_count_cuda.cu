/* for (at = begin; at < end; at += bytes of the character)
 *     if (a word begins at text[at])
 *         total++, table[word at text[at]]++;
 *
 * simple          a thread takes SLICE bytes
 * tuned           total: a warp takes 2 KiB at a time. frequency: a warp takes 512 bytes at a time;
 *                 its lanes share the words evenly, and a block counts most in its fast memory
 * global-atomics  the same without counting in fast memory
 */
#include "gpu/word_slots.h"
#include "gpu/word_window.h"

enum {
    SLICE = 256,
    CHUNKS = 4,
    SPAN = CHUNKS * WARP * CHUNK,
    BLOCK_BYTES = THREADS * CHUNK, /* a block that has less costs more than it brings */
    WARPS_MOST = 32,               /* of a block that counts each word */
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
                begins = add_begins(mark_with_wide_spaces(text, at, begin, end), begins);
            }
        } else {
            unsigned before = ascii_spaces<UNICODE>(loaded);
            UNROLLED
            for (unsigned i = 0; i < CHUNKS; i++)
                begins = add_begins(mark_begins(ascii_spaces<UNICODE>(chunk[i]), before), begins);
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

/* ---- Frequency ----------------------------------------------------------------------------- */

template <bool UNICODE>
static __global__ void __launch_bounds__(THREADS)
    frequency_simple(const u8 *text, u64 begin, u64 end, word_slots slots)
{
    const u64 first = begin + grid_thread() * SLICE;
    for (u64 at = first; at < end && at < first + SLICE; at++)
        if (after_space<UNICODE>(text, at, begin, end) && space_at<UNICODE>(text, at, end) == 0)
            count_word<UNICODE, false>(slots, text, end, read_word<UNICODE>(text, at, end), at, 1);
}

/* What a warp keeps in fast memory. Words that take long to read, and words that are not in the
 * cache, wait until they fill a warp: it takes as long as its slowest lane, and the GPU's memory is
 * far away. Places are counted from the begin of the block's range. */
struct word_warp {
    word_window window;
    u64 missed_keys[2 * WARP], missed_rests[2 * WARP];
    unsigned missed_where[2 * WARP];
    unsigned slow_where[2 * WARP];
};

/* The cache of this block lies behind its warps' own memory. */
static __device__ __forceinline__ word_cache block_cache(unsigned pairs)
{
    LAUNCH_SHARED(word_warp, warps);
    return {(cached_pair *)(warps + blockDim.x / WARP), pairs};
}

/* By value: what is passed by its place is in the memory of the thread, and all that is reached
 * through it could be anywhere. */
template <bool UNICODE, bool CACHED>
static __device__ __noinline__ void count_slow_word(unsigned pairs, word_slots slots,
                                                    const u8 *text, u64 end, u64 first,
                                                    unsigned place)
{
    const word_cache cache = block_cache(pairs);
    word w;
    if (!read_short_word<UNICODE>(text, first + place, end, &w))
        w = read_word<UNICODE>(text, first + place, end);
    if (!CACHED || !count_in_cache<UNICODE, false>(cache, text, end, w, place, true))
        count_word<UNICODE, false>(slots, text, end, w, first + place, 1);
}

/* What the lanes of a warp count words with. All of them call its functions. */
template <bool UNICODE, bool CACHED> struct word_counter {
    word_warp &warp;
    const word_cache &cache;
    const word_slots &slots;
    const u8 *text;
    u64 end, first;       /* of the text; of the block's range */
    unsigned lane, below; /* below: a bit for each lane before this one */
    unsigned missed = 0, slow = 0;

    /* How many lanes before this one have `is_mine`; *all: how many have. */
    __device__ __forceinline__ unsigned rank(bool is_mine, unsigned *all) const
    {
        const unsigned lanes = __ballot_sync(ALL_LANES, is_mine);
        *all = (unsigned)__popc(lanes);
        return (unsigned)__popc(lanes & below);
    }

    __device__ __forceinline__ void put_off(unsigned place, bool is_slow)
    {
        unsigned all;
        const unsigned i = slow + rank(is_slow, &all);
        if (is_slow)
            warp.slow_where[i] = place;
        slow += all;
        if (slow >= WARP)
            count_slow();
    }

    /* Up to WARP of those that were put off. */
    __device__ __forceinline__ void count_slow()
    {
        const unsigned left = slow < WARP ? 0 : slow - WARP, i = left + lane;
        __syncwarp();
        if (i < slow)
            count_slow_word<UNICODE, CACHED>(cache.pairs, slots, text, end, first,
                                             warp.slow_where[i]);
        __syncwarp();
        slow = left;
    }

    /* A word of up to EXACT_BYTES bytes in each lane with `is_there`. */
    __device__ __forceinline__ void count(word w, unsigned place, bool is_there)
    {
        const bool is_missed =
            !(CACHED && count_in_cache<UNICODE, true>(cache, text, end, w, place, is_there)) &
            is_there;
        unsigned all;
        const unsigned i = missed + rank(is_missed, &all);
        if (is_missed) {
            warp.missed_keys[i] = w.key;
            warp.missed_rests[i] = w.rest;
            warp.missed_where[i] = place;
        }
        missed += all;
        if (missed >= WARP)
            count_missed();
    }

    /* Up to WARP of those that are not in the cache. */
    __device__ __forceinline__ void count_missed()
    {
        const unsigned left = missed < WARP ? 0 : missed - WARP, i = left + lane;
        __syncwarp();
        if (i < missed) {
            const u64 key = warp.missed_keys[i];
            count_word<UNICODE, true>(slots, text, end, {key, warp.missed_rests[i], hash_key(key)},
                                      first + warp.missed_where[i], 1);
        }
        __syncwarp();
        missed = left;
    }
};

/* Blocks of up to WARPS_MOST warps, with fast memory for them and for the cache. A block takes a
 * range of the text, each of its warps a part of that, with no barrier until all are done. */
template <bool UNICODE, bool CACHED>
static __global__ void __launch_bounds__(WARPS_MOST *WARP, 1)
    frequency_windows(const u8 *text, u64 begin, u64 end, word_slots slots, unsigned pairs)
{
    LAUNCH_SHARED(word_warp, warps);
    const unsigned block_warps = blockDim.x / WARP, lane = kept(threadIdx.x % WARP);
    const word_cache cache = block_cache(pairs);
    if (CACHED)
        clear_cache(cache);
    __syncthreads();
    const u64 start = begin / CHUNK * CHUNK, tiles = divide_up(end - start, TILE);
    const unsigned most = (unsigned)divide_up(tiles, gridDim.x); /* of a block */
    const u64 first_tile = (u64)blockIdx.x * most, first = start + first_tile * TILE;
    const unsigned block_tiles = first_tile >= tiles         ? 0
                                 : tiles - first_tile < most ? (unsigned)(tiles - first_tile)
                                                             : most;
    const unsigned warp_tiles = (most + block_warps - 1) / block_warps;
    unsigned tile = threadIdx.x / WARP * warp_tiles;
    const unsigned last = tile + warp_tiles < block_tiles ? tile + warp_tiles : block_tiles;
    /* Those that lie in the text with all of their bytes. */
    const unsigned inner_begin = first < begin ? 1 : 0;
    const unsigned inner_end =
        first >= end ? 0 : (unsigned)((end - first) / TILE < most ? (end - first) / TILE : most);

    word_counter<UNICODE, CACHED> counter = {
        warps[threadIdx.x / WARP], cache, slots, text, end, first, lane, kept((1u << lane) - 1)};
    word_window &window = counter.warp.window;
    word_edge edge = begin_edge<UNICODE>(text, first + tile * TILE + lane * CHUNK, begin, end);
    unsigned waiting = 0;
    for (; tile < last; tile++) {
        const u64 base = first + (tile * TILE + lane * CHUNK);
        const uint4 chunk = tile >= inner_begin && tile < inner_end
                                ? __ldg((const uint4 *)(text + base))
                                : load_chunk_at_edge(text, base, begin, end);
        const unsigned tile_last = tile * TILE + TILE - 1, earlier = waiting; /* its last byte */
        const unsigned words = take_tile<UNICODE>(window, lane, tile % 2 * TILE, waiting, edge,
                                                  chunk, text, base, begin, end);
        const bool is_last = tile + 1 == last;
        /* What does not fill the warp waits, but for words of the tile before: their text goes. */
        const unsigned full = words / WARP * WARP;
        const unsigned stop = is_last ? words : full > earlier ? full : earlier;
        unsigned done = 0;
        for (; done < stop; done += WARP) {
            const unsigned i = done + lane;
            const bool is_there = i < words;
            const unsigned at = window.at[is_there ? i : words - 1];
            const unsigned more = (tile_last - at) & (WINDOW - 1), place = tile_last - more;
            word w;
            const bool is_read = read_window<UNICODE>(window, at, more, &w) & is_there;
            counter.count(w, place, is_read);
            counter.put_off(place, is_there & !is_read);
        }
        waiting = done < words ? words - done : 0;
        keep_waiting(window, lane, words, waiting);
    }
    counter.count_slow();
    counter.count_missed();
    __syncthreads();
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
typedef void window_kernel(const u8 *text, u64 begin, u64 end, word_slots slots, unsigned pairs);
typedef void emit_kernel(const u8 *text, u64 end, word_slots slots, word_found *found, u64 *used);

/* By technique, and rule: ascii, unicode. */
static total_kernel *const total_kernels[][2] = {
    /* WORDS_SIMPLE */ {total_simple<false>, total_simple<true>},
    /* WORDS_TUNED */ {total_chunks<false, false>, total_chunks<true, false>},
    /* WORDS_GLOBAL_ATOMICS */ {total_chunks<false, true>, total_chunks<true, true>},
};
static frequency_kernel *const frequency_kernels[2] = {frequency_simple<false>,
                                                       frequency_simple<true>};
static window_kernel *const window_kernels[][2] = {
    /* WORDS_SIMPLE */ {NULL, NULL},
    /* WORDS_TUNED */ {frequency_windows<false, true>, frequency_windows<true, true>},
    /* WORDS_GLOBAL_ATOMICS */ {frequency_windows<false, false>, frequency_windows<true, false>},
};
static emit_kernel *const emit_kernels[2] = {emit_words<false>, emit_words<true>};

static dim3 grid_of(const struct word_launch *launch)
{
    const u64 bytes = launch->end - launch->begin;
    const u64 a_block = launch->technique == WORDS_SIMPLE ? (u64)THREADS * SLICE : (u64)BLOCK_BYTES;
    const u64 wanted = bytes / a_block + 1;
    return dim3((unsigned)(launch->technique != WORDS_SIMPLE && wanted > launch->grid ? launch->grid
                                                                                      : wanted));
}

static size_t shared_bytes(const struct word_launch *launch)
{
    return launch->warps * sizeof(word_warp) + launch->cache_pairs * sizeof(cached_pair);
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
    unsigned pairs = launch->cache_pairs;
    void *arguments[] = {&text, &begin, &end, &table, &pairs};
    if (launch->technique == WORDS_SIMPLE)
        return cudaLaunchKernel(frequency_kernels[launch->unicode], grid_of(launch), dim3(THREADS),
                                arguments, 0, launch->stream);
    return cudaLaunchKernel(window_kernels[launch->technique][launch->unicode], grid_of(launch),
                            dim3(launch->warps * WARP), arguments, shared_bytes(launch),
                            launch->stream);
}

extern "C" cudaError_t word_count_cuda_emit(const struct word_launch *launch,
                                            const struct word_slots *slots,
                                            struct word_found *found, unsigned long long *used)
{
    const u8 *text = launch->text;
    u64 end = launch->end;
    word_slots table = *slots;
    void *arguments[] = {&text, &end, &table, &found, &used};
    /* A multiprocessor has room for up to eight of these blocks, and for one that counts. */
    const u64 wanted = slots->mask / THREADS + 1, most = 8ull * launch->grid;
    return cudaLaunchKernel(emit_kernels[launch->unicode],
                            dim3((unsigned)(wanted < most ? wanted : most)), dim3(THREADS),
                            arguments, 0, launch->stream);
}

/* As many warps as leave a third of the fast memory, which the cache gets. */
static cudaError_t shape_windows(struct word_launch *launch, size_t shared_most, int *blocks)
{
    launch->warps = WARPS_MOST;
    while (launch->warps > 1 && launch->warps * sizeof(word_warp) > shared_most / 3 * 2)
        launch->warps--;
    launch->cache_pairs =
        launch->technique == WORDS_TUNED
            ? (unsigned)((shared_most - launch->warps * sizeof(word_warp)) / sizeof(cached_pair))
            : 0;
    window_kernel *kernel = window_kernels[launch->technique][launch->unicode];
    cudaError_t error =
        cudaFuncSetAttribute((const void *)kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             (int)shared_bytes(launch));
    if (error == cudaSuccess)
        error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
            blocks, kernel, (int)(launch->warps * WARP), shared_bytes(launch));
    return error;
}

extern "C" cudaError_t word_count_cuda_shape(struct word_launch *launch, int frequency,
                                             size_t shared_most, int *blocks)
{
    cudaError_t error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks, emit_kernels[launch->unicode], THREADS, 0);
    if (error != cudaSuccess)
        return error;
    if (frequency && launch->technique != WORDS_SIMPLE)
        return shape_windows(launch, shared_most, blocks);
    if (frequency)
        return cudaOccupancyMaxActiveBlocksPerMultiprocessor(
            blocks, frequency_kernels[launch->unicode], THREADS, 0);
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks, total_kernels[launch->technique][launch->unicode], THREADS, 0);
}
