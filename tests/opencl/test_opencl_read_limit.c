/* The read limit of backend opencl, on sizes on both sides of every word, vector, chunk and piece,
 * with each way to divide the work: in place, from page-locked memory and from pageable memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "problems.h"

static void must_pass_pageable(struct life *life, const char *where)
{
    life->options.pinned = false;
    must_pass(life, where);
}

static void try_sizes(life_test *test)
{
    static const size_t sizes[] = {0,
                                   1,
                                   7,
                                   8,
                                   15,
                                   16,
                                   17,
                                   4095,
                                   4096,
                                   4097,
                                   (64 << 10) + 3,
                                   1 << 20,
                                   (1 << 20) + 9,
                                   (3 << 20) - 5,
                                   70 << 20};
    static const char *const access[] = {"chunked", "interleaved"};
    for (size_t a = 0; a < sizeof(access) / sizeof(access[0]); a++) {
        assert_int_equal(setenv("ACCELBENCH_OPENCL_ACCESS", access[a], 1), 0);
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
            with_read_limit(sizes[i], i % 2 == 0 ? 1 : 3, test);
    }
    unsetenv("ACCELBENCH_OPENCL_ACCESS");
}

static void test_in_place(void **state)
{
    (void)state;
    try_sizes(must_pass);
}

static void test_copied(void **state)
{
    (void)state;
    device_is("shared_memory", "1Mi");
    try_sizes(must_pass);
    try_sizes(must_pass_pageable);
}

/* What is transferred must be what was given last, and not the copy of something else. */
static void upload_another_first(struct life *life, const char *where)
{
    const struct backend *backend = find_backend("opencl")->backend;
    const size_t bytes = life->problem->input.bytes;
    void *zeros = calloc(1, bytes);
    struct ab_error error = {0};
    struct verdict verdict = {0};
    assert_non_null(zeros);
    enum ab_status status = life_begin(life, &error);
    if (status == AB_OK)
        status = backend->upload(life->job.context, life->input, zeros, bytes, &error);
    if (status == AB_OK)
        status = life_start(life, false, &error);
    if (status == AB_OK)
        status = life_finish(life, false, &verdict, &error);
    life_end(life);
    free(zeros);
    if (status != AB_OK || !verdict.passed)
        fail_msg("%s: %s%s", where, error.message, verdict.detail);
    must_be_clean(where);
}

static void test_another_input(void **state)
{
    (void)state;
    device_is("shared_memory", "1Mi");
    with_read_limit(3 << 20, 1, upload_another_first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_place),
        cmocka_unit_test_teardown(test_copied, take_back),
        cmocka_unit_test_teardown(test_another_input, take_back),
    };
    return cmocka_run_group_tests(tests, need_device, NULL);
}
