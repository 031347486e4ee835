/* What parent and worker say to each other, and what a worker does when asked: for bench/worker.c
 * (the parent's side) and bench/worker_serve.c (the worker's) only. */
#ifndef ACCELBENCH_BENCH_WORKER_PROTOCOL_H
#define ACCELBENCH_BENCH_WORKER_PROTOCOL_H

#include <stdbool.h>
#include <sys/types.h>

#include "bench/worker.h"
#include "common/json.h"

enum request_kind {
    REQUEST_CALIBRATE,
    REQUEST_SAMPLE,
    REQUEST_RESULT,
    REQUEST_ENERGY,
    REQUEST_QUIT
};

struct request {
    enum request_kind kind;
    uint64_t value; /* calibrate: least_ns; sample: iterations; energy: the window in ns */
};

/* Every answer begins with this; a result's text follows. Both ends are one program, so plain
 * structures can travel. */
struct reply {
    struct ab_error error; /* status AB_OK: the rest is good */
    struct opening opening;
    struct timing timing;
    struct calibration calibration;
    struct energy energy;
    size_t text_bytes;
};

/* The work itself, in whichever process: after a fork, or in this one with --in-process. */
enum ab_status serve_open(struct session *session, const struct assignment *assignment,
                          struct opening *opening, struct ab_error *error);
enum ab_status serve_calibrate(struct session *session, uint64_t least_ns,
                               struct calibration *calibration, struct ab_error *error);
enum ab_status serve_sample(struct session *session, uint64_t iterations, struct timing *timing,
                            struct ab_error *error);
enum ab_status serve_result(struct session *session, struct json_writer *json,
                            struct ab_error *error);

/* The whole life of a forked worker; `requests` and `replies` are its ends of the pipes. */
_Noreturn void serve_and_exit(const struct assignment *assignment, uint64_t placement_seed,
                              pid_t parent, int requests, int replies);

/* All the bytes, or false: the other side is gone. */
bool write_all(int file, const void *bytes, size_t length);

#endif
