/* What counts as having stood still. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/stall.h"

static void pause_s(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
    while (nanosleep(&time, &time) != 0)
        continue;
}

static void test_what_counts(void **state)
{
    (void)state;
    struct stalls stalls = {0};
    assert_false(stalls_add(&stalls, 0.1, 0));
    assert_false(stalls_add(&stalls, 0.9, 0.01)); /* a busy machine */
    assert_int_equal(stalls.count, 0);
    assert_true(stalls_add(&stalls, 1.5, 0));   /* stopped */
    assert_true(stalls_add(&stalls, 0.1, 600)); /* asleep: the clock of the samples stood still */
    assert_true(stalls_add(&stalls, 2, 3));
    assert_int_equal(stalls.count, 3);
    assert_true(stalls.stopped_s == 3.5);
    assert_true(stalls.suspended_s == 603);
}

/* A child stops this process, and lets it go on. */
static void test_being_stopped(void **state)
{
    (void)state;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        kill(getppid(), SIGSTOP);
        pause_s(1.3);
        kill(getppid(), SIGCONT);
        _exit(0);
    }
    double stood_s = 0;
    stall_begin();
    for (int i = 0; i < 3000 && stood_s == 0; i++) {
        pause_s(0.001);
        stood_s = stall_look();
    }
    waitpid(child, NULL, 0);
    assert_true(stood_s >= 1.2);
    assert_int_equal(stalls_so_far()->count, 1);
    assert_true(stalls_so_far()->stopped_s == stood_s);
    stall_begin();
    assert_true(stall_look() == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_counts),
        cmocka_unit_test(test_being_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
