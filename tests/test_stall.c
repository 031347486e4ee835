/* What counts as having stood still. */
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/clock.h"
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

static double now_s(void)
{
    return 1e-9 * (double)wall_ns(&system_clock);
}

struct looks {
    double largest_s, sum_s; /* of what the looks found */
    unsigned found;          /* looks that found something */
    struct stalls all;
};

/* Says that it begins, looks until the other side of `end` is closed, and says what it found. */
static bool look_until(int end, int report)
{
    struct looks looks = {0};
    struct pollfd ended = {.fd = end, .events = POLLIN};
    stall_begin();
    if (write(report, "", 1) != 1)
        return false;
    for (int ready = 0; ready <= 0;) {
        ready = poll(&ended, 1, 1);
        const double gap_s = stall_look();
        looks.largest_s = fmax(looks.largest_s, gap_s);
        looks.sum_s += gap_s;
        looks.found += gap_s > 0;
    }
    looks.all = *stalls_so_far();
    return write(report, &looks, sizeof(looks)) == sizeof(looks);
}

/* A child is stopped, and goes on. Who stops it measures for how long it stood, because a busy
 * machine makes both of them wait, too; the child may find a second of that besides. */
static void test_being_stopped(void **state)
{
    (void)state;
    int end[2] = {-1, -1}, report[2] = {-1, -1}, child_state;
    char begun;
    struct looks looks;
    assert_true(pipe(end) == 0 && pipe(report) == 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(end[1]);
        _exit(look_until(end[0], report[1]) ? 0 : 1);
    }
    close(report[1]);
    assert_int_equal(read(report[0], &begun, 1), 1);
    kill(child, SIGSTOP);
    assert_int_equal(waitpid(child, &child_state, WUNTRACED), child);
    assert_true(WIFSTOPPED(child_state));
    const double stopped_s = now_s();
    pause_s(1.3);
    const double stood_s = now_s() - stopped_s;
    kill(child, SIGCONT);
    close(end[1]);
    assert_int_equal(read(report[0], &looks, sizeof(looks)), sizeof(looks));
    assert_int_equal(waitpid(child, &child_state, 0), child);
    close(end[0]);
    close(report[0]);
    assert_true(stood_s > 1.2);
    assert_true(looks.largest_s > stood_s - 1e-6);
    assert_int_equal(looks.all.count, looks.found);
    assert_true(looks.all.stopped_s == looks.sum_s);
}

/* What lay before a wait is none of its business. */
static void test_before_a_wait(void **state)
{
    (void)state;
    stall_begin();
    pause_s(1.1);
    const double began_s = now_s();
    stall_begin();
    const double found_s = stall_look();
    assert_true(found_s == 0 || now_s() - began_s >= 1); /* on a very busy machine */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_counts),
        cmocka_unit_test(test_being_stopped),
        cmocka_unit_test(test_before_a_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
