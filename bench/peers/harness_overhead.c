/* What the harness adds to a sample: matrix_sum on serial through a session, as a worker runs it,
 * against a plain loop of calls between two readings of the same clock, turn by turn in one
 * process.
 *
 *   cmake --build --preset release --target harness_overhead && build/release/harness_overhead
 *
 * A line a size: both medians in ns a run, and the median of the turns' ratios. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/session.h"
#include "bench/statistics.h"

enum { TURNS = 301 };
#define LEAST_NS 1000000

static double plain_ns(struct session *session, uint64_t iterations, struct ab_error *error)
{
    enum ab_status (*run)(struct job *, struct ab_error *) = session->job.technique->run;
    const uint64_t begin = wall_ns(&system_clock);
    for (uint64_t i = 0; i < iterations; i++)
        run(&session->job, error);
    return (double)(wall_ns(&system_clock) - begin) / (double)iterations;
}

static enum ab_status compare(struct session *session, const char *size, struct ab_error *error)
{
    static double harness[TURNS], plain[TURNS], ratios[TURNS];
    struct calibration calibration;
    struct sample sample;
    struct verdict verdict;
    enum ab_status status = session_verify(session, &verdict, error);
    if (status == AB_OK)
        status = session_calibrate(session, LEAST_NS, &calibration, error);
    for (size_t turn = 0; turn < TURNS && status == AB_OK; turn++) {
        if (turn % 2 == 0)
            plain[turn] = plain_ns(session, calibration.iterations, error);
        status = session_sample(session, calibration.iterations, &sample, &verdict, error);
        if (turn % 2 == 1)
            plain[turn] = plain_ns(session, calibration.iterations, error);
        harness[turn] = sample.phase_ns[PHASE_E2E];
        ratios[turn] = harness[turn] / plain[turn];
    }
    if (status == AB_OK)
        printf("%8s %12.1f %12.1f %10.4f\n", size, median(harness, TURNS), median(plain, TURNS),
               median(ratios, TURNS));
    return status;
}

static enum ab_status measure(const char *size, struct ab_error *error)
{
    const struct kernel *kernel = find_kernel("matrix_sum");
    const struct backend_entry *entry = find_backend("serial");
    const struct setting list[] = {{"size", size}};
    const struct settings settings = {.list = list, .count = 1, .seed = 42, .threads = 1};
    struct problem problem = {.kernel = kernel};
    struct session session;
    enum ab_status status = kernel->configure(&settings, &problem, error);
    if (status == AB_OK)
        status = kernel->make(&settings, &problem, error);
    if (status == AB_OK)
        status = kernel->expect(&problem, error);
    const struct assignment assignment = {
        .backend = entry->backend,
        .options = {.threads = 1},
        .clock = &system_clock,
        .problem = &problem,
        .technique = find_technique(find_implementation(kernel, entry), "tuned"),
        .copies = {&problem.input, 1, NULL},
    };
    if (status == AB_OK)
        status = session_open(&session, &assignment, error);
    if (status == AB_OK) {
        status = compare(&session, size, error);
        session_close(&session);
    }
    region_free(&problem.input);
    region_free(&problem.expected);
    kernel->destroy(&problem);
    return status;
}

int main(void)
{
    static const char *const sizes[] = {"16Ki", "256Ki", "1Mi", "64Mi"};
    struct ab_error error = {0};
    printf("%8s %12s %12s %10s\n", "bytes", "harness, ns", "plain, ns", "ratio");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (measure(sizes[i], &error) != AB_OK) {
            fprintf(stderr, "harness_overhead: %s\n", error.message);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
