#include "tests/fake_measurement.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

const struct backend_entry fake_host_entry = {"host", &fake_host, ""};
const struct backend_entry fake_device_entry = {"device", &fake_device, ""};

static enum ab_status run_slowly(struct job *job, struct ab_error *error)
{
    fake.now_ns += 50000000;
    return fake_host_technique.run(job, error);
}

const struct technique fake_slow_technique = {.name = "slow", .summary = "", .run = run_slowly};

struct options fake_options(void)
{
    return (struct options){
        .kernel = &fake_kernel,
        .threads = 1,
        .rounds = 5,
        .rounds_given = true,
        .seed = 42,
        .min_time_s = 1e-6,
        .max_seconds_s = 60,
        .deadline_s = 20,
    };
}

void fake_measurement(struct measurement *m, const struct options *options, size_t count)
{
    fake_reset();
    *m = (struct measurement){.options = options,
                              .count = count,
                              .copy_count = 1,
                              .started_s = 1e-9 * (double)wall_ns(&system_clock)};
    fake_problem_make(&m->problem);
    m->copies = calloc(1, sizeof(*m->copies));
    m->alternatives = calloc(count, sizeof(*m->alternatives));
    assert_true(m->copies != NULL && m->alternatives != NULL);
    m->copies[0] = m->problem.input;
}

void fake_alternative(struct measurement *m, size_t index, const struct backend_entry *entry,
                      const struct technique *technique)
{
    m->alternatives[index] = (struct alternative){
        .entry = entry,
        .technique = technique,
        .assignment = {.backend = entry->backend,
                       .clock = &system_clock,
                       .options = {.pinned = true}},
    };
}

void fake_scripted_alternative(struct measurement *m, size_t index,
                               const struct backend_entry *entry, const struct technique *technique)
{
    fake_alternative(m, index, entry, technique);
    m->alternatives[index].assignment.clock = &fake_clock;
}

void fake_measurement_run(struct measurement *m)
{
    struct ab_error error = {0};
    if (measurement_run(m, NULL, &error) != AB_OK)
        fail_msg("%s", error.message);
}

unsigned open_files(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

void assert_nothing_left(unsigned files_before)
{
    assert_int_equal(open_files(), files_before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child, not even a zombie */
}
