/* Matrices from text files: what is read, and what is refused with which words. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/matrix_file.h"
#include "tests/matrix_files.h"

static void write_text(const char *text)
{
    write_file("m.txt", text, strlen(text));
}

static void test_good_text(void **state)
{
    (void)state;
    const int32_t i32[] = {1, -2, 3, INT32_MAX, INT32_MIN, 0};
    const int64_t i64[] = {INT64_MIN, INT64_MAX, 0, 12};
    const float f32[] = {0.1f, 16777217.0f, -1.5e-42f, 3.4028235e38f};
    const double f64[] = {0.1,  -0.0,   1e22, 9007199254740993.0, 5e-324,   1.7976931348623157e308,
                          1e23, .5e-10, 3.0,  INFINITY,           -INFINITY};
    write_text("1 -2 3\n2147483647 -2147483648 0\n");
    assert_read(NULL, DTYPE_I32, 2, 3, i32);
    write_text("\n\t \r\n  +1\t\t-02 003 \r\n\n2147483647\t-2147483648  -0");
    assert_read("i32", DTYPE_I32, 2, 3, i32);
    write_text("\xEF\xBB\xBF"
               "1 -2 3\n2147483647 -2147483648 0\n");
    assert_read(NULL, DTYPE_I32, 2, 3, i32);
    write_text("-9223372036854775808\n9223372036854775807\n00000000000000000000000\n12");
    assert_read("i64", DTYPE_I64, 4, 1, i64);
    /* 16777217.0000001 is nearer to 16777218; through f64 it would become 16777216. */
    write_text("0.1 16777216 -1.5E-42 3.40282346638528859e+38");
    const float nearest[] = {f32[0], 16777216.0f, f32[2], f32[3]};
    assert_read("f32", DTYPE_F32, 1, 4, nearest);
    write_text("16777217.0000000001");
    const float above[] = {16777218.0f};
    assert_read("f32", DTYPE_F32, 1, 1, above);
    write_text(".1 -0. 1e22 9007199254740993 4.9406564584124654e-324 1.7976931348623157e+308 "
               "100000000000000000000000 00.0000000005e-1 30000000000000000000000000e-25 Inf "
               "-INFINITY\n");
    assert_read("f64", DTYPE_F64, 1, 11, f64);
    write_text("1e-400 0e999999999999");
    const double zeros[] = {0, 0};
    assert_read("f64", DTYPE_F64, 1, 2, zeros);
}

static void test_text_nan(void **state)
{
    (void)state;
    struct problem problem;
    struct ab_error error;
    write_text("nan NaN\n+nan -NAN\n");
    assert_int_equal(load(&problem, "f64", &error), AB_OK);
    for (int i = 0; i < 4; i++)
        assert_true(isnan(((double *)problem.input.data)[i]));
    unload(&problem);
    assert_int_equal(load(&problem, "f32", &error), AB_OK);
    for (int i = 0; i < 4; i++)
        assert_true(isnan(((float *)problem.input.data)[i]));
    unload(&problem);
}

/* Where the comma is the decimal point, strtod would read "0,5" and stop at the point of "0.5". */
static void test_text_in_other_locales(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8"};
    const double f64[] = {0.5, 1.7976931348623157e308};
    size_t tried = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (setlocale(LC_ALL, names[i]) == NULL)
            continue;
        tried++;
        write_text("0.5 1.7976931348623157e308");
        assert_read("f64", DTYPE_F64, 1, 2, f64);
        write_text("1 0,5");
        assert_refused("f64", "not commas");
    }
    setlocale(LC_ALL, "C");
    if (tried == 0) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
}

static void test_refused_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *dtype, *telling;
    } cases[] = {
        {"1 2 3\n4 5\n", NULL, "line 2: found 2 numbers, expected 3 as in line 1"},
        {"\n1 2\n\n3 4\n5 6 7", NULL, "line 5: found 3 numbers, expected 2 as in line 2"},
        {"1 2\n3 x\n", NULL, "line 2, number 2: 'x' is not a number"},
        {"1 2\n\xEF\xBB\xBF", NULL, "line 2, number 1: '\\xef\\xbb\\xbf' is not a number"},
        {"1,2\n", NULL, "not commas"},
        {"1;2\n", NULL, "'1;2' is not a number"},
        {"1 2.5\n", NULL,
         "number 2: '2.5' is not an integer of that range (dtype i32): use "
         "--dtype f64"},
        {"1e3", "i64", "--dtype f64"},
        {"nan", NULL, "--dtype f64"},
        {"2147483648", NULL, "'2147483648' does not fit i32 (dtype i32): use --dtype i64"},
        {"-2147483649", NULL, "--dtype i64"},
        {"9223372036854775808", "i64", "--dtype f64"},
        {"-9223372036854775809", "i64", "--dtype f64"},
        {"99999999999999999999999", NULL, "--dtype f64"},
        {"1e39", "f32", "'1e39' does not fit f32 (dtype f32): use --dtype f64"},
        {"3.40282357e38", "f32", "--dtype f64"},
        {"1e309", "f64", "out of range"},
        {"-1e999999999999", "f32", "out of range"},
        {"0x10", "f64", "is not a number"},
        {"0x10", NULL, "is not a number"},
        {"1p3", "f64", "is not a number"},
        {"nan(1)", "f64", "is not a number"},
        {"infin", "f64", "is not a number"},
        {"1e", "f64", "is not a number"},
        {"1e+", "f64", "is not a number"},
        {"e5", "f64", "is not a number"},
        {".", "f64", "is not a number"},
        {"-", NULL, "is not a number"},
        {"+-1", NULL, "is not a number"},
        {"1_000", NULL, "is not a number"},
        {"1.2.3", "f64", "is not a number"},
        {"1\v2", NULL, "'1\\x0b2' is not a number"},
        {"12345678901234567890123456789x", NULL, "'123456789012345678901234...' is not a number"},
        {"\x1b[31mred", NULL, "'\\x1b[31mred' is not a number"},
        {" \n\t\r\n", NULL, "has no numbers"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_text(cases[i].text);
        assert_refused(cases[i].dtype, cases[i].telling);
    }
    write_file("m.txt", "1 2\0 3", 6);
    assert_refused(NULL, "number 2: '2\\x00' is not a number");
}

/* Numbers, lines and blanks of every length, across the ends of the reader's buffer. */
static void test_long_text(void **state)
{
    (void)state;
    enum { ROWS = 70000, COLS = 9 };
    char *text = malloc((size_t)ROWS * COLS * 16);
    int64_t *numbers = malloc(sizeof(int64_t) * ROWS * COLS);
    size_t used = 0;
    assert_non_null(text);
    assert_non_null(numbers);
    for (int64_t i = 0; i < (int64_t)ROWS * COLS; i++) {
        numbers[i] = (i * i * 7919) % 1000003 - 500000;
        used += (size_t)sprintf(text + used, "%*lld%c", (int)(i % 4), (long long)numbers[i],
                                i % COLS == COLS - 1 ? '\n' : ' ');
    }
    write_file("m.txt", text, used);
    assert_true(used > 3 * (size_t)TEXT_BUFFER_BYTES);
    assert_read("i64", DTYPE_I64, ROWS, COLS, numbers);

    memset(text, '7', TEXT_BUFFER_BYTES + 1);
    write_file("m.txt", text, TEXT_BUFFER_BYTES + 1);
    assert_refused("f64", "line 1, number 1: is longer than 1048576 bytes");
    memset(text, ' ', 2 * (size_t)TEXT_BUFFER_BYTES);
    text[TEXT_BUFFER_BYTES - 1] = '4';
    text[TEXT_BUFFER_BYTES] = '2';
    write_file("m.txt", text, 2 * (size_t)TEXT_BUFFER_BYTES);
    const int64_t answer = 42;
    assert_read("i64", DTYPE_I64, 1, 1, &answer);
    free(numbers);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_text),
        cmocka_unit_test(test_text_nan),
        cmocka_unit_test(test_text_in_other_locales),
        cmocka_unit_test(test_refused_text),
        cmocka_unit_test(test_long_text),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
