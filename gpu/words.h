/* Words of UTF-8 text on the device, and their keys in a table. Nothing outside text[begin, end) is
 * read. */
#ifndef ACCELBENCH_GPU_WORDS_H
#define ACCELBENCH_GPU_WORDS_H

#include "gpu/word_begins.h"

static __device__ __forceinline__ u64 scramble(u64 x)
{
    x *= 0x9E3779B97F4A7C15ull; /* a multiplication moves bits up, a shift moves them down again */
    x = (x ^ x >> 32) * 0xC4CEB9FE1A85EC53ull;
    return x ^ x >> 32;
}

#define PLACE_BITS 48
#define PLACE_MASK ((1ull << PLACE_BITS) - 1)
#define LONG_WORD  (1ull << 63)

enum { GROUP = 8, EXACT_BYTES = 2 * GROUP - 1 /* of a word that its key holds in full */ };

struct word {
    u64 key, rest, hash; /* see struct word_cell */
};

/* A word of up to EXACT_BYTES bytes: `last` are those behind the first 8, or all where those are
 * less than 8 and `first` is 0. What is mixed into the key of a longer one comes from its rest:
 * words with the same rest differ in their keys as in their last bytes, and hardly two others have
 * the same key. */
static __device__ __forceinline__ word exact_word(u64 first, u64 last, u64 length)
{
    const u64 key = (last ^ first * 0x9FB21C651E98DF25ull >> 8) | length << 56;
    return {key, first, scramble(key)};
}

/* The lower-cased bytes of a word as they come. */
struct word_digest {
    u64 first, group, hash, length;
    __device__ word_digest() : first(0), group(0), hash(0), length(0)
    {
    }
    /* Up to 4 bytes, the first one lowest. */
    __device__ __forceinline__ void add(unsigned bytes, unsigned count)
    {
        const unsigned used = (unsigned)(length % GROUP);
        group |= (u64)bytes << 8 * used;
        if (used + count >= GROUP) {
            first = length < GROUP ? group : first;
            hash = scramble(hash ^ group);
            group = (u64)bytes >> 8 * (GROUP - used);
        }
        length += count;
    }
    /* A first group of zeros would look like one that is not there yet. */
    __device__ __forceinline__ word finish(u64 at) const
    {
        if (length < GROUP || (length <= EXACT_BYTES && first != 0))
            return exact_word(first, group, length);
        const u64 h = scramble(hash ^ group ^ length << 56);
        return {LONG_WORD | (h >> 49 << PLACE_BITS & ~LONG_WORD) | (at + 1), 0, h};
    }
};

template <bool UNICODE>
static __device__ __forceinline__ word read_word(const u8 *text, u64 at, u64 end)
{
    word_digest digest;
    for (u64 next = at; next < end;) {
        const folded_character c = fold_at<UNICODE>(text, next, end);
        if (c.length == 0)
            break;
        digest.add(c.folded, c.length);
        next += c.bytes;
    }
    return digest.finish(at);
}

/* The bytes of a word in text[at, at + 8), ASCII letters among them in lower case, the first one
 * lowest; less than 8: white space of ASCII follows. */
struct word_group {
    u64 bytes;
    unsigned count;
    bool is_ascii;
};

enum {
    GROUP_READ = GROUP + 4,
    SHORT_READ = 2 * GROUP + 4 /* bytes from `at` on that are loaded */
};

static __device__ __forceinline__ unsigned lower_ascii_letters(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    const unsigned from_a = low + (0x80 - 'A') * EACH_BYTE;
    const unsigned above_z = low + (0x80 - 'Z' - 1) * EACH_BYTE;
    return x | (from_a & ~above_z & ~x & HIGH_BITS) >> 2;
}

/* The high bit of each of four bytes with which a character outside ASCII begins, but for those
 * that is_small_letter knows; `behind`: the four bytes behind them. */
static __device__ __forceinline__ unsigned unsettled(unsigned bytes, unsigned behind)
{
    const unsigned next = __funnelshift_r(bytes, behind, 8);
    const unsigned last_bits = bytes & 7 * EACH_BYTE;
    const unsigned digits = __byte_perm(last_bits | last_bits >> 4, 0, 0x4420); /* of 4 bits */
    const unsigned lead = __byte_perm((unsigned)SMALL_LEADS, (unsigned)(SMALL_LEADS >> 32), digits);
    const unsigned bound =
        __byte_perm((unsigned)SMALL_BOUNDS, (unsigned)(SMALL_BOUNDS >> 32), digits);
    const unsigned sum = (next & 0x3F * EACH_BYTE) + bound;
    const unsigned others = ((bytes ^ lead) & 0x3F * EACH_BYTE) + 0x3F * EACH_BYTE; /* bit 6 */
    return bytes & bytes << 1 & (others << 1 | ~(sum ^ sum << 1)) & HIGH_BITS;
}

/* The same for a chunk in each lane of a warp, behind that of the lane before it. All lanes call
 * it. What follows the last one is not known. */
static __device__ __forceinline__ uint4 unsettled(const uint4 chunk)
{
    const unsigned behind = __shfl_down_sync(ALL_LANES, chunk.x, 1);
    const unsigned last = threadIdx.x % WARP == WARP - 1 ? 0x80000000u : 0;
    return {unsettled(chunk.x, chunk.y), unsettled(chunk.y, chunk.z), unsettled(chunk.z, chunk.w),
            unsettled(chunk.w, behind) | (chunk.w & chunk.w << 1 & last)};
}

template <bool UNICODE>
static __device__ __forceinline__ word_group read_group(const u8 *text, u64 at)
{
    const unsigned *words = (const unsigned *)(text + at / 4 * 4);
    const unsigned first = __ldg(words), second = __ldg(words + 1), third = __ldg(words + 2);
    const unsigned shift = 8 * (unsigned)(at % 4);
    const unsigned low = __funnelshift_r(first, second, shift);
    const unsigned high = __funnelshift_r(second, third, shift);
    const u64 spaces = (u64)(ascii_spaces<UNICODE>(high) & HIGH_BITS) << 32 |
                       (ascii_spaces<UNICODE>(low) & HIGH_BITS);
    const u64 lower = (u64)lower_ascii_letters(high) << 32 | lower_ascii_letters(low);
    /* The bits below the lowest one that is set; all where none is. */
    const u64 bytes = lower & (((spaces & (~spaces + 1)) >> 7) - 1);
    return {bytes, spaces == 0 ? (unsigned)GROUP : (unsigned)(__ffsll((long long)spaces) - 1) / 8,
            (bytes & ((u64)HIGH_BITS << 32 | HIGH_BITS)) == 0};
}

/* Gives the characters of several bytes in a word their lower case; the first byte is the lowest of
 * bytes[0], and zeros are behind the last one. False: one of them has a lower case of another
 * length, or is white space, or a letter outside the table. */
static __device__ __forceinline__ bool lower_characters(unsigned bytes[5])
{
    UNROLLED
    for (unsigned i = 0; i < 4; i++) {
        unsigned leads = bytes[i] & bytes[i] << 1 & HIGH_BITS; /* from C0 on */
        for (; leads != 0; leads &= leads - 1) {
            const unsigned shift = (unsigned)__ffs((int)leads) - 8;
            const unsigned c = __funnelshift_r(bytes[i], bytes[i + 1], shift);
            const unsigned lead = c & 0xFF, next = c >> 8 & 0xFF;
            if (lead >= 0xE0) {
                if (may_have_lower(lead, next) || (lead - 0xE1 < 3 && begins_wide_space(c)))
                    return false;
            } else if ((next & 0xC0) == 0x80) {
                const unsigned lower = lower_two_bytes(lead, next);
                if (lower == 0)
                    return false;
                const unsigned change = (c ^ lower) & 0xFFFF;
                bytes[i] ^= change << shift;
                bytes[i + 1] ^= __funnelshift_l(change, 0, shift);
            }
        }
    }
    return true;
}

/* The word at text[at] with few loads. False: it takes read_word, because it has more than
 * EXACT_BYTES bytes, or stands at the end of the text, or has rare characters. */
template <bool UNICODE>
static __device__ __forceinline__ bool read_short_word(const u8 *text, u64 at, u64 end, word *w)
{
    if (end - at < SHORT_READ)
        return false;
    const unsigned *words = (const unsigned *)(text + at / 4 * 4);
    const unsigned shift = 8 * (unsigned)(at % 4);
    unsigned bytes[5];
    UNROLLED
    for (unsigned i = 0; i < 5; i++)
        bytes[i] = __ldg(words + i);
    UNROLLED
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = __funnelshift_r(bytes[i], bytes[i + 1], shift);
    const unsigned spaces =
        byte_bits(ascii_spaces<UNICODE>(uint4{bytes[0], bytes[1], bytes[2], bytes[3]}));
    const unsigned length = (unsigned)__popc((spaces & (~spaces + 1)) - 1); /* 32: no space */
    if (length > EXACT_BYTES)
        return false;
    bytes[4] = 0;
    UNROLLED
    for (unsigned i = 0; i < 4; i++) {
        const unsigned used = length < 4 * i ? 0 : length - 4 * i;
        bytes[i] = lower_ascii_letters(used < 4 ? bytes[i] & ((1u << 8 * used) - 1) : bytes[i]);
    }
    if (UNICODE && !lower_characters(bytes))
        return false;
    const u64 low = (u64)bytes[1] << 32 | bytes[0], high = (u64)bytes[3] << 32 | bytes[2];
    if (length >= GROUP && low == 0)
        return false;
    *w = length < GROUP ? exact_word(0, low, length) : exact_word(low, high, length);
    return true;
}

template <bool UNICODE> static __device__ u64 word_end(const u8 *text, u64 at, u64 end)
{
    while (at < end && space_at<UNICODE>(text, at, end) == 0)
        at++;
    return at;
}

/* The lower-cased bytes of a word, one after the other, and -1 at its end. */
template <bool UNICODE> struct word_bytes {
    const u8 *text;
    u64 next, end;
    unsigned folded, left;
    __device__ word_bytes(const u8 *from, u64 at, u64 stop)
        : text(from), next(at), end(stop), folded(0), left(0)
    {
    }
    __device__ int get()
    {
        if (left == 0) {
            if (next == end)
                return -1;
            const folded_character c = fold_at<UNICODE>(text, next, end);
            if (c.length == 0) {
                next = end;
                return -1;
            }
            next += c.bytes;
            folded = c.folded;
            left = c.length;
        }
        const int byte = (int)(folded & 0xFF);
        folded >>= 8;
        left--;
        return byte;
    }
};

template <bool UNICODE> static __device__ bool same_word(const u8 *text, u64 a, u64 b, u64 end)
{
    /* Mostly the bytes are the same, up to ASCII's capitals, and then the characters are. */
    bool is_ascii = true;
    for (u64 next = 0; (a > b ? a : b) + next + GROUP_READ <= end; next += GROUP) {
        const word_group left = read_group<UNICODE>(text, a + next);
        const word_group right = read_group<UNICODE>(text, b + next);
        is_ascii = is_ascii && left.is_ascii && right.is_ascii;
        if (left.bytes != right.bytes || left.count != right.count) {
            if (!UNICODE || is_ascii)
                return false;
            break;
        }
        if (left.count < GROUP)
            return true;
    }
    word_bytes<UNICODE> left(text, a, end), right(text, b, end);
    for (;;) {
        const int byte = left.get();
        if (byte != right.get())
            return false;
        if (byte < 0)
            return true;
    }
}

/* Are these the keys of two long words that are the same? */
template <bool UNICODE>
static __device__ __forceinline__ bool same_long_word(const u8 *text, u64 a, u64 b, u64 end)
{
    return (a & LONG_WORD) != 0 && (a & ~PLACE_MASK) == (b & ~PLACE_MASK) &&
           same_word<UNICODE>(text, (a & PLACE_MASK) - 1, (b & PLACE_MASK) - 1, end);
}

#endif
