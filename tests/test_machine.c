#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cgroup.h"
#include "common/machine.h"
#include "common/parallel.h"
#include "common/topology.h"

static void describes(void **state)
{
    (void)state;
    struct machine machine;
    memset(&machine, 0x5A, sizeof(machine));
    machine_describe(&machine);
    assert_true(machine.cpu_model[0] != '\0');
    assert_non_null(memchr(machine.host_name, '\0', sizeof(machine.host_name)));
    assert_true(machine.cpus_online >= 1);
    assert_in_range(machine.cpus_allowed, 1, machine.cpus_online);
    assert_true(machine.cpu_quota >= 0);
    assert_in_range(machine.scaling_enabled + 1, 0, 2);
    assert_true(machine.memory_bytes > 1 << 20);
    assert_true(machine.load_average_count == 0 || machine.load_average_count == 3);
    assert_in_range(machine.cache_count, 0, MACHINE_CACHES_MAX);
    int level = 0;
    for (unsigned i = 0; i < machine.cache_count; i++) {
        const struct machine_cache *cache = &machine.caches[i];
        assert_in_range(cache->level, level > 0 ? level : 1, 4);
        assert_true(cache->bytes >= 1024 && cache->sharing >= 1);
        assert_true(cache->level == 1 || strcmp(cache->type, "Unified") == 0);
        if (strcmp(cache->type, "Instruction") != 0)
            assert_true(machine.last_level_cache_bytes >= cache->bytes);
        level = cache->level;
    }
}

static void threads_by_default(void **state)
{
    (void)state;
    size_t bytes = 0;
    cpu_set_t *mask = topology_affinity(&bytes);
    assert_non_null(mask);
    unsigned allowed = (unsigned)CPU_COUNT_S(bytes, mask);
    assert_in_range(default_threads(), 1, allowed);
    if (cgroup_cpu_quota("") == 0)
        assert_int_equal(default_threads(), allowed);

    int first = 0;
    while (!CPU_ISSET_S((size_t)first, bytes, mask))
        first++;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(default_threads(), 1);
    struct machine machine;
    machine_describe(&machine);
    assert_int_equal(machine.cpus_allowed, 1);
    assert_int_equal(sched_setaffinity(0, bytes, mask), 0);
    CPU_FREE(mask);
}

static void mask_of(cpu_set_t *mask, int from, int below)
{
    CPU_ZERO(mask);
    for (int cpu = from; cpu < below; cpu++)
        CPU_SET((size_t)cpu, mask);
}

/* Two packages of four cores of two hardware threads: CPUs 2c and 2c + 1 are core c. */
static void places(void **state)
{
    (void)state;
    static const struct {
        int from, below; /* the affinity mask */
        unsigned threads;
        int cpus[18];
    } cases[] = {
        {0, 16, 1, {0}},
        {0, 16, 2, {0, 8}},
        {0, 16, 4, {0, 4, 8, 12}},
        {0, 16, 8, {0, 2, 4, 6, 8, 10, 12, 14}},
        {0, 16, 10, {0, 1, 2, 4, 6, 8, 9, 10, 12, 14}},
        {0, 16, 16, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
        {0, 16, 18, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1}},
        {3, 7, 1, {3}},
        {3, 7, 3, {3, 4, 6}},
        {3, 7, 4, {3, 4, 5, 6}},
        {3, 7, 6, {3, 4, 5, 6, 3, 4}},
    };
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, "pack:2 core:4 pu:2"), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int cpus[18];
        cpu_set_t mask;
        mask_of(&mask, cases[i].from, cases[i].below);
        assert_true(topology_place_in(topology, &mask, sizeof(mask), cases[i].threads, cpus));
        for (unsigned k = 0; k < cases[i].threads; k++)
            if (cpus[k] != cases[i].cpus[k])
                fail_msg("case %zu: thread %u is on CPU %d, not %d", i, k, cpus[k],
                         cases[i].cpus[k]);
    }
    int cpu;
    cpu_set_t none;
    CPU_ZERO(&none);
    assert_false(topology_place_in(topology, &none, sizeof(none), 1, &cpu));
    hwloc_topology_destroy(topology);
}

static void plugins_stay_off(void **state)
{
    (void)state;
    static const char *const paths[] = {NULL, "", "/usr/lib:/usr/lib64"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (paths[i] != NULL)
            setenv("HWLOC_PLUGINS_PATH", paths[i], 1);
        hwloc_topology_t topology;
        assert_true(topology_load(&topology));
        const char *after = getenv("HWLOC_PLUGINS_PATH");
        assert_true(paths[i] == NULL ? after == NULL : strcmp(after, paths[i]) == 0);
        FILE *maps = fopen("/proc/self/maps", "r");
        char line[512];
        while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
            assert_true(strstr(line, "/hwloc_") == NULL && strstr(line, "libcuda") == NULL &&
                        strstr(line, "libOpenCL") == NULL);
        if (maps != NULL)
            fclose(maps);
        hwloc_topology_destroy(topology);
    }
    unsetenv("HWLOC_PLUGINS_PATH");
}

static void slices_cover(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {0, 1, 2, 7, 8, 9, 1000, UINT64_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (unsigned count = 1; count < 20; count++) {
            uint64_t next = 0;
            for (unsigned index = 0; index < count; index++) {
                struct slice slice = slice_of(sizes[i], index, count);
                assert_int_equal(slice.begin, next);
                assert_in_range(slice.end - slice.begin, sizes[i] / count,
                                sizes[i] / count + (sizes[i] % count != 0));
                next = slice.end;
            }
            assert_true(next == sizes[i]);
        }
}

static void count_visit(void *argument, uint64_t block)
{
    ((unsigned *)argument)[block]++;
}

static void blocks_once(void **state)
{
    (void)state;
    enum { BLOCKS_MAX = 1000 };
    static const uint64_t blocks[] = {0, 1, 2, 3, 17, BLOCKS_MAX};
    static const unsigned threads[] = {1, 2, 3, 16, 33};
    for (size_t b = 0; b < sizeof(blocks) / sizeof(blocks[0]); b++)
        for (size_t t = 0; t < sizeof(threads) / sizeof(threads[0]); t++) {
            unsigned visits[BLOCKS_MAX] = {0};
            struct ab_error error = {0};
            assert_int_equal(parallel_blocks(threads[t], blocks[b], count_visit, visits, &error),
                             AB_OK);
            for (uint64_t i = 0; i < BLOCKS_MAX; i++)
                assert_int_equal(visits[i], i < blocks[b]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes),    cmocka_unit_test(threads_by_default),
        cmocka_unit_test(places),       cmocka_unit_test(plugins_stay_off),
        cmocka_unit_test(slices_cover), cmocka_unit_test(blocks_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
