/* The judge of word_count judged: right answers pass in any order and case, wrong ones never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/accelbench.h"
#include "common/json.h"
#include "common/word_count.h"
#include "common/word_expect.h"
#include "common/word_text.h"

/*                          0         1         2         3
 *                          0123456789012345678901234567890 */
static const char text[] = "The cat\xe2\x80\x83saw the Dog; a cat saw \xc3\x89t\xc3\xa9";

/* the cat saw dog; a ete */
static const struct word_entry right[] = {{0, 3, 2},  {4, 3, 2},  {10, 3, 2},
                                          {18, 4, 1}, {23, 1, 1}, {33, 5, 1}};

enum { WORDS = sizeof(right) / sizeof(right[0]) };

struct fixture {
    struct word_count_params params;
    struct problem problem;
    struct word_entry entries[WORDS + 1];
    struct region result;
};

static const struct kernel *kernel(void)
{
    return find_kernel("word_count");
}

static void set_up(struct fixture *f, const char *bytes, size_t length, enum word_task task)
{
    struct ab_error error = {0};
    *f = (struct fixture){.params = {.task = task, .top = 20}};
    f->problem = (struct problem){.kernel = kernel(), .params = &f->params};
    f->problem.input = (struct region){.data = (void *)(uintptr_t)bytes, .bytes = length};
    assert_int_equal(kernel()->expect(&f->problem, &error), AB_OK);
    memcpy(f->entries, right, sizeof(right));
    f->result = (struct region){.data = f->entries, .bytes = sizeof(right)};
}

static void tear_down(struct fixture *f)
{
    region_free(&f->problem.expected);
}

static void assert_passes(const struct fixture *f)
{
    struct verdict verdict;
    kernel()->check(&f->problem, &f->result, 0, &verdict);
    if (!verdict.passed)
        fail_msg("%s", verdict.detail);
}

/* Refused, and for the reason that names `detail`. */
static void assert_refused(const struct fixture *f, const char *detail)
{
    struct verdict verdict = {.passed = true};
    kernel()->check(&f->problem, &f->result, 0, &verdict);
    assert_false(verdict.passed);
    if (strstr(verdict.detail, detail) == NULL)
        fail_msg("expected \"%s\", found \"%s\"", detail, verdict.detail);
}

/* ---- Task frequency ------------------------------------------------------------------------- */

static void test_right(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_FREQUENCY);
    assert_int_equal(f.problem.items, 9);
    assert_passes(&f);
    for (size_t i = 0; i < WORDS; i++)
        f.entries[i] = right[WORDS - 1 - i];
    assert_passes(&f);
    f.entries[WORDS - 1] = (struct word_entry){14, 3, 2}; /* "the" instead of "The" */
    assert_passes(&f);
    tear_down(&f);
}

static void test_wrong_words(void **state)
{
    (void)state;
    static const struct {
        size_t place;
        struct word_entry entry;
        const char *detail;
    } wrong[] = {
        {1, {4, 3, 3}, "\"cat\": found 3 times, expected 2"},
        {5, {33, 5, 0}, "\"Été\": found 0 times, expected 1"},
        {1, {4, 3, UINT64_C(0x100000002)}, "\"cat\": found 4294967298 times, expected 2"},
        {3, {4, 3, 2}, "entry 3: \"cat\" stands twice"},
        {0, {14, 3, 2}, NULL},
        {2, {14, 3, 2}, "entry 2: \"the\" stands twice"},
        {1, {5, 3, 2}, "does not begin where a word begins"},
        {1, {5, 2, 2}, "does not begin where a word begins"},
        {1, {3, 3, 2}, "does not begin where a word begins"},
        {1, {4, 2, 2}, "ends inside its word"},
        {1, {4, 4, 2}, "runs past the end of its word"},
        {0, {0, 7, 2}, "runs past the end of its word"},
        {2, {8, 5, 2}, "does not begin where a word begins"},
        {2, {9, 4, 2}, "does not begin where a word begins"},
        {5, {33, 4, 1}, "ends inside its word"},
        {5, {33, 6, 1}, "lies outside the text"},
        {5, {34, 4, 1}, "does not begin where a word begins"},
        {1, {4, 0, 2}, "is empty"},
        {1, {sizeof(text) - 1, 1, 2}, "lies outside the text"},
        {1, {sizeof(text) - 1, 0, 2}, "lies outside the text"},
        {1, {4, UINT64_MAX, 2}, "lies outside the text"},
        {1, {UINT64_MAX, 1, 2}, "lies outside the text"},
        {1, {UINT64_MAX - 1, 3, 2}, "lies outside the text"},
        {1, {1, UINT64_MAX, 2}, "lies outside the text"},
    };
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_FREQUENCY);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        memcpy(f.entries, right, sizeof(right));
        f.entries[wrong[i].place] = wrong[i].entry;
        if (wrong[i].detail == NULL)
            assert_passes(&f);
        else
            assert_refused(&f, wrong[i].detail);
    }
    tear_down(&f);
}

static void test_wrong_sizes(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_FREQUENCY);
    f.result.bytes = sizeof(right) - sizeof(right[0]);
    assert_refused(&f, "missing, expected 1 times");
    memcpy(f.entries, right + 1, sizeof(right) - sizeof(right[0]));
    assert_refused(&f, "\"the\": missing, expected 2 times");
    f.result.bytes = 0;
    assert_refused(&f, "missing");
    f.result = (struct region){0};
    assert_refused(&f, "missing");
    f.result = (struct region){.data = f.entries, .bytes = sizeof(f.entries)};
    memcpy(f.entries, right, sizeof(right));
    f.entries[WORDS] = right[2];
    assert_refused(&f, "stands twice");
    for (size_t bytes = 0; bytes < sizeof(right); bytes++) {
        f.result.bytes = bytes;
        assert_refused(&f, bytes % sizeof(right[0]) == 0 ? "missing" : "no multiple");
    }
    tear_down(&f);
}

static void test_poison(void **state)
{
    (void)state;
    static const int bytes[] = {0xA5, 0x00, 0xFF, 0x5A};
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_FREQUENCY);
    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        memset(f.entries, bytes[i], sizeof(f.entries));
        assert_refused(&f, bytes[i] == 0 ? "is empty" : "lies outside the text");
    }
    tear_down(&f);
}

/* A result that is right but for one bit, anywhere, is wrong. */
static void test_every_bit(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_FREQUENCY);
    for (size_t bit = 0; bit < 8 * sizeof(right); bit++) {
        memcpy(f.entries, right, sizeof(right));
        ((uint8_t *)f.entries)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct verdict verdict = {.passed = true};
        kernel()->check(&f.problem, &f.result, 0, &verdict);
        if (verdict.passed)
            fail_msg("bit %zu of entry %zu", bit % 192, bit / 192);
    }
    tear_down(&f);
}

static void test_empty_text(void **state)
{
    (void)state;
    static const char *const empty[] = {"", " ", "\t\n \xc2\xa0"};
    for (size_t i = 0; i < 3; i++) {
        struct fixture f;
        set_up(&f, empty[i], strlen(empty[i]), TASK_FREQUENCY);
        assert_int_equal(f.problem.items, 0);
        f.result.bytes = 0;
        assert_passes(&f);
        f.result.bytes = sizeof(struct word_entry);
        assert_refused(&f, "entry 0");
        tear_down(&f);
    }
}

/* Names of words in messages: short, printable, whole characters. */
static void test_detail_is_printable(void **state)
{
    (void)state;
    static const char odd[] = "\x1b[31m\x07\xff\xc2\x9b\xe2\x82\xac-and-much-more-than-fits";
    struct fixture f;
    set_up(&f, odd, sizeof(odd) - 1, TASK_FREQUENCY);
    f.entries[0] = (struct word_entry){0, sizeof(odd) - 1, 2};
    f.result.bytes = sizeof(struct word_entry);
    assert_refused(&f,
                   "\"\\x1b[31m\\x07\\xff\\xc2\\x9b€-and-much-...\": found 2 times, expected 1");
    tear_down(&f);
}

/* ---- Task total ----------------------------------------------------------------------------- */

static void test_total(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_TOTAL);
    uint64_t total = 9;
    f.result = (struct region){.data = &total, .bytes = sizeof(total)};
    assert_passes(&f);
    total = 8;
    assert_refused(&f, "found 8 words, expected 9");
    total = 0xA5A5A5A5A5A5A5A5u;
    assert_refused(&f, "expected 9");
    total = 9;
    f.result.bytes = 4;
    assert_refused(&f, "4 bytes");
    f.result = (struct region){0};
    assert_refused(&f, "0 bytes");
    tear_down(&f);
}

/* ---- The result as JSON --------------------------------------------------------------------- */

static void assert_json(struct fixture *f, const char *expected)
{
    struct json_writer json = {.one_line = true};
    struct ab_error error = {0};
    json_begin_object(&json, NULL);
    assert_int_equal(kernel()->write_result(&f->problem, &f->result, &json, &error), AB_OK);
    json_end_object(&json);
    assert_int_equal(json_finish(&json, &error), AB_OK);
    assert_string_equal(json.text, expected);
    json_free(&json);
}

static void test_top(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_FREQUENCY);
    f.params.top = 4;
    assert_json(&f, "{\"total_words\": 9, \"distinct_words\": 6, \"top\": ["
                    "{\"word\": \"cat\", \"count\": 2}, {\"word\": \"saw\", \"count\": 2}, "
                    "{\"word\": \"the\", \"count\": 2}, {\"word\": \"a\", \"count\": 1}]}");
    f.params.top = 0;
    assert_json(&f, "{\"total_words\": 9, \"distinct_words\": 6, \"top\": []}");
    f.params.top = 1;
    assert_json(&f, "{\"total_words\": 9, \"distinct_words\": 6, \"top\": ["
                    "{\"word\": \"cat\", \"count\": 2}]}");
    tear_down(&f);
}

static void test_lossy_word(void **state)
{
    (void)state;
    static const char stray[] = "A\xffZ";
    struct fixture f;
    set_up(&f, stray, 3, TASK_FREQUENCY);
    f.entries[0] = (struct word_entry){0, 3, 1};
    f.result.bytes = sizeof(struct word_entry);
    assert_json(&f, "{\"total_words\": 1, \"distinct_words\": 1, \"top\": ["
                    "{\"word\": \"a\xef\xbf\xbdz\", \"word_hex\": \"61ff7a\", \"word_bytes\": 3, "
                    "\"count\": 1}]}");
    tear_down(&f);
}

static void test_total_as_json(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, text, sizeof(text) - 1, TASK_TOTAL);
    uint64_t total = 9;
    f.result = (struct region){.data = &total, .bytes = sizeof(total)};
    assert_json(&f, "{\"total_words\": 9}");
    tear_down(&f);
}

/* ---- Many threads --------------------------------------------------------------------------- */

enum { LONG_BYTES = 13 << 20 }; /* enough for three threads */

static void expect_with(uint8_t *bytes, enum word_task task, enum word_rule rule, unsigned threads,
                        struct problem *problem)
{
    struct ab_error error = {0};
    struct word_count_params params = {.task = task, .rule = rule, .threads = threads};
    *problem = (struct problem){.kernel = kernel(), .params = &params};
    problem->input = (struct region){.data = bytes, .bytes = LONG_BYTES};
    assert_int_equal(kernel()->expect(problem, &error), AB_OK);
}

/* To the last byte the answer that one thread comes to. */
static void assert_threads_agree(uint8_t *bytes, enum word_task task, enum word_rule rule)
{
    struct problem one, three;
    expect_with(bytes, task, rule, 1, &one);
    expect_with(bytes, task, rule, 3, &three);
    assert_int_equal(one.items, three.items);
    assert_int_equal(one.expected.bytes, three.expected.bytes);
    assert_memory_equal(one.expected.data, three.expected.data, one.expected.bytes);
    region_free(&one.expected);
    region_free(&three.expected);
}

static void test_many_threads(void **state)
{
    (void)state;
    static const char separator[] = "\xe2\x80\x83";
    struct ab_error error = {0};
    uint8_t *bytes = malloc(LONG_BYTES);
    assert_non_null(bytes);
    assert_int_equal(word_expect_parts(LONG_BYTES, 3), 3);
    assert_int_equal(word_text_make(bytes, LONG_BYTES, 42, 1, &error), AB_OK);
    assert_threads_agree(bytes, TASK_FREQUENCY, RULE_UNICODE);
    assert_threads_agree(bytes, TASK_FREQUENCY, RULE_ASCII);
    assert_threads_agree(bytes, TASK_TOTAL, RULE_UNICODE);
    /* Nowhere to cut, and a cut that the next one has to go past. */
    memset(bytes, 'x', LONG_BYTES);
    for (size_t i = 0; i + 6 < LONG_BYTES; i += 6)
        memcpy(bytes + i, separator, 3);
    assert_threads_agree(bytes, TASK_FREQUENCY, RULE_UNICODE);
    bytes[LONG_BYTES - LONG_BYTES / 5] = ' ';
    assert_threads_agree(bytes, TASK_FREQUENCY, RULE_UNICODE);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_wrong_sizes),
        cmocka_unit_test(test_poison),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_empty_text),
        cmocka_unit_test(test_detail_is_printable),
        cmocka_unit_test(test_total),
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_lossy_word),
        cmocka_unit_test(test_total_as_json),
        cmocka_unit_test(test_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
