/* Characters of UTF-8 text on the device: the rules of common/unicode.h, whose table of lower-case
 * letters this shares. Nothing outside text[begin, end) is read. */
#ifndef ACCELBENCH_GPU_CHARACTERS_H
#define ACCELBENCH_GPU_CHARACTERS_H

#include "common/unicode_lower.h"
#include "gpu/device.h"

typedef unsigned char u8;

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

static __device__ __forceinline__ unsigned lower_two_bytes(unsigned lead, unsigned next)
{
    return two_bytes.lower[(lead & 0x1F) << 6 | (next & 0x3F)];
}

/* The small letters of most European texts outside ASCII: five bytes begin nearly all of them. By
 * the last three bits of such a byte, the first one lowest: the byte, and what to add to the last
 * six bits of the byte behind it for their bit 6 to tell whether the letter is a small one; with
 * the highest bit where it is one when bit 6 is not set. */
#define SMALL_LEADS 0xCFCE0000C300D1D0ull
#define SMALL_BOUNDS                                                             \
    0xB11400002000A010ull /* up to CF 8E; CE AC on; C3 A0 on; to D1 9F; D0 B0 on \
                           */

constexpr bool is_small_letter(unsigned lead, unsigned next)
{
    const unsigned shift = 8 * (lead & 7);
    const unsigned sum = (next & 0x3F) + (unsigned)(SMALL_BOUNDS >> shift & 0xFF);
    return (SMALL_LEADS >> shift & 0xFF) == lead && ((sum ^ sum << 1) & 0x80) != 0;
}

constexpr bool do_small_letters_stay()
{
    const two_byte_characters table = make_two_byte_characters();
    for (unsigned lead = 0xC0; lead < 0x100; lead++)
        for (unsigned next = 0x80; next < 0xC0; next++)
            if (is_small_letter(lead, next) &&
                table.lower[(lead & 0x1F) << 6 | (next & 0x3F)] != (lead | next << 8))
                return false;
    return true;
}
static_assert(do_small_letters_stay(), "lower case changes none of them");

/* A bit for each of the bytes E0 to FF with which characters begin that have a lower case. */
constexpr unsigned make_cased_leads()
{
    unsigned leads = 0;
    for (const lower_range &range : lower_ranges)
        for (unsigned c = range.first; c <= range.last; c += range.step)
            if (c >= 0x800)
                leads |= 1u << (c < 0x10000 ? c >> 12 : 0x10 | c >> 18);
    return leads;
}
static constexpr unsigned cased_leads = make_cased_leads();

/* Of U+2000 to U+20FF, quotation marks, dashes and other punctuation, none has one. */
constexpr bool is_punctuation_caseless()
{
    for (const lower_range &range : lower_ranges)
        if (range.last >= 0x2000 && range.first < 0x2100)
            return false;
    return true;
}
static_assert(is_punctuation_caseless(), "E2 80 to E2 83 begin no letters");

/* Has the character that begins with these bytes, the first one from E0 on, a lower case? Perhaps.
 */
static __device__ __forceinline__ bool may_have_lower(unsigned lead, unsigned next)
{
    return (cased_leads >> (lead - 0xE0) & 1) != 0 && (lead != 0xE2 || next >= 0x84);
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

/* The four bytes that white space outside ASCII begins with. */
static __device__ __forceinline__ bool is_wide_lead(unsigned byte)
{
    return byte == 0xC2 || byte - 0xE1 < 3;
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
        const unsigned lower = lower_two_bytes(byte, text[at + 1]);
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
    if ((bytes & 0x10FF00) == 0x108000) /* quotation marks and dashes, mostly: soon done with */
        return false;
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
    return UNICODE && is_wide_lead(byte) ? wide_space_at(text, at, end) : 0;
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

#endif
