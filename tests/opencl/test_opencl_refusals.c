/* What backend opencl refuses, each in one clear line with nothing left behind: a program that
 * cannot be built, and devices that lack memory, an extension or a version. */
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
#include "opencl/context.h"
#include "problems.h"

/* ---- A program that cannot be built ------------------------------------------------------ */

struct building {
    struct opencl_context *context;
    struct ab_error error;
    const char *log; /* what came on stderr */
};

static void build_nonsense(struct building *b)
{
    static const char text[] = "__kernel void sum(__global no_such_type *x) { *x = nothing; }\n";
    static const struct opencl_source source = {(const unsigned char *)text, sizeof(text) - 1};
    struct opencl_program *program = NULL;
    b->error = (struct ab_error){0};
    listen_begin();
    const enum ab_status status =
        opencl_program(b->context, &source, OPENCL_OPTIONS " -DTRIED", &program, &b->error);
    b->log = listen_end();
    assert_int_equal(status, AB_API);
    assert_true(calls_told(b->error.message, CALL_BuildProgram, CL_BUILD_PROGRAM_FAILURE));
    assert_non_null(strstr(b->error.message, "-DTRIED"));
}

static void test_build_log(void **state)
{
    (void)state;
    struct building b = {0};
    const struct backend *backend = find_backend("opencl")->backend;
    const struct backend_options options = {.threads = 1};
    struct ab_error error = {0};
    void *context = NULL;
    assert_int_equal(backend->open(&options, &context, &error), AB_OK);
    b.context = context;
    build_nonsense(&b);
    assert_non_null(strstr(b.log, "no_such_type")); /* the first mistake, and the last */
    assert_non_null(strstr(b.log, "nothing"));
    for (unsigned n = 1; n <= 2; n++) {
        calls_fail(CALL_GetProgramBuildInfo, n, CL_OUT_OF_RESOURCES);
        build_nonsense(&b);
        assert_true(calls_failed());
    }
    calls_fail(CALL_GetProgramBuildInfo, 0, CL_SUCCESS);
    backend->close(context);
    must_be_clean("a program that cannot be built");
}

/* ---- Devices that lack something --------------------------------------------------------- */

static void must_refuse(struct life *life, enum ab_status expected, const char *words)
{
    struct verdict verdict;
    struct ab_error error = {0};
    const enum ab_status status = live(life, &verdict, &error);
    if (status != expected || strstr(error.message, words) == NULL)
        fail_msg("not \"%s\" but %d: %s", words, (int)status, error.message);
    must_be_clean(words);
}

static void with_little_memory(struct life *life, const char *where)
{
    static const cl_ulong memory = 4096;
    (void)where;
    calls_pretend(CL_DEVICE_GLOBAL_MEM_SIZE, &memory, sizeof(memory));
    must_refuse(life, AB_NO_MEMORY, "the input takes 12.0 KB, and ");
    must_refuse(life, AB_NO_MEMORY, " has 4.1 KB: choose a smaller one");
}

static void test_little_memory(void **state)
{
    (void)state;
    device_is("shared_memory", "1Mi");
    with_problem("matrix_sum", "dtype=i32 rows=50 cols=60", NULL, with_little_memory);
}

static void with_old_driver(struct life *life, const char *where)
{
    static const char version[] = "OpenCL 1.1 of yore";
    (void)where;
    calls_pretend(CL_DEVICE_VERSION, version, sizeof(version));
    must_refuse(life, AB_NO_DEVICE, " has OpenCL 1.1, and 1.2 is needed: choose another --device");
}

static void test_old_driver(void **state)
{
    (void)state;
    with_problem("matrix_sum", "dtype=i32 rows=5 cols=6", NULL, with_old_driver);
}

static void without_double(struct life *life, const char *where)
{
    static const char extensions[] = "cl_khr_fp16 cl_khr_fp64_of_another_name";
    (void)where;
    calls_pretend(CL_DEVICE_EXTENSIONS, extensions, sizeof(extensions));
    must_refuse(life, AB_UNSUPPORTED, " has no double precision (cl_khr_fp64): choose --dtype f32");
}

static void test_missing_extension(void **state)
{
    (void)state;
    with_problem("matrix_sum", "dtype=f64 rows=5 cols=6", NULL, without_double);
    with_problem("traversal", "dtype=f64 rows=5 cols=6", NULL, without_double);
}

static void with_long_word(struct life *life, const char *where)
{
    (void)where;
    must_refuse(life, AB_UNSUPPORTED, "the input cannot be cut into pieces of at most 131.1 KB");
}

static void test_word_that_no_piece_holds(void **state)
{
    (void)state;
    static char text[200000];
    memset(text, 'x', sizeof(text));
    char *path = make_file(text, sizeof(text));
    device_is("", "1Mi");
    with_problem("word_count", "task=total,frequency", path, with_long_word);
    unlink(path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build_log),
        cmocka_unit_test_teardown(test_little_memory, take_back),
        cmocka_unit_test_teardown(test_old_driver, take_back),
        cmocka_unit_test_teardown(test_missing_extension, take_back),
        cmocka_unit_test_teardown(test_word_that_no_piece_holds, take_back),
    };
    return cmocka_run_group_tests(tests, need_device, NULL);
}
