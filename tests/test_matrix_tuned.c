/* The technique `tuned` of matrix_sum and traversal, with every instruction set that this machine
 * has: rows whose lengths lie around every place where a vector, a step, a block or a converted sum
 * ends, of values that carry as far as values can. The judge is kernel->check, which
 * test_matrix_expect.c judges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/random.h"
#include "cpu/isa.h"
#include "tests/matrix_made.h"

static void *serial;

static int open_serial(void **state)
{
    (void)state;
    struct ab_error error = {0};
    const struct backend_options options = {.threads = 1};
    return find_backend("serial")->backend->open(&options, &serial, &error) == AB_OK ? 0 : -1;
}

static int close_serial(void **state)
{
    (void)state;
    find_backend("serial")->backend->close(serial);
    return 0;
}

static void try_isa(const struct problem *problem, enum cpu_isa isa, const char *what)
{
    const struct implementation *cell =
        find_implementation(problem->kernel, find_backend("serial"));
    union matrix_total total;
    struct region result = {.data = &total, .bytes = sizeof(total), .capacity = sizeof(total)};
    struct job job = {.problem = problem,
                      .technique = find_technique(cell, "tuned"),
                      .context = serial,
                      .input = problem->input.data,
                      .result = &result};
    struct ab_error error = {0};
    struct verdict verdict = {0};
    memset(&total, 0xA5, sizeof(total));
    setenv("ACCELBENCH_ISA", cpu_isa_name(isa), 1);
    assert_int_equal(job.technique->prepare(&job, &error), AB_OK);
    assert_int_equal(job.technique->run(&job, &error), AB_OK);
    problem->kernel->check(problem, &result, job.technique->relative_error(&job), &verdict);
    if (!verdict.passed)
        fail_msg("%s of %s with %s: %s", what, problem->summary, cpu_isa_name(isa), verdict.detail);
    job.technique->release(&job);
    unsetenv("ACCELBENCH_ISA");
}

static void try_isas(const struct problem *problem, const char *what)
{
    for (enum cpu_isa isa = 0; isa < CPU_ISA_COUNT; isa++)
        if (cpu_isa_available(isa))
            try_isa(problem, isa, what);
}

static void try_row(enum dtype dtype, uint64_t count, const void *elements, const char *what)
{
    struct problem problem;
    make_row(&problem, dtype, count, elements);
    try_isas(&problem, what);
    free_matrix(&problem);
}

/* ---- Integers of 32 bits ------------------------------------------------------------------ */

static int32_t least(struct random_stream *stream)
{
    (void)stream;
    return INT32_MIN;
}

static int32_t greatest(struct random_stream *stream)
{
    (void)stream;
    return INT32_MAX;
}

static int32_t minus_one(struct random_stream *stream)
{
    (void)stream;
    return -1;
}

static int32_t lower_half(struct random_stream *stream)
{
    (void)stream;
    return 0xFFFF;
}

static int32_t any(struct random_stream *stream)
{
    return (int32_t)((int64_t)random_below(stream, 1u << 31) * 2 - INT32_MAX);
}

static const struct {
    const char *name;
    int32_t (*next)(struct random_stream *stream);
} values[] = {{"least", least},
              {"greatest", greatest},
              {"minus one", minus_one},
              {"lower half", lower_half},
              {"any", any}};

static void fill(int32_t *elements, size_t count, size_t v)
{
    struct random_stream stream = {v};
    for (size_t i = 0; i < count; i++)
        elements[i] = values[v].next(&stream);
}

static void try_values(uint64_t count)
{
    int32_t *elements = malloc(count * sizeof(*elements));
    assert_non_null(elements);
    for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
        fill(elements, count, v);
        try_row(DTYPE_I32, count, elements, values[v].name);
    }
    free(elements);
}

static void short_rows_of_i32(void **state)
{
    (void)state;
    for (uint64_t count = 1; count <= 210; count++)
        try_values(count);
}

/* Sums of 2^16 elements a lane, of 4 to 16 lanes. */
static void long_rows_of_i32(void **state)
{
    (void)state;
    for (uint64_t lanes = 4; lanes <= 16; lanes *= 2) {
        const uint64_t block = lanes << 16;
        const uint64_t counts[] = {block - 1, block, block + 1, 2 * block + 5 * lanes + 1};
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
            try_values(counts[i]);
    }
}

/* Several rows of a tile go into one sum, and a sum of 2^16 elements a lane may end in the midst of
 * one, or with one. */
static void tiles_of_i32(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "rows=9 cols=531 tile=5x530",       "rows=4 cols=1 tile=4x1",
        "rows=6 cols=262144 tile=5x262144", "rows=6 cols=300007 tile=5x300001",
        "rows=5 cols=131089 tile=5x131072",
    };
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
            char text[128];
            struct problem problem;
            struct ab_error error = {0};
            snprintf(text, sizeof(text), "order=tiled dtype=i32 %s", shapes[i]);
            make_matrix(&problem, "traversal", text, 1);
            fill(problem.input.data, problem.input.bytes / sizeof(int32_t), v);
            assert_int_equal(problem.kernel->expect(&problem, &error), AB_OK);
            try_isas(&problem, values[v].name);
            free_matrix(&problem);
        }
}

/* ---- The other types --------------------------------------------------------------------- */

static void rows_of_i64(void **state)
{
    (void)state;
    uint64_t elements[210];
    struct random_stream stream = {1};
    for (size_t i = 0; i < 210; i++)
        elements[i] = (uint64_t)random_below(&stream, 1u << 31) << 33; /* wraps around */
    for (uint64_t count = 1; count <= 210; count++)
        try_row(DTYPE_I64, count, elements, "any");
}

static void rows_of_floats(void **state)
{
    (void)state;
    enum { COUNT = 16 * 8 * 32 * 2 + 300 }; /* two blocks of the widest vectors, and a step more */
    static float singles[COUNT];
    static double doubles[COUNT];
    struct random_stream stream = {2};
    for (size_t i = 0; i < COUNT; i++) {
        singles[i] = (float)random_below(&stream, 1000) / 7;
        doubles[i] = (double)singles[i] * (i % 3 == 0 ? -1e10 : 1);
    }
    for (uint64_t count = 1; count <= COUNT; count += count < 300 ? 1 : 61) {
        try_row(DTYPE_F32, count, singles, "any");
        try_row(DTYPE_F64, count, doubles, "any");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_rows_of_i32), cmocka_unit_test(long_rows_of_i32),
        cmocka_unit_test(tiles_of_i32),      cmocka_unit_test(rows_of_i64),
        cmocka_unit_test(rows_of_floats),
    };
    return cmocka_run_group_tests(tests, open_serial, close_serial);
}
