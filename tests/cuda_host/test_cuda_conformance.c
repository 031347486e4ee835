/* Every technique of backend cuda on the host against the expected answers, at sizes on both sides
 * of a warp, a block and a grid; with the whole input on the device and with pieces of it, through
 * upload, run, download and through end_to_end; threads resumed in two orders. Results of fixed
 * size repeat bit for bit, and nothing is left on the device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cuda_host.h"
#include "tests/cases.h"

/* Three sizes of each kernel, with all dtypes, orders, tasks and rules. */
static const char *const matrix_cases[] = {"dtype=i32,i64,f32,f64 rows=1 cols=1",
                                           "dtype=i32,i64,f32,f64 rows=37 cols=83",
                                           "dtype=i32,f32 rows=131 cols=263", NULL};
static const char *const traversal_cases[] = {
    "order=row,column,tiled dtype=i32,i64,f32,f64 rows=1 cols=1",
    "order=row,column,tiled dtype=i32,i64,f32,f64 rows=37 cols=83",
    "order=row,column,tiled dtype=i32,f64 rows=131 cols=263",
    "order=row,column,tiled dtype=i32,f64 rows=41 cols=1028",
    "order=tiled dtype=i32 tile=3x5,32x33,64x1G rows=67 cols=101",
    "order=tiled dtype=i32,f32 tile=3x4,40x128 rows=67 cols=260",
    NULL};
static const char *const word_cases[] = {
    "task=frequency,total rule=unicode,ascii size=0,1,33,4097,14011", NULL};

/* More than 24 kB of device memory hold: bands of tiles, rows, and parts of rows a piece; and a
 * text that fits where its table does not. */
static const char *const streamed_matrix_cases[] = {"dtype=i32,f32 rows=67 cols=80",
                                                    "dtype=i64,f64 rows=67 cols=40", NULL};
static const char *const streamed_traversal_cases[] = {
    "order=row,column,tiled dtype=i32 rows=257 cols=21",
    "order=row,column dtype=f32 rows=3 cols=1803",
    "order=tiled dtype=f64 tile=1x2,64x8 rows=130 cols=21", NULL};
static const char *const streamed_word_cases[] = {"task=frequency,total rule=unicode size=22011",
                                                  "task=frequency rule=ascii size=9007", NULL};
static const char *const text_cases[] = {"task=frequency,total rule=unicode", NULL};

struct case_set {
    const char *kernel;
    const char *const *whole, *const *streamed;
};

static const struct case_set case_sets[] = {
    {"matrix_sum", matrix_cases, streamed_matrix_cases},
    {"traversal", traversal_cases, streamed_traversal_cases},
    {"word_count", word_cases, streamed_word_cases},
};

static const char *const *cases_of(const struct kernel *kernel, bool streamed)
{
    for (size_t i = 0; i < sizeof(case_sets) / sizeof(case_sets[0]); i++)
        if (strcmp(kernel->name, case_sets[i].kernel) == 0)
            return streamed ? case_sets[i].streamed : case_sets[i].whole;
    return kernel->edge_cases; /* a kernel that this test does not know */
}

struct trial {
    const char *where;
    const struct problem *problem;
    const struct backend *backend;
    const struct technique *technique;
    struct job job;
    struct region result;
    void *input;
    struct region first; /* a result of fixed size */
};

static void must(const struct trial *t, enum ab_status status, const struct ab_error *error,
                 const char *step)
{
    if (status != AB_OK)
        fail_msg("%s %s, %s: %s: %s", t->problem->kernel->name, t->technique->name, t->where, step,
                 error->message);
}

static void run_chain(struct trial *t)
{
    struct ab_error error = {0};
    const struct problem *problem = t->problem;
    must(t,
         t->backend->upload(t->job.context, t->input, problem->input.data, problem->input.bytes,
                            &error),
         &error, "upload");
    must(t, t->technique->run(&t->job, &error), &error, "run");
    must(t, t->technique->download(&t->job, &error), &error, "download");
    must(t, t->backend->sync(t->job.context, &error), &error, "sync");
}

static void run_and_check(struct trial *t, bool end_to_end)
{
    struct ab_error error = {0};
    const size_t fixed = t->problem->kernel->result_bytes;
    assert_int_equal(region_resize(&t->result, fixed == 0 ? t->result.bytes : fixed, "", &error),
                     0);
    if (t->result.bytes != 0)
        memset(t->result.data, 0xA5, t->result.bytes);
    if (end_to_end)
        must(t, t->technique->end_to_end(&t->job, &error), &error, "end to end");
    else
        run_chain(t);
    struct verdict verdict = {0};
    const double bound =
        t->technique->relative_error == NULL ? 0 : t->technique->relative_error(&t->job);
    t->problem->kernel->check(t->problem, &t->result, bound, &verdict);
    if (!verdict.passed)
        must(t, AB_WRONG_RESULT, &(struct ab_error){.message = "wrong"}, verdict.detail);
    /* Pieces are added up one after the other, the whole at once: rounded differently. */
    if (end_to_end)
        return;
    if (t->first.bytes != 0 && memcmp(t->first.data, t->result.data, fixed) != 0)
        must(t, AB_WRONG_RESULT, &(struct ab_error){.message = "differs from run to run"},
             "repeat");
    assert_int_equal(region_resize(&t->first, fixed, "", &error), 0);
    if (fixed != 0)
        memcpy(t->first.data, t->result.data, fixed);
}

static void try_technique(struct trial *t)
{
    struct ab_error error = {0};
    struct backend_options options = {.threads = 1, .pinned = true};
    t->job = (struct job){.problem = t->problem, .technique = t->technique, .result = &t->result};
    must(t, t->backend->open(&options, &t->job.context, &error), &error, "open");
    must(t, t->backend->allocate(t->job.context, t->problem->input.bytes, &t->input, &error),
         &error, "allocate");
    t->job.input = t->input;
    if (t->technique->prepare != NULL)
        must(t, t->technique->prepare(&t->job, &error), &error, "prepare");
    cuda_host_set_order(CUDA_HOST_FORWARD);
    run_and_check(t, false);
    cuda_host_set_order(CUDA_HOST_BACKWARD);
    run_and_check(t, false);
    if (t->technique->end_to_end != NULL)
        run_and_check(t, true);
    if (t->technique->release != NULL)
        t->technique->release(&t->job);
    t->backend->release_memory(t->job.context, t->input);
    t->backend->close(t->job.context);
    region_free(&t->result);
    region_free(&t->first);
    assert_int_equal(cuda_host_objects(), 0);
}

static void try_problem(const struct problem *problem, const char *where)
{
    const struct backend_entry *entry = find_backend("cuda");
    const struct implementation *cell = find_implementation(problem->kernel, entry);
    for (const struct technique *t = techniques_of(cell); t->name != NULL; t++) {
        struct trial trial = {
            .where = where, .problem = problem, .backend = entry->backend, .technique = t};
        try_technique(&trial);
    }
}

static void try_case(const struct kernel *kernel, const struct settings *settings,
                     const char *where, void *count)
{
    struct problem problem;
    struct ab_error error = {0};
    if (case_problem(kernel, settings, &problem, &error) != AB_OK)
        fail_msg("%s, %s: %s", kernel->name, where, error.message);
    try_problem(&problem, where);
    case_free(&problem);
    ++*(size_t *)count;
}

static void try_all(const char *limit, bool registers, bool streamed)
{
    assert_int_equal(limit == NULL ? unsetenv("ACCELBENCH_CUDA_MEMORY_LIMIT")
                                   : setenv("ACCELBENCH_CUDA_MEMORY_LIMIT", limit, 1),
                     0);
    cuda_host_set_register(registers);
    for (size_t k = 0; k < kernel_count(); k++) {
        const struct kernel *kernel = kernel_at(k);
        size_t count = 0;
        for_each_case(kernel, cases_of(kernel, streamed), NULL, try_case, &count);
        if (limit == NULL)
            for_each_file_case(kernel, TEST_DATA, try_case, &count);
        print_message("%s: %zu inputs\n", kernel->name, count);
        assert_true(count > 0);
    }
}

static void test_whole(void **state)
{
    (void)state;
    try_all(NULL, true, false);
}

/* Inputs that fit, transferred in pieces of 8 KiB. */
static void test_overlapped(void **state)
{
    (void)state;
    try_all("1Mi", false, false);
}

static void test_streamed(void **state)
{
    (void)state;
    try_all("24k", true, true);
}

/* Words of up to 2500 bytes, longer than a piece of 256, twice in unlike case; white space of three
 * bytes at every distance from where pieces are cut; bytes that are no character. */
static void write_long_words(FILE *file)
{
    for (int i = 0; i < 70; i++) {
        fputs(i % 3 == 0   ? "Word\xE2\x80\x83"
              : i % 3 == 1 ? "\xC3\x84pfel "
                           : "x\xE3\x80\x80",
              file);
        for (int letter = 0; letter < i * 7; letter++)
            putc((i % 2 == 0 ? 'a' : 'A') + letter % 26, file);
        fputs(i % 5 == 0 ? "\xE2\x80 " : i % 5 == 1 ? "\xC2\x85" : "\n", file);
    }
    for (int i = 0; i < 2; i++) {
        for (int letter = 0; letter < 2500; letter++)
            putc((i == 0 ? 'a' : 'A') + letter % 26, file);
        fputs("\xE2\x80\xA8", file);
    }
}

static void test_long_words(void **state)
{
    (void)state;
    char path[] = "/tmp/test_cuda_conformance_XXXXXX";
    const int descriptor = mkstemp(path);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    write_long_words(file);
    assert_int_equal(fclose(file), 0);
    static const char *const limits[] = {"24k", "1Mi"};
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        size_t count = 0;
        assert_int_equal(setenv("ACCELBENCH_CUDA_MEMORY_LIMIT", limits[i], 1), 0);
        for_each_case(find_kernel("word_count"), text_cases, path, try_case, &count);
        assert_int_equal(count, 2);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_overlapped),
        cmocka_unit_test(test_streamed),
        cmocka_unit_test(test_long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
