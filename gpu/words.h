/* Characters and words of UTF-8 text on the device: the rules of common/unicode.h, whose table of
 * lower-case letters this shares. Nothing outside text[begin, end) is read. */
#ifndef ACCELBENCH_GPU_WORDS_H
#define ACCELBENCH_GPU_WORDS_H

#include "common/unicode_lower.h"
#include "gpu/device.h"

typedef unsigned char u8;

/* ---- Characters ----------------------------------------------------------------------------- */

struct lower_range {
    unsigned first, last, step;
    int delta;
};

#define LOWER_RANGE(first, last, step, delta) {first, last, step, delta},
static __device__ const lower_range lower_ranges[UNICODE_LOWER_RANGE_COUNT] = {
    UNICODE_LOWER_RANGES(LOWER_RANGE)};

#define STRAY 0x80000000u /* code point of a byte that is no part of a well-formed sequence */

struct character {
    unsigned code_point, bytes;
};

static __device__ character decode(const u8 *text, u64 at, u64 end)
{
    const unsigned lead = text[at];
    const character stray = {STRAY + lead, 1};
    if (lead < 0x80)
        return {lead, 1};
    if (lead < 0xC2 || lead > 0xF4)
        return stray;
    const unsigned bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (end - at < bytes)
        return stray;
    /* The second byte's range keeps out overlong forms, surrogates and what lies above U+10FFFF
     * (Unicode Standard, Table 3-7). */
    const unsigned second = text[at + 1];
    const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most)
        return stray;
    unsigned code_point = (lead & (0x7Fu >> bytes)) << 6 | (second & 0x3F);
    for (unsigned i = 2; i < bytes; i++) {
        const unsigned next = text[at + i];
        if ((next & 0xC0) != 0x80)
            return stray;
        code_point = code_point << 6 | (next & 0x3F);
    }
    return {code_point, bytes};
}

template <bool UNICODE> static __device__ __forceinline__ bool is_ascii_space(unsigned byte)
{
    return byte - 9 < 5 || byte == 32 || (UNICODE && byte - 28 < 4);
}

static __device__ bool is_wide_space(unsigned code_point)
{
    return code_point == 0x85 || code_point == 0xA0 || code_point == 0x1680 ||
           code_point - 0x2000 < 11 || code_point - 0x2028 < 2 || code_point == 0x202F ||
           code_point == 0x205F || code_point == 0x3000;
}

static __device__ __forceinline__ unsigned lower_ascii(unsigned byte)
{
    return byte - 'A' < 26 ? byte + 32 : byte;
}

static __device__ unsigned lower_wide(unsigned code_point)
{
    unsigned low = 0, high = UNICODE_LOWER_RANGE_COUNT;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        if (lower_ranges[middle].first <= code_point)
            low = middle;
        else
            high = middle;
    }
    const lower_range range = lower_ranges[low];
    if (code_point > range.last || ((code_point - range.first) & (range.step - 1)) != 0)
        return code_point;
    return (unsigned)((int)code_point + range.delta);
}

/* The lower-cased character in UTF-8, the first byte lowest; *length: its bytes. */
static __device__ unsigned fold(unsigned code_point, unsigned *length)
{
    *length = 1;
    if (code_point >= STRAY)
        return code_point - STRAY;
    if (code_point == 0x130) { /* i, U+0307 */
        *length = 3;
        return 'i' | 0xCC << 8 | 0x87 << 16;
    }
    const unsigned c = lower_wide(code_point);
    if (c < 0x80)
        return c;
    if (c < 0x800) {
        *length = 2;
        return (0xC0 | c >> 6) | (0x80 | (c & 0x3F)) << 8;
    }
    if (c < 0x10000) {
        *length = 3;
        return (0xE0 | c >> 12) | (0x80 | (c >> 6 & 0x3F)) << 8 | (0x80 | (c & 0x3F)) << 16;
    }
    *length = 4;
    return (0xF0 | c >> 18) | (0x80 | (c >> 12 & 0x3F)) << 8 | (0x80 | (c >> 6 & 0x3F)) << 16 |
           (0x80 | (c & 0x3F)) << 24;
}

/* Bytes of the white space that begins at `at`, 0 where none does. */
template <bool UNICODE>
static __device__ __forceinline__ unsigned space_at(const u8 *text, u64 at, u64 end)
{
    const unsigned byte = text[at];
    if (is_ascii_space<UNICODE>(byte))
        return 1;
    /* The four bytes that white space outside ASCII begins with. */
    if (!UNICODE || (byte != 0xC2 && byte - 0xE1 > 2))
        return 0;
    const character c = decode(text, at, end);
    return is_wide_space(c.code_point) ? c.bytes : 0;
}

/* Does white space, or nothing, stand right before `at`? */
template <bool UNICODE>
static __device__ __forceinline__ bool after_space(const u8 *text, u64 at, u64 begin, u64 end)
{
    if (at <= begin)
        return true;
    const unsigned byte = text[at - 1];
    if (byte < 0x80 || !UNICODE)
        return is_ascii_space<UNICODE>(byte);
    return (at - begin >= 2 && space_at<true>(text, at - 2, end) == 2) ||
           (at - begin >= 3 && space_at<true>(text, at - 3, end) == 3);
}

/* ---- Where words begin, 16 bytes at a time ----------------------------------------------------
 */

enum { CHUNK = 16 };

#define EACH_BYTE 0x01010101u
#define HIGH_BITS 0x80808080u

/* text[base, base + 16), with blanks for what lies outside [begin, end). */
static __device__ __forceinline__ uint4 load_chunk(const u8 *text, u64 base, u64 begin, u64 end)
{
    if (base >= begin && base + CHUNK <= end)
        return __ldg((const uint4 *)(text + base));
    unsigned words[4] = {' ' * EACH_BYTE, ' ' * EACH_BYTE, ' ' * EACH_BYTE, ' ' * EACH_BYTE};
    for (unsigned i = 0; i < CHUNK; i++)
        if (base + i >= begin && base + i < end) {
            const unsigned shift = 8 * (i % 4);
            words[i / 4] = (words[i / 4] & ~(0xFFu << shift)) | (unsigned)text[base + i] << shift;
        }
    return {words[0], words[1], words[2], words[3]};
}

/* The high bit of each of four bytes that is white space by itself: no carry leaves its byte. */
template <bool UNICODE> static __device__ __forceinline__ unsigned ascii_spaces(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    const unsigned from_9 = low + (0x80 - 9) * EACH_BYTE, from_14 = low + (0x80 - 14) * EACH_BYTE;
    const unsigned from_28 = low + (0x80 - (UNICODE ? 28 : 32)) * EACH_BYTE;
    const unsigned from_33 = low + (0x80 - 33) * EACH_BYTE;
    return ((from_9 & ~from_14) | (from_28 & ~from_33)) & ~x & HIGH_BITS;
}

/* Marks bytes [at, at + bytes) of the text as far as they lie in the chunk. */
static __device__ __forceinline__ void mark(unsigned spaces[4], u64 base, u64 at, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        const u64 place = at + i - base; /* huge when before the chunk */
        if (place < CHUNK)
            for (unsigned w = 0; w < 4;
                 w++) /* no index that is not constant: it stays in registers */
                if (place / 4 == w)
                    spaces[w] |= 0x80u << 8 * (place % 4);
    }
}

/* The high bit of each of four bytes with which white space outside ASCII begins: C2, E1 to E3. */
static __device__ __forceinline__ unsigned wide_leads(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    const unsigned from_c2 = low + (0x80 - 0x42) * EACH_BYTE;
    const unsigned from_c3 = low + (0x80 - 0x43) * EACH_BYTE;
    const unsigned from_e1 = low + (0x80 - 0x61) * EACH_BYTE;
    const unsigned from_e4 = low + (0x80 - 0x64) * EACH_BYTE;
    return ((from_c2 & ~from_c3) | (from_e1 & ~from_e4)) & x & HIGH_BITS;
}

/* White space of several bytes that begins in the chunk, or less than 3 bytes before it. */
static __device__ void mark_wide_spaces(unsigned spaces[4], const u8 *text, const uint4 chunk,
                                        u64 base, u64 begin, u64 end)
{
    const unsigned words[4] = {chunk.x, chunk.y, chunk.z, chunk.w};
    for (unsigned w = 0; w < 4; w++)
        for (unsigned leads = wide_leads(words[w]); leads != 0; leads &= leads - 1) {
            const u64 at = base + 4 * w + (unsigned)(__ffs((int)leads) - 1) / 8;
            mark(spaces, base, at, space_at<true>(text, at, end));
        }
    if ((words[0] & 0xC0) != 0x80)
        return;
    for (u64 back = 1; back <= 2 && base >= begin + back; back++)
        mark(spaces, base, base - back, space_at<true>(text, base - back, end));
}

/* The high bits of the bytes of text[base, base + 16) at which words begin. All lanes of a warp
 * call it, each with the chunk behind that of the lane before it. */
template <bool UNICODE>
static __device__ __forceinline__ uint4 word_begins(const u8 *text, const uint4 chunk, u64 base,
                                                    u64 begin, u64 end)
{
    unsigned spaces[4] = {ascii_spaces<UNICODE>(chunk.x), ascii_spaces<UNICODE>(chunk.y),
                          ascii_spaces<UNICODE>(chunk.z), ascii_spaces<UNICODE>(chunk.w)};
    if (UNICODE && ((chunk.x | chunk.y | chunk.z | chunk.w) & HIGH_BITS) != 0)
        mark_wide_spaces(spaces, text, chunk, base, begin, end);
    unsigned before = __shfl_up_sync(ALL_LANES, spaces[3], 1);
    if (threadIdx.x % WARP == 0)
        before = base >= end || after_space<UNICODE>(text, base, begin, end) ? HIGH_BITS : 0;
    return {~spaces[0] & __funnelshift_l(before, spaces[0], 8) & HIGH_BITS,
            ~spaces[1] & __funnelshift_l(spaces[0], spaces[1], 8) & HIGH_BITS,
            ~spaces[2] & __funnelshift_l(spaces[1], spaces[2], 8) & HIGH_BITS,
            ~spaces[3] & __funnelshift_l(spaces[2], spaces[3], 8) & HIGH_BITS};
}

/* How many there are, of two chunks. */
static __device__ __forceinline__ unsigned count_begins(const uint4 a, const uint4 b)
{
    return (unsigned)__popc(a.x | a.y >> 1 | a.z >> 2 | a.w >> 3 | b.x >> 4 | b.y >> 5 | b.z >> 6 |
                            b.w >> 7);
}

/* A bit for each byte, the first one lowest. */
static __device__ __forceinline__ unsigned begin_bits(const uint4 begins)
{
    const unsigned words[4] = {begins.x, begins.y, begins.z, begins.w};
    unsigned bits = 0;
    for (unsigned w = 0; w < 4; w++)
        bits |= ((words[w] >> 7) * 0x01020408u >> 24) << 4 * w;
    return bits;
}

/* ---- Words --------------------------------------------------------------------------------------
 */

static __device__ __forceinline__ u64 mix(u64 x)
{
    x = (x ^ x >> 33) * 0xFF51AFD7ED558CCDull; /* MurmurHash3's finalizer */
    x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53ull;
    return x ^ x >> 33;
}

#define PLACE_BITS 48
#define PLACE_MASK ((1ull << PLACE_BITS) - 1)
#define LONG_WORD  (1ull << 63)

struct word {
    u64 key, hash; /* see struct word_slots */
};

/* The lower-cased bytes of a word as they come. */
struct word_digest {
    u64 group, hash;
    u64 length;
    __device__ word_digest() : group(0), hash(0), length(0)
    {
    }
    __device__ __forceinline__ void add(unsigned byte)
    {
        group |= (u64)byte << 8 * (length % 8);
        if (++length % 8 == 0) {
            hash = mix(hash ^ group);
            group = 0;
        }
    }
    __device__ __forceinline__ word finish(u64 at) const
    {
        if (length < 8) {
            const u64 key = group | length << 56;
            return {key, mix(key)};
        }
        const u64 h = mix(hash ^ group ^ length << 56);
        return {LONG_WORD | (h >> 49 << PLACE_BITS & ~LONG_WORD) | (at + 1), h};
    }
};

template <bool UNICODE>
static __device__ __forceinline__ word read_word(const u8 *text, u64 at, u64 end)
{
    word_digest digest;
    for (u64 next = at; next < end;) {
        const unsigned byte = text[next];
        if (byte < 0x80 || !UNICODE) {
            if (is_ascii_space<UNICODE>(byte))
                break;
            digest.add(lower_ascii(byte));
            next++;
            continue;
        }
        const character c = decode(text, next, end);
        if (is_wide_space(c.code_point))
            break;
        unsigned length, bytes = fold(c.code_point, &length);
        for (; length != 0; length--, bytes >>= 8)
            digest.add(bytes & 0xFF);
        next += c.bytes;
    }
    return digest.finish(at);
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
            const unsigned byte = text[next];
            if (byte < 0x80 || !UNICODE) {
                next++;
                return is_ascii_space<UNICODE>(byte) ? stop() : (int)lower_ascii(byte);
            }
            const character c = decode(text, next, end);
            if (is_wide_space(c.code_point))
                return stop();
            next += c.bytes;
            folded = fold(c.code_point, &left);
        }
        const int byte = (int)(folded & 0xFF);
        folded >>= 8;
        left--;
        return byte;
    }
    __device__ int stop()
    {
        next = end;
        return -1;
    }
};

template <bool UNICODE> static __device__ bool same_word(const u8 *text, u64 a, u64 b, u64 end)
{
    word_bytes<UNICODE> left(text, a, end), right(text, b, end);
    for (;;) {
        const int byte = left.get();
        if (byte != right.get())
            return false;
        if (byte < 0)
            return true;
    }
}

/* Is the word with key `a` that with key `b`? */
template <bool UNICODE>
static __device__ __forceinline__ bool same_key(const u8 *text, u64 a, u64 b, u64 end)
{
    if (a == b)
        return true;
    if ((a & LONG_WORD) == 0 || (a & ~PLACE_MASK) != (b & ~PLACE_MASK))
        return false;
    return same_word<UNICODE>(text, (a & PLACE_MASK) - 1, (b & PLACE_MASK) - 1, end);
}

#endif
