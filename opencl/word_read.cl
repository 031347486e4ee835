/* Words as they are read from the text, for the task frequency, and whether two of them are equal.
 * Compiled behind opencl/word_count.cl. */

/* Bits of bytes that are no ASCII characters, where those matter. */
#if defined(UNICODE)
#define STOPS 0x80
#else
#define STOPS 0
#endif

/* A word as it is read. Up to 16 lower-cased bytes are the key itself, so that equal keys and
 * lengths are equal words; a longer word's key is a hash. */
struct word {
    ulong2 key;
    uint end;    /* of the occurrence */
    uint length; /* lower-cased bytes */
};

#define KEY_BYTES   16
#define GROUP_BYTES 8

ulong mix(ulong x)
{
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93UL;
    x ^= x >> 32;
    return x;
}

ulong word_hash(ulong2 key, uint length)
{
    return mix((key.x ^ key.y * 0xFF51AFD7ED558CCDUL) + length * 0x9E3779B97F4A7C15UL);
}

struct word read_word(TEXT, uint at)
{
    ulong hash = 0, group = 0, first = 0;
    uint length = 0;
    while (at < bytes) {
        const uint byte = text[at];
        uint2 folded = (uint2)(lower_ascii(byte), 1);
        if (is_plain(byte)) {
            if (is_space(byte))
                break;
            at++;
        } else {
            const uint2 character = decode(text, bytes, at);
            if (is_space(character.x))
                break;
            folded = fold(character.x);
            at += character.y;
        }
        for (uint i = 0; i < folded.y; i++, folded.x >>= 8) {
            if (length != 0 && length % GROUP_BYTES == 0) {
                first = length == GROUP_BYTES ? group : first;
                hash = mix(hash ^ group);
                group = 0;
            }
            group |= (ulong)(folded.x & 0xFF) << (8 * (length % GROUP_BYTES));
            length++;
        }
    }
    struct word word;
    word.key = length <= GROUP_BYTES ? (ulong2)(group, 0)
               : length <= KEY_BYTES ? (ulong2)(first, group)
                                     : (ulong2)(mix(hash ^ group), 0);
    word.end = at;
    word.length = length;
    return word;
}

uint lowest_byte(ulong set)
{
    return (63 - (uint)clz(set & -set)) / 8;
}

ulong low_bytes(ulong group, uint count)
{
    return count == 0 ? 0 : group & (~0UL >> (8 * (GROUP_BYTES - count)));
}

/* As read_word; a word that ends within 16 bytes and is ASCII all through is read as a vector. */
struct word read_word16(TEXT, uint at)
{
    if (bytes - at < 16)
        return read_word(text, bytes, at);
    const uchar16 v = vload16(0, text + at);
    const ulong2 ends = as_ulong2(SPACES(uchar16, v) | as_char16(v & (uchar16)STOPS));
    if ((ends.x | ends.y) == 0)
        return read_word(text, bytes, at);
    const uint length = ends.x != 0 ? lowest_byte(ends.x) : 8 + lowest_byte(ends.y);
    if (!is_plain(text[at + length]))
        return read_word(text, bytes, at);
    const uchar16 capital = as_uchar16(v - (uchar)'A' < (uchar16)26);
    const ulong2 lower_case = as_ulong2(v + (capital & (uchar16)32));
    struct word word;
    word.key = length < 8 ? (ulong2)(low_bytes(lower_case.x, length), 0)
                          : (ulong2)(lower_case.x, low_bytes(lower_case.y, length - 8));
    word.end = at + length;
    word.length = length;
    return word;
}

/* A word's lower-cased bytes, one after another. */
struct folded_word {
    uint at, bytes_left, folded;
};

/* -1 at the end */
int next_byte(TEXT, struct folded_word *word)
{
    if (word->bytes_left == 0) {
        if (word->at >= bytes)
            return -1;
        const uint2 character = decode(text, bytes, word->at);
        if (is_space(character.x))
            return -1;
        const uint2 folded = fold(character.x);
        word->folded = folded.x;
        word->bytes_left = folded.y;
        word->at += character.y;
    }
    const int byte = (int)(word->folded & 0xFF);
    word->folded >>= 8;
    word->bytes_left--;
    return byte;
}

/* Whether the words at a and b are equal. Characters may change their length, so beyond ASCII the
 * words need not agree character by character (U+0130 is i and U+0307). */
bool words_equal(TEXT, uint a, uint b)
{
    while (a < bytes && b < bytes && is_plain(text[a]) && is_plain(text[b])) {
        const bool a_ends = is_space(text[a]), b_ends = is_space(text[b]);
        if (a_ends || b_ends)
            return a_ends && b_ends;
        if (lower_ascii(text[a]) != lower_ascii(text[b]))
            return false;
        a++;
        b++;
    }
    struct folded_word x = {a, 0, 0}, y = {b, 0, 0};
    for (;;) {
        const int x_byte = next_byte(text, bytes, &x), y_byte = next_byte(text, bytes, &y);
        if (x_byte != y_byte)
            return false;
        if (x_byte < 0)
            return true;
    }
}
