/* Lower case and white space as word counting takes them: comparing words, and the shortcuts of the
 * technique `tuned` against common/unicode.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/unicode.h"
#include "cpu/word_blanks.h"
#include "cpu/word_fold.h"
#include "cpu/word_table.h"

static void assert_equal_words(const char *a, const char *b, enum word_rule rule, bool expected)
{
    assert_int_equal(word_equal((const uint8_t *)a, strlen(a), (const uint8_t *)b, strlen(b), rule),
                     expected);
    assert_int_equal(word_equal((const uint8_t *)b, strlen(b), (const uint8_t *)a, strlen(a), rule),
                     expected);
}

static void test_word_equal(void **state)
{
    (void)state;
    assert_equal_words("word", "WoRD", RULE_UNICODE, true);
    assert_equal_words("word", "WoRD", RULE_ASCII, true);
    assert_equal_words("word", "words", RULE_UNICODE, false);
    assert_equal_words("word", "worb", RULE_ASCII, false);
    assert_equal_words("[", "{", RULE_UNICODE, false);
    assert_equal_words("@", "`", RULE_ASCII, false);
    assert_equal_words("é", "É", RULE_UNICODE, true);
    assert_equal_words("é", "É", RULE_ASCII, false);
    assert_equal_words("\u212a", "k", RULE_UNICODE, true);
    assert_equal_words("\u212a", "k", RULE_ASCII, false);
    assert_equal_words("\u0130", "i\u0307", RULE_UNICODE, true);
    assert_equal_words("\u0130", "I\u0307", RULE_UNICODE, true);
    assert_equal_words("\u0130x", "i\u0307", RULE_UNICODE, false);
    assert_equal_words("\u0130", "i", RULE_UNICODE, false);
    assert_equal_words("\u023a", "\u2c65", RULE_UNICODE, true);
    assert_equal_words("\xc3", "\xe3", RULE_UNICODE, false);
    assert_equal_words("\xff", "\xfe", RULE_UNICODE, false);
}

static void test_wide_spaces(void **state)
{
    (void)state;
    static const uint8_t leads[] = {0xC2, 0xE1, 0xE2, 0xE3};
    for (size_t l = 0; l < sizeof(leads); l++)
        for (unsigned rest = 0; rest < 0x10000; rest++) {
            const uint8_t text[] = {leads[l], (uint8_t)(rest >> 8), (uint8_t)rest};
            const struct unicode_character c = unicode_decode(text, sizeof(text));
            const unsigned expected = unicode_is_space(c.code_point) ? c.bytes : 0;
            if (word_wide_space(text) != expected)
                fail_msg("%02x %04x: %u bytes, expected %u", leads[l], rest, word_wide_space(text),
                         expected);
        }
}

/* Writes a code point as UTF-8, well-formed or not. */
static size_t encode(uint32_t c, uint8_t *text)
{
    const size_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = bytes; i-- > 1; c >>= 6)
        text[i] = (uint8_t)(0x80 | (c & 0x3F));
    text[0] = (uint8_t)(leads[bytes] | c);
    return bytes;
}

static void assert_folds(const struct word_fold *fold, const uint8_t *word, size_t bytes)
{
    uint8_t expected[64] = {0};
    size_t used = 0;
    for (size_t i = 0; i < bytes;) {
        const struct unicode_character c = unicode_decode(word + i, bytes - i);
        used += unicode_fold(c.code_point, expected + used);
        i += c.bytes;
    }
    struct word_folded folded;
    const enum word_kind kind = word_fold_word(fold, word, bytes, &folded);
    if (kind != (memchr(expected, 0, used) == NULL ? WORD_SHORT : WORD_LONG) ||
        (kind == WORD_SHORT && memcmp(&folded.key, expected, WORD_KEY_BYTES) != 0))
        fail_msg("%02x %02x %02x %02x: wrong lower case", word[0], word[1], word[2], word[3]);
}

static void test_every_character(void **state)
{
    (void)state;
    static struct word_fold fold;
    word_fold_open(&fold, RULE_UNICODE);
    for (uint32_t c = 0; c < 0x110000; c++) {
        uint8_t word[16] = {0};
        const size_t bytes = encode(c, word);
        assert_folds(&fold, word, bytes);
        if (bytes > 1)
            assert_folds(&fold, word, bytes - 1); /* cut off */
        memcpy(word + bytes, "\u0416", 2);
        assert_folds(&fold, word, bytes + 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_equal),
        cmocka_unit_test(test_wide_spaces),
        cmocka_unit_test(test_every_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
