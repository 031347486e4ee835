/* The texts of word_count: settings, files, pipes, and what is generated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/unicode.h"
#include "common/word_count.h"
#include "common/word_text.h"
#include "tests/cases.h"

enum { FILES_MAX = 3, BLOCK_BYTES = 64 * 1024 };

static char folder[] = "/tmp/test_word_input.XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const struct kernel *kernel(void)
{
    return find_kernel("word_count");
}

struct named {
    char path[128];
};

static struct named name_file(const char *name)
{
    struct named file;
    snprintf(file.path, sizeof(file.path), "%s/%s", folder, name);
    return file;
}

static struct named make_file(const char *name, const char *bytes, size_t length)
{
    const struct named named = name_file(name);
    FILE *file = fopen(named.path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return named;
}

/* ---- Settings ------------------------------------------------------------------------------- */

static void assert_refused(const struct settings *settings, enum ab_status expected,
                           const char *detail)
{
    struct problem problem;
    struct ab_error error = {0};
    assert_int_equal(case_problem(kernel(), settings, &problem, &error), expected);
    if (strstr(error.message, detail) == NULL)
        fail_msg("expected \"%s\", found \"%s\"", detail, error.message);
    assert_null(strchr(error.message, '\n'));
}

static void test_settings(void **state)
{
    (void)state;
    static const struct {
        struct setting setting;
        const char *detail;
    } wrong[] = {
        {{"task", "count"}, "frequency"},  {{"rule", "utf8"}, "unicode"},
        {{"size", "-1"}, "--size"},        {{"size", "10x"}, "--size"},
        {{"size", "10000000T"}, "--size"}, {{"top", "many"}, "--top"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_refused(&(struct settings){.list = &wrong[i].setting, .count = 1, .threads = 1},
                       AB_USAGE, wrong[i].detail);
    const struct setting size = {"size", "1Ki"};
    const char *const file = "/dev/null";
    assert_refused(
        &(struct settings){
            .list = &size, .count = 1, .files = &file, .file_count = 1, .threads = 1},
        AB_USAGE, "--size");
}

static void test_defaults(void **state)
{
    (void)state;
    struct problem problem = {.kernel = kernel()};
    struct ab_error error = {0};
    const struct settings settings = {.threads = 1};
    assert_int_equal(kernel()->configure(&settings, &problem, &error), AB_OK);
    const struct word_count_params *params = problem.params;
    assert_int_equal(params->task, TASK_FREQUENCY);
    assert_int_equal(params->rule, RULE_UNICODE);
    assert_int_equal(params->text_bytes, 256 << 20);
    assert_int_equal(params->top, 20);
    assert_true(problem.need_bytes > params->text_bytes);
    assert_int_equal(problem.label_count, 2);
    assert_string_equal(problem.labels[0].key, "task");
    assert_string_equal(problem.labels[0].value, "frequency");
    assert_true(problem.labels[0].is_default);
    assert_string_equal(problem.labels[1].key, "rule");
    assert_true(problem.labels[1].is_default);
    kernel()->destroy(&problem);
}

/* ---- Files ---------------------------------------------------------------------------------- */

static void assert_text(const struct settings *settings, const char *expected, size_t length,
                        const char *summary)
{
    struct problem problem;
    struct ab_error error = {0};
    if (case_problem(kernel(), settings, &problem, &error) != AB_OK)
        fail_msg("%s", error.message);
    assert_int_equal(problem.input.bytes, length);
    assert_int_equal(problem.size_count, 1);
    assert_int_equal(problem.sizes[0], length);
    assert_string_equal(problem.summary, summary);
    if (length > 0)
        assert_memory_equal(problem.input.data, expected, length);
    case_free(&problem);
}

static void test_files_are_joined(void **state)
{
    (void)state;
    const struct named files[] = {make_file("a", "one two", 7), make_file("b", "", 0),
                                  make_file("c", "three\n", 6)};
    const char *const paths[] = {files[0].path, files[1].path, files[2].path};
    struct settings settings = {.files = paths, .file_count = 3, .threads = 2};
    assert_text(&settings, "one two\n\nthree\n", 15, "15 B in 3 files");
    settings.file_count = 1;
    assert_text(&settings, "one two", 7, "7 B in 1 file");
    settings.files = &paths[1];
    assert_text(&settings, "", 0, "0 B in 1 file");
    for (size_t i = 0; i < 3; i++)
        unlink(paths[i]);
}

static void test_bad_files(void **state)
{
    (void)state;
    const struct named missing = name_file("missing"), unreadable = make_file("closed", "x", 1);
    const char *const paths[] = {missing.path, folder, unreadable.path};
    assert_refused(&(struct settings){.files = &paths[0], .file_count = 1, .threads = 1}, AB_INPUT,
                   missing.path);
    assert_refused(&(struct settings){.files = &paths[1], .file_count = 1, .threads = 1}, AB_INPUT,
                   "is a directory");
    chmod(unreadable.path, 0);
    if (access(unreadable.path, R_OK) != 0) /* root reads everything */
        assert_refused(&(struct settings){.files = &paths[2], .file_count = 1, .threads = 1},
                       AB_INPUT, unreadable.path);
    unlink(unreadable.path);
    static const char *const twice[] = {"-", "-"};
    assert_refused(&(struct settings){.files = twice, .file_count = 2, .threads = 1}, AB_USAGE,
                   "named twice");
    /* Files of the kernel hold more than their size says. */
    static const char *const status[] = {"/proc/self/status"};
    assert_refused(&(struct settings){.files = status, .file_count = 1, .threads = 1}, AB_INPUT,
                   "changed while it was being read");
}

/* A pipe of unknown size, larger than the room that is made for it at first. */
static void test_pipe(void **state)
{
    (void)state;
    enum { BYTES = 20 << 20 };
    const struct named pipe = name_file("pipe"), file = make_file("file", "end", 3);
    const char *const paths[] = {pipe.path, file.path};
    char *text = malloc(BYTES + 4);
    assert_non_null(text);
    memset(text, ' ', BYTES);
    for (size_t i = 0; i < BYTES; i += 1000)
        text[i] = 'x';
    memcpy(text + BYTES, "\nend", 4);
    assert_int_equal(mkfifo(pipe.path, 0600), 0);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        FILE *to = fopen(pipe.path, "w");
        const bool written = to != NULL && fwrite(text, 1, BYTES, to) == BYTES && fclose(to) == 0;
        _exit(!written);
    }
    assert_text(&(struct settings){.files = paths, .file_count = 2, .threads = 1}, text, BYTES + 4,
                "21.0 MB in 2 files");
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    unlink(pipe.path);
    unlink(file.path);
    free(text);
}

/* ---- Generated text ------------------------------------------------------------------------- */

static uint8_t *make_text(uint64_t bytes, uint64_t seed, unsigned threads)
{
    struct ab_error error = {0};
    uint8_t *text = malloc(bytes + 1);
    assert_non_null(text);
    text[bytes] = 0xEE; /* not to be touched */
    assert_int_equal(word_text_make(text, bytes, seed, threads, &error), AB_OK);
    assert_int_equal(text[bytes], 0xEE);
    return text;
}

static void assert_well_formed(const uint8_t *text, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes;) {
        const struct unicode_character c = unicode_decode(text + i, (size_t)(bytes - i));
        if (c.code_point >= UNICODE_STRAY)
            fail_msg("byte %zu of %zu", (size_t)i, (size_t)bytes);
        i += c.bytes;
    }
}

static void test_every_small_size(void **state)
{
    (void)state;
    for (uint64_t bytes = 0; bytes < 300; bytes++) {
        uint8_t *text = make_text(bytes, 42, 2);
        assert_well_formed(text, bytes);
        free(text);
    }
    for (uint64_t bytes = BLOCK_BYTES - 2; bytes < BLOCK_BYTES + 40; bytes++) {
        uint8_t *text = make_text(bytes, 7, 2);
        assert_well_formed(text, bytes);
        free(text);
    }
}

static void test_same_for_every_thread_count(void **state)
{
    (void)state;
    enum { BYTES = 7 * BLOCK_BYTES + 12345 };
    uint8_t *one = make_text(BYTES, 42, 1), *many = make_text(BYTES, 42, 5);
    uint8_t *other = make_text(BYTES, 43, 1), *shorter = make_text(BYTES - 10000, 42, 1);
    assert_memory_equal(one, many, BYTES);
    assert_int_not_equal(memcmp(one, other, BYTES), 0);
    assert_memory_equal(one, shorter, BYTES - 10000 - 64);
    assert_int_not_equal(memcmp(one, one + BLOCK_BYTES, BLOCK_BYTES), 0);
    free(one);
    free(many);
    free(other);
    free(shorter);
}

/* Fixed for ever: results of different versions and machines are compared. */
static void test_bytes_of_a_seed(void **state)
{
    (void)state;
    enum { BYTES = 1 << 20 };
    uint8_t *text = make_text(BYTES, 42, 2);
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < BYTES; i++)
        hash = (hash ^ text[i]) * 0x100000001B3u;
    assert_true(hash == 0xF5825F96F4749C46u);
    free(text);
}

static void test_looks_like_text(void **state)
{
    (void)state;
    enum { BYTES = 1 << 20 };
    uint8_t *text = make_text(BYTES, 42, 2);
    size_t letters = 0, capitals = 0, marks = 0, outside_ascii = 0, line = 0;
    for (size_t i = 0; i < BYTES; i++) {
        letters += text[i] >= 'a' && text[i] <= 'z';
        capitals += text[i] >= 'A' && text[i] <= 'Z';
        marks += text[i] == '.' || text[i] == ',';
        outside_ascii += text[i] >= 0x80;
        line = text[i] == '\n' ? 0 : line + 1;
        assert_true(line < 160);
    }
    assert_in_range(letters, BYTES / 2, BYTES);
    assert_in_range(capitals, BYTES / 200, BYTES / 10);
    assert_in_range(marks, BYTES / 200, BYTES / 20);
    assert_in_range(outside_ascii, BYTES / 100, BYTES / 4);
    free(text);
}

static void test_generated_problem(void **state)
{
    (void)state;
    static const struct setting list[] = {{"size", "64Ki"}, {"rule", "ascii"}, {"task", "total"}};
    struct settings settings = {.list = list, .count = 3, .seed = 42, .threads = 2};
    uint8_t *text = make_text(BLOCK_BYTES, 42, 1);
    assert_text(&settings, (const char *)text, BLOCK_BYTES, "64 KiB of text");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_files_are_joined),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_every_small_size),
        cmocka_unit_test(test_same_for_every_thread_count),
        cmocka_unit_test(test_bytes_of_a_seed),
        cmocka_unit_test(test_looks_like_text),
        cmocka_unit_test(test_generated_problem),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
