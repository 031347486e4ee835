/* Two devices of backend opencl at once: each has its own answer while the other is at work. Run
 * with POCL_DEVICES="pthread basic", which makes two of one CPU; skipped where there is only one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calls.h"
#include "opencl/device.h"
#include "problems.h"

enum { RUNS = 3 };

static void must(enum ab_status status, const struct ab_error *error, const char *where)
{
    if (status != AB_OK)
        fail_msg("%s: %s", where, error->message);
}

static void run_on_both(struct life *life, const char *where)
{
    struct life lives[2] = {*life, *life};
    struct ab_error error = {0};
    struct verdict verdict;
    lives[0].options.device = "0";
    lives[1].options.device = "1";
    for (size_t i = 0; i < 2; i++)
        must(life_begin(&lives[i], &error), &error, where);
    for (int run = 0; run < RUNS; run++) {
        for (size_t i = 0; i < 2; i++)
            must(life_start(&lives[i], run == 1, &error), &error, where);
        for (size_t i = 2; i-- > 0;) {
            must(life_finish(&lives[i], run == 1, &verdict, &error), &error, where);
            if (!verdict.passed)
                fail_msg("%s, device %zu: %s", where, i, verdict.detail);
        }
    }
    for (size_t i = 0; i < 2; i++)
        life_end(&lives[i]);
    must_be_clean(where);
}

static void test_at_once(void **state)
{
    (void)state;
    with_tuned("matrix_sum", "dtype=i32 rows=700 cols=300", NULL, run_on_both);
    with_tuned("traversal", "order=tiled dtype=f32 rows=300 cols=700", NULL, run_on_both);
    with_tuned("word_count", "task=frequency size=100000", NULL, run_on_both);
}

static void test_at_once_in_pieces(void **state)
{
    (void)state;
    device_is("shared_memory", "1Mi");
    with_tuned("matrix_sum", "dtype=i32 rows=700 cols=900", NULL, run_on_both);
    with_tuned("word_count", "task=frequency size=300000", NULL, run_on_both);
}

static int need_two(void **state)
{
    struct opencl_device *list = NULL;
    struct ab_error error = {0};
    size_t count = 0;
    if (need_device(state) != 0 || opencl_devices(&list, &count, &error) != AB_OK)
        return -1;
    free(list);
    if (count >= 2)
        return 0;
    print_message("skipped: there is one OpenCL device only\n");
    exit(77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_once),
        cmocka_unit_test_teardown(test_at_once_in_pieces, take_back),
    };
    return cmocka_run_group_tests(tests, need_two, NULL);
}
