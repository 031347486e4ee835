/* Worker processes: a session in a process of its own, so that a crash, a hang or a lack of memory
 * costs that worker's answer and nothing else. Workers inherit the input by fork, ignore SIGINT
 * and die with the parent.
 *
 * The parent asks, the worker answers, one at a time. A worker that dies, or does not answer
 * before its deadline, is AB_WORKER with the reason; it is gone then.
 *
 * With `in_process` the same calls run in this process, for debuggers: nothing protects the caller
 * from a crash, and there is no deadline. */
#ifndef ACCELBENCH_BENCH_WORKER_H
#define ACCELBENCH_BENCH_WORKER_H

#include <sys/types.h>

#include "bench/session.h"

enum {
    /* A new worker on a device runs at least so long before its first sample, and before it is
     * calibrated; any, for so many samples, but not longer than that. */
    DEVICE_SETTLES_NS = 30000000,
    WORKER_WARM_SAMPLES = 4,
    WORKER_WARMS_UP_NS = 20000000
};

struct worker_options {
    uint64_t placement_seed; /* shifts the worker's stack and heap, so that luck becomes noise */
    double deadline_s;       /* for each answer */
    bool in_process;
};

struct worker {
    double deadline_s;
    pid_t pid;              /* 0: none, or in this process */
    int requests, replies;  /* pipes to and from the process */
    struct session session; /* in_process only */
    bool in_process_open;
};

/* What a worker says after opening its session. */
struct opening {
    uint64_t setup_ns;
    struct device_info device;
    struct device_list devices; /* an assignment without a problem: all there are, open or not */
};

struct timing {
    struct sample sample;
    struct verdict verdict;
    unsigned discarded; /* samples taken before this one, while the device was throttled */
    bool throttled;     /* and so was this one: it does not end */
};

/* Starts a worker and waits until its session is open. On failure no worker is left. */
enum ab_status worker_start(struct worker *worker, const struct assignment *assignment,
                            const struct worker_options *options, struct opening *opening,
                            struct ab_error *error);

bool worker_is_open(const struct worker *worker);

/* A verified run, then the iterations that a sample of `least_ns` needs. */
enum ab_status worker_calibrate(struct worker *worker, uint64_t least_ns,
                                struct calibration *calibration, struct ab_error *error);

/* Untimed runs to prime, before the worker's first sample also a verified one; then a timed and
 * verified sample, a few times over where the device is throttled. */
enum ab_status worker_sample(struct worker *worker, uint64_t iterations, struct timing *timing,
                             struct ab_error *error);

/* See session_energy. */
enum ab_status worker_energy(struct worker *worker, double window_s, struct energy *energy,
                             struct ab_error *error);

/* The kernel's answer: the text of a JSON object. `*json` is owned by the caller; free(). */
enum ab_status worker_result(struct worker *worker, char **json, struct ab_error *error);

/* Waits until the worker's CPU clock stands still, so that no runtime spins into the next slot.
 * AB_WORKER, and the worker is gone, when it does not within 10 s. */
enum ab_status worker_wait_idle(struct worker *worker, struct ab_error *error);

/* Ends the worker and waits until it is gone. Accepts one that is gone already. */
void worker_stop(struct worker *worker);

#endif
