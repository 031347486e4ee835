/* A warp's window on the text: what it has loaded last, in fast memory, and where words begin in
 * it. */
#ifndef ACCELBENCH_GPU_WORD_WINDOW_H
#define ACCELBENCH_GPU_WORD_WINDOW_H

#include "gpu/words.h"

enum {
    TILE = WARP * CHUNK, /* what a warp loads at a time */
    WINDOW = 2 * TILE,
    WAITING_WORDS_MOST = WARP - 1 + TILE / 2
};

/* A ring of two tiles, so that words of one can wait for those of the next until all lanes have
 * one. Behind its end it begins again, as far as a word of EXACT_BYTES can reach. */
struct alignas(16) word_window {
    unsigned text[WINDOW / 4 + 4];             /* ASCII in lower case */
    uint2 bits[WINDOW / 32 + 1];               /* one a byte: x, white space; y, unsettled */
    unsigned short at[WAITING_WORDS_MOST + 1]; /* of words that wait: where they begin */
};

/* What stands before the next tile: of the first lane, the other lanes' are not used. */
struct word_edge {
    unsigned spaces; /* bit CHUNK - 1: white space */
    unsigned bytes;  /* the last four */
};

template <bool UNICODE>
static __device__ __forceinline__ word_edge begin_edge(const u8 *text, u64 base, u64 begin, u64 end)
{
    word_edge edge = {0, load_before(text, base, begin, end)};
    if (threadIdx.x % WARP == 0 && base < end && after_space<UNICODE>(text, base, begin, end))
        edge.spaces = 1u << (CHUNK - 1);
    return edge;
}

/* Takes a tile, a chunk in each lane, which is at text[base, base + CHUNK), into the window from
 * byte `tile` on, and adds the words that begin there to those that wait; returns how many do now.
 * All lanes call it. */
template <bool UNICODE>
static __device__ __forceinline__ unsigned
take_tile(word_window &window, unsigned lane, unsigned tile, unsigned waiting, word_edge &edge,
          const uint4 chunk, const u8 *text, u64 base, u64 begin, u64 end)
{
    const unsigned first = tile + lane * CHUNK;
    uint4 marks = ascii_spaces<UNICODE>(chunk);
    unsigned letters = 0;
    if (UNICODE) {
        const unsigned before = lane == 0 ? edge.bytes : ' ' * EACH_BYTE;
        edge.bytes = __shfl_sync(ALL_LANES, chunk.w, WARP - 1);
        letters = byte_bits(unsettled(lane, chunk));
        if (has_wide_space_among(letters, before, text, base, end))
            marks = all_spaces(text, base, begin, end);
    }
    const uint4 lower = {lower_ascii_letters(chunk.x), lower_ascii_letters(chunk.y),
                         lower_ascii_letters(chunk.z), lower_ascii_letters(chunk.w)};
    *(uint4 *)&window.text[first / 4] = lower;
    if (first == 0)
        *(uint4 *)&window.text[WINDOW / 4] = lower;

    const unsigned spaces = byte_bits(marks);
    const unsigned mine = spaces | letters << 16, next = __shfl_down_sync(ALL_LANES, mine, 1);
    const uint2 bits = {(mine & 0xFFFF) | next << 16, mine >> 16 | (next & 0xFFFF0000u)};
    if (lane % 2 == 0)
        window.bits[first / 32] = bits;
    if (first == 0)
        window.bits[WINDOW / 32] = bits;

    const unsigned left = from_lane_before(lane, spaces, edge.spaces) >> (CHUNK - 1);
    unsigned begins = ~spaces & (spaces << 1 | left) & 0xFFFF;
    const unsigned words = (unsigned)__popc(begins);
    unsigned sum = words;
    UNROLLED
    for (unsigned lanes = 1; lanes < WARP; lanes *= 2) {
        const unsigned below = __shfl_up_sync(ALL_LANES, sum, lanes);
        sum += lane >= lanes ? below : 0;
    }
    for (unsigned index = waiting + sum - words; begins != 0; begins &= begins - 1)
        window.at[index++] = (unsigned short)(first + (unsigned)__ffs((int)begins) - 1);
    waiting += __shfl_sync(ALL_LANES, sum, WARP - 1);
    __syncwarp();
    return waiting;
}

/* Keeps the last `waiting` of `count` words that wait. All lanes call it. */
static __device__ __forceinline__ void keep_waiting(word_window &window, unsigned lane,
                                                    unsigned count, unsigned waiting)
{
    const unsigned at = lane < waiting ? window.at[count - waiting + lane] : 0;
    __syncwarp();
    if (lane < waiting)
        window.at[lane] = (unsigned short)at;
}

/* The word at byte `at`, from which on there are more than `more` bytes in the window. False: it
 * has more than EXACT_BYTES bytes, or goes on behind the window perhaps, or has characters that
 * lower case may change, or white space outside ASCII, or begins with zeros. Nothing depends on
 * what comes out before the end: lanes that part wait for each other. */
template <bool UNICODE>
static __device__ __forceinline__ bool read_window(const word_window &window, unsigned at,
                                                   unsigned more, word *w)
{
    const uint2 low = window.bits[at / 32], high = window.bits[at / 32 + 1];
    const unsigned spaces = __funnelshift_r(low.x, high.x, at); /* by at % 32 */
    const unsigned below = (spaces - 1) & ~spaces, length = (unsigned)__popc(below);
    const unsigned unsettled = UNICODE ? __funnelshift_r(low.y, high.y, at) & below : 0;

    const unsigned *words = window.text + at / 4, shift = 8 * at;
    const unsigned w0 = words[0], w1 = words[1], w2 = words[2], w3 = words[3], w4 = words[4];
    const u64 a = (u64)__funnelshift_r(w1, w2, shift) << 32 | __funnelshift_r(w0, w1, shift);
    const u64 b = (u64)__funnelshift_r(w3, w4, shift) << 32 | __funnelshift_r(w2, w3, shift);
    const bool is_two = length >= GROUP; /* groups */
    const u64 first = is_two ? a : 0, last = is_two ? b : a;
    *w = exact_word(first, last & ((1ull << 8 * (length % GROUP)) - 1), length);
    const unsigned most = more < EXACT_BYTES ? more : (unsigned)EXACT_BYTES;
    return (length <= most) & !(is_two & (a == 0)) & (unsettled == 0);
}

#endif
