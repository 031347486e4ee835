#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "calls.h"
#include "common/read_limit.h"
#include "problems.h"
#include "tests/cases.h"

enum { SKIPPED = 77 };

struct visit {
    life_test *test;
    bool all_techniques;
};

static void visit_case(const struct kernel *kernel, const struct settings *settings,
                       const char *where, void *state)
{
    const struct visit *visit = state;
    struct problem problem;
    struct ab_error error = {0};
    if (case_problem(kernel, settings, &problem, &error) != AB_OK)
        fail_msg("%s, %s: %s", kernel->name, where, error.message);
    const struct technique *t = techniques_of(find_implementation(kernel, find_backend("opencl")));
    for (; t->name != NULL && (visit->all_techniques || strcmp(t->name, "tuned") == 0); t++) {
        char words[256];
        struct life life = {
            .problem = &problem, .technique = t, .options = {.threads = 1, .pinned = true}};
        snprintf(words, sizeof(words), "%s %s, %.160s", kernel->name, t->name, where);
        visit->test(&life, words);
    }
    case_free(&problem);
}

void with_problem(const char *kernel, const char *options, const char *file, life_test *test)
{
    const char *const cases[] = {options, NULL};
    struct visit visit = {test, true};
    for_each_case(find_kernel(kernel), cases, file, visit_case, &visit);
}

void with_tuned(const char *kernel, const char *options, const char *file, life_test *test)
{
    const char *const cases[] = {options, NULL};
    struct visit visit = {test, false};
    for_each_case(find_kernel(kernel), cases, file, visit_case, &visit);
}

void with_read_limit(size_t bytes, uint64_t passes, life_test *test)
{
    enum { FACTOR = 167 }; /* neighbouring bytes and words differ */
    struct problem of = {0}, limit;
    struct ab_error error = {0};
    char words[64];
    if (region_resize(&of.input, bytes, "the input", &error) != AB_OK)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < bytes; i++)
        ((unsigned char *)of.input.data)[i] = (unsigned char)(FACTOR * (i + i / 8));
    if (read_limit_problem_passes(&of, passes, &limit, &error) != AB_OK)
        fail_msg("%s", error.message);
    struct life life = {.problem = &limit,
                        .technique = find_backend("opencl")->backend->read_limit,
                        .options = {.threads = 1, .pinned = true}};
    snprintf(words, sizeof(words), "read limit of %zu bytes, %d x", bytes, (int)passes);
    test(&life, words);
    read_limit_free(&limit);
    region_free(&of.input);
}

void must_be_clean(const char *where)
{
    if (*calls_left() != '\0')
        fail_msg("%s: left behind: %s", where, calls_left());
}

void must_pass(struct life *life, const char *where)
{
    struct verdict verdict;
    struct ab_error error = {0};
    calls_forget();
    if (live(life, &verdict, &error) != AB_OK || !verdict.passed)
        fail_msg("%s, without a failure: %s%s", where, error.message, verdict.detail);
    must_be_clean(where);
}

static FILE *heard;
static int real_stderr;

void listen_begin(void)
{
    heard = tmpfile();
    assert_non_null(heard);
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(heard), STDERR_FILENO);
}

const char *listen_end(void)
{
    static char text[1 << 16];
    fflush(stderr);
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    assert_int_equal(fseek(heard, 0, SEEK_SET), 0);
    text[fread(text, 1, sizeof(text) - 1, heard)] = '\0';
    fclose(heard);
    return text;
}

char *make_file(const char *text, size_t bytes)
{
    char *path = strdup("/tmp/accelbench-opencl-XXXXXX");
    assert_non_null(path);
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_true(write(descriptor, text, bytes) == (ssize_t)bytes);
    close(descriptor);
    return path;
}

void device_is(const char *without, const char *largest)
{
    assert_int_equal(setenv("ACCELBENCH_OPENCL_WITHOUT", without, 1), 0);
    assert_int_equal(setenv("ACCELBENCH_OPENCL_LARGEST", largest, 1), 0);
}

int take_back(void **state)
{
    (void)state;
    calls_pretend(0, NULL, 0);
    return unsetenv("ACCELBENCH_OPENCL_WITHOUT") + unsetenv("ACCELBENCH_OPENCL_LARGEST");
}

int need_device(void **state)
{
    (void)state;
    const struct backend *backend = find_backend("opencl")->backend;
    const struct backend_options options = {.threads = 1};
    struct ab_error error = {0};
    void *context = NULL;
    if (calls_watch(&error) != AB_OK || backend->open(&options, &context, &error) != AB_OK) {
        print_message("skipped: %s\n", error.message);
        exit(SKIPPED);
    }
    backend->close(context);
    return 0;
}
