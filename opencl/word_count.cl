/* for (position = 0; position < bytes; position += character.bytes) {
 *     character = decode(text + position);
 *     if (is_space(character)) {
 *         if (word is not empty)
 *             total++, add(table, word);
 *         word = empty;
 *     } else
 *         append(word, lower(character));
 * }
 *
 * Compiled behind common/unicode_lower.h with -DUNICODE or -DASCII, the rule, -DGROUP_ITEMS=N and
 * -DLANES=N.
 * A text is one piece of the input, below 4 GiB, and cuts no word.
 *
 * The table of words is shared by all work-items and needs 32-bit atomics only. A slot is eight
 * numbers: the offset of one occurrence of its word, plus 1 (0: free); five of the word's key (each
 * 0: not known yet); the count, low and high half. The offset is what claims a slot, and it is all
 * that is needed to compare words in full; the key spares most comparisons.
 */

#define TEXT __global const uchar *text, uint bytes

/* ---- Characters: as in common/unicode.c ---------------------------------------------------- */

#define STRAY 0x80000000u

#if defined(UNICODE)

#define LOWER_RANGE(first, last, step, delta) (int4)(first, last, step, delta),
__constant int4 lower_ranges[UNICODE_LOWER_RANGE_COUNT] = {UNICODE_LOWER_RANGES(LOWER_RANGE)};

/* x: code point, or STRAY plus the byte; y: bytes */
uint2 decode(TEXT, uint at)
{
    const uint lead = text[at];
    if (lead < 0x80)
        return (uint2)(lead, 1);
    const uint2 stray = (uint2)(STRAY + lead, 1);
    if (lead < 0xC2 || lead > 0xF4)
        return stray;
    const uint length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (bytes - at < length)
        return stray;
    const uint second = text[at + 1];
    const uint least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const uint most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most)
        return stray;
    uint code_point = (lead & (0x7Fu >> length)) << 6 | (second & 0x3F);
    for (uint i = 2; i < length; i++) {
        const uint next = text[at + i];
        if ((next & 0xC0) != 0x80)
            return stray;
        code_point = code_point << 6 | (next & 0x3F);
    }
    return (uint2)(code_point, length);
}

bool is_space(uint c)
{
    if (c < 0x80)
        return c == 32 || c - 9 < 5 || c - 28 < 4;
    return c == 0x85 || c == 0xA0 || c == 0x1680 || c - 0x2000 < 11 || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

uint lower(uint code_point)
{
    uint low = 0, high = UNICODE_LOWER_RANGE_COUNT;
    while (high - low > 1) {
        const uint middle = (low + high) / 2;
        if ((uint)lower_ranges[middle].x <= code_point)
            low = middle;
        else
            high = middle;
    }
    const int4 range = lower_ranges[low];
    const uint first = (uint)range.x;
    if (code_point < first || code_point > (uint)range.y ||
        ((code_point - first) & ((uint)range.z - 1)) != 0)
        return code_point;
    return (uint)((int)code_point + range.w);
}

/* The lower-cased character as UTF-8, the first byte lowest. x: bytes, y: how many. */
uint2 fold(uint code_point)
{
    if (code_point >= STRAY)
        return (uint2)(code_point - STRAY, 1);
    if (code_point == 0x130)
        return (uint2)('i' | 0xCC << 8 | 0x87 << 16, 3);
    const uint c = lower(code_point);
    if (c < 0x80)
        return (uint2)(c, 1);
    const uint last = 0x80 | (c & 0x3F), third = 0x80 | (c >> 6 & 0x3F);
    if (c < 0x800)
        return (uint2)(0xC0 | c >> 6 | last << 8, 2);
    if (c < 0x10000)
        return (uint2)(0xE0 | c >> 12 | third << 8 | last << 16, 3);
    return (uint2)(0xF0 | c >> 18 | (0x80 | (c >> 12 & 0x3F)) << 8 | third << 16 | last << 24, 4);
}

bool is_plain(uint byte)
{
    return byte < 0x80;
}

/* Lead bytes of white space outside ASCII. */
bool may_begin_space(uint byte)
{
    return byte == 0xC2 || byte - 0xE1 < 3;
}

#else

bool is_space(uint c)
{
    return c == 32 || c - 9 < 5;
}

bool is_plain(uint byte)
{
    return true;
}

bool may_begin_space(uint byte)
{
    return false;
}

uint2 decode(TEXT, uint at)
{
    return (uint2)(text[at], 1);
}

uint2 fold(uint c)
{
    return (uint2)(c - 'A' < 26 ? c + 32 : c, 1);
}

#endif

uint lower_ascii(uint byte)
{
    return byte - 'A' < 26 ? byte + 32 : byte;
}

/* Bytes of the white space at text[at], 0 where there is none. No continuation byte begins white
 * space, so a search may step byte by byte, from anywhere inside a character. */
uint space_bytes(TEXT, uint at)
{
    const uint byte = text[at];
    if (!may_begin_space(byte))
        return is_plain(byte) && is_space(byte) ? 1 : 0;
    const uint2 character = decode(text, bytes, at);
    return is_space(character.x) ? character.y : 0;
}

/* Whether text[at] is part of white space. */
bool in_space(TEXT, uint at)
{
    if (is_plain(text[at]))
        return is_space(text[at]);
    for (uint back = 0; back < 3 && back <= at; back++)
        if (space_bytes(text, bytes, at - back) > back)
            return true;
    return false;
}

bool starts_word(TEXT, uint at)
{
    return !in_space(text, bytes, at) && (at == 0 || in_space(text, bytes, at - 1));
}

/* ---- Task total ---------------------------------------------------------------------------- */

#define GROUP __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
#define ALONE __attribute__((reqd_work_group_size(1, 1, 1)))

/* The sum of the values of a group's work-items, for the first one. */
ulong sum_group(ulong mine, __local ulong *shared)
{
    const uint item = get_local_id(0);
    shared[item] = mine;
    for (uint half_size = GROUP_ITEMS / 2; half_size > 0; half_size /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (item < half_size)
            shared[item] += shared[item + half_size];
    }
    return shared[item];
}

__kernel GROUP void finish(__global const ulong *partials, ulong count, __global ulong *result)
{
    __local ulong shared[GROUP_ITEMS];
    ulong sum = 0;
    for (ulong i = get_local_id(0); i < count; i += GROUP_ITEMS)
        sum += partials[i];
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        result[0] = sum;
}

__kernel GROUP void total_simple(TEXT, __global ulong *partials, uint first)
{
    __local ulong shared[GROUP_ITEMS];
    ulong starts = 0;
    for (ulong at = get_global_id(0); at < bytes; at += get_global_size(0))
        starts += starts_word(text, bytes, (uint)at) ? 1 : 0;
    starts = sum_group(starts, shared);
    if (get_local_id(0) == 0)
        partials[first + get_group_id(0)] = starts;
}

/* Bits of bytes that are no ASCII characters, where those matter. */
#if defined(UNICODE)
#define STOPS 0x80
#else
#define STOPS 0
#endif

/* -1 where a byte of a vector is white space of ASCII. */
#if defined(UNICODE)
#define SPACES(type, v) (((v) - (uchar)9 < (type)5) | ((v) - (uchar)28 < (type)5))
#else
#define SPACES(type, v) (((v) - (uchar)9 < (type)5) | ((v) == (type)32))
#endif

/* The bytes that are looked at together, -DLANES=16 or 64: what a work-item of a GPU loads at once,
 * or what the widest vectors of a CPU hold, for which the language itself has no type. */
#if LANES == 64 && defined(__clang__)
#pragma clang diagnostic ignored "-Wunknown-warning-option"
#pragma clang diagnostic ignored "-Wpsabi" /* nothing is called that was compiled elsewhere */
typedef uchar lanes __attribute__((ext_vector_type(64)));
typedef char truths __attribute__((ext_vector_type(64)));
typedef lanes lanes_anywhere __attribute__((aligned(1)));
#define LOAD_LANES(text) (*(__global const lanes_anywhere *)(text))
#else
#undef LANES
#define LANES            16
typedef uchar16 lanes;
typedef char16 truths;
#define LOAD_LANES(text) vload16(0, text)
#endif

/* -1 where a word starts in text[at, at + LANES), as far as ASCII decides; at > 0. */
truths starts(__global const uchar *text, uint at)
{
    return ~SPACES(lanes, LOAD_LANES(text + at)) & SPACES(lanes, LOAD_LANES(text + at - 1));
}

bool any_set(truths t)
{
    const ulong *words = (const ulong *)&t;
    ulong set = 0;
    for (uint i = 0; i < LANES / 8; i++)
        set |= words[i];
    return set != 0;
}

/* The sum of the lanes, 0 to 127 each. */
ulong sum_lanes(truths counts)
{
    const ulong *words = (const ulong *)&counts;
    ulong sum = 0;
    for (uint i = 0; i < LANES / 8; i++) {
        const ulong pairs =
            (words[i] & 0x00FF00FF00FF00FFUL) + (words[i] >> 8 & 0x00FF00FF00FF00FFUL);
        sum += pairs * 0x0001000100010001UL >> 48;
    }
    return sum;
}

/* -1 where white space beyond ASCII begins, and at few other bytes: what three bytes code begins
 * with E1 to E3, and ends with none from 8B to 9E, as quotation marks and dashes do. */
truths leads(__global const uchar *text, uint at)
{
#if defined(UNICODE)
    const lanes v = LOAD_LANES(text + at), third = LOAD_LANES(text + at + 2);
    return (v == (lanes)0xC2) |
           ((v - (uchar)0xE1 < (lanes)3) & (third - (uchar)0x8B > (lanes)(0x9E - 0x8B)));
#else
    return (truths)0;
#endif
}

/* -1 where white space beyond ASCII begins in text[at, at + LANES). */
truths spaces_beyond(__global const uchar *text, uint at)
{
    const lanes v = LOAD_LANES(text + at), second = LOAD_LANES(text + at + 1),
                third = LOAD_LANES(text + at + 2);
    const truths after_e2 =
        ((second == (lanes)0x80) & ((third - (uchar)0x80 < (lanes)11) | (third == (lanes)0xA8) |
                                    (third == (lanes)0xA9) | (third == (lanes)0xAF))) |
        ((second == (lanes)0x81) & (third == (lanes)0x9F));
    return ((v == (lanes)0xC2) & ((second == (lanes)0x85) | (second == (lanes)0xA0))) |
           ((v == (lanes)0xE1) & (second == (lanes)0x9A) & (third == (lanes)0x80)) |
           ((v == (lanes)0xE2) & after_e2) |
           ((v == (lanes)0xE3) & (second == (lanes)0x80) & (third == (lanes)0x80));
}

/* Whether white space beyond ASCII lies in text[at - 1, at + LANES); two bytes more can be read,
 * and at > 0. */
bool needs_care(TEXT, uint at)
{
    return (any_set(leads(text, at)) && any_set(spaces_beyond(text, at))) ||
           (!is_plain(text[at - 1]) && in_space(text, bytes, at - 1));
}

ulong count_slowly(TEXT, uint begin, uint end)
{
    ulong found = 0;
    for (uint at = begin; at < end; at++)
        found += starts_word(text, bytes, at) ? 1 : 0;
    return found;
}

__kernel GROUP void total_interleaved(TEXT, __global ulong *partials, uint first)
{
    __local ulong shared[GROUP_ITEMS];
    ulong found = 0;
    for (ulong block = get_global_id(0); LANES * block < bytes; block += get_global_size(0)) {
        const uint at = (uint)(LANES * block);
        if (at == 0 || bytes - at < LANES + 2 || needs_care(text, bytes, at))
            found += count_slowly(text, bytes, at, at + min((uint)LANES, bytes - at));
        else
            found += sum_lanes(-starts(text, at));
    }
    found = sum_group(found, shared);
    if (get_local_id(0) == 0)
        partials[first + get_group_id(0)] = found;
}

/* The same as count_slowly, for begin > 0: by blocks, whose starts are counted in lanes for as long
 * as none can overflow. */
ulong count_quickly(TEXT, uint begin, uint end)
{
    const uint last =
        bytes < LANES + 2 ? 0 : min(end, bytes - 2); /* blocks end here at the latest */
    ulong found = 0;
    uint at = begin;
    while (at + (ulong)LANES <= last) {
        truths counts = 0;
        for (uint block = 0; block < 127 && at + (ulong)LANES <= last; block++, at += LANES) {
            if (needs_care(text, bytes, at))
                found += count_slowly(text, bytes, at, at + LANES);
            else
                counts -= starts(text, at);
        }
        found += sum_lanes(counts);
    }
    return found + count_slowly(text, bytes, at, end);
}

__kernel ALONE void total_chunked(TEXT, __global ulong *partials, uint first)
{
    const uint item = get_global_id(0), items = get_global_size(0);
    const uint part = (uint)(((ulong)bytes + items - 1) / items);
    const uint begin = (uint)min((ulong)item * part, (ulong)bytes);
    const uint end = begin + min(part, bytes - begin);
    const uint careful = begin == 0 ? min(1u, end) : begin;
    partials[first + item] =
        count_slowly(text, bytes, begin, careful) + count_quickly(text, bytes, careful, end);
}
