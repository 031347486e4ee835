/* A file system of its own for every case: what the kernel would show under /proc and /sys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>

#include <cmocka.h>

#include "common/machine_state.h"
#include "tests/made_files.h"

static cpu_set_t mask;
static struct machine_state state;

static void put_cpu(unsigned cpu, const char *file, const char *text)
{
    char name[128];
    snprintf(name, sizeof(name), "/sys/devices/system/cpu/cpu%u/%s", cpu, file);
    put(name, text);
}

static void allow(int from, int below)
{
    CPU_ZERO(&mask);
    for (int cpu = from; cpu < below; cpu++)
        CPU_SET((size_t)cpu, &mask);
}

static void read_state(void)
{
    memset(&state, 0x5A, sizeof(state));
    machine_state_read_in(made_root, &mask, sizeof(mask), &state);
}

/* Two packages of two cores of two hardware threads: siblings are c and c + 4. */
static void put_cpus(void)
{
    put("/sys/devices/system/cpu/online", "0-7\n");
    for (unsigned cpu = 0; cpu < 8; cpu++) {
        char siblings[16];
        snprintf(siblings, sizeof(siblings), "%u,%u\n", cpu % 4, cpu % 4 + 4);
        put_cpu(cpu, "topology/thread_siblings_list", siblings);
        put_cpu(cpu, "topology/core_siblings_list", cpu % 4 < 2 ? "0-1,4-5\n" : "2-3,6-7\n");
    }
    put("/sys/devices/system/node/online", "0-1\n");
    put("/sys/devices/system/node/node0/cpulist", "0-1,4-5\n");
    put("/sys/devices/system/node/node1/cpulist", "2-3,6-7\n");
    put("/sys/devices/system/node/node0/distance", "10 21\n");
    put("/sys/devices/system/node/node1/distance", "32 10\n");
}

static void nothing_is_known(void **unused)
{
    (void)unused;
    allow(0, 8);
    read_state();
    assert_int_equal(state.packages + state.cores + state.cores_allowed, 0);
    assert_int_equal(state.numa_nodes + state.numa_nodes_allowed, 0);
    assert_string_equal(state.governor, "");
    assert_string_equal(state.clock_source, "");
    assert_string_equal(state.thp, "");
    assert_string_equal(state.hypervisor, "");
    assert_int_equal(state.boost, -1);
    assert_int_equal(state.boost_switch, BOOST_SWITCH_NONE);
    assert_int_equal(state.mixed_cores, -1);
    assert_int_equal(state.numa_balancing, -1);
    assert_int_equal(state.on_battery, -1);
    assert_int_equal(state.thp_of_process, -1);
    assert_int_equal(state.is_virtual, -1);
    assert_int_equal(state.mhz_now + state.mhz_max + state.mhz_base + state.mhz_cap, 0);
    assert_int_equal(state.memory_available_bytes + state.swap_bytes + state.swap_used_bytes, 0);
    assert_true(state.steal < 0 && state.busy < 0 && state.steal_since_boot < 0);
    assert_true(state.kernel[0] != '\0' && state.page_bytes >= 4096);
}

static void garbage_is_unknown(void **unused)
{
    (void)unused;
    allow(0, 8);
    put("/sys/devices/system/cpu/online", "x\n");
    put("/sys/devices/system/cpu/intel_pstate/no_turbo", "\n");
    put("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise never\n");
    put("/proc/meminfo", "MemAvailable: many kB\nSwapTotal:\n");
    put("/proc/stat", "cpu 1 2\ncpu0 1 2 3\ncpux\n\n");
    put("/proc/cpuinfo", "flags\n");
    put("/sys/devices/system/node/online", "-\n");
    read_state();
    assert_int_equal(state.cores, 0);
    assert_int_equal(state.boost, -1);
    assert_string_equal(state.thp, "");
    assert_int_equal(state.memory_available_bytes, 0);
    assert_true(state.steal_since_boot < 0);
    assert_int_equal(state.is_virtual, -1);
    assert_int_equal(state.numa_nodes, 0);
    /* What begins like a list is one up to there. */
    put("/sys/devices/system/cpu/online", "0-1,3-2,\n");
    read_state();
    assert_int_equal(state.cores, 0);
}

static void topology(void **unused)
{
    (void)unused;
    static const struct {
        int from, below;
        unsigned cores, outside, nodes, distance;
    } cases[] = {
        {0, 8, 4, 0, 2, 21}, {0, 4, 4, 4, 2, 21}, {4, 8, 4, 4, 2, 21}, {0, 2, 2, 2, 1, 21},
        {3, 5, 2, 2, 2, 21}, {2, 4, 2, 2, 1, 32}, {0, 5, 4, 3, 2, 21},
    };
    put_cpus();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        allow(cases[i].from, cases[i].below);
        read_state();
        assert_int_equal(state.packages, 2);
        assert_int_equal(state.cores, 4);
        assert_int_equal(state.cores_allowed, cases[i].cores);
        assert_int_equal(state.siblings_outside, cases[i].outside);
        assert_int_equal(state.numa_nodes, 2);
        assert_int_equal(state.numa_nodes_allowed, cases[i].nodes);
        assert_int_equal(state.numa_distance, cases[i].distance);
        assert_int_equal(state.mixed_cores, -1);
    }
}

static void kinds_of_core(void **unused)
{
    (void)unused;
    put_cpus();
    for (unsigned cpu = 0; cpu < 8; cpu++)
        put_cpu(cpu, "cpu_capacity", cpu < 4 ? "1024\n" : "446\n");
    allow(0, 8);
    read_state();
    assert_int_equal(state.mixed_cores, 1);
    allow(4, 8);
    read_state();
    assert_int_equal(state.mixed_cores, 0);
    put("/sys/devices/cpu_core/cpus", "0-5\n");
    put("/sys/devices/cpu_atom/cpus", "6-7\n");
    read_state();
    assert_int_equal(state.mixed_cores, 1);
    allow(0, 4);
    read_state();
    assert_int_equal(state.mixed_cores, 0);
}

static void clocks(void **unused)
{
    (void)unused;
    put_cpus();
    allow(2, 4);
    put_cpu(0, "cpufreq/scaling_governor", "userspace\n");
    put_cpu(2, "cpufreq/scaling_governor", "powersave\n");
    put_cpu(3, "cpufreq/scaling_governor", "powersave\n");
    put_cpu(2, "cpufreq/cpuinfo_min_freq", "800000\n");
    put_cpu(2, "cpufreq/cpuinfo_max_freq", "3700000\n");
    put_cpu(2, "cpufreq/scaling_max_freq", "3000000\n");
    put_cpu(2, "cpufreq/scaling_cur_freq", "1200123\n");
    put_cpu(2, "acpi_cppc/nominal_freq", "2600\n");
    put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
    put("/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet \n");
    read_state();
    assert_string_equal(state.governor, "powersave");
    assert_int_equal(state.mhz_min, 800);
    assert_int_equal(state.mhz_max, 3700);
    assert_int_equal(state.mhz_cap, 3000);
    assert_int_equal(state.mhz_now, 1200);
    assert_int_equal(state.mhz_base, 2600);
    assert_int_equal(state.boost, -1);
    assert_string_equal(state.clock_source, "tsc");
    assert_string_equal(state.clock_sources, "tsc hpet");

    put_cpu(3, "cpufreq/scaling_governor", "performance\n");
    put_cpu(2, "cpufreq/base_frequency", "2500000\n");
    put_cpu(2, "cpufreq/boost", "1\n");
    read_state();
    assert_string_equal(state.governor, "powersave, performance");
    assert_int_equal(state.mhz_base, 2500);
    assert_int_equal(state.boost, 1);
    assert_int_equal(state.boost_switch, BOOST_SWITCH_POLICY);
    put("/sys/devices/system/cpu/cpufreq/boost", "0\n");
    read_state();
    assert_int_equal(state.boost, 0);
    assert_int_equal(state.boost_switch, BOOST_SWITCH_ALL);
    put("/sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
    read_state();
    assert_int_equal(state.boost, 1);
    assert_int_equal(state.boost_switch, BOOST_SWITCH_INTEL);
}

static void battery(void **unused)
{
    (void)unused;
    allow(0, 1);
    put("/sys/class/power_supply/BAT0/type", "Battery\n");
    put("/sys/class/power_supply/BAT0/status", "Discharging\n");
    read_state();
    assert_int_equal(state.on_battery, 1);
    put("/sys/class/power_supply/AC/type", "Mains\n");
    put("/sys/class/power_supply/AC/online", "0\n");
    read_state();
    assert_int_equal(state.on_battery, 1);
    put("/sys/class/power_supply/AC/online", "1\n");
    read_state();
    assert_int_equal(state.on_battery, 0);
    put("/sys/class/power_supply/AC/online", "0\n");
    put("/sys/class/power_supply/BAT0/scope", "Device\n"); /* a mouse's */
    read_state();
    assert_int_equal(state.on_battery, -1);
}

static void memory(void **unused)
{
    (void)unused;
    allow(0, 1);
    put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    put("/sys/kernel/mm/transparent_hugepage/defrag",
        "always defer [defer+madvise] madvise never\n");
    put("/proc/self/status", "Name:\tx\nTHP_enabled:\t0\n");
    put("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable:  600 kB\nSwapTotal: 500 kB\n"
                         "SwapFree: 400 kB\nHugePages_Total: 3\nHugepagesize: 2048 kB\n");
    put("/proc/sys/kernel/randomize_va_space", "2\n");
    read_state();
    assert_string_equal(state.thp, "madvise");
    assert_string_equal(state.thp_defrag, "defer+madvise");
    assert_int_equal(state.thp_of_process, 0);
    assert_int_equal(state.memory_available_bytes, 600 * 1024);
    assert_int_equal(state.swap_bytes, 500 * 1024);
    assert_int_equal(state.swap_used_bytes, 100 * 1024);
    assert_int_equal(state.huge_pages, 3);
    assert_int_equal(state.huge_page_bytes, 2 << 20);
    bool is_fixed = (personality(0xffffffff) & ADDR_NO_RANDOMIZE) != 0;
    assert_int_equal(state.aslr, !is_fixed);
    put("/proc/sys/kernel/randomize_va_space", "0\n");
    read_state();
    assert_int_equal(state.aslr, 0);
    /* A group allows less. */
    put("/proc/self/cgroup", "0::/\n");
    put("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put("/sys/fs/cgroup/memory.max", "409600\n");
    put("/sys/fs/cgroup/memory.current", "9600\n");
    read_state();
    assert_int_equal(state.memory_available_bytes, 400000);
}

static void hypervisors(void **unused)
{
    (void)unused;
    static const struct {
        const char *cpuinfo, *vendor, *product, *clocks;
        int is_virtual;
        const char *name;
    } cases[] = {
        {"flags\t\t: fpu hypervisor lm\n", "", "", "tsc kvm-clock\n", 1, "KVM"},
        {"flags\t\t: fpu lm hypervisor\n", "", "", "tsc\n", 1, ""},
        {"flags\t\t: fpu hypervisors lm\n", "", "", "tsc\n", 0, ""},
        {"flags\t\t: fpu lm\n", "Amazon EC2\n", "m5.metal\n", "tsc\n", 0, ""},
        {"flags : hypervisor\n", "Amazon EC2\n", "m5.large\n", "tsc kvm-clock\n", 1, "Amazon EC2"},
        {"flags : hypervisor\n", "Microsoft Corporation\n", "Virtual Machine\n", "", 1, "Hyper-V"},
        {"Features : fp asimd\n", "Amazon EC2\n", "c7g.large\n", "", 1, "Amazon EC2"},
        {"Features : fp asimd\n", "Amazon EC2\n", "c7g.metal\n", "", -1, ""},
        {"Features : fp asimd\n", "QEMU\n", "KVM Virtual Machine\n", "", 1, "KVM"},
        {"Features : fp asimd\n", "", "", "arch_sys_counter\n", -1, ""},
    };
    allow(0, 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        put("/proc/cpuinfo", cases[i].cpuinfo);
        put("/sys/class/dmi/id/sys_vendor", cases[i].vendor);
        put("/sys/class/dmi/id/product_name", cases[i].product);
        put("/sys/devices/system/clocksource/clocksource0/available_clocksource", cases[i].clocks);
        read_state();
        if (state.is_virtual != cases[i].is_virtual || strcmp(state.hypervisor, cases[i].name) != 0)
            fail_msg("case %zu: %d, \"%s\"", i, state.is_virtual, state.hypervisor);
    }
}

static void ticks(void **unused)
{
    (void)unused;
    struct machine_ticks before, after;
    allow(1, 3);
    put("/proc/stat", "cpu  9 9 9 9 9 9 9 9 9 9\n"
                      "cpu0 1000 0 0 0 0 0 0 1000 0 0\n"
                      "cpu1 10 1 2 300 4 5 6 7 8 0\n"
                      "cpu2 20 0 0 600 0 0 0 45 0 0\n"
                      "intr 5 5 5\n");
    assert_true(machine_ticks_read(made_root, &mask, sizeof(mask), &before));
    assert_int_equal(before.busy, 10 + 1 + 2 + 5 + 6 + 20);
    assert_int_equal(before.steal, 52);
    assert_int_equal(before.total, 335 + 665);
    read_state();
    assert_true(state.steal_since_boot == 0.052);
    assert_true(state.steal < 0 && state.busy < 0);

    after = before;
    machine_state_between(&before, &after, &state);
    assert_true(state.steal < 0 && state.busy < 0);
    after.total += 200;
    after.busy += 50;
    after.steal += 10;
    machine_state_between(&before, &after, &state);
    assert_true(state.busy == 0.25 && state.steal == 0.05);
    after.busy = before.busy - 1;
    machine_state_between(&before, &after, &state);
    assert_true(state.busy == 0);

    allow(5, 6);
    assert_false(machine_ticks_read(made_root, &mask, sizeof(mask), &before));
    assert_int_equal(before.total, 0);
}

static void this_machine(void **unused)
{
    (void)unused;
    machine_state_read("", &state);
    assert_true(state.kernel[0] != '\0');
    assert_true(state.cores_allowed <= state.cores);
    assert_true(state.packages <= state.cores || state.cores == 0);
    assert_true(state.numa_nodes_allowed <= state.numa_nodes);
    assert_true(state.swap_used_bytes <= state.swap_bytes);
    assert_true(state.steal_since_boot <= 1);
    machine_state_watch(0.1, &state);
    assert_true(state.busy <= 1 && state.steal <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_known, make_root, remove_root),
        cmocka_unit_test_setup_teardown(garbage_is_unknown, make_root, remove_root),
        cmocka_unit_test_setup_teardown(topology, make_root, remove_root),
        cmocka_unit_test_setup_teardown(kinds_of_core, make_root, remove_root),
        cmocka_unit_test_setup_teardown(clocks, make_root, remove_root),
        cmocka_unit_test_setup_teardown(battery, make_root, remove_root),
        cmocka_unit_test_setup_teardown(memory, make_root, remove_root),
        cmocka_unit_test_setup_teardown(hypervisors, make_root, remove_root),
        cmocka_unit_test_setup_teardown(ticks, make_root, remove_root),
        cmocka_unit_test(this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
