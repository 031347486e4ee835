/* The characters of UTF-8 text: all of them, and everything that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/unicode.h"
#include "common/unicode_lower.h"

enum { CODE_POINTS = 0x110000 };

static size_t encode(uint32_t c, uint8_t bytes[4])
{
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    const size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; c >>= 6)
        bytes[i] = (uint8_t)(0x80 | (c & 0x3F));
    bytes[0] = (uint8_t)(leads[length] | c);
    return length;
}

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

static void assert_stray(const uint8_t *bytes, size_t available)
{
    const struct unicode_character c = unicode_decode(bytes, available);
    assert_int_equal(c.bytes, 1);
    assert_int_equal(c.code_point, UNICODE_STRAY + bytes[0]);
}

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point < CODE_POINTS; code_point++) {
        uint8_t bytes[8] = {0};
        const size_t length = encode(code_point, bytes);
        if (is_surrogate(code_point)) {
            assert_stray(bytes, length);
            continue;
        }
        const struct unicode_character c = unicode_decode(bytes, length);
        assert_int_equal(c.code_point, code_point);
        assert_int_equal(c.bytes, length);
        for (size_t available = 1; available < length; available++)
            assert_stray(bytes, available);
        for (size_t i = 1; i < length; i++)
            assert_stray(bytes + i, length - i);
    }
}

/* Well-formed by definition instead of by table: continuation bytes where they must be, and the
 * shortest form of a code point that is no surrogate and not beyond the last. */
static size_t well_formed_bytes(const uint8_t *bytes)
{
    const size_t length = bytes[0] < 0x80                       ? 1
                          : bytes[0] < 0xC0 || bytes[0] >= 0xF8 ? 0
                          : bytes[0] < 0xE0                     ? 2
                          : bytes[0] < 0xF0                     ? 3
                                                                : 4;
    if (length < 2)
        return length;
    uint32_t code_point = bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] >> 6 != 2)
            return 0;
        code_point = code_point << 6 | (bytes[i] & 0x3F);
    }
    uint8_t again[8];
    if (code_point >= CODE_POINTS || is_surrogate(code_point))
        return 0;
    return encode(code_point, again) == length ? length : 0;
}

/* All first and second bytes; the others at the edges of what they may be. */
static void test_every_sequence(void **state)
{
    (void)state;
    static const uint8_t edges[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
                                    0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xFF};
    enum { EDGES = sizeof(edges) };
    for (unsigned lead = 0; lead < 256; lead++)
        for (unsigned second = 0; second < 256; second++)
            for (unsigned rest = 0; rest < EDGES * EDGES; rest++) {
                const uint8_t bytes[] = {(uint8_t)lead, (uint8_t)second, edges[rest / EDGES],
                                         edges[rest % EDGES]};
                const size_t length = well_formed_bytes(bytes);
                const struct unicode_character c = unicode_decode(bytes, sizeof(bytes));
                if (c.bytes != (length == 0 ? 1 : length) ||
                    (c.code_point >= UNICODE_STRAY) != (length == 0))
                    fail_msg("%02x %02x %02x %02x", bytes[0], bytes[1], bytes[2], bytes[3]);
            }
}

static void test_spaces(void **state)
{
    (void)state;
    static const uint32_t spaces[] = {
        9,      10,     11,     12,     13,     28,     29,     30,     31,     32,
        0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
        0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
    size_t found = 0;
    for (uint32_t code_point = 0; code_point < CODE_POINTS; code_point++)
        if (unicode_is_space(code_point)) {
            assert_true(found < sizeof(spaces) / sizeof(spaces[0]));
            assert_int_equal(code_point, spaces[found++]);
        }
    assert_int_equal(found, 29);
    for (uint32_t byte = 0; byte < 256; byte++)
        assert_false(unicode_is_space(UNICODE_STRAY + byte));
}

/* The whole table against a hash over ord(chr(c).lower()) for every code point c, U+0130 as it
 * is, computed by a Python that knows Unicode 14.0.0. */
static void test_lower_is_pythons(void **state)
{
    (void)state;
    uint64_t hash = 0xCBF29CE484222325u;
    size_t changed = 0;
    for (uint32_t code_point = 0; code_point < CODE_POINTS; code_point++) {
        const uint32_t lower = unicode_lower(code_point);
        hash = (hash ^ lower) * 0x100000001B3u;
        changed += lower != code_point;
        if (unicode_lower(lower) != lower)
            fail_msg("U+%04X: the lower case of its lower case differs", code_point);
    }
    assert_int_equal(changed, 1432);
    assert_true(hash == 0x0E351E4EFEEE4678u);
    for (uint32_t byte = 0; byte < 256; byte++)
        assert_int_equal(unicode_lower(UNICODE_STRAY + byte), UNICODE_STRAY + byte);
}

static void test_fold(void **state)
{
    (void)state;
    static const struct {
        uint32_t code_point;
        const char *folded;
    } known[] = {
        {0, "\0"},
        {'@', "@"},
        {'A', "a"},
        {'Z', "z"},
        {'[', "["},
        {0xC0, "à"},
        {0xD7, "×"},
        {0xDF, "ß"},
        {0x130, "i\u0307"},
        {0x131, "ı"},
        {0x178, "ÿ"},
        {0x17F, "ſ"},
        {0x23A, "\u2C65"},
        {0x23E, "\u2C66"},
        {0x3A3, "σ"},
        {0x3C2, "ς"},
        {0x1E9E, "ß"},
        {0x2126, "ω"},
        {0x212A, "k"},
        {0x212B, "å"},
        {0x2C2F, "\u2C5F"},
        {0xA7C0, "\uA7C1"},
        {0x3000, "\u3000"},
        {0x10400, "\U00010428"},
        {0x10570, "\U00010597"},
        {0x1E921, "\U0001E943"},
        {0x10FFFF, "\U0010FFFF"},
        {UNICODE_STRAY + 0x80, "\x80"},
        {UNICODE_STRAY + 0xFF, "\xFF"},
        {UNICODE_STRAY + 0xC3, "\xC3"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        uint8_t folded[UNICODE_FOLDED_MAX];
        const size_t length = unicode_fold(known[i].code_point, folded);
        const size_t expected = known[i].code_point == 0 ? 1 : strlen(known[i].folded);
        assert_int_equal(length, expected);
        assert_memory_equal(folded, known[i].folded, expected);
    }
}

/* What is folded is well-formed, of the length it says, and stays as it is when folded again. */
static void test_fold_of_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point < CODE_POINTS; code_point++) {
        if (is_surrogate(code_point))
            continue;
        uint8_t folded[UNICODE_FOLDED_MAX], again[UNICODE_FOLDED_MAX], expected[8];
        const size_t length = unicode_fold(code_point, folded);
        assert_in_range(length, 1, UNICODE_FOLDED_MAX);
        for (size_t i = 0; i < length;) {
            const struct unicode_character c = unicode_decode(folded + i, length - i);
            assert_true(c.code_point < UNICODE_STRAY);
            assert_int_equal(unicode_fold(c.code_point, again), c.bytes);
            assert_memory_equal(again, folded + i, c.bytes);
            i += c.bytes;
        }
        if (code_point == 0x130)
            continue;
        assert_int_equal(encode(unicode_lower(code_point), expected), length);
        assert_memory_equal(folded, expected, length);
    }
}

/* Readers of the list other than unicode_lower rely on its order too. */
static void test_ranges_are_sorted(void **state)
{
    (void)state;
#define FIRST_LAST_STEP(first, last, step, delta) {first, last, step},
    static const uint32_t ranges[][3] = {UNICODE_LOWER_RANGES(FIRST_LAST_STEP)};
    const size_t count = sizeof(ranges) / sizeof(ranges[0]);
    assert_int_equal(count, UNICODE_LOWER_RANGE_COUNT);
    for (size_t i = 0; i < count; i++) {
        assert_true(ranges[i][0] <= ranges[i][1]);
        assert_in_range(ranges[i][2], 1, 2);
        assert_int_equal((ranges[i][1] - ranges[i][0]) % ranges[i][2], 0);
        assert_true(i == 0 || ranges[i - 1][1] < ranges[i][0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_every_sequence),
        cmocka_unit_test(test_spaces),
        cmocka_unit_test(test_lower_is_pythons),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_fold_of_every_code_point),
        cmocka_unit_test(test_ranges_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
