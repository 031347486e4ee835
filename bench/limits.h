/* accelbench limits: the ceilings of this machine, measured.
 *
 * Read bandwidth of one core and of all threads, out of each cache and out of memory; how long it
 * takes to start all threads and to wait for them; what the clock resolves. Each figure is the
 * median of rounds whose workers are forked anew.
 */
#ifndef ACCELBENCH_BENCH_LIMITS_H
#define ACCELBENCH_BENCH_LIMITS_H

#include "bench/clock.h"
#include "bench/limits_device.h"
#include "bench/options.h"
#include "bench/text.h"
#include "common/machine.h"
#include "cpu/isa.h"

enum {
    LIMITS_ROUNDS = 12,
    LIMITS_READS_MAX = 2 * (MACHINE_CACHES_MAX + 1), /* of one core and of all threads */
    LIMITS_FORKS = 2
};

/* One figure. A fork and join is a matrix_sum of one element by all threads. */
struct ceiling {
    char level[16]; /* "L1", "memory"; of a fork and join: the backend */
    uint64_t bytes; /* the working set of all workers together */
    unsigned workers;
    const struct backend_entry *entry;
    const struct technique *technique;
    struct problem problem;
    uint64_t iterations;          /* of one sample */
    double run_ns[LIMITS_ROUNDS]; /* of one run, by round */
    struct ab_error absent;       /* why it cannot be measured here; AB_OK: it was */
};

struct limits {
    const struct options *options; /* borrowed */
    struct machine machine;
    enum cpu_isa isa; /* of the loops that read */
    struct clock_calibration clock;
    struct region input; /* every working set is a beginning of it */
    /* Innermost cache first, memory last; first all of one core, then, where there is more than
     * one thread, the same of all threads. */
    struct ceiling reads[LIMITS_READS_MAX];
    size_t read_count;
    struct ceiling forks[LIMITS_FORKS];
    struct device_limits devices[LIMITS_DEVICES_MAX];
    size_t device_count;
};

/* Measures it all. AB_USAGE when ACCELBENCH_ISA is wrong, AB_NO_DEVICE when --device names one that
 * is not there, AB_INTERRUPTED, or what went wrong with a measurement; nothing is left to free
 * then. */
enum ab_status limits_measure(struct limits *limits, const struct options *options,
                              struct ab_error *error);
void limits_free(struct limits *limits);

/* Medians over the rounds; NAN where it was not measured. */
double ceiling_ns(const struct ceiling *c);
double ceiling_bytes_per_second(const struct ceiling *read);

/* The whole command: measures and writes, on the screen or as JSON, by options->format; there is
 * no csv (AB_USAGE). */
enum ab_status limits_run(const struct options *options, struct text *text, struct ab_error *error);

#endif
