#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/memory.h"

enum { MIB = 1 << 20 };

static void resize(struct region *region, size_t bytes)
{
    struct ab_error error = {0};
    if (region_resize(region, bytes, "the test", &error) != AB_OK)
        fail_msg("%s", error.message);
    assert_int_equal(region->bytes, bytes);
    assert_true(region->capacity >= bytes);
    assert_int_equal(region->capacity % (size_t)sysconf(_SC_PAGESIZE), 0);
}

static void fill(struct region *region, size_t begin)
{
    uint8_t *bytes = region->data;
    for (size_t i = begin; i < region->bytes; i++)
        bytes[i] = (uint8_t)(i % 251 + 1);
}

static void check_filled(const struct region *region, size_t end)
{
    const uint8_t *bytes = region->data;
    for (size_t i = 0; i < end; i++)
        if (bytes[i] != (uint8_t)(i % 251 + 1))
            fail_msg("byte %zu is lost", i);
}

static void grows_and_keeps(void **state)
{
    (void)state;
    static const size_t sizes[] = {1,       4096,         4097,     MIB - 1,
                                   MIB,     2 * MIB - 1,  2 * MIB,  2 * MIB + 1,
                                   5 * MIB, 9 * MIB + 17, 20 * MIB, 33 * MIB + 1};
    struct region region = {0};
    size_t before = 0;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t mapped = region.capacity;
        resize(&region, sizes[i]);
        check_filled(&region, before);
        for (size_t k = mapped; k < region.capacity; k++)
            assert_int_equal(((const uint8_t *)region.data)[k], 0);
        if (region.capacity >= 2 * MIB)
            assert_int_equal((uintptr_t)region.data % (2 * MIB), 0);
        fill(&region, before);
        before = sizes[i];
    }
    region_free(&region);
}

/* Two regions that grow in turn stand in each other's way, so both must move. */
static void grows_beside_another(void **state)
{
    (void)state;
    struct region regions[2] = {{0}, {0}};
    size_t before = 0;
    for (size_t bytes = 1000; bytes < 40 * MIB; bytes *= 3) {
        for (size_t i = 0; i < 2; i++) {
            resize(&regions[i], bytes);
            fill(&regions[i], before);
        }
        before = bytes;
    }
    for (size_t i = 0; i < 2; i++) {
        check_filled(&regions[i], before);
        region_free(&regions[i]);
    }
}

static void shrinks_and_frees(void **state)
{
    (void)state;
    struct region region = {0};
    resize(&region, 0);
    assert_null(region.data);
    resize(&region, 3 * MIB);
    fill(&region, 0);
    resize(&region, 100);
    check_filled(&region, 100);
    resize(&region, 0);
    region_free(&region);
    assert_null(region.data);
    assert_int_equal(region.bytes, 0);
    assert_int_equal(region.capacity, 0);
    region_free(&region);
}

static void refuses_what_is_not_there(void **state)
{
    (void)state;
    static const size_t too_much[] = {(size_t)1 << 55, SIZE_MAX, SIZE_MAX - 4095, SIZE_MAX - 4096,
                                      SIZE_MAX - 2 * MIB};
    struct region region = {0};
    resize(&region, 3 * MIB);
    fill(&region, 0);
    for (size_t i = 0; i < sizeof(too_much) / sizeof(too_much[0]); i++) {
        struct ab_error error = {0};
        struct region before = region, none = {0};
        assert_int_equal(region_resize(&region, too_much[i], "the matrix", &error), AB_NO_MEMORY);
        assert_memory_equal(&region, &before, sizeof(region));
        assert_non_null(strstr(error.message, "the matrix"));
        assert_non_null(strstr(error.message, "smaller input"));
        assert_int_equal(region_resize(&none, too_much[i], "the matrix", &error), AB_NO_MEMORY);
        assert_null(none.data);
    }
    check_filled(&region, region.bytes);
    region_free(&region);
}

static int death_of_writer(const struct region *region)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        ((volatile uint8_t *)region->data)[region->capacity - 1] = 1;
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void protects(void **state)
{
    (void)state;
    struct ab_error error = {0};
    struct region region = {0};
    assert_int_equal(region_protect(&region, &error), AB_OK);
    resize(&region, 3 * MIB);
    fill(&region, 0);
    assert_int_equal(death_of_writer(&region), 0);
    assert_int_equal(region_protect(&region, &error), AB_OK);
    assert_int_equal(death_of_writer(&region), SIGSEGV);
    check_filled(&region, region.bytes);
    region_free(&region);
}

static void the_variable_limits(void **state)
{
    (void)state;
    struct ab_error error = {0};
    struct region region = {0};
    assert_true(memory_available_bytes() > 32 * MIB);
    setenv("ACCELBENCH_MEMORY_LIMIT", "8MiB", 1);
    assert_int_equal(memory_available_bytes(), 8 * MIB);
    assert_int_equal(memory_check(8 * MIB, "the matrix", "none", &error), AB_OK);
    assert_int_equal(memory_check(8 * MIB + 1, "the matrix", "do without", &error), AB_NO_MEMORY);
    assert_string_equal(error.message, "the matrix needs 8.4 MB, 8.4 MB are available: do without");
    error = (struct ab_error){0};
    assert_int_equal(region_resize(&region, 9 * MIB, "the word table", &error), AB_NO_MEMORY);
    assert_string_equal(error.message, "the word table needs 9.4 MB, 8.4 MB are available: choose "
                                       "a smaller input, or a machine with more memory");
    error = (struct ab_error){0};
    assert_int_equal(region_resize(&region, 7 * MIB, "the word table", &error), AB_OK);
    region_free(&region);
    static const char *const no_limits[] = {"16777215Ti", ""};
    for (size_t i = 0; i < 2; i++) {
        setenv("ACCELBENCH_MEMORY_LIMIT", no_limits[i], 1);
        uint64_t available = memory_available_bytes();
        assert_true(available > 32 * MIB && available < (uint64_t)1 << 60);
    }
    unsetenv("ACCELBENCH_MEMORY_LIMIT");
}

static void a_bad_variable_is_said(void **state)
{
    (void)state;
    static const char *const bad[] = {"x", "-1", "1e9", "lots", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ab_error error = {0};
        struct region region = {0};
        setenv("ACCELBENCH_MEMORY_LIMIT", bad[i], 1);
        assert_int_equal(memory_check(1, "the matrix", "none", &error), AB_USAGE);
        assert_non_null(strstr(error.message, "ACCELBENCH_MEMORY_LIMIT"));
        assert_int_equal(memory_available_bytes(), 0);
        assert_int_equal(region_resize(&region, MIB, "the matrix", &error), AB_USAGE);
    }
    unsetenv("ACCELBENCH_MEMORY_LIMIT");
}

int main(void)
{
    unsetenv("ACCELBENCH_MEMORY_LIMIT");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps),
        cmocka_unit_test(grows_beside_another),
        cmocka_unit_test(shrinks_and_frees),
        cmocka_unit_test(refuses_what_is_not_there),
        cmocka_unit_test(protects),
        cmocka_unit_test(the_variable_limits),
        cmocka_unit_test(a_bad_variable_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
