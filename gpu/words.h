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
static __device__ constexpr lower_range lower_ranges[UNICODE_LOWER_RANGE_COUNT] = {
    UNICODE_LOWER_RANGES(LOWER_RANGE)};

/* For each character of two bytes, by its code point, those of its lower case, the first one
 * lowest; 0 where that has another length, and for white space. Most letters outside ASCII are
 * here, and a search through the ranges takes ten times as long. */
struct two_byte_characters {
    unsigned short lower[0x800];
};

constexpr two_byte_characters make_two_byte_characters()
{
    two_byte_characters table = {};
    for (unsigned c = 0x80; c < 0x800; c++)
        table.lower[c] = (unsigned short)c;
    for (const lower_range &range : lower_ranges)
        for (unsigned c = range.first; c <= range.last && c < 0x800; c += range.step)
            table.lower[c] = (unsigned short)((int)c + range.delta);
    for (unsigned c = 0; c < 0x800; c++) {
        const unsigned lower = table.lower[c];
        const bool is_special =
            c < 0x80 || c == 0x85 || c == 0xA0 || c == 0x130 || lower < 0x80 || lower >= 0x800;
        table.lower[c] =
            is_special ? 0 : (unsigned short)(0x80C0 | lower >> 6 | (lower & 0x3F) << 8);
    }
    return table;
}

static __device__ constexpr two_byte_characters two_bytes = make_two_byte_characters();

/* A bit for each of the bytes E0 to FF with which characters of three or four bytes begin that have
 * a lower case, or are white space. */
constexpr unsigned make_special_leads()
{
    unsigned leads = 1u << 1 | 1u << 2 | 1u << 3; /* E1, E2, E3: white space */
    for (const lower_range &range : lower_ranges)
        for (unsigned c = range.first; c <= range.last; c += range.step)
            if (c >= 0x800)
                leads |= 1u << (c < 0x10000 ? c >> 12 : 0x10 | c >> 18);
    return leads;
}
static constexpr unsigned special_leads = make_special_leads();

/* Of U+2000 to U+20FF, quotation marks, dashes and other punctuation, only white space is special.
 */
constexpr bool is_punctuation_caseless()
{
    for (const lower_range &range : lower_ranges)
        if (range.last >= 0x2000 && range.first < 0x2100)
            return false;
    return true;
}
static_assert(is_punctuation_caseless(), "E2 80 to E2 83 begin no letters");

/* Has the character that begins with these bytes, the first one from E0 on, a lower case? Perhaps.
 * No, where it is white space, which is in no word. */
static __device__ __forceinline__ unsigned may_have_lower(unsigned lead, unsigned next)
{
    return lead == 0xE2 && next < 0x84 ? 0 : special_leads >> (lead - 0xE0) & 1;
}

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

/* The character at text[at] in lower case, the first byte lowest, and how many bytes it has so and
 * in the text; length 0: white space. */
struct folded_character {
    unsigned folded, length, bytes;
};

template <bool UNICODE>
static __device__ __forceinline__ folded_character fold_at(const u8 *text, u64 at, u64 end)
{
    const unsigned byte = text[at];
    if (byte < 0x80 || !UNICODE)
        return {lower_ascii(byte), is_ascii_space<UNICODE>(byte) ? 0u : 1u, 1};
    if (byte - 0xC2 < 0xE0 - 0xC2 && end - at > 1 && (text[at + 1] & 0xC0) == 0x80) {
        const unsigned lower = two_bytes.lower[(byte & 0x1F) << 6 | (text[at + 1] & 0x3F)];
        if (lower != 0)
            return {lower, 2, 2};
    }
    const character c = decode(text, at, end);
    folded_character folded = {0, 0, c.bytes};
    if (!is_wide_space(c.code_point))
        folded.folded = fold(c.code_point, &folded.length);
    return folded;
}

/* Do `bytes`, the first one of which is lowest, and C2, E1, E2 or E3, begin with white space? After
 * these any others that continue a character make a well-formed one. */
static __device__ __forceinline__ bool begins_wide_space(unsigned bytes)
{
    const bool two = (bytes & 0x20) == 0; /* C2 */
    const unsigned second = bytes >> 8 & 0x3F, third = bytes >> 16 & 0x3F;
    const unsigned continued = two ? 0x8000 : 0x808000;
    return (bytes & (two ? 0xC000 : 0xC0C000)) == continued &&
           is_wide_space(two ? (bytes & 0x1F) << 6 | second
                             : (bytes & 0xF) << 12 | second << 6 | third);
}

/* The bytes of the white space that begins so at text[at], 0 where none does. */
static __device__ __forceinline__ unsigned wide_space_at(const u8 *text, u64 at, u64 end)
{
    unsigned bytes = 0;
    for (unsigned i = 0; i < 3 && at + i < end; i++)
        bytes |= (unsigned)text[at + i] << 8 * i;
    return !begins_wide_space(bytes) ? 0 : (bytes & 0x20) == 0 ? 2 : 3;
}

/* Bytes of the white space that begins at `at`, 0 where none does. */
template <bool UNICODE>
static __device__ __forceinline__ unsigned space_at(const u8 *text, u64 at, u64 end)
{
    const unsigned byte = text[at];
    if (is_ascii_space<UNICODE>(byte))
        return 1;
    /* The four bytes that white space outside ASCII begins with. */
    return UNICODE && (byte == 0xC2 || byte - 0xE1 < 3) ? wide_space_at(text, at, end) : 0;
}

/* Does white space outside ASCII end right before `at`? */
static __device__ __forceinline__ bool after_wide_space(const u8 *text, u64 at, u64 begin, u64 end)
{
    return (at - begin >= 2 && space_at<true>(text, at - 2, end) == 2) ||
           (at - begin >= 3 && space_at<true>(text, at - 3, end) == 3);
}

/* Does white space, or nothing, stand right before `at`? */
template <bool UNICODE>
static __device__ __forceinline__ bool after_space(const u8 *text, u64 at, u64 begin, u64 end)
{
    if (at <= begin)
        return true;
    const unsigned byte = text[at - 1];
    return byte < 0x80 || !UNICODE ? is_ascii_space<UNICODE>(byte)
                                   : after_wide_space(text, at, begin, end);
}

/* ---- Where words begin, 16 bytes at a time ----------------------------------------------------
 */

enum { CHUNK = 16 };

#define EACH_BYTE 0x01010101u
#define HIGH_BITS 0x80808080u

/* text[base, base + 16), with blanks for what lies outside [begin, end). */
static __device__ __noinline__ uint4 load_chunk_at_edge(const u8 *text, u64 base, u64 begin,
                                                        u64 end)
{
    unsigned words[4] = {' ' * EACH_BYTE, ' ' * EACH_BYTE, ' ' * EACH_BYTE, ' ' * EACH_BYTE};
    UNROLLED
    for (unsigned i = 0; i < CHUNK; i++)
        if (base + i >= begin && base + i < end) {
            const unsigned shift = 8 * (i % 4);
            words[i / 4] = (words[i / 4] & ~(0xFFu << shift)) | (unsigned)text[base + i] << shift;
        }
    return {words[0], words[1], words[2], words[3]};
}

static __device__ __forceinline__ uint4 load_chunk(const u8 *text, u64 base, u64 begin, u64 end)
{
    return base >= begin && base + CHUNK <= end ? __ldg((const uint4 *)(text + base))
                                                : load_chunk_at_edge(text, base, begin, end);
}

/* The high bit of each of four bytes that is white space by itself; the other bits are anything. A
 * byte is in one of the two ranges when an odd number of their four ends is not above it; no sum
 * leaves its byte. */
template <bool UNICODE> static __device__ __forceinline__ unsigned ascii_spaces(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    const unsigned from_9 = low + (0x80 - 9) * EACH_BYTE, from_14 = low + (0x80 - 14) * EACH_BYTE;
    const unsigned from_28 = low + (0x80 - (UNICODE ? 28 : 32)) * EACH_BYTE;
    const unsigned from_33 = low + (0x80 - 33) * EACH_BYTE;
    return (from_9 ^ from_14 ^ from_28 ^ from_33) & ~x;
}

/* The same for bytes with which white space outside ASCII begins: C2, E1 to E3. */
static __device__ __forceinline__ unsigned wide_leads(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    const unsigned from_c2 = low + (0x80 - 0x42) * EACH_BYTE;
    const unsigned from_c3 = low + (0x80 - 0x43) * EACH_BYTE;
    const unsigned from_e1 = low + (0x80 - 0x61) * EACH_BYTE;
    const unsigned from_e4 = low + (0x80 - 0x64) * EACH_BYTE;
    return (from_c2 ^ from_c3 ^ from_e1 ^ from_e4) & x;
}

/* What of a chunk is white space, and where words begin: the high bits of its bytes. */
struct chunk_marks {
    uint4 spaces, begins;
};

template <bool UNICODE> static __device__ __forceinline__ uint4 ascii_spaces(const uint4 chunk)
{
    return {ascii_spaces<UNICODE>(chunk.x), ascii_spaces<UNICODE>(chunk.y),
            ascii_spaces<UNICODE>(chunk.z), ascii_spaces<UNICODE>(chunk.w)};
}

static __device__ __forceinline__ uint4 wide_leads(const uint4 chunk)
{
    return {wide_leads(chunk.x), wide_leads(chunk.y), wide_leads(chunk.z), wide_leads(chunk.w)};
}

/* The four bytes before `base`, blanks outside [begin, end); to be loaded before they are needed.
 * Only the first lane of a warp has a use for them. */
static __device__ __forceinline__ unsigned load_before(const u8 *text, u64 base, u64 begin, u64 end)
{
    return threadIdx.x % WARP == 0 && base > begin && base <= end
               ? __ldg((const unsigned *)(text + base - 4))
               : ' ' * EACH_BYTE;
}

/* What the lane before has; the first one gets `before`, and that becomes what the last one has. */
static __device__ __forceinline__ unsigned from_lane_before(unsigned value, unsigned &before)
{
    const unsigned lane = threadIdx.x % WARP;
    const unsigned rotated = __shfl_sync(ALL_LANES, value, (int)((lane + WARP - 1) % WARP));
    const unsigned result = lane == 0 ? before : rotated;
    before = rotated;
    return result;
}

/* All lanes of a warp call it, each with the chunk behind that of the lane before it. `before`: the
 * marks of the four bytes before the first lane's chunk, and then those for a chunk behind the last
 * lane's. */
static __device__ __forceinline__ chunk_marks mark_begins(const uint4 spaces, unsigned &before)
{
    const unsigned left = from_lane_before(spaces.w, before);
    return {spaces,
            {~spaces.x & __funnelshift_l(left, spaces.x, 8) & HIGH_BITS,
             ~spaces.y & __funnelshift_l(spaces.x, spaces.y, 8) & HIGH_BITS,
             ~spaces.z & __funnelshift_l(spaces.y, spaces.z, 8) & HIGH_BITS,
             ~spaces.w & __funnelshift_l(spaces.z, spaces.w, 8) & HIGH_BITS}};
}

/* A bit for each lead in a chunk: 8 times its place in its word, and the word's number. */
static __device__ __forceinline__ unsigned lead_bits(const uint4 chunk)
{
    const uint4 leads = wide_leads(chunk);
    return (leads.x & HIGH_BITS) >> 7 | (leads.y & HIGH_BITS) >> 6 | (leads.z & HIGH_BITS) >> 5 |
           (leads.w & HIGH_BITS) >> 4;
}

/* Does white space outside ASCII begin at the lead at text[at]? Perhaps, so near the end. */
static __device__ __forceinline__ bool may_be_wide_space(const u8 *text, u64 at, u64 end)
{
    const u64 aligned = at / 4 * 4;
    if (aligned + 8 > end)
        return true;
    const unsigned *words = (const unsigned *)(text + aligned);
    const unsigned bytes = __funnelshift_r(__ldg(words), __ldg(words + 1), 8 * (unsigned)(at % 4));
    return begins_wide_space(bytes);
}

/* Does white space outside ASCII begin in the chunks of a warp, WARP chunks apart, or perhaps in
 * `before`, the bytes before them? Most text has none, and most of that with other characters, too:
 * this costs less than marking it. All lanes get the same answer. */
template <unsigned COUNT>
static __device__ __forceinline__ bool has_wide_spaces(const uint4 chunks[COUNT], unsigned before,
                                                       const u8 *text, u64 base, u64 end)
{
    static_assert(COUNT == 1 || COUNT % 2 == 0, "bits for two chunks make a word");
    unsigned high = before;
    UNROLLED
    for (unsigned i = 0; i < COUNT; i++)
        high |= chunks[i].x | chunks[i].y | chunks[i].z | chunks[i].w;
    if (!__any_sync(ALL_LANES, (high & HIGH_BITS) != 0))
        return false;
    bool found = (wide_leads(before) & 0x80808000u) != 0;
    UNROLLED
    for (unsigned i = 0; i < COUNT; i += 2) {
        const unsigned more = COUNT > 1 ? lead_bits(chunks[i + (COUNT > 1 ? 1 : 0)]) : 0;
        unsigned leads = lead_bits(chunks[i]) | more << 4;
        for (; leads != 0; leads &= leads - 1) {
            const unsigned bit = (unsigned)__ffs((int)leads) - 1;
            const unsigned chunk = i + bit % 8 / 4, byte = bit % 4 * 4 + bit / 8;
            found |= may_be_wide_space(text, base + chunk * WARP * CHUNK + byte, end);
        }
    }
    return __any_sync(ALL_LANES, found);
}

/* Marks bytes [at, at + bytes) of the text as far as they lie in the chunk. */
static __device__ __forceinline__ void mark(unsigned spaces[4], u64 base, u64 at, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        const u64 place = at + i - base; /* huge when before the chunk */
        UNROLLED
        for (unsigned w = 0; w < 4; w++) /* no index that is not constant: it stays in registers */
            if (place < CHUNK && place / 4 == w)
                spaces[w] |= 0x80u << 8 * (place % 4);
    }
}

/* The marks of text[base, base + 16) with white space outside ASCII. All lanes of a warp call it,
 * each with the chunk behind that of the lane before it. Rare, and long: kept out of loops. */
static __device__ __noinline__ chunk_marks mark_with_wide_spaces(const u8 *text, u64 base,
                                                                 u64 begin, u64 end)
{
    const uint4 chunk = load_chunk(text, base, begin, end);
    const uint4 ascii = ascii_spaces<true>(chunk);
    unsigned spaces[4] = {ascii.x, ascii.y, ascii.z, ascii.w};
    for (unsigned leads = lead_bits(chunk); leads != 0; leads &= leads - 1) {
        const unsigned bit = (unsigned)__ffs((int)leads) - 1;
        const u64 at = base + bit % 8 * 4 + bit / 8;
        mark(spaces, base, at, wide_space_at(text, at, end));
    }
    for (u64 back = 1; back <= 2 && base >= begin + back && base - back < end; back++)
        mark(spaces, base, base - back, space_at<true>(text, base - back, end));
    unsigned before =
        base >= end || after_space<true>(text, base, begin, end) ? HIGH_BITS : 0; /* of lane 0 */
    return mark_begins({spaces[0], spaces[1], spaces[2], spaces[3]}, before);
}

/* 128 for each of them, added to `sum`. */
static __device__ __forceinline__ unsigned add_begins(const uint4 begins, unsigned sum)
{
    sum = __dp4a(begins.x, EACH_BYTE, sum);
    sum = __dp4a(begins.y, EACH_BYTE, sum);
    sum = __dp4a(begins.z, EACH_BYTE, sum);
    return __dp4a(begins.w, EACH_BYTE, sum);
}

/* A bit for each byte's high bit, the first one lowest. */
static __device__ __forceinline__ unsigned byte_bits(const uint4 marks)
{
    const unsigned words[4] = {marks.x, marks.y, marks.z, marks.w};
    unsigned bits = 0;
    UNROLLED
    for (unsigned w = 0; w < 4; w++)
        bits |= (((words[w] & HIGH_BITS) >> 7) * 0x01020408u >> 24) << 4 * w;
    return bits;
}

/* ---- Words --------------------------------------------------------------------------------------
 */

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

enum { GROUP_READ = GROUP + 4 /* bytes from `at` on that are loaded */ };

static __device__ __forceinline__ unsigned lower_ascii_letters(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    const unsigned from_a = low + (0x80 - 'A') * EACH_BYTE;
    const unsigned above_z = low + (0x80 - 'Z' - 1) * EACH_BYTE;
    return x | (from_a & ~above_z & ~x & HIGH_BITS) >> 2;
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
