/* The expected sum of a matrix, the checker (which must reject wrong sums) and the written result.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "common/json.h"
#include "common/random.h"
#include "tests/matrix_made.h"

/* ---- The expected sum -------------------------------------------------------------------------
 */

enum { RANDOM_COUNT = 200003 };

static void test_integer_sums(void **state)
{
    (void)state;
    static int32_t i32[RANDOM_COUNT];
    static int64_t i64[RANDOM_COUNT];
    __int128 sum32 = 0, sum64 = 0;
    struct random_stream stream = random_block(7, 0);
    struct problem problem;
    for (size_t i = 0; i < RANDOM_COUNT; i++) {
        uint64_t bits = random_next(&stream);
        i64[i] = i % 5 == 0 ? INT64_MIN : i % 5 == 1 ? INT64_MAX : (int64_t)bits;
        i32[i] = i % 5 == 0 ? INT32_MIN : (int32_t)(uint32_t)bits;
        sum32 += i32[i];
        sum64 += i64[i];
    }
    make_row(&problem, DTYPE_I32, RANDOM_COUNT, i32);
    assert_true(expected_of(&problem)->sum.integer == (int64_t)sum32);
    free_matrix(&problem);
    make_row(&problem, DTYPE_I64, RANDOM_COUNT, i64);
    assert_true((uint64_t)expected_of(&problem)->sum.integer == (uint64_t)sum64);
    free_matrix(&problem);
    for (size_t i = 0; i < RANDOM_COUNT; i++)
        i32[i] = (int32_t)i + 1;
    make_row(&problem, DTYPE_I32, RANDOM_COUNT, i32);
    assert_int_equal(expected_of(&problem)->sum.integer,
                     (int64_t)RANDOM_COUNT * (RANDOM_COUNT + 1) / 2);
    free_matrix(&problem);
}

/* Elements of both signs and 60 binary orders of magnitude; their exact sum fits 128 bits. */
static void test_real_sums(void **state)
{
    (void)state;
    static float f32[RANDOM_COUNT];
    static double f64[RANDOM_COUNT];
    __int128 sum32 = 0, sum64 = 0, absolute64 = 0;
    struct random_stream stream = random_block(8, 0);
    struct problem problem;
    for (size_t i = 0; i < RANDOM_COUNT; i++) {
        int shift = (int)random_below(&stream, 50);
        int64_t m32 = (int64_t)(random_next(&stream) >> 40),
                m64 = (int64_t)(random_next(&stream) >> 11);
        int64_t sign = random_below(&stream, 2) == 0 ? 1 : -1;
        __int128 x32 = (__int128)(sign * m32) * ((__int128)1 << shift);
        __int128 x64 = (__int128)(sign * m64) * ((__int128)1 << shift);
        f32[i] = ldexpf((float)(sign * m32), shift - 40);
        f64[i] = ldexp((double)(sign * m64), shift - 70);
        sum32 += x32;
        sum64 += x64;
        absolute64 += x64 < 0 ? -x64 : x64;
    }
    make_row(&problem, DTYPE_F32, RANDOM_COUNT, f32);
    double exact = ldexp((double)sum32, -40);
    assert_true(fabs(expected_of(&problem)->sum.real - exact) <= 0x1p-52 * fabs(exact));
    free_matrix(&problem);
    make_row(&problem, DTYPE_F64, RANDOM_COUNT, f64);
    exact = ldexp((double)sum64, -70);
    assert_true(fabs(expected_of(&problem)->sum.real - exact) <= 0x1p-52 * fabs(exact));
    exact = ldexp((double)absolute64, -70);
    assert_true(fabs(expected_of(&problem)->absolute_sum - exact) <= 1e-10 * exact);
    free_matrix(&problem);
}

/* A plain loop gets each of these wrong. */
static void test_cancelling_sums(void **state)
{
    (void)state;
    static const struct {
        double x[6], sum;
    } cases[] = {
        {{1e16, 1, -1e16}, 1},
        {{1, 1e100, 1, -1e100}, 2},
        {{0x1p53, 1, 1, 1, -0x1p53}, 3},
        {{4e-324, 1, -1, 4e-324}, 8e-324},
        {{-0.0, -0.0}, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problem problem;
        make_row(&problem, DTYPE_F64, 6, cases[i].x);
        assert_true(expected_of(&problem)->sum.real == cases[i].sum);
        free_matrix(&problem);
    }
}

static void test_sums_that_are_not_finite(void **state)
{
    (void)state;
    static const struct {
        double x[4], sum;
    } cases[] = {
        {{1, NAN, 2, 3}, NAN},
        {{1, -NAN, INFINITY, 3}, NAN},
        {{INFINITY, 1, 2, -INFINITY}, NAN},
        {{INFINITY, 1, 2, INFINITY}, INFINITY},
        {{-INFINITY, 1, 2, -3}, -INFINITY},
        {{-1e37, -1e37, INFINITY, 0}, INFINITY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problem problem;
        float f32[4];
        for (int k = 0; k < 4; k++)
            f32[k] = (float)cases[i].x[k];
        for (int wide = 0; wide < 2; wide++) {
            make_row(&problem, wide ? DTYPE_F64 : DTYPE_F32, 4,
                     wide ? (const void *)cases[i].x : f32);
            double sum = expected_of(&problem)->sum.real;
            assert_true(isnan(cases[i].sum) ? isnan(sum) : sum == cases[i].sum);
            free_matrix(&problem);
        }
    }
}

static void test_sums_that_overflow(void **state)
{
    (void)state;
    static const double large[][3] = {{1e308, -1e308, 0}, {1e308, 1e308, INFINITY}};
    static const float large_f32[] = {1e38f, -1e38f, 0};
    struct problem problem;
    for (size_t i = 0; i < 3; i++) {
        struct ab_error error = {0};
        const bool wide = i < 2;
        make_matrix(&problem, "matrix_sum",
                    wide ? "rows=1 cols=3 dtype=f64" : "rows=1 cols=3 dtype=f32", 1);
        memcpy(problem.input.data, wide ? (const void *)large[i] : large_f32, problem.input.bytes);
        assert_int_equal(problem.kernel->expect(&problem, &error), AB_INPUT);
        assert_non_null(strstr(error.message, wide ? "overflows f64" : "overflows f32"));
        free_matrix(&problem);
    }
}

static void test_relative_error(void **state)
{
    (void)state;
    assert_true(sum_relative_error(0, UNIT_ROUNDOFF_F64) == 0);
    assert_true(sum_relative_error(1, UNIT_ROUNDOFF_F64) >= 0x1p-53);
    assert_true(sum_relative_error(1000, UNIT_ROUNDOFF_F32) > 1000 * 0x1p-24);
    assert_true(sum_relative_error(1000, UNIT_ROUNDOFF_F32) < 1001 * 0x1p-24);
    assert_true(isinf(sum_relative_error(0x1p24, UNIT_ROUNDOFF_F32)));
    assert_true(isinf(sum_relative_error(1e300, UNIT_ROUNDOFF_F64)));
}
/* ---- The checker ------------------------------------------------------------------------------
 */

static struct verdict judge(const struct problem *problem, union matrix_total total, double bound)
{
    struct region result = {&total, sizeof(total), sizeof(total)};
    struct verdict verdict = {.passed = true};
    problem->kernel->check(problem, &result, bound, &verdict);
    assert_true(verdict.passed == (verdict.detail[0] == '\0'));
    return verdict;
}

static bool passes_integer(const struct problem *problem, int64_t sum)
{
    return judge(problem, (union matrix_total){.integer = sum}, 0).passed;
}

static bool passes_real(const struct problem *problem, double sum, double bound)
{
    return judge(problem, (union matrix_total){.real = sum}, bound).passed;
}

static union matrix_total filled(int byte)
{
    union matrix_total total;
    memset(&total, byte, sizeof(total));
    return total;
}

static void test_wrong_integers_are_rejected(void **state)
{
    (void)state;
    const int64_t x[] = {5, -3, 1ll << 40, 1};
    struct problem problem;
    make_row(&problem, DTYPE_I64, 4, x);
    const int64_t sum = (1ll << 40) + 3;
    assert_true(passes_integer(&problem, sum));
    assert_false(passes_integer(&problem, sum + 1));
    assert_false(passes_integer(&problem, sum - 1)); /* without the last element */
    assert_false(passes_integer(&problem, -sum));
    assert_false(passes_integer(&problem, (int32_t)sum));
    assert_false(passes_integer(&problem, 0));
    assert_false(judge(&problem, filled(0xA5), 0).passed);
    assert_false(judge(&problem, filled(0xFF), 0).passed);
    assert_false(judge(&problem, (union matrix_total){.real = (double)sum}, 0).passed);
    struct verdict verdict = judge(&problem, (union matrix_total){.integer = 7}, 0);
    assert_non_null(strstr(verdict.detail, "expected the sum 1099511627779, found 7"));
    free_matrix(&problem);
}

static void test_wrong_reals_are_rejected(void **state)
{
    (void)state;
    const double x[] = {1, 2, 4, 0.25};
    const double bound = 1e-6, allowed = 7.25e-6;
    struct problem problem;
    make_row(&problem, DTYPE_F64, 4, x);
    assert_true(passes_real(&problem, 7.25, 0));
    assert_true(passes_real(&problem, 7.25 + 0.99 * allowed, bound));
    assert_true(passes_real(&problem, 7.25 - 0.99 * allowed, bound));
    assert_false(passes_real(&problem, 7.25 + 1.01 * allowed, bound));
    assert_false(passes_real(&problem, 7.25 - 1.01 * allowed, bound));
    assert_false(passes_real(&problem, 7, bound)); /* without the last element */
    assert_false(passes_real(&problem, 8.25, bound));
    assert_false(passes_real(&problem, 0, bound));
    assert_false(passes_real(&problem, -7.25, bound));
    assert_false(passes_real(&problem, NAN, bound));
    assert_false(passes_real(&problem, INFINITY, bound));
    assert_false(passes_real(&problem, -INFINITY, bound));
    assert_false(judge(&problem, filled(0xA5), bound).passed);
    assert_false(judge(&problem, filled(0xFF), bound).passed);
    assert_false(judge(&problem, filled(0), bound).passed);
    struct verdict verdict = judge(&problem, (union matrix_total){.real = NAN}, bound);
    assert_non_null(strstr(verdict.detail, "expected the sum 7.25, found"));
    verdict = judge(&problem, (union matrix_total){.real = 7.25 + 1e-9}, bound);
    assert_true(fabs(verdict.error - 1e-9) < 1e-14);
    assert_true(fabs(verdict.tolerance - allowed) < 1e-12);
    free_matrix(&problem);
}

static void test_loose_bounds_are_refused(void **state)
{
    (void)state;
    const float x[] = {1, 2, 3, 4};
    static const double refused[] = {1.001e-3, 1, INFINITY, -1e-9, -INFINITY, NAN};
    struct problem problem;
    make_row(&problem, DTYPE_F32, 4, x);
    assert_true(passes_real(&problem, 10, 1e-3));
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct verdict verdict = judge(&problem, (union matrix_total){.real = 10}, refused[i]);
        assert_false(verdict.passed);
        assert_non_null(strstr(verdict.detail, "declared relative error"));
    }
    free_matrix(&problem);
}

static void test_truncated_results_are_rejected(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 4, 7, 9, 16};
    const int64_t x[] = {0, 0};
    int64_t zero[2] = {0, 0};
    struct problem problem;
    struct verdict verdict;
    struct ab_error error = {0};
    struct json_writer json = {.one_line = true};
    make_row(&problem, DTYPE_I64, 2, x);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct region result = {zero, sizes[i], sizeof(zero)};
        problem.kernel->check(&problem, &result, 0, &verdict);
        assert_false(verdict.passed);
        assert_non_null(strstr(verdict.detail, "bytes, not 8"));
    }
    struct region none = {0};
    problem.kernel->check(&problem, &none, 0, &verdict);
    assert_false(verdict.passed);
    assert_int_equal(problem.kernel->write_result(&problem, &none, &json, &error), AB_WRONG_RESULT);
    json_free(&json);
    free_matrix(&problem);
}

static void test_classes_of_results(void **state)
{
    (void)state;
    static const double sums[] = {NAN, INFINITY, -INFINITY, 3};
    for (size_t i = 0; i < 4; i++) {
        const double x[] = {sums[i], 0};
        struct problem problem;
        make_row(&problem, DTYPE_F64, 2, x);
        for (size_t k = 0; k < 4; k++)
            assert_true(passes_real(&problem, sums[k], 1e-9) == (i == k));
        assert_false(passes_real(&problem, DBL_MAX, 1e-9));
        assert_false(passes_real(&problem, -DBL_MAX, 1e-9));
        free_matrix(&problem);
    }
}

/* ---- The written result -----------------------------------------------------------------------
 */

static void assert_written(enum dtype dtype, union matrix_total total, const char *wanted)
{
    static const int64_t x[1];
    struct problem problem;
    struct ab_error error = {0};
    struct json_writer json = {.one_line = true};
    struct region result = {&total, sizeof(total), sizeof(total)};
    make_row(&problem, dtype, 1, x);
    json_begin_object(&json, NULL);
    assert_int_equal(problem.kernel->write_result(&problem, &result, &json, &error), AB_OK);
    json_end_object(&json);
    assert_int_equal(json_finish(&json, &error), AB_OK);
    if (strstr(json.text, wanted) == NULL)
        fail_msg("%s, not %s", json.text, wanted);
    json_free(&json);
    free_matrix(&problem);
}

static void test_written_results(void **state)
{
    (void)state;
    assert_written(DTYPE_I32, (union matrix_total){.integer = -5}, "-5");
    assert_written(DTYPE_I64, (union matrix_total){.integer = INT64_MIN}, "-9223372036854775808");
    assert_written(DTYPE_F32, (union matrix_total){.real = 2.5}, "2.5");
    assert_written(DTYPE_F64, (union matrix_total){.real = NAN}, "\"nan\"");
    assert_written(DTYPE_F64, (union matrix_total){.real = INFINITY}, "\"inf\"");
    assert_written(DTYPE_F32, (union matrix_total){.real = -INFINITY}, "\"-inf\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integer_sums),
        cmocka_unit_test(test_real_sums),
        cmocka_unit_test(test_cancelling_sums),
        cmocka_unit_test(test_sums_that_are_not_finite),
        cmocka_unit_test(test_sums_that_overflow),
        cmocka_unit_test(test_relative_error),
        cmocka_unit_test(test_wrong_integers_are_rejected),
        cmocka_unit_test(test_wrong_reals_are_rejected),
        cmocka_unit_test(test_loose_bounds_are_refused),
        cmocka_unit_test(test_truncated_results_are_rejected),
        cmocka_unit_test(test_classes_of_results),
        cmocka_unit_test(test_written_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
