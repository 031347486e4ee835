/* A kernel and two backends that are not real: what they do is scripted, what is done to them is
 * logged, and time passes only when they say so. The problem: the sum of 64 bytes. */
#ifndef ACCELBENCH_TESTS_FAKE_H
#define ACCELBENCH_TESTS_FAKE_H

#include "bench/session.h"

/* What the fake device does to the scripted clock. */
enum {
    FAKE_OPEN_NS = 7,
    FAKE_PREPARE_NS = 5,
    FAKE_UPLOAD_NS = 10,
    FAKE_RUN_NS = 100,
    FAKE_DEVICE_CLOCK_NS = 70, /* what the device says of a run */
    FAKE_DOWNLOAD_NS = 1000,
    FAKE_SYNC_NS = 1
};

struct fake {
    char log[8192]; /* the names of the calls, separated by blanks */
    unsigned calls;
    unsigned fail_at; /* the call that fails, counted from 1; 0: none */
    int balance;      /* opens, allocations and preparations that were not taken back */
    uint64_t now_ns;
    uint64_t dear_open_ns;  /* that opening takes beyond FAKE_OPEN_NS */
    uint64_t slow_close_ns; /* that closing takes by the real clock */
    uint64_t device_bytes;  /* of memory that the device says it has */
    enum program_source programs;
    int64_t error_in_result; /* added to every answer */
};

extern struct fake fake;

/* Nothing logged, nothing fails, time 1000. */
void fake_reset(void);

extern const struct clock_source fake_clock;
extern const struct kernel fake_kernel;
extern const struct backend fake_device;           /* with a clock of its own */
extern const struct backend fake_clockless_device; /* without */
extern const struct backend fake_host;
extern const struct technique fake_device_technique;
extern const struct technique fake_streamed_technique; /* with end_to_end */
extern const struct technique fake_host_technique;

/* Ways to go wrong on the host backend, in this order; all but the first need a worker process. */
extern const struct technique fake_bad_techniques[];
enum fake_bad { BAD_WRONG, BAD_LATER_WRONG, BAD_ERROR, BAD_CRASH, BAD_KILLED, BAD_EXIT, BAD_HANG };

/* Input and expected answer. Free with fake_problem_free. */
void fake_problem_make(struct problem *problem);
void fake_problem_free(struct problem *problem);

#endif
