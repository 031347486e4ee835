/* A file system of its own for every case: what the kernel would show under /proc and /sys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cgroup.h"
#include "tests/made_files.h"

static void put_v2(const char *path)
{
    char text[256];
    snprintf(text, sizeof(text), "0::%s\n", path);
    put("/proc/self/cgroup", text);
    put("/proc/self/mountinfo", "22 1 0:20 / /proc rw - proc proc rw\n"
                                "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 master:2 - "
                                "cgroup2 cgroup2 rw,nsdelegate\n");
}

static void put_v1(const char *path)
{
    char text[512];
    snprintf(text, sizeof(text), "9:cpuset:/\n8:memory:%s\n4:cpu,cpuacct:%s\n1:name=systemd:/x\n",
             path, path);
    put("/proc/self/cgroup", text);
    put("/proc/self/mountinfo",
        "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
        "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        "36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");
}

static void assert_room(uint64_t expected)
{
    uint64_t room = cgroup_memory_room_bytes(made_root);
    if (room != expected)
        fail_msg("room is %llu, not %llu", (unsigned long long)room, (unsigned long long)expected);
}

static void assert_quota(double expected)
{
    double quota = cgroup_cpu_quota(made_root);
    if (!(quota == expected))
        fail_msg("quota is %g, not %g", quota, expected);
}

static void nothing_there(void **state)
{
    (void)state;
    assert_room(UINT64_MAX);
    assert_quota(0);
    put("/proc/self/cgroup", "");
    put("/proc/self/mountinfo", "garbage\n\n - \n1 2 3 - cgroup2\n1 2 3 / /x rw - cgroup2 x\n");
    assert_room(UINT64_MAX);
    put("/proc/self/cgroup", "nonsense\n0:\n0::/a\n");
    assert_room(UINT64_MAX);
    assert_quota(0);
}

static void v2_without_limits(void **state)
{
    (void)state;
    put_v2("/user.slice");
    assert_room(UINT64_MAX);
    put("/sys/fs/cgroup/user.slice/memory.max", "max\n");
    put("/sys/fs/cgroup/user.slice/memory.high", "max\n");
    put("/sys/fs/cgroup/user.slice/memory.current", "123\n");
    put("/sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
    assert_room(UINT64_MAX);
    assert_quota(0);
}

static void v2_nested(void **state)
{
    (void)state;
    put_v2("/a/b/c");
    put("/sys/fs/cgroup/a/b/c/memory.max", "9000\n");
    put("/sys/fs/cgroup/a/b/c/memory.current", "1000\n");
    put("/sys/fs/cgroup/a/b/c/cpu.max", "400000 100000\n");
    assert_room(8000);
    assert_quota(4);
    put("/sys/fs/cgroup/a/memory.max", "5000\n");
    put("/sys/fs/cgroup/a/memory.current", "4500\n");
    put("/sys/fs/cgroup/a/cpu.max", "75000 50000\n");
    assert_room(500);
    assert_quota(1.5);
    put("/sys/fs/cgroup/a/memory.stat", "anon 2500\nfile 2000\ninactive_file 1500\nslab 9\n");
    assert_room(2000);
    put("/sys/fs/cgroup/a/b/memory.high", "300\n");
    put("/sys/fs/cgroup/a/b/memory.current", "100\n");
    assert_room(200);
    put("/sys/fs/cgroup/a/b/memory.current", "400\n");
    assert_room(0);
    put("/sys/fs/cgroup/a/b/memory.stat", "inactive_file_of_something 1\ninactive_file 999\n");
    assert_room(300);
}

static void v2_in_a_namespace(void **state)
{
    (void)state;
    put("/sys/fs/cgroup/memory.max", "7000\n");
    put("/sys/fs/cgroup/cpu.max", "50000 100000\n");
    static const char *const paths[] = {"/", "/gone/from/here", "/../../elsewhere", "/x/../y"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        put_v2(paths[i]);
        assert_room(7000);
        assert_quota(0.5);
    }
}

/* A container of Docker without a namespace of its own: its folder is bind-mounted. */
static void bind_mounted(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "5:memory:/docker/f00/job\n0::/docker/f00/job\n");
    put("/proc/self/mountinfo",
        "40 30 0:26 /docker/f00 /sys/fs/cgroup/unified ro - cgroup2 none rw\n"
        "41 30 0:27 /docker/f00 /sys/fs/cgroup/my\\040memory ro - cgroup none rw,memory\n");
    put("/sys/fs/cgroup/my memory/memory.limit_in_bytes", "6000\n");
    put("/sys/fs/cgroup/unified/cpu.max", "300000 100000\n");
    assert_room(6000);
    assert_quota(3);
    put("/sys/fs/cgroup/my memory/job/memory.limit_in_bytes", "5000\n");
    put("/sys/fs/cgroup/unified/job/cpu.max", "200000 100000\n");
    assert_room(5000);
    assert_quota(2);
    /* "/docker/f00" is no parent of "/docker/f001". */
    put("/proc/self/cgroup", "5:memory:/docker/f001\n0::/docker/f001\n");
    put("/sys/fs/cgroup/my memory1/memory.limit_in_bytes", "1\n");
    assert_room(6000);
}

/* Of two mounts of one hierarchy the one that shows the process's own group counts. */
static void mounted_twice(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "0::/a/b\n");
    put("/proc/self/mountinfo", "40 30 0:26 /other /mnt/other rw - cgroup2 none rw\n"
                                "41 30 0:26 / /sys/fs/cgroup rw - cgroup2 none rw\n");
    put("/mnt/other/memory.max", "1\n");
    put("/sys/fs/cgroup/a/b/memory.max", "8000\n");
    assert_room(8000);
}

static void v1_nested(void **state)
{
    (void)state;
    put_v1("/jobs/7");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/memory/memory.usage_in_bytes", "4096\n");
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/7/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/7/cpu.cfs_period_us", "100000\n");
    assert_room(9223372036854771712u - 4096);
    assert_quota(0);
    put("/sys/fs/cgroup/memory/jobs/7/tasks", "1\n");
    put("/sys/fs/cgroup/memory/jobs/memory.limit_in_bytes", "10000\n");
    put("/sys/fs/cgroup/memory/jobs/memory.usage_in_bytes", "9000\n");
    put("/sys/fs/cgroup/memory/jobs/memory.stat", "inactive_file 1\ntotal_inactive_file 3000\n");
    assert_room(4000);
    put("/sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes", "2000\n");
    put("/sys/fs/cgroup/memory/jobs/7/memory.usage_in_bytes", "500\n");
    assert_room(1500);
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "250000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n");
    assert_quota(2.5);
}

/* Both versions side by side, as systemd's hybrid layout has them. */
static void hybrid(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "3:memory:/m\n0::/u\n");
    put("/proc/self/mountinfo", "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                                "36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    put("/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "4000\n");
    put("/sys/fs/cgroup/unified/u/cpu.max", "150000 100000\n");
    assert_room(4000);
    assert_quota(1.5);
}

static void nonsense_is_no_limit(void **state)
{
    (void)state;
    put_v2("/a");
    put("/sys/fs/cgroup/a/memory.max", "\n");
    put("/sys/fs/cgroup/a/cpu.max", "100000 0\n");
    assert_room(UINT64_MAX);
    assert_quota(0);
    put("/sys/fs/cgroup/a/memory.max", "99999999999999999999999\n");
    put("/sys/fs/cgroup/a/cpu.max", "100000\n");
    assert_room(UINT64_MAX);
    assert_quota(0);
}

#define IN_ITS_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ITS_ROOT(nothing_there),
        IN_ITS_ROOT(v2_without_limits),
        IN_ITS_ROOT(v2_nested),
        IN_ITS_ROOT(v2_in_a_namespace),
        IN_ITS_ROOT(bind_mounted),
        IN_ITS_ROOT(mounted_twice),
        IN_ITS_ROOT(v1_nested),
        IN_ITS_ROOT(hybrid),
        IN_ITS_ROOT(nonsense_is_no_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
