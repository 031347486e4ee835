/* The problem of matrix_sum and traversal: settings, names and generated elements. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/matrix_made.h"

/* ---- Settings ---------------------------------------------------------------------------------
 */

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *kernel, *line;
        uint64_t rows, cols, tile_rows, tile_cols;
    } cases[] = {
        {"matrix_sum", "", 10000, 10000, 64, 256},
        {"matrix_sum", "rows=3", 3, 10000, 64, 256},
        {"matrix_sum", "cols=2Ki", 10000, 2048, 64, 256},
        {"matrix_sum", "size=400M", 10000, 10000, 64, 256},
        {"matrix_sum", "size=399999999", 9999, 9999, 64, 256},
        {"matrix_sum", "size=8 dtype=f64", 1, 1, 64, 128},
        {"matrix_sum", "size=31 dtype=f64", 1, 1, 64, 128},
        {"matrix_sum", "size=32 dtype=i64", 2, 2, 64, 128},
        {"matrix_sum", "size=8Ti dtype=i64", 1 << 20, 1 << 20, 64, 128},
        {"matrix_sum", "rows=2305843009213693951 cols=1", 2305843009213693951, 1, 64, 256},
        {"traversal", "order=tiled rows=5 cols=6", 5, 6, 64, 256},
        {"traversal", "order=tiled tile=3x7 rows=5 cols=6 dtype=f64", 5, 6, 3, 7},
        {"traversal", "order=tiled tile=1kx2Ki rows=5 cols=6", 5, 6, 1000, 2048},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line line;
        struct ab_error error = {0};
        struct problem problem = {.kernel = find_kernel(cases[i].kernel)};
        if (problem.kernel->configure(read_line(&line, cases[i].line, 1), &problem, &error))
            fail_msg("%s: %s", cases[i].line, error.message);
        const struct matrix_params *params = matrix_params(&problem);
        assert_int_equal(params->rows, cases[i].rows);
        assert_int_equal(params->cols, cases[i].cols);
        assert_int_equal(params->tile_rows, cases[i].tile_rows);
        assert_int_equal(params->tile_cols, cases[i].tile_cols);
        uint64_t elements = params->rows * params->cols * dtype_bytes(params->dtype);
        assert_true(problem.need_bytes >= elements);
        assert_true(problem.need_bytes <= elements + 100000);
        assert_null(problem.input.data);
        free_matrix(&problem);
    }
}

static void test_refused_settings(void **state)
{
    (void)state;
    static const struct {
        const char *line, *telling;
    } cases[] = {
        {"rows=0", "--rows"},
        {"cols=0", "--cols"},
        {"size=0", "--size"},
        {"size=3", "at least 4"},
        {"size=7 dtype=f64", "at least 8"},
        {"rows=-1", "--rows"},
        {"cols=1.5", "--cols"},
        {"rows=18446744073709551616", "--rows"},
        {"rows=4294967296 cols=4294967296", "4294967296 x 4294967296"},
        {"rows=2305843009213693952 cols=1", "choose a smaller size"},
        {"rows=1152921504606846976 cols=1 dtype=f64", "choose a smaller size"},
        {"size=16 rows=2", "--size"},
        {"size=16 cols=2", "--size"},
        {"dtype=i16", "i32, i64, f32, f64"},
        {"order=diagonal", "row, column, tiled"},
        {"tile=4x4", "--order row"},
        {"order=column tile=4x4", "--order column"},
        {"order=tiled tile=4", "ROWSxCOLS"},
        {"order=tiled tile=x4", "ROWSxCOLS"},
        {"order=tiled tile=4x", "ROWSxCOLS"},
        {"order=tiled tile=4x4x4", "ROWSxCOLS"},
        {"order=tiled tile=0x4", "--tile"},
        {"order=tiled tile=4x0", "--tile"},
        {"order=tiled tile=4x-4", "--tile"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line line;
        struct ab_error error = {0};
        struct problem problem = {.kernel = find_kernel("traversal")};
        enum ab_status status =
            problem.kernel->configure(read_line(&line, cases[i].line, 1), &problem, &error);
        if (status != AB_USAGE || strstr(error.message, cases[i].telling) == NULL)
            fail_msg("%s: %d: %s", cases[i].line, (int)status, error.message);
        free_matrix(&problem);
    }
}

static void test_names(void **state)
{
    (void)state;
    struct problem problem;
    make_matrix(&problem, "traversal", "rows=5 cols=6", 1);
    assert_int_equal(problem.label_count, 2);
    assert_string_equal(problem.labels[0].key, "order");
    assert_string_equal(problem.labels[0].value, "row");
    assert_true(problem.labels[0].is_default);
    assert_string_equal(problem.labels[1].key, "dtype");
    assert_string_equal(problem.labels[1].value, "i32");
    assert_true(problem.labels[1].is_default);
    assert_int_equal(problem.size_count, 2);
    assert_string_equal(problem.summary, "5 x 6 i32");
    free_matrix(&problem);

    make_matrix(&problem, "traversal", "rows=5 cols=6 dtype=f64 order=tiled tile=64x128", 1);
    assert_string_equal(problem.labels[0].value, "tiled");
    assert_false(problem.labels[0].is_default);
    assert_false(problem.labels[1].is_default);
    assert_int_equal(problem.size_count, 2);
    assert_string_equal(problem.summary, "5 x 6 f64, tiles 64 x 128");
    free_matrix(&problem);

    make_matrix(&problem, "traversal", "rows=5 cols=6 order=tiled tile=64x128", 1);
    assert_int_equal(problem.size_count, 4);
    assert_int_equal(problem.sizes[2], 64);
    assert_int_equal(problem.sizes[3], 128);
    free_matrix(&problem);

    make_matrix(&problem, "matrix_sum", "rows=5 cols=6 dtype=f32", 1);
    assert_int_equal(problem.label_count, 1);
    assert_string_equal(problem.labels[0].value, "f32");
    free_matrix(&problem);
}

/* ---- Generated elements -----------------------------------------------------------------------
 */

/* From SplitMix64 in Python's integers: the first elements of blocks 0 and 1 of seed 42. */
static void test_known_elements(void **state)
{
    (void)state;
    static const int32_t whole[2][6] = {{39, 93, 8, 60, 50, 18}, {57, 94, 39, 56, 75, 7}};
    static const float f32[2][3] = {{39.24858093261719f, 93.9635009765625f, 8.231651306152344f},
                                    {57.387611389160156f, 94.79853820800781f, 39.56121063232422f}};
    static const double f64[2][3] = {
        {0x1.3fc136081fd18p+5, 0x1.7642d49ffdaa0p+6, 0x1.1cce9858769b0p+3},
        {0x1.ccd38d07319d4p+5, 0x1.79727af2331b4p+6, 0x1.3a9bb83bc7d5cp+5}};
    struct problem problem;
    struct ab_error error = {0};
    for (unsigned dtype = 0; dtype < DTYPE_COUNT; dtype++) {
        char line[64];
        snprintf(line, sizeof(line), "rows=1000 cols=1000 dtype=%s", dtype_name((enum dtype)dtype));
        make_matrix(&problem, "matrix_sum", line, 2);
        const void *data = problem.input.data;
        for (size_t i = 0; i < 12; i++) {
            size_t b = i / 6, k = i % 6, at = b * 65536 + k;
            if (dtype == DTYPE_I32)
                assert_int_equal(((const int32_t *)data)[at], whole[b][k]);
            else if (dtype == DTYPE_I64)
                assert_int_equal(((const int64_t *)data)[at], whole[b][k]);
            else if (dtype == DTYPE_F32 && k < 3)
                assert_true(((const float *)data)[at] == f32[b][k]);
            else if (dtype == DTYPE_F64 && k < 3)
                assert_true(((const double *)data)[at] == f64[b][k]);
        }
        assert_int_equal(problem.kernel->expect(&problem, &error), AB_OK);
        assert_int_equal(problem.items, 1000000);
        if (dtype_is_integer((enum dtype)dtype))
            assert_int_equal(expected_of(&problem)->sum.integer, 50021152);
        free_matrix(&problem);
    }
}

static void test_same_elements_on_any_threads(void **state)
{
    (void)state;
    static const unsigned threads[] = {2, 3, 7};
    for (unsigned dtype = 0; dtype < DTYPE_COUNT; dtype++) {
        char line[64];
        struct problem one, many;
        struct ab_error error = {0};
        snprintf(line, sizeof(line), "rows=300 cols=1001 dtype=%s", dtype_name((enum dtype)dtype));
        make_matrix(&one, "matrix_sum", line, 1);
        assert_int_equal(one.kernel->expect(&one, &error), AB_OK);
        for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
            make_matrix(&many, "traversal", line, threads[i]);
            assert_int_equal(many.kernel->expect(&many, &error), AB_OK);
            assert_int_equal(one.input.bytes, many.input.bytes);
            assert_memory_equal(one.input.data, many.input.data, one.input.bytes);
            assert_memory_equal(one.expected.data, many.expected.data, one.expected.bytes);
            free_matrix(&many);
        }
        /* A smaller matrix of the same seed is the beginning of a larger one. */
        snprintf(line, sizeof(line), "rows=2 cols=70001 dtype=%s", dtype_name((enum dtype)dtype));
        make_matrix(&many, "matrix_sum", line, 3);
        assert_memory_equal(one.input.data, many.input.data, many.input.bytes);
        free_matrix(&many);
        free_matrix(&one);
    }
}

/* Every element in range, and floats with as many bits as there are. */
static void test_range_of_elements(void **state)
{
    (void)state;
    struct problem problem;
    unsigned seen[101] = {0};
    make_matrix(&problem, "matrix_sum", "rows=500 cols=501", 2);
    for (size_t i = 0; i < (size_t)500 * 501; i++) {
        int32_t x = ((int32_t *)problem.input.data)[i];
        assert_in_range(x, 0, 100);
        seen[x]++;
    }
    for (size_t i = 0; i < 101; i++) /* about 2480 each, standard deviation 50 */
        assert_in_range(seen[i], 2100, 2900);
    free_matrix(&problem);
    make_matrix(&problem, "matrix_sum", "rows=500 cols=501 dtype=f64", 2);
    uint64_t bits = 0;
    for (size_t i = 0; i < (size_t)500 * 501; i++) {
        double scaled = ((double *)problem.input.data)[i] * 0x1p45;
        assert_true(scaled >= 0 && scaled < 0x1p45 * 101);
        assert_true(scaled == floor(scaled));
        bits |= (uint64_t)scaled;
    }
    assert_int_equal(bits & ((1ull << 45) - 1), (1ull << 45) - 1);
    free_matrix(&problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_refused_settings),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_known_elements),
        cmocka_unit_test(test_same_elements_on_any_threads),
        cmocka_unit_test(test_range_of_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
