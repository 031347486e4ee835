/* The kernels of backend opencl under Oclgrind, an OpenCL device that checks every access: data
 * races, uninitialised memory, addresses outside of buffers, wrong calls. It must have nothing to
 * say about ours, and must find mistakes that are planted. No complaint is suppressed. What it does
 * not understand is put to it in other words:
 *   - What others may be writing is read by atomic operations (ACCELBENCH_OPENCL_ATOMIC_LOADS):
 * OpenCL C 1.2 has no atomic load, and a volatile one is a race to Oclgrind.
 *   - Buffers are filled by writing: it does not see that clEnqueueFillBuffer initialises.
 *   - Kernels are not optimised: its check for uninitialised memory does not know LLVM's
 * instruction `freeze`.
 *
 * Needs Debian's package oclgrind; skipped where there is none. */
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

static char folder[] = "/tmp/accelbench-oclgrind-XXXXXX";
static char icd_path[64];

/* ---- Ours -------------------------------------------------------------------------------- */

static unsigned checked;

static void must_be_silent(struct life *life, const char *where)
{
    struct verdict verdict;
    struct ab_error error = {0};
    listen_begin();
    const enum ab_status status = live(life, &verdict, &error);
    const char *said = listen_end();
    if (status != AB_OK || !verdict.passed || *said != '\0')
        fail_msg("%s: %s%s%s", where, error.message, verdict.detail, said);
    checked++;
}

/* Three sizes of each: one element, a few, several groups. */
static void test_ours(void **state)
{
    (void)state;
    static const char *const access[] = {"chunked", "interleaved"};
    static const char *const sizes[] = {"rows=1 cols=1", "rows=7 cols=13", "rows=40 cols=50"};
    static const char *const texts[] = {"1", "60", "1500"};
    static const size_t read_bytes[] = {1, 61, 9001};
    static const size_t group_items = 16; /* several groups of small inputs */
    calls_pretend(CL_DEVICE_MAX_WORK_GROUP_SIZE, &group_items, sizeof(group_items));
    for (size_t a = 0; a < sizeof(access) / sizeof(access[0]); a++) {
        assert_int_equal(setenv("ACCELBENCH_OPENCL_ACCESS", access[a], 1), 0);
        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
            char options[128];
            snprintf(options, sizeof(options), "dtype=i32,f32 %s", sizes[s]);
            with_problem("matrix_sum", options, NULL, must_be_silent);
            snprintf(options, sizeof(options), "order=row,column dtype=i64 %s", sizes[s]);
            with_problem("traversal", options, NULL, must_be_silent);
            snprintf(options, sizeof(options), "order=tiled tile=8x64 dtype=i64 %s", sizes[s]);
            with_problem("traversal", options, NULL, must_be_silent);
            snprintf(options, sizeof(options), "task=frequency,total rule=unicode size=%s",
                     texts[s]);
            with_problem("word_count", options, NULL, must_be_silent);
            with_read_limit(read_bytes[s], 2, must_be_silent);
        }
    }
    print_message("%u lives without a complaint\n", checked);
    assert_true(checked > 50);
}

/* ---- Planted mistakes -------------------------------------------------------------------- */

enum { ITEMS = 16 };

/* Runs one group of one kernel on a buffer that nothing was written to. */
static void run_planted(const char *name, struct ab_error *error)
{
    static const char text[] =
        "__kernel void clean(__global int *x) { x[get_global_id(0)] = 1; }\n"
        "__kernel void race(__global int *x) { x[0] = get_global_id(0); }\n"
        "__kernel void race_in_group(__global int *x)\n"
        "{\n"
        "    __local int shared[16];\n"
        "    shared[get_local_id(0)] = 1;\n"
        "    x[get_global_id(0)] = shared[15 - get_local_id(0)];\n"
        "}\n"
        "__kernel void uninitialised(__global int *x)\n"
        "{\n"
        "    if (x[get_global_id(0)] == 3)\n"
        "        x[get_global_id(0)] = 1;\n"
        "}\n"
        "__kernel void behind(__global int *x) { x[get_global_id(0) + 1] = 1; }\n"
        "__kernel void before(__global int *x) { x[get_global_id(0)] = x[-1]; }\n";
    static const struct opencl_source source = {(const unsigned char *)text, sizeof(text) - 1};
    const struct backend *backend = find_backend("opencl")->backend;
    const struct backend_options options = {.threads = 1};
    struct opencl_program *program = NULL;
    void *context = NULL;
    cl_kernel kernel = NULL;
    cl_mem buffer = NULL;
    enum ab_status status = backend->open(&options, &context, error);
    if (status == AB_OK)
        status = opencl_program(context, &source, OPENCL_OPTIONS, &program, error);
    if (status == AB_OK)
        status = opencl_kernel(program, name, &kernel, error);
    if (status == AB_OK)
        status = opencl_buffer(context, ITEMS * sizeof(cl_int), "a buffer", &buffer, error);
    if (status == AB_OK)
        status = OPENCL_BUFFER_ARGUMENT(error, kernel, 0, buffer);
    if (status == AB_OK)
        status = opencl_run(context, kernel, 1, ITEMS, error);
    if (status == AB_OK)
        backend->sync(context, error);
    opencl_free_kernel(&kernel);
    opencl_free_buffer(&buffer);
    backend->close(context);
}

static void must_find(const char *name, const char *complaint)
{
    struct ab_error error = {0};
    listen_begin();
    run_planted(name, &error);
    const char *said = listen_end();
    if (error.status != AB_OK)
        fail_msg("%s: %s", name, error.message);
    if (complaint == NULL ? *said != '\0' : strstr(said, complaint) == NULL)
        fail_msg("%s: not \"%s\" but: %s", name, complaint == NULL ? "" : complaint, said);
}

static void test_planted(void **state)
{
    (void)state;
    must_find("clean", NULL);
    must_find("race", "data race at global memory");
    must_find("race_in_group", "data race at local memory");
    must_find("uninitialised", "Controlflow depends on uninitialized value");
    must_find("behind", "Invalid write of size 4 at global memory");
    must_find("before", "Invalid read of size 4 at global memory");
}

static void test_planted_call(void **state)
{
    (void)state;
    const struct backend *backend = find_backend("opencl")->backend;
    const struct backend_options options = {.threads = 1};
    struct ab_error error = {0};
    cl_mem buffer = NULL;
    void *context = NULL;
    char bytes[16];
    assert_int_equal(backend->open(&options, &context, &error), AB_OK);
    assert_int_equal(opencl_buffer(context, 8, "a buffer", &buffer, &error), AB_OK);
    listen_begin();
    const enum ab_status status = opencl_read(context, bytes, buffer, 4, 8, &error);
    const char *said = listen_end();
    opencl_free_buffer(&buffer);
    backend->close(context);
    assert_int_equal(status, AB_API);
    assert_non_null(strstr(said, "clEnqueueReadBuffer"));
}

/* ---- Setting up -------------------------------------------------------------------------- */

/* Of all drivers only Oclgrind, for a loader that has not looked yet. */
static int choose_oclgrind(void **state)
{
    if (*OCLGRIND_ICD == '\0') {
        print_message("skipped: no Oclgrind (Debian: oclgrind)\n");
        exit(77);
    }
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(icd_path, sizeof(icd_path), "%s/oclgrind.icd", folder);
    FILE *icd = fopen(icd_path, "w");
    if (icd == NULL || fprintf(icd, "%s\n", OCLGRIND_ICD) < 0 || fclose(icd) != 0)
        return -1;
    setenv("OCL_ICD_VENDORS", folder, 1);
    setenv("OCLGRIND_DATA_RACES", "1", 1);
    setenv("OCLGRIND_UNINITIALIZED", "1", 1);
    setenv("OCLGRIND_CHECK_API", "1", 1);
    setenv("OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable", 1);
    setenv("ACCELBENCH_OPENCL_ATOMIC_LOADS", "1", 1);
    calls_fill_by_writing();
    return need_device(state);
}

static int remove_files(void **state)
{
    (void)state;
    unlink(icd_path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted),
        cmocka_unit_test(test_planted_call),
        cmocka_unit_test_teardown(test_ours, take_back),
    };
    return cmocka_run_group_tests(tests, choose_oclgrind, remove_files);
}
