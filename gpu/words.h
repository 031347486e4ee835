/* Words of UTF-8 text on the device, and their keys in a table. Nothing from text[end] on is read,
 * and before a word nothing but what shares 4 aligned bytes with it. */
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

enum { GROUP = 8, EXACT_BYTES = 2 * GROUP - 1 /* of a word that its key and rest hold */ };

struct word {
    u64 key, rest; /* see struct word_cell */
    unsigned hash;
};

/* The hash of a word that its key and rest hold in full. */
static __device__ __forceinline__ unsigned hash_key(u64 key)
{
    unsigned h = (unsigned)key * 0x9E3779B1u + (unsigned)(key >> 32) * 0x85EBCA77u;
    h = (h ^ h >> 15) * 0x2C1B3C6Du;
    return h ^ h >> 16;
}

/* A word of up to EXACT_BYTES bytes, the first 8 of which are not all zeros: `last` are those
 * behind these, or all where there are less than 8 and `first` is 0. What is mixed into the key of
 * a longer one comes from its rest: words with the same rest differ in their keys as in their last
 * bytes, and hardly two others have the same key. */
static __device__ __forceinline__ word exact_word(u64 first, u64 last, u64 length)
{
    const unsigned mixed = (unsigned)first * 0x1E98DF25u + (unsigned)(first >> 32) * 0x9FB21C65u;
    const u64 key = (last ^ mixed) | length << 56;
    return {key, first, hash_key(key)};
}

/* Any other word: zeros would look like a rest that is not there yet. `hash`: of all full groups of
 * its bytes, each mixed in by hash_group; `last`: those behind them. */
static __device__ __forceinline__ word long_word(u64 hash, u64 last, u64 length, u64 at)
{
    const u64 h = scramble(hash ^ last ^ length << 56);
    return {LONG_WORD | (h >> 49 << PLACE_BITS & ~LONG_WORD) | (at + 1), 0, (unsigned)h};
}

static __device__ __forceinline__ u64 hash_group(u64 hash, u64 group)
{
    return scramble(hash ^ group);
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
            hash = hash_group(hash, group);
            group = (u64)bytes >> 8 * (GROUP - used);
        }
        length += count;
    }
    __device__ __forceinline__ word finish(u64 at) const
    {
        if (length < GROUP || (length <= EXACT_BYTES && first != 0))
            return exact_word(first, group, length);
        return long_word(hash, group, length, at);
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
    GROUP_READ = GROUP + 4, /* bytes from `at` on that are loaded */
    SHORT_WORDS = 8,        /* of 4 bytes, of a word that is read at once */
    SHORT_READ = 4 * SHORT_WORDS + 4
};

static __device__ __forceinline__ unsigned lower_ascii_letters(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    return x | (((not_below(low, 'A') ^ not_below(low, 'Z' + 1)) & ~x) >> 2 & 0x20 * EACH_BYTE);
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
    const unsigned others = ((bytes ^ lead) & 0x7F * EACH_BYTE) + 0x7F * EACH_BYTE;
    return bytes & bytes << 1 & (others | ~(sum ^ sum << 1)) & HIGH_BITS;
}

/* The same for a chunk in each lane of a warp, behind that of the lane before it. All lanes call
 * it. What follows the last one is not known. */
static __device__ __forceinline__ uint4 unsettled(unsigned lane, const uint4 chunk)
{
    const unsigned behind = __shfl_down_sync(ALL_LANES, chunk.x, 1);
    const unsigned last = lane == WARP - 1 ? 0x80000000u : 0;
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
static __device__ __forceinline__ bool lower_characters(unsigned bytes[SHORT_WORDS + 1])
{
    UNROLLED
    for (unsigned i = 0; i < SHORT_WORDS; i++) {
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

/* The word at text[at], read at once. False: it takes read_word, because it does not fit, or stands
 * at the end of the text, or has rare characters, or begins with zeros. */
template <bool UNICODE>
static __device__ __forceinline__ bool read_short_word(const u8 *text, u64 at, u64 end, word *w)
{
    if (end - at < SHORT_READ)
        return false;
    const unsigned *words = (const unsigned *)(text + at / 4 * 4);
    const unsigned shift = 8 * (unsigned)(at % 4);
    unsigned bytes[SHORT_WORDS + 1];
    UNROLLED
    for (unsigned i = 0; i <= SHORT_WORDS; i++)
        bytes[i] = __ldg(words + i);
    UNROLLED
    for (unsigned i = 0; i < SHORT_WORDS; i++)
        bytes[i] = __funnelshift_r(bytes[i], bytes[i + 1], shift);
    bytes[SHORT_WORDS] = 0;
    const uint4 low = {bytes[0], bytes[1], bytes[2], bytes[3]};
    const uint4 high = {bytes[4], bytes[5], bytes[6], bytes[7]};
    const unsigned spaces =
        byte_bits(ascii_spaces<UNICODE>(low)) | byte_bits(ascii_spaces<UNICODE>(high)) << CHUNK;
    if (spaces == 0)
        return false;
    const unsigned length = (unsigned)__ffs((int)spaces) - 1;
    UNROLLED
    for (unsigned i = 0; i < SHORT_WORDS; i++) {
        const unsigned used = length < 4 * i ? 0 : length - 4 * i;
        bytes[i] = lower_ascii_letters(used < 4 ? bytes[i] & ((1u << 8 * used) - 1) : bytes[i]);
    }
    if (UNICODE && !lower_characters(bytes))
        return false;
    u64 groups[SHORT_WORDS / 2];
    UNROLLED
    for (unsigned i = 0; i < SHORT_WORDS / 2; i++)
        groups[i] = (u64)bytes[2 * i + 1] << 32 | bytes[2 * i];
    if (length < GROUP) {
        *w = exact_word(0, groups[0], length);
    } else if (length <= EXACT_BYTES) {
        if (groups[0] == 0)
            return false;
        *w = exact_word(groups[0], groups[1], length);
    } else {
        u64 hash = hash_group(hash_group(0, groups[0]), groups[1]), last = groups[2];
        if (length >= 3 * GROUP) {
            hash = hash_group(hash, last);
            last = groups[3];
        }
        *w = long_word(hash, last, length, at);
    }
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
