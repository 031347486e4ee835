/* accelbench limits, with little memory so that it is soon over. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/interrupt.h"
#include "bench/limits.h"
#include "common/read_limit.h"

static struct options some_options(unsigned threads)
{
    static char name[] = "test_limits", *argv[] = {name, NULL};
    return (struct options){
        .argc = 1, .argv = argv, .threads = threads, .seed = 42, .deadline_s = 60, .quiet = true};
}

static void assert_measured(const struct ceiling *c)
{
    if (c->absent.status != AB_OK) {
        assert_true(c->absent.message[0] != '\0');
        assert_true(isnan(ceiling_ns(c)));
        return;
    }
    assert_true(c->iterations > 0);
    for (size_t round = 0; round < LIMITS_ROUNDS; round++)
        assert_true(c->run_ns[round] > 0 && isfinite(c->run_ns[round]));
    assert_true(ceiling_ns(c) > 0);
}

static void every_level_of_one_and_of_all(void **state)
{
    (void)state;
    enum { THREADS = 2 };
    struct options options = some_options(THREADS);
    struct limits limits;
    struct ab_error error = {0};
    if (limits_measure(&limits, &options, &error) != AB_OK)
        fail_msg("%s", error.message);
    size_t levels = limits.read_count / 2;
    assert_true(levels >= 1 && limits.read_count % 2 == 0);
    for (size_t i = 0; i < limits.read_count; i++) {
        const struct ceiling *read = &limits.reads[i];
        assert_measured(read);
        assert_int_equal(read->workers, i < levels ? 1 : THREADS);
        assert_string_equal(read->level, limits.reads[i % levels].level);
        if (read->absent.status != AB_OK)
            continue;
        assert_int_equal(read->bytes % ((uint64_t)64 * read->workers), 0);
        double bytes = (double)read->bytes * (double)read_limit_params(&read->problem)->passes;
        assert_true(fabs(ceiling_bytes_per_second(read) * ceiling_ns(read) / (1e9 * bytes) - 1) <
                    1e-9);
    }
    assert_string_equal(limits.reads[levels - 1].level, "memory");
    for (size_t i = 0; i < LIMITS_FORKS; i++)
        assert_measured(&limits.forks[i]);
    assert_true(limits.clock.step_ns > 0);
    limits_free(&limits);
}

/* Each working set lies in its own cache and is larger than those in front of it. */
static void working_sets_fit_their_caches(void **state)
{
    (void)state;
    struct options options = some_options(1);
    struct limits limits;
    struct ab_error error = {0};
    if (limits_measure(&limits, &options, &error) != AB_OK)
        fail_msg("%s", error.message);
    uint64_t front_bytes = 0;
    size_t i = 0;
    for (unsigned k = 0; k < limits.machine.cache_count; k++) {
        const struct machine_cache *cache = &limits.machine.caches[k];
        if (strcmp(cache->type, "Instruction") == 0)
            continue;
        const struct ceiling *read = &limits.reads[i++];
        assert_int_equal(read->level[1] - '0', cache->level);
        if (read->absent.status == AB_OK)
            assert_true(read->bytes <= cache->bytes / 2 && read->bytes > front_bytes);
        front_bytes = cache->bytes;
    }
    assert_int_equal(limits.read_count, i + 1);
    if (limits.reads[i].absent.status == AB_OK)
        assert_true(limits.reads[i].bytes >= 2 * limits.machine.last_level_cache_bytes);
    limits_free(&limits);
}

static void console_is_narrow(void **state)
{
    (void)state;
    struct options options = some_options(3);
    struct text text = {0};
    struct ab_error error = {0};
    setenv("OMP_THREAD_LIMIT", "1", 1); /* a long reason */
    assert_int_equal(limits_run(&options, &text, &error), AB_OK);
    unsetenv("OMP_THREAD_LIMIT");
    size_t column = 0;
    for (const char *c = text.data; *c != '\0'; c++) {
        column = *c == '\n' ? 0 : column + 1;
        assert_true(column <= 79);
    }
    assert_non_null(strstr(text.data, "all 3 threads"));
    assert_non_null(strstr(text.data, "memory"));
    text_free(&text);
}

static void json_has_its_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "\"host_name\": ",  "\"limits\": {",  "\"read_bandwidth\": [",  "\"level\": \"memory\"",
        "\"bytes\": ",      "\"workers\": 1", "\"bytes_per_second\": ", "\"fork_join_ns\": {",
        "\"pthread\": ",    "\"openmp\": ",   "\"clock\": {",           "\"step_ns\": ",
        "\"overhead_ns\": "};
    struct options options = some_options(1);
    options.format = FORMAT_JSON;
    struct text text = {0};
    struct ab_error error = {0};
    assert_int_equal(limits_run(&options, &text, &error), AB_OK);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        assert_non_null(strstr(text.data, keys[i]));
    text_free(&text);
}

/* The cache in front of memory is measured where memory has no room. */
static void too_little_memory_is_a_dash(void **state)
{
    (void)state;
    struct options options = some_options(1);
    struct limits limits;
    struct ab_error error = {0};
    char before[32];
    strcpy(before, getenv("ACCELBENCH_MEMORY_LIMIT"));
    setenv("ACCELBENCH_MEMORY_LIMIT", "1Mi", 1);
    assert_int_equal(limits_measure(&limits, &options, &error), AB_OK);
    setenv("ACCELBENCH_MEMORY_LIMIT", before, 1);
    const struct ceiling *memory = &limits.reads[limits.read_count - 1];
    if (limits.machine.last_level_cache_bytes != 0)
        assert_int_equal(memory->absent.status, AB_NO_MEMORY);
    for (size_t i = 0; i < limits.read_count; i++)
        assert_measured(&limits.reads[i]);
    limits_free(&limits);
}

static void assert_refused(const struct options *options, const char *reason)
{
    struct text text = {0};
    struct ab_error error = {0};
    assert_int_equal(limits_run(options, &text, &error), AB_USAGE);
    assert_non_null(strstr(error.message, reason));
    assert_int_equal(text.length, 0);
}

static void refusals(void **state)
{
    (void)state;
    struct options options = some_options(1);
    setenv("ACCELBENCH_ISA", "mmx", 1);
    assert_refused(&options, "ACCELBENCH_ISA");
    unsetenv("ACCELBENCH_ISA");
    options.format = FORMAT_CSV;
    assert_refused(&options, "no csv");
}

int main(void)
{
    interrupt_install(); /* a worker that cannot open its device is gone before it is told to go */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_of_one_and_of_all),
        cmocka_unit_test(working_sets_fit_their_caches),
        cmocka_unit_test(console_is_narrow),
        cmocka_unit_test(json_has_its_keys),
        cmocka_unit_test(too_little_memory_is_a_dash),
        cmocka_unit_test(refusals),
    };
    setenv("ACCELBENCH_MEMORY_LIMIT", "256Mi", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
