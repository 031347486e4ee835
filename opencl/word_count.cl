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
 * Compiled behind common/unicode_lower.h with -DUNICODE or -DASCII, the rule, and -DGROUP_ITEMS=N.
 * A text is one piece of the input, below 4 GiB, and cuts no word.
 *
 * Here stands what both tasks share: characters, white space, and where words start. Behind it
 * follow opencl/word_total.cl for the one, and opencl/word_read.cl, opencl/word_table.cl and
 * opencl/word_frequency.cl for the other.
 */

#define TEXT __global const uchar *text, uint bytes

#define GROUP __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
#define ALONE __attribute__((reqd_work_group_size(1, 1, 1)))

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

/* -1 where a byte of a vector is white space of ASCII. */
#if defined(UNICODE)
#define SPACES(type, v) (((v) - (uchar)9 < (type)5) | ((v) - (uchar)28 < (type)5))
#else
#define SPACES(type, v) (((v) - (uchar)9 < (type)5) | ((v) == (type)32))
#endif
