#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/json.h"

/* Compares and frees. */
static void assert_json(struct json_writer *json, const char *expected)
{
    struct ab_error error = {0};
    assert_int_equal(json_finish(json, &error), AB_OK);
    assert_int_equal(strlen(json->text), json->length);
    assert_string_equal(json->text, expected);
    json_free(json);
    assert_null(json->text);
}

static void write_sample(struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_string(json, "name", "matrix");
    json_begin_object(json, "empty");
    json_end_object(json);
    json_begin_array(json, "none");
    json_end_array(json);
    json_begin_array(json, "list");
    json_integer(json, NULL, -5);
    json_begin_object(json, NULL);
    json_boolean(json, "yes", true);
    json_boolean(json, "no", false);
    json_end_object(json);
    json_null(json, NULL);
    json_end_array(json);
    static const char raw[] = "{\n\"a\": [1,\r\n2]}";
    json_raw(json, "raw", raw, strlen(raw));
    json_string(json, "nothing", NULL);
    json_end_object(json);
}

static void pretty(void **state)
{
    (void)state;
    struct json_writer json = {0};
    write_sample(&json);
    assert_json(&json, "{\n"
                       "  \"name\": \"matrix\",\n"
                       "  \"empty\": {},\n"
                       "  \"none\": [],\n"
                       "  \"list\": [\n"
                       "    -5,\n"
                       "    {\n"
                       "      \"yes\": true,\n"
                       "      \"no\": false\n"
                       "    },\n"
                       "    null\n"
                       "  ],\n"
                       "  \"raw\": {\n\"a\": [1,\r\n2]},\n"
                       "  \"nothing\": null\n"
                       "}");
}

static void one_line(void **state)
{
    (void)state;
    struct json_writer json = {.one_line = true};
    for (int again = 0; again < 2; again++) {
        write_sample(&json);
        assert_json(&json, "{\"name\": \"matrix\", \"empty\": {}, \"none\": [], "
                           "\"list\": [-5, {\"yes\": true, \"no\": false}, null], "
                           "\"raw\": { \"a\": [1,  2]}, \"nothing\": null}");
    }
}

static void assert_string(const char *bytes, size_t length, const char *expected)
{
    struct json_writer json = {0};
    json_string_bytes(&json, NULL, bytes, length);
    assert_json(&json, expected);
}

#define ASSERT_STRING(literal, expected) assert_string(literal, sizeof(literal) - 1, expected)
#define REPLACED                         "\xEF\xBF\xBD"

static void strings(void **state)
{
    (void)state;
    assert_string(NULL, 0, "\"\"");
    ASSERT_STRING("a\0b", "\"a\\u0000b\"");
    ASSERT_STRING("\b\f\n\r\t\"\\/", "\"\\b\\f\\n\\r\\t\\\"\\\\/\"");
    ASSERT_STRING("\x01\x1F\x7F\v", "\"\\u0001\\u001F\x7F\\u000B\"");
    ASSERT_STRING("h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
                  "\"h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"");
    /* Stray, overlong, surrogate, above U+10FFFF, cut off. */
    ASSERT_STRING("a\x80z", "\"a" REPLACED "z\"");
    ASSERT_STRING("\xC0\xAF", "\"" REPLACED REPLACED "\"");
    ASSERT_STRING("\xED\xA0\x80", "\"" REPLACED REPLACED REPLACED "\"");
    ASSERT_STRING("\xF4\x90\x80\x80", "\"" REPLACED REPLACED REPLACED REPLACED "\"");
    ASSERT_STRING("\xC3\xA9\xE2\x82", "\"\xC3\xA9" REPLACED REPLACED "\"");
    ASSERT_STRING("\xC3", "\"" REPLACED "\"");
    ASSERT_STRING("\xC3\"", "\"" REPLACED "\\\"\"");

    struct json_writer json = {.one_line = true};
    json_begin_object(&json, NULL);
    json_string(&json, "k\"\n\xFF", "v");
    json_end_object(&json);
    assert_json(&json, "{\"k\\\"\\n" REPLACED "\": \"v\"}");
}

static void assert_number(double value, const char *expected)
{
    struct json_writer json = {0};
    json_number(&json, NULL, value);
    assert_json(&json, expected);
}

static void numbers(void **state)
{
    (void)state;
    assert_number(0.0, "0.0");
    assert_number(-0.0, "-0.0");
    assert_number(5, "5.0");
    assert_number(0.1, "0.1");
    assert_number(1.0 / 3, "0.3333333333333333");
    assert_number(0.1 + 0.2, "0.30000000000000004");
    assert_number(1e22, "1e+22");
    assert_number(DBL_MAX, "1.7976931348623157e+308");
    assert_number(DBL_TRUE_MIN, "4.94065645841247e-324");
    assert_number(NAN, "null");
    assert_number(INFINITY, "null");
    assert_number(-INFINITY, "null");

    struct json_writer json = {.one_line = true};
    json_begin_array(&json, NULL);
    json_integer(&json, NULL, INT64_MIN);
    json_integer(&json, NULL, INT64_MAX);
    json_unsigned(&json, NULL, UINT64_MAX);
    json_end_array(&json);
    assert_json(&json, "[-9223372036854775808, 9223372036854775807, 18446744073709551615]");
}

static void numbers_read_back(void **state)
{
    (void)state;
    uint64_t bits = 42;
    for (int i = 0; i < 20000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        double value, back;
        memcpy(&value, &bits, sizeof(value));
        if (!isfinite(value))
            continue;
        struct json_writer json = {0};
        struct ab_error error = {0};
        json_number(&json, NULL, value);
        assert_int_equal(json_finish(&json, &error), AB_OK);
        back = strtod(json.text, NULL);
        assert_memory_equal(&back, &value, sizeof(value));
        json_free(&json);
    }
}

static void no_locale_gets_in(void **state)
{
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "ps_AF.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < sizeof(commas) / sizeof(commas[0]); i++) {
        if (setlocale(LC_NUMERIC, commas[i]) == NULL)
            continue;
        found = true;
        assert_number(-1234.5, "-1234.5");
        assert_number(5, "5.0");
    }
    setlocale(LC_NUMERIC, "C");
    if (!found)
        skip();
}

static void too_deep(void **state)
{
    (void)state;
    for (unsigned depth = JSON_DEPTH_MAX - 1; depth <= JSON_DEPTH_MAX + 2; depth++) {
        struct json_writer json = {.one_line = true};
        struct ab_error error = {0};
        for (unsigned i = 0; i < depth; i++)
            json_begin_array(&json, NULL);
        for (unsigned i = 0; i < depth; i++)
            json_end_array(&json);
        bool fits = depth <= JSON_DEPTH_MAX;
        assert_int_equal(json_finish(&json, &error), fits ? AB_OK : AB_NO_MEMORY);
        assert_true(fits ? json.length == (size_t)2 * depth
                         : strstr(error.message, "JSON") != NULL);
        json_free(&json);
    }
}

static void unbalanced(void **state)
{
    (void)state;
    struct json_writer json = {0};
    struct ab_error error = {0};
    json_begin_array(&json, NULL);
    assert_int_equal(json_finish(&json, &error), AB_NO_MEMORY);
    json_free(&json);
    json_end_object(&json);
    assert_int_equal(json_finish(&json, &error), AB_NO_MEMORY);
    json_free(&json);
}

/* A length that no memory holds stands for an allocation that fails. */
static void failure_is_remembered(void **state)
{
    (void)state;
    struct json_writer json = {0};
    struct ab_error error = {0};
    json_begin_array(&json, NULL);
    json_raw(&json, NULL, "", SIZE_MAX / 2);
    json_integer(&json, NULL, 1);
    json_end_array(&json);
    assert_int_equal(json_finish(&json, &error), AB_NO_MEMORY);
    json_free(&json);
}

/* Another program's strict reader sees the strings and numbers that were written. */
static void python_reads_it(void **state)
{
    (void)state;
    if (system("python3 -c 'import json' >/dev/null 2>&1") != 0)
        skip();
    static const char program[] =
        "import json,sys\n"
        "def refuse(c): raise ValueError(c)\n"
        "d=json.loads(open(sys.argv[1],'rb').read().decode('utf-8'),parse_constant=refuse)\n"
        "assert list(d)==['bytes','n','raw','deep'],list(d)\n"
        "every=bytes(range(256))\n"
        "assert d['bytes']==every[:128].decode()+chr(0xFFFD)*128\n"
        "assert d['n']==[0.1,1e-300,-9223372036854775808,18446744073709551615,None,5.0]\n"
        "assert type(d['n'][5]) is float\n"
        "assert d['raw']=={'a':[1,2]} and d['deep']==[[[{}]]]\n";
    static const char raw[] = "{\"a\":\n[1,2]}\n";
    char every[256];
    for (int i = 0; i < 256; i++)
        every[i] = (char)i;
    for (int mode = 0; mode < 2; mode++) {
        struct json_writer json = {.one_line = mode == 1};
        struct ab_error error = {0};
        json_begin_object(&json, NULL);
        json_string_bytes(&json, "bytes", every, sizeof(every));
        json_begin_array(&json, "n");
        json_number(&json, NULL, 0.1);
        json_number(&json, NULL, 1e-300);
        json_integer(&json, NULL, INT64_MIN);
        json_unsigned(&json, NULL, UINT64_MAX);
        json_number(&json, NULL, NAN);
        json_number(&json, NULL, 5);
        json_end_array(&json);
        json_raw(&json, "raw", raw, strlen(raw));
        json_begin_array(&json, "deep");
        json_begin_array(&json, NULL);
        json_begin_array(&json, NULL);
        json_begin_object(&json, NULL);
        json_end_object(&json);
        json_end_array(&json);
        json_end_array(&json);
        json_end_array(&json);
        json_end_object(&json);
        assert_int_equal(json_finish(&json, &error), AB_OK);
        assert_true(mode == 0 || strpbrk(json.text, "\r\n") == NULL);

        char name[] = "/tmp/accelbench-json-XXXXXX", command[2048];
        int file = mkstemp(name);
        assert_true(file >= 0);
        assert_int_equal(write(file, json.text, json.length), json.length);
        close(file);
        snprintf(command, sizeof(command), "python3 -c \"%s\" %s", program, name);
        assert_int_equal(system(command), 0);
        unlink(name);
        json_free(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pretty),
        cmocka_unit_test(one_line),
        cmocka_unit_test(strings),
        cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(no_locale_gets_in),
        cmocka_unit_test(too_deep),
        cmocka_unit_test(unbalanced),
        cmocka_unit_test(failure_is_remembered),
        cmocka_unit_test(python_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
