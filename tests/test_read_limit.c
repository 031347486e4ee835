/* The read limit against a sum byte by byte: every size and alignment, every instruction set that
 * this machine has, any number of threads, and not a byte beyond the input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/json.h"
#include "common/random.h"
#include "common/read_limit.h"
#include "cpu/cpu.h"
#include "cpu/isa.h"
#include "cpu/read_limit.h"

enum { ALIGNMENT_MAX = 64, ROOM_PAGES = 9 };

static const char variable[] = "ACCELBENCH_ISA";

/* Random bytes, with a page on either side that nobody may touch. */
static char *room;
static size_t room_bytes;

/* The first of them is for one core. */
static const unsigned thread_counts[] = {1, 1, 2, 3, 7};
enum { CONTEXTS = sizeof(thread_counts) / sizeof(thread_counts[0]) };
static struct cpu_context contexts[CONTEXTS];

static int set_up(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    room_bytes = ROOM_PAGES * page;
    char *pages = mmap(NULL, room_bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return -1;
    room = pages + page;
    if (mprotect(room, room_bytes, PROT_READ | PROT_WRITE) != 0)
        return -1;
    struct random_stream stream = random_block(42, 0);
    for (size_t i = 0; i < room_bytes; i++)
        room[i] = (char)random_next(&stream);
    for (size_t i = 0; i < CONTEXTS; i++) {
        struct ab_error error = {0};
        contexts[i].threads = thread_counts[i];
        if (i > 0 && thread_pool_create(thread_counts[i], &contexts[i].pool, &error) != AB_OK)
            return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONTEXTS; i++)
        thread_pool_destroy(contexts[i].pool);
    return munmap(room - room_bytes / ROOM_PAGES, room_bytes + 2 * (room_bytes / ROOM_PAGES));
}

static uint64_t sum_bytewise(const char *input, size_t bytes)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes; i += sizeof(sum)) {
        char word_bytes[sizeof(sum)] = {0};
        uint64_t word;
        for (size_t k = 0; k < sizeof(word) && i + k < bytes; k++)
            word_bytes[k] = input[i + k];
        memcpy(&word, word_bytes, sizeof(word));
        sum += word;
    }
    return sum;
}

static struct problem make_limit(const char *input, size_t bytes, uint64_t passes)
{
    const struct problem of = {.input = {(char *)input, bytes, bytes}};
    struct problem limit;
    struct ab_error error = {0};
    if (read_limit_problem_passes(&of, passes, &limit, &error) != AB_OK)
        fail_msg("%s", error.message);
    return limit;
}

/* Runs the loop on one core or on a pool, and has its answer judged. */
static void run_limit(const struct problem *limit, size_t context)
{
    uint64_t sum = 0xA5A5A5A5A5A5A5A5u;
    struct region result = {&sum, sizeof(sum), sizeof(sum)};
    struct ab_error error = {0};
    struct verdict verdict = {0};
    struct job job = {.problem = limit,
                      .technique = context == 0 ? &read_limit_one_core : &read_limit_all_cores,
                      .context = &contexts[context],
                      .input = limit->input.data,
                      .result = &result};
    if (job.technique->prepare(&job, &error) != AB_OK || job.technique->run(&job, &error) != AB_OK)
        fail_msg("%s", error.message);
    job.technique->release(&job);
    limit->kernel->check(limit, &result, 0, &verdict);
    if (!verdict.passed)
        fail_msg("%s: %zu bytes at %p, %u threads: %s", getenv(variable), limit->input.bytes,
                 limit->input.data, contexts[context].threads, verdict.detail);
}

/* Everything on one core; pools divide alike wherever the input lies, so few places will do. */
static void try_place(const char *input, size_t bytes, bool with_pools)
{
    struct problem limit = make_limit(input, bytes, 1);
    uint64_t expected;
    memcpy(&expected, limit.expected.data, sizeof(expected));
    if (expected != sum_bytewise(input, bytes))
        fail_msg("the expected checksum of %zu bytes is wrong", bytes);
    for (enum cpu_isa isa = 0; isa < CPU_ISA_COUNT; isa++) {
        if (!cpu_isa_available(isa))
            continue;
        setenv(variable, cpu_isa_name(isa), 1);
        for (size_t context = 0; context < (with_pools ? CONTEXTS : 1); context++)
            run_limit(&limit, context);
    }
    unsetenv(variable);
    read_limit_free(&limit);
}

static void try_size(size_t bytes)
{
    for (size_t alignment = 0; alignment <= ALIGNMENT_MAX; alignment++)
        if (alignment + bytes <= room_bytes)
            try_place(room + alignment, bytes, alignment % ALIGNMENT_MAX == 0);
    try_place(room + room_bytes - bytes, bytes, true);
}

static void small_sizes(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes <= 300; bytes++)
        try_size(bytes);
}

/* Eight vectors of 16, 32 and 64 bytes are a step; then pages. */
static void sizes_at_boundaries(void **state)
{
    (void)state;
    static const size_t steps[] = {512, 1024, 1536, 4096, 8192, 32768};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        for (size_t off = 0; off <= 2; off++) {
            try_size(steps[i] - off);
            try_size(steps[i] + off);
        }
    for (size_t off = 0; off <= 9; off++)
        try_size(room_bytes - off);
}

static void several_passes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 5, 64, 1000, 4096, 10007};
    enum { PASSES = 3 };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct problem limit = make_limit(room, sizes[i], PASSES);
        uint64_t expected;
        memcpy(&expected, limit.expected.data, sizeof(expected));
        assert_true(expected == PASSES * sum_bytewise(room, sizes[i]));
        for (size_t context = 0; context < CONTEXTS; context++)
            run_limit(&limit, context);
        read_limit_free(&limit);
    }
}

static void empty_input_without_address(void **state)
{
    (void)state;
    struct problem limit = make_limit(NULL, 0, 1);
    for (size_t context = 0; context < CONTEXTS; context++)
        run_limit(&limit, context);
    read_limit_free(&limit);
}

static bool passes_check(const struct problem *limit, uint64_t sum, size_t result_bytes)
{
    struct region result = {&sum, result_bytes, sizeof(sum)};
    struct verdict verdict = {0};
    limit->kernel->check(limit, &result, 0, &verdict);
    assert_true(verdict.passed == (verdict.detail[0] == '\0'));
    return verdict.passed;
}

static void wrong_checksums_are_rejected(void **state)
{
    (void)state;
    struct problem limit = make_limit(room, 1001, 1);
    uint64_t right = sum_bytewise(room, 1001);
    assert_true(passes_check(&limit, right, 8));
    assert_false(passes_check(&limit, right + 1, 8));
    assert_false(passes_check(&limit, right ^ (uint64_t)1 << 63, 8));
    assert_false(passes_check(&limit, 0, 8));
    assert_false(passes_check(&limit, 0xA5A5A5A5A5A5A5A5u, 8));
    assert_false(passes_check(&limit, 2 * right, 8));
    assert_false(passes_check(&limit, sum_bytewise(room, 1000), 8));
    assert_false(passes_check(&limit, right, 7));
    assert_false(passes_check(&limit, right, 0));
    read_limit_free(&limit);
}

static void result_in_json(void **state)
{
    (void)state;
    struct problem limit = make_limit(room, 16, 1);
    uint64_t sum = 0xFEDCBA9876543210u;
    struct region result = {&sum, sizeof(sum), sizeof(sum)};
    struct json_writer json = {.one_line = true};
    struct ab_error error = {0};
    json_begin_object(&json, NULL);
    assert_int_equal(limit.kernel->write_result(&limit, &result, &json, &error), AB_OK);
    json_end_object(&json);
    assert_int_equal(json_finish(&json, &error), AB_OK);
    assert_non_null(strstr(json.text, "\"fedcba9876543210\""));
    json_free(&json);
    read_limit_free(&limit);
}

static void assert_refused(const char *isa)
{
    struct problem limit = make_limit(room, 64, 1);
    struct ab_error error = {0};
    struct job job = {
        .problem = &limit, .technique = &read_limit_one_core, .context = &contexts[0]};
    setenv(variable, isa, 1);
    assert_int_equal(job.technique->prepare(&job, &error), AB_USAGE);
    unsetenv(variable);
    assert_non_null(strstr(error.message, variable));
    job.technique->release(&job);
    read_limit_free(&limit);
}

static void unknown_isas_are_refused(void **state)
{
    (void)state;
    assert_refused("sse9");
    assert_refused("AVX2");
    assert_refused("avx2,portable");
}

static void absent_isas_are_refused(void **state)
{
    (void)state;
    assert_true(cpu_isa_available(CPU_ISA_PORTABLE));
    bool all = true;
    for (enum cpu_isa isa = 0; isa < CPU_ISA_COUNT; isa++) {
        if (cpu_isa_available(isa))
            continue;
        all = false;
        assert_refused(cpu_isa_name(isa));
    }
    if (all)
        skip();
}

static void the_variable_rules(void **state)
{
    (void)state;
    struct ab_error error = {0};
    enum cpu_isa chosen;
    unsetenv(variable);
    assert_int_equal(cpu_isa_choose(CPU_ISA_PORTABLE, &chosen, &error), AB_OK);
    assert_int_equal(chosen, CPU_ISA_PORTABLE);
    setenv(variable, "", 1); /* as if it were not set */
    assert_int_equal(cpu_isa_choose(CPU_ISA_PORTABLE, &chosen, &error), AB_OK);
    assert_int_equal(chosen, CPU_ISA_PORTABLE);
    unsetenv(variable);
    assert_int_equal(read_limit_isa(&chosen, &error), AB_OK);
    assert_true(cpu_isa_available(chosen));
    for (enum cpu_isa isa = cpu_isa_best() + 1; isa < CPU_ISA_COUNT; isa++)
        assert_false(cpu_isa_available(isa));
    for (enum cpu_isa isa = 0; isa <= cpu_isa_best(); isa++) {
        setenv(variable, cpu_isa_name(isa), 1);
        assert_int_equal(read_limit_isa(&chosen, &error), AB_OK);
        assert_int_equal(chosen, isa);
    }
    unsetenv(variable);
}

/* A borrowed input outlives its limit. */
static void freeing_leaves_the_input(void **state)
{
    (void)state;
    struct problem of = {0}, limit;
    struct ab_error error = {0};
    assert_int_equal(region_resize(&of.input, 5000, "a test", &error), AB_OK);
    memset(of.input.data, 7, of.input.bytes);
    assert_int_equal(read_limit_problem(&of, &limit, &error), AB_OK);
    assert_ptr_equal(limit.input.data, of.input.data);
    assert_int_equal(limit.items, 625);
    run_limit(&limit, 0);
    read_limit_free(&limit);
    read_limit_free(&limit);
    assert_int_equal(((char *)of.input.data)[4999], 7);
    region_free(&of.input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_sizes),
        cmocka_unit_test(sizes_at_boundaries),
        cmocka_unit_test(several_passes),
        cmocka_unit_test(empty_input_without_address),
        cmocka_unit_test(wrong_checksums_are_rejected),
        cmocka_unit_test(result_in_json),
        cmocka_unit_test(unknown_isas_are_refused),
        cmocka_unit_test(absent_isas_are_refused),
        cmocka_unit_test(the_variable_rules),
        cmocka_unit_test(freeing_leaves_the_input),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
