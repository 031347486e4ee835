/* Cutting a text into parts, the word table, and the CPU backends on the texts that word counters
 * get wrong. The judge is kernel->check, which test_word_check.c judges in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/unicode.h"
#include "cpu/cpu.h"
#include "cpu/word_slice.h"
#include "tests/cases.h"

enum { PARTS_MAX = 8 };

struct text {
    const char *bytes;
    size_t length;
};

#define TEXT(literal) {literal, sizeof(literal) - 1}

/* Every kind of white space and of trap within reach of every cut. */
static const struct text traps[] = {
    TEXT(""),
    TEXT(" "),
    TEXT(" \t\r\n\v\f\x1c\x1d\x1e\x1f"),
    TEXT("word"),
    TEXT("aa bb aa BB  cc\taA\nbB"),
    TEXT("a\xc2\x85"
         "a\u00a0a\u1680a\u2000a\u200aa\u2028a\u2029a\u202fa\u205fa\u3000a"),
    TEXT("\u3000\u2003\u00a0\xc2\x85"),
    TEXT("a\u200bb a\u180eb \ufeffa \u2060 \xc2\x84 \xc2\x86"),
    TEXT("é É è \u00c8 Σς σσ ΣΣ \u1e9e ß SS"),
    TEXT("\u0130 i\u0307 I\u0307 \u0130\u0130 i\u0307i\u0307 \u0131 k K \u212a \u023a \u2c65"),
    TEXT("\U00010400 \U00010428 \U0001F600\u2003\U0001F600"),
    TEXT("a a\0 a\0 \0 \0\0 A\0"),
    TEXT("\xef\xbb\xbfx x \xef\xbb\xbfX"),
    TEXT("\x80 \xbf \xc0\x80 \xc1 \xe0\x80\x80 \xed\xa0\x80 \xf0\x80\x80 \xf4\x90\x80\x80 \xff"),
    TEXT("\xc2 \xa0\xc2\xc2\xa0\xa0 \xe2\x80\xe2\x80\x83 \x80\xe2\x80 \xe3\x80\x80\x80"),
    TEXT("\xe2\x80\xe2\x80\xa8\xe2\xe2\x80\xa9\xf0\x9f\xe3\x80\x80\xf0\x9f\x98\xc2\x85"),
};

enum { TRAPS = sizeof(traps) / sizeof(traps[0]) };

/* ---- A problem made of bytes ---------------------------------------------------------------- */

struct fixture {
    struct word_count_params params;
    struct problem problem;
    struct region result;
    struct job job;
};

static const struct kernel *kernel(void)
{
    return find_kernel("word_count");
}

/* The text lies in memory of exactly its size, so that reading past it is seen. */
static void set_up(struct fixture *f, const char *bytes, size_t length, enum word_rule rule,
                   enum word_task task)
{
    struct ab_error error = {0};
    *f = (struct fixture){.params = {.task = task, .rule = rule}};
    char *copy = malloc(length == 0 ? 1 : length);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    f->problem = (struct problem){.kernel = kernel(), .params = &f->params};
    f->problem.input = (struct region){.data = copy, .bytes = length};
    f->job = (struct job){.problem = &f->problem, .input = copy, .result = &f->result};
    assert_int_equal(kernel()->expect(&f->problem, &error), AB_OK);
}

static void tear_down(struct fixture *f)
{
    free(f->problem.input.data);
    region_free(&f->problem.expected);
    region_free(&f->result);
}

static void assert_passes(const struct fixture *f, const char *what, size_t which, size_t length)
{
    struct verdict verdict;
    kernel()->check(&f->problem, &f->result, 0, &verdict);
    if (!verdict.passed)
        fail_msg("%s %zu, %zu bytes: %s", what, which, length, verdict.detail);
}

/* ---- Parts ---------------------------------------------------------------------------------- */

static void assert_slices_cover(const struct fixture *f, unsigned parts)
{
    uint64_t end = 0;
    for (unsigned i = 0; i < parts; i++) {
        const struct slice slice =
            word_slice(f->job.input, f->problem.input.bytes, f->params.rule, i, parts);
        assert_int_equal(slice.begin, end);
        assert_true(slice.end >= slice.begin);
        end = slice.end;
    }
    assert_int_equal(end, f->problem.input.bytes);
}

static void count_in_parts(struct fixture *f, unsigned count)
{
    struct ab_error error = {0};
    struct word_part *parts = word_parts_make(&f->job, count, &error);
    assert_non_null(parts);
    for (unsigned i = count; i-- > 0;) /* in any order */
        word_part_count(&parts[i], &f->job, i, count);
    for (unsigned round = 0; word_parts_pairs(&f->job, count, round) != 0; round++)
        for (unsigned pair = word_parts_pairs(&f->job, count, round); pair-- > 0;)
            word_parts_merge(parts, count, round, pair);
    assert_int_equal(word_parts_finish(parts, count, &f->job, &error), AB_OK);
}

/* Each trap, cut off at every length, in every number of parts. */
static void test_every_cut(void **state)
{
    (void)state;
    for (size_t t = 0; t < TRAPS; t++)
        for (size_t length = 0; length <= traps[t].length; length++)
            for (int choice = 0; choice < 4; choice++) {
                struct fixture f;
                set_up(&f, traps[t].bytes, length, choice & 1 ? RULE_ASCII : RULE_UNICODE,
                       choice & 2 ? TASK_TOTAL : TASK_FREQUENCY);
                for (unsigned parts = 1; parts <= PARTS_MAX; parts++) {
                    assert_slices_cover(&f, parts);
                    count_in_parts(&f, parts);
                    assert_passes(&f, "trap", t, length);
                }
                tear_down(&f);
            }
}

/* Slices end at white space or at the end, so one word is in one part whatever the cuts. */
static void test_one_long_word(void **state)
{
    (void)state;
    char word[1000];
    memset(word, 'x', sizeof(word));
    struct fixture f;
    set_up(&f, word, sizeof(word), RULE_UNICODE, TASK_FREQUENCY);
    for (unsigned parts = 1; parts <= PARTS_MAX; parts++) {
        count_in_parts(&f, parts);
        assert_passes(&f, "parts", parts, sizeof(word));
        assert_int_equal(f.result.bytes, sizeof(struct word_entry));
    }
    tear_down(&f);
}

/* ---- The committed texts -------------------------------------------------------------------- */

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* An entry as the answers have it: count, tab, lower-cased word in hexadecimal. */
static char *entry_line(const struct fixture *f, const struct word_entry *entry)
{
    const uint8_t *word = (const uint8_t *)f->problem.input.data + entry->offset;
    char *line = malloc(32 + 8 * entry->bytes);
    assert_non_null(line);
    size_t used = (size_t)sprintf(line, "%llu\t", (unsigned long long)entry->count);
    for (uint64_t i = 0; i < entry->bytes;) {
        struct unicode_character c = unicode_decode(word + i, (size_t)(entry->bytes - i));
        uint8_t folded[UNICODE_FOLDED_MAX] = {word[i]};
        size_t length = 1;
        if (f->params.rule == RULE_ASCII && word[i] >= 0x80)
            c.bytes = 1;
        else
            length = unicode_fold(c.code_point, folded);
        for (size_t j = 0; j < length; j++)
            used += (size_t)sprintf(line + used, "%02x", folded[j]);
        i += c.bytes;
    }
    return line;
}

static void assert_lines(const struct fixture *f, const char *name, const char *rule)
{
    const size_t count = f->result.bytes / sizeof(struct word_entry);
    char **found = calloc(count + 1, sizeof(*found)),
         **expected = calloc(count + 1, sizeof(*expected));
    assert_non_null(found);
    assert_non_null(expected);
    char path[512], *line = NULL;
    snprintf(path, sizeof(path), "%s/word_count_answers/%.*s.%s.tsv", TEST_DATA,
             (int)strcspn(name, "."), name, rule);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s is missing", path);
    size_t lines = 0, capacity = 0;
    while (getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        assert_true(lines < count);
        expected[lines++] = strdup(line);
    }
    fclose(file);
    free(line);
    assert_int_equal(lines, count);
    for (size_t i = 0; i < count; i++)
        found[i] = entry_line(f, (const struct word_entry *)f->result.data + i);
    qsort(found, count, sizeof(*found), compare_lines);
    qsort(expected, count, sizeof(*expected), compare_lines);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(found[i], expected[i]);
        free(found[i]);
        free(expected[i]);
    }
    free(found);
    free(expected);
}

static void try_committed(const struct kernel *k, const struct settings *settings,
                          const char *where, void *state)
{
    (void)k;
    (void)where;
    struct problem problem;
    struct ab_error error = {0};
    assert_int_equal(case_problem(kernel(), settings, &problem, &error), AB_OK);
    const struct word_count_params *params = problem.params;
    struct fixture f;
    set_up(&f, problem.input.data == NULL ? "" : problem.input.data, problem.input.bytes,
           params->rule, params->task);
    count_in_parts(&f, 3);
    assert_passes(&f, settings->files[0], 3, problem.input.bytes);
    if (params->task == TASK_FREQUENCY)
        assert_lines(&f, strrchr(settings->files[0], '/') + 1,
                     params->rule == RULE_ASCII ? "ascii" : "unicode");
    tear_down(&f);
    case_free(&problem);
    ++*(size_t *)state;
}

static void test_committed(void **state)
{
    (void)state;
    size_t count = 0;
    for_each_file_case(kernel(), TEST_DATA, try_committed, &count);
    assert_true(count > 0);
}

/* ---- The table ------------------------------------------------------------------------------ */

/* Words of letters, each of its own length in either case, one hash for all of them. */
static void test_equal_hashes(void **state)
{
    (void)state;
    enum { WORDS = 3500, BYTES = 6 }; /* more than the first capacity takes */
    uint8_t *text = malloc(2 * WORDS * BYTES);
    assert_non_null(text);
    for (size_t i = 0; i < WORDS; i++) {
        char word[BYTES + 1];
        snprintf(word, sizeof(word), "ab%04zu", i);
        memcpy(text + 2 * i * BYTES, word, BYTES);
        word[0] = 'A';
        memcpy(text + (2 * i + 1) * BYTES, word, BYTES);
    }
    struct word_table table;
    struct ab_error error = {0};
    struct region result = {0};
    word_table_open(&table, text, RULE_UNICODE);
    for (size_t i = 0; i < 2 * WORDS; i++)
        assert_int_equal(word_table_add(&table, 7, i * BYTES, BYTES, 1 + i % 2, &error), AB_OK);
    assert_int_equal(table.used, WORDS);
    assert_int_equal(word_table_emit(&table, &result, &error), AB_OK);
    assert_int_equal(result.bytes, WORDS * sizeof(struct word_entry));
    const struct word_entry *entries = result.data;
    uint8_t seen[WORDS] = {0};
    for (size_t i = 0; i < WORDS; i++) {
        assert_int_equal(entries[i].count, 3);
        seen[entries[i].offset / (2 * BYTES)]++;
    }
    for (size_t i = 0; i < WORDS; i++)
        assert_int_equal(seen[i], 1);
    region_free(&result);
    word_table_free(&table);
    free(text);
}

/* Words without repetition, on both sides of several growths, in one table and merged. */
static void test_growth(void **state)
{
    (void)state;
    enum { WORDS = 20000, WORD_BYTES = 8 };
    char *text = malloc(WORDS * WORD_BYTES + 1);
    assert_non_null(text);
    for (size_t i = 0; i < WORDS; i++)
        sprintf(text + i * WORD_BYTES, "w%06zu ", i);
    struct fixture f;
    set_up(&f, text, WORDS * WORD_BYTES, RULE_UNICODE, TASK_FREQUENCY);
    for (unsigned parts = 1; parts <= PARTS_MAX; parts++) {
        count_in_parts(&f, parts);
        assert_passes(&f, "parts", parts, f.problem.input.bytes);
    }
    tear_down(&f);
    free(text);
}

static void test_counts_are_64_bit(void **state)
{
    (void)state;
    struct word_table tables[2];
    struct ab_error error = {0};
    struct region result = {0};
    for (int i = 0; i < 2; i++) {
        word_table_open(&tables[i], (const uint8_t *)"word", RULE_UNICODE);
        assert_int_equal(word_table_add(&tables[i], 1, 0, 4, UINT64_C(0xFFFFFFFF), &error), AB_OK);
    }
    assert_int_equal(word_table_merge(&tables[0], &tables[1], &error), AB_OK);
    assert_int_equal(word_table_emit(&tables[0], &result, &error), AB_OK);
    const struct word_entry *entry = result.data;
    assert_true(entry->count == UINT64_C(0x1FFFFFFFE));
    region_free(&result);
    word_table_free(&tables[0]);
    word_table_free(&tables[1]);
}

/* ---- Backends ------------------------------------------------------------------------------- */

static void run_out_of_memory(struct fixture *f, const struct technique *technique)
{
    struct ab_error error = {0};
    if (technique->prepare != NULL)
        assert_int_equal(technique->prepare(&f->job, &error), AB_OK);
    setenv("ACCELBENCH_MEMORY_LIMIT", "1000", 1);
    assert_int_equal(technique->run(&f->job, &error), AB_NO_MEMORY);
    assert_non_null(strstr(error.message, "the word table needs"));
    unsetenv("ACCELBENCH_MEMORY_LIMIT");
    error = (struct ab_error){0};
    assert_int_equal(technique->run(&f->job, &error), AB_OK);
    assert_passes(f, technique->name, 0, f->problem.input.bytes);
    if (technique->release != NULL)
        technique->release(&f->job);
}

/* Without memory for its tables a backend says so, and the same job works when there is some. */
static void test_no_memory(void **state)
{
    (void)state;
    enum { WORDS = 120000, WORD_BYTES = 8 };
    char *text = malloc(WORDS * WORD_BYTES + 1);
    assert_non_null(text);
    for (size_t i = 0; i < WORDS; i++)
        sprintf(text + i * WORD_BYTES, "w%06zu ", i);
    struct fixture f;
    set_up(&f, text, WORDS * WORD_BYTES, RULE_UNICODE, TASK_FREQUENCY);
    for (size_t b = 0; b < backend_count(); b++) {
        const struct backend_entry *entry = backend_at(b);
        if (entry->backend == NULL || entry->backend->memory != MEMORY_HOST)
            continue;
        struct ab_error error = {0};
        const struct backend_options options = {.threads = 2};
        assert_int_equal(entry->backend->open(&options, &f.job.context, &error), AB_OK);
        for (const struct technique *technique =
                 techniques_of(find_implementation(kernel(), entry));
             technique->name != NULL; technique++)
            run_out_of_memory(&f, technique);
        entry->backend->close(f.job.context);
    }
    tear_down(&f);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cut), cmocka_unit_test(test_one_long_word),
        cmocka_unit_test(test_committed), cmocka_unit_test(test_equal_hashes),
        cmocka_unit_test(test_growth),    cmocka_unit_test(test_counts_are_64_bit),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
