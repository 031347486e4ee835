#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/parse.h"

static uint64_t count_of(const char *text)
{
    struct ab_error error = {0};
    uint64_t value = 0;
    assert_int_equal(parse_count("--rows", text, 0, UINT64_MAX, &value, &error), AB_OK);
    return value;
}

static void refuse_count(const char *text, uint64_t least, uint64_t most, const char *says)
{
    struct ab_error error = {0};
    uint64_t value = 77;
    assert_int_equal(parse_count("--rows", text, least, most, &value, &error), AB_USAGE);
    assert_int_equal(value, 77);
    if (strstr(error.message, says) == NULL || strstr(error.message, "--rows") == NULL)
        fail_msg("\"%s\" gave: %s", text, error.message);
}

static void counts(void **state)
{
    (void)state;
    assert_int_equal(count_of("0"), 0);
    assert_int_equal(count_of("0007"), 7);
    assert_int_equal(count_of("12k"), 12000);
    assert_int_equal(count_of("3M"), 3000000);
    assert_int_equal(count_of("3G"), 3000000000u);
    assert_int_equal(count_of("2T"), 2000000000000u);
    assert_int_equal(count_of("16Ki"), 16384);
    assert_int_equal(count_of("1Mi"), 1u << 20);
    assert_int_equal(count_of("5Gi"), 5ull << 30);
    assert_int_equal(count_of("1Ti"), 1ull << 40);
    assert_true(count_of("18446744073709551615") == UINT64_MAX);
    assert_true(count_of("16777215Ti") == 16777215ull << 40);
}

static void refused_counts(void **state)
{
    (void)state;
    static const char *const malformed[] = {
        "",    " 1", "1 ",   "+1",     "-5",  "1e3", "0x10", "1.5",   "k",
        "B",   "1K", "1kiB", "1ki",    "1Kk", "1BB", "1 k",  "1,000", "nan",
        "inf", "١",  "1\n",  "12kiBx", "1Pi", "1m",  "9B",   "5GiB", /* billions? */
    };
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
        refuse_count(malformed[i], 0, UINT64_MAX, "not a whole number");
    refuse_count("18446744073709551616", 0, UINT64_MAX, "64 bits");
    refuse_count("99999999999999999999999999999999", 0, UINT64_MAX, "64 bits");
    refuse_count("16777216Ti", 0, UINT64_MAX, "64 bits");
    refuse_count("0", 1, 10, "from 1 to 10");
    refuse_count("11", 1, 10, "from 1 to 10");
    refuse_count("0", 1, UINT64_MAX, "at least 1");
    refuse_count("5", 1, 4, "\"5\"");
}

static void bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {
        {"9B", 9}, {"16Ki", 16384}, {"16KiB", 16384}, {"1TiB", 1ull << 40}, {"3GB", 3000000000u}};
    struct ab_error error = {0};
    uint64_t value;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(parse_bytes("--size", good[i].text, 0, UINT64_MAX, &value, &error), AB_OK);
        assert_int_equal(value, good[i].value);
    }
    static const char *const bad[] = {"B", "1BB", "1bB", "1kiB", "1B "};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        error = (struct ab_error){0};
        assert_int_equal(parse_bytes("--size", bad[i], 0, UINT64_MAX, &value, &error), AB_USAGE);
    }
}

static void messages_are_one_short_line(void **state)
{
    (void)state;
    static const char hostile[] = "\x1b[31m\n\r\t\x7f"
                                  "0123456789012345678901234567890123456789012345678901"
                                  "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4";
    for (size_t start = 0; start < 12; start++) {
        struct ab_error error = {0};
        uint64_t value;
        assert_int_equal(parse_count("--rows", hostile + start, 0, 1, &value, &error), AB_USAGE);
        for (const char *c = error.message; *c != '\0'; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
        const char *lead = strrchr(error.message, '\xC3');
        assert_true(lead == NULL || lead[1] == '\xA4');
        assert_true(strlen(error.message) < 250);
    }
}

static void seconds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0.0},      {"90", 90.0},     {"0.5", 0.5},
                {".25", 0.25},   {"0.1", 0.1},     {"1.1", 1.1},
                {"60.0", 60.0},  {"0.001", 0.001}, {"123456.789012345", 123456.789012345},
                {"00000.3", 0.3}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct ab_error error = {0};
        double value = -1;
        assert_int_equal(parse_seconds("--min-time", good[i].text, 0, &value, &error), AB_OK);
        assert_memory_equal(&value, &good[i].value, sizeof(value));
    }
    static const char *const bad[] = {"",    ".",   "5.",  "-1",    "+1", " 1",    "1 ",  "1e3",
                                      "1,5", "nan", "inf", "0x1p3", "1s", "1.2.3", "..1", "1\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ab_error error = {0};
        double value = -1;
        assert_int_equal(parse_seconds("--min-time", bad[i], 0, &value, &error), AB_USAGE);
        assert_non_null(strstr(error.message, "--min-time"));
        assert_true(value == -1);
    }
}

static void seconds_have_a_least_and_a_length(void **state)
{
    (void)state;
    struct ab_error error = {0};
    double value;
    assert_int_equal(parse_seconds("--budget", "0.4", 0.5, &value, &error), AB_USAGE);
    assert_non_null(strstr(error.message, "at least 0.5"));
    error = (struct ab_error){0};
    assert_int_equal(parse_seconds("--budget", "0.5", 0.5, &value, &error), AB_OK);
    assert_int_equal(parse_seconds("--budget", "1234567890123456", 0, &value, &error), AB_USAGE);
    assert_non_null(strstr(error.message, "digits"));
}

static void choices(void **state)
{
    (void)state;
    static const char *const orders[] = {"row", "column", "tiled", NULL};
    struct ab_error error = {0};
    size_t index = 9;
    assert_int_equal(parse_choice("--order", "tiled", orders, &index, &error), AB_OK);
    assert_int_equal(index, 2);
    static const char *const bad[] = {"", "Row", "ro", "rows", "row,column"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        error = (struct ab_error){0};
        assert_int_equal(parse_choice("--order", bad[i], orders, &index, &error), AB_USAGE);
        assert_non_null(strstr(error.message, "--order"));
        assert_non_null(strstr(error.message, "row, column, tiled"));
        assert_int_equal(index, 2);
    }
}

static void products(void **state)
{
    (void)state;
    uint64_t product;
    assert_true(multiply(1u << 31, 1u << 31, &product));
    assert_int_equal(product, 1ull << 62);
    assert_true(multiply(UINT64_MAX, 1, &product));
    assert_false(multiply(1ull << 32, 1ull << 32, &product));
}

static void bytes_for_people(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } expected[] = {{0, "0 B"},
                    {999, "999 B"},
                    {1000, "1.0 KB"},
                    {1049, "1.0 KB"},
                    {1050, "1.1 KB"},
                    {16400, "16.4 KB"},
                    {999949, "999.9 KB"},
                    {999950, "1.0 MB"},
                    {400000000, "400.0 MB"},
                    {999999999999, "1.0 TB"},
                    {UINT64_MAX, "18.4 EB"}};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        char text[FORMAT_BYTES];
        assert_string_equal(format_bytes(expected[i].bytes, text), expected[i].text);
        assert_ptr_equal(format_bytes(expected[i].bytes, text), text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(refused_counts),
        cmocka_unit_test(bytes),
        cmocka_unit_test(messages_are_one_short_line),
        cmocka_unit_test(seconds),
        cmocka_unit_test(seconds_have_a_least_and_a_length),
        cmocka_unit_test(choices),
        cmocka_unit_test(products),
        cmocka_unit_test(bytes_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
