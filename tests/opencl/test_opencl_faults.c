/* Backend opencl with the n-th call of each entry point failing, for every n: the failure is told
 * with call, code and place, or survived with the right answer, and nothing is left behind. */
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

enum { PIECES = 3 }; /* of 12,000 bytes on a device that takes 4 KiB at a time */

static unsigned failures[CALL_COUNT], reports[CALL_COUNT];

/* Their failure costs nothing that would have to be told. */
static bool may_be_survived(enum call call)
{
    switch (call) {
    case CALL_ReleaseContext:
    case CALL_ReleaseCommandQueue:
    case CALL_ReleaseMemObject:
    case CALL_ReleaseProgram:
    case CALL_ReleaseKernel:
    case CALL_ReleaseEvent:
    case CALL_EnqueueUnmapMemObject:
    case CALL_CreateProgramWithBinary:
    case CALL_GetProgramInfo:
    case CALL_GetProgramBuildInfo:
        return true;
    default:
        return false;
    }
}

/* While devices are looked for, a driver that fails is a device that is not there. */
static enum ab_status expected_status(enum call call, cl_int code)
{
    const bool looks = call == CALL_GetPlatformIDs || call == CALL_GetPlatformInfo ||
                       call == CALL_GetDeviceIDs || call == CALL_GetDeviceInfo;
    return looks ? AB_NO_DEVICE : code == CL_OUT_OF_HOST_MEMORY ? AB_NO_MEMORY : AB_API;
}

static void judge(const char *where, enum call call, cl_int code, enum ab_status status,
                  const struct verdict *verdict, const struct ab_error *error)
{
    if (status == AB_OK && !verdict->passed)
        fail_msg("%s: unnoticed: %s", where, verdict->detail);
    if (status != AB_OK && status != expected_status(call, code))
        fail_msg("%s: status %d: %s", where, (int)status, error->message);
    if (status != AB_OK && !calls_told(error->message, call, code))
        fail_msg("%s: call, code or place are missing: %s", where, error->message);
    must_be_clean(where);
}

/* Each of the first calls, and then ever fewer: they come from the same places again. */
static unsigned next(unsigned n)
{
    enum { EACH_UP_TO = 12 };
    return n < EACH_UP_TO ? n + 1 : n + n / 4;
}

static void fail_call(struct life *life, const char *where, enum call call)
{
    bool failed = true;
    for (unsigned n = 1; failed; n = next(n)) {
        const cl_int code = n % 2 == 1 ? CL_OUT_OF_RESOURCES : CL_OUT_OF_HOST_MEMORY;
        char words[320];
        struct verdict verdict;
        struct ab_error error = {0};
        snprintf(words, sizeof(words), "%s, failure %u of %s", where, n, calls_name(call));
        calls_fail(call, n, code);
        const enum ab_status status = live(life, &verdict, &error);
        failed = calls_failed();
        calls_fail(call, 0, CL_SUCCESS);
        judge(words, call, code, status, &verdict, &error);
        failures[call] += failed;
        reports[call] += status != AB_OK;
    }
}

static void fail_each(struct life *life, const char *where)
{
    for (enum call call = 0; call < CALL_COUNT; call++)
        fail_call(life, where, call);
}

static void fail_each_cached(struct life *life, const char *where)
{
    must_pass(life, where); /* puts its program into the cache */
    fail_each(life, where);
    must_pass(life, where);
}

static void test_in_place(void **state)
{
    (void)state;
    with_tuned("matrix_sum", "dtype=f32 rows=50 cols=60", NULL, fail_each_cached);
    with_tuned("word_count", "task=total size=5000", NULL, fail_each_cached);
    with_read_limit(5000, 2, fail_each_cached);
}

/* From page-locked memory, which is made and filled once for both uploads, and then without. */
static void fail_transfers(struct life *life, const char *where)
{
    must_pass(life, where);
    assert_int_equal(calls_made(CALL_EnqueueMapBuffer), PIECES);
    assert_int_equal(calls_made(CALL_EnqueueWriteBuffer), 2 * PIECES);
    fail_each(life, where);
    life->options.pinned = false;
    must_pass(life, where);
    assert_int_equal(calls_made(CALL_EnqueueMapBuffer), 0);
    fail_call(life, where, CALL_EnqueueWriteBuffer);
}

/* Little memory at a time, and none that is shared: several pieces are copied. */
static void test_copied_in_pieces(void **state)
{
    (void)state;
    device_is("shared_memory", "4Ki");
    with_tuned("traversal", "dtype=i32 rows=50 cols=60", NULL, fail_transfers);
    with_read_limit(12000, 1, fail_transfers);
}

/* So many different words that the table grows, in two pieces that the host joins. */
static void test_growing_table(void **state)
{
    (void)state;
    enum { WORDS = 26000, FIRST = 10000, WORD_BYTES = 6 };
    static char text[WORDS * WORD_BYTES + 1];
    for (size_t i = 0; i < WORDS; i++)
        snprintf(text + i * WORD_BYTES, WORD_BYTES + 1, "%zu ", FIRST + i);
    char *path = make_file(text, sizeof(text) - 1);
    device_is("", "1Mi");
    with_tuned("word_count", "task=frequency", path, fail_each_cached);
    unlink(path);
    free(path);
}

static void fail_builds(struct life *life, const char *where)
{
    must_pass(life, where);
    fail_call(life, where, CALL_CreateProgramWithSource);
    fail_call(life, where, CALL_BuildProgram);
    fail_call(life, where, CALL_GetProgramInfo);
}

/* Where nothing can be cached, for the calls that this changes. */
static void test_without_cache(void **state)
{
    (void)state;
    const char *set = getenv("XDG_CACHE_HOME");
    char *before = set == NULL ? NULL : strdup(set);
    assert_int_equal(setenv("XDG_CACHE_HOME", "/dev/null", 1), 0);
    with_tuned("matrix_sum", "dtype=f32 rows=50 cols=60", NULL, fail_builds);
    if (before == NULL)
        unsetenv("XDG_CACHE_HOME");
    else
        setenv("XDG_CACHE_HOME", before, 1);
    free(before);
}

static void evict(struct life *life, enum call failing, const char *where)
{
    const struct backend *backend = find_backend("opencl")->backend;
    struct ab_error error = {0};
    calls_fail(failing, 1, CL_OUT_OF_RESOURCES);
    enum ab_status status = backend->evict(life->job.context, &error);
    const bool failed = calls_failed();
    calls_fail(failing, 0, CL_SUCCESS);
    if (failed && (status != AB_API || !calls_told(error.message, failing, CL_OUT_OF_RESOURCES)))
        fail_msg("%s: status %d: %s", where, (int)status, error.message);
    error = (struct ab_error){0};
    status = backend->evict(life->job.context, &error);
    if (status == AB_OK)
        status = backend->sync(life->job.context, &error);
    if (status != AB_OK)
        fail_msg("%s: %s", where, error.message);
}

static void fail_evicting(struct life *life, const char *where)
{
    struct ab_error error = {0};
    assert_int_equal(life_begin(life, &error), AB_OK);
    calls_forget();
    evict(life, CALL_CreateBuffer, where);
    evict(life, CALL_EnqueueFillBuffer, where);
    assert_int_equal(calls_made(CALL_CreateBuffer), 2); /* one failed, one serves from then on */
    assert_int_equal(calls_made(CALL_EnqueueFillBuffer), 3);
    life_end(life);
    must_be_clean(where);
}

/* What empties the cache is made when it is needed, and once. */
static void test_evict(void **state)
{
    (void)state;
    static const cl_ulong cache_bytes[] = {0, 1 << 20};
    for (size_t i = 0; i < 2; i++) {
        calls_pretend(CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, &cache_bytes[i], sizeof(cache_bytes[i]));
        with_tuned("matrix_sum", "dtype=f32 rows=50 cols=60", NULL, fail_evicting);
    }
    calls_pretend(0, NULL, 0);
}

/* To be called last: the build log is tests/opencl/test_opencl_refusals.c's. */
static void test_each_entry_point_failed(void **state)
{
    (void)state;
    for (enum call call = 0; call < CALL_COUNT; call++) {
        if (call == CALL_GetProgramBuildInfo)
            continue;
        print_message("%s: %u failures, %u told\n", calls_name(call), failures[call],
                      reports[call]);
        assert_true(failures[call] > 0);
        assert_true(reports[call] > 0 || may_be_survived(call));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_in_place, take_back),
        cmocka_unit_test_teardown(test_copied_in_pieces, take_back),
        cmocka_unit_test_teardown(test_growing_table, take_back),
        cmocka_unit_test(test_without_cache),
        cmocka_unit_test(test_evict),
        cmocka_unit_test(test_each_entry_point_failed),
    };
    return cmocka_run_group_tests(tests, need_device, NULL);
}
