/* One technique at work on one problem: from opening its backend to closing it, in this process.
 * Workers run sessions; tests run them with a fake backend and a scripted clock.
 *
 * The session owns the job: it allocates device memory, poisons results before they are written
 * and takes everything down again, in whatever state it is. */
#ifndef ACCELBENCH_BENCH_SESSION_H
#define ACCELBENCH_BENCH_SESSION_H

#include "bench/clock.h"
#include "common/accelbench.h"

/* Phases of a sample. A phase that does not exist has the time NAN: null in JSON, a dash on the
 * screen. e2e is measured on its own and is never a sum of the others. */
enum phase { PHASE_H2D, PHASE_KERNEL, PHASE_D2H, PHASE_E2E, PHASE_COUNT };

struct sample {
    uint64_t iterations;
    double phase_ns[PHASE_COUNT]; /* each per iteration */
    double cpu_ns;                /* the process's CPU time per iteration of e2e */
};

/* How long a sample has to be. */
struct calibration {
    uint64_t iterations; /* of one sample */
    double run_ns;       /* what one of them took */
    /* Device backends: launches of the kernel that a sample's kernel phase has at least. There may
     * be more of them than iterations, which transfer as well. */
    uint64_t kernel_runs;
};

/* The input and its copies. Warm samples read the first; cold ones walk all of them, on and on from
 * one sample and one worker to the next, so that each run finds its copy evicted by the others. */
struct input_copies {
    const struct region *list; /* list[0] is problem->input */
    size_t count;
    size_t *next; /* the one to read next, in memory that workers share; NULL: the session's own */
};

/* What a session is to do; borrowed for as long as the session lives. */
struct assignment {
    const struct backend *backend;
    struct backend_options options;
    const struct clock_source *clock;
    const struct problem *problem;     /* NULL: open the backend only, to see whether it works */
    const struct technique *technique; /* with a problem */
    struct input_copies copies;        /* with a problem */
    double delay; /* lengthens every timed sample by this fraction: a known truth for self-tests */
    uint64_t kernel_runs; /* as a calibration of the same found them; 0: there was none */
    bool cold;            /* device backends: no timed run finds its input in the device's caches */
    bool by_host; /* the kernel phase by the host's clock: with launching it and waiting for it */
};

/* Points into itself: not to be copied. */
struct session {
    const struct backend *backend;
    const struct clock_source *clock;
    struct input_copies copies;
    size_t next_copy; /* where the assignment's copies have no `next` */
    struct job job;
    struct region result;
    void *device_input;
    bool prepared;
    bool warm;    /* has run samples: bench/worker_serve.c */
    double delay; /* the assignment's, as the next two */
    bool cold, by_host;
    bool streamed;        /* the kernel phase transfers, too */
    uint64_t kernel_runs; /* as in struct calibration */
    uint64_t setup_ns;    /* open, allocate, prepare and the first transfer together */
    uint64_t verified_ns; /* what the run of the last session_verify took */
};

/* Opens, allocates, prepares, transfers. On failure the session is closed already. */
enum ab_status session_open(struct session *session, const struct assignment *assignment,
                            struct ab_error *error);

/* One untimed run on a poisoned result, checked: AB_WRONG_RESULT names the difference. The way to
 * prime and to verify. */
enum ab_status session_verify(struct session *session, struct verdict *verdict,
                              struct ab_error *error);

/* So many untimed runs, their results unseen. */
enum ab_status session_prime(struct session *session, uint64_t runs, struct ab_error *error);

/* `iterations` timed runs; the result of the last one is checked as above. */
enum ab_status session_sample(struct session *session, uint64_t iterations, struct sample *sample,
                              struct verdict *verdict, struct ab_error *error);

/* Whether the device ran slower than it could just now: see backend->throttled. */
bool session_throttled(const struct session *session);

/* What computing on a device costs in energy, by the device's own counter: watched over a window in
 * which it idles, and one in which it does nothing but run the kernel. */
struct energy {
    double window_s;      /* of the busy window; 0: not measured */
    double idle_w;        /* power of the idle window */
    double busy_w;        /* of the busy one; the idle power is part of it */
    double joules_per_gb; /* of input, by what the busy power is above the idle one */
    uint64_t runs;        /* in the busy window */
    uint64_t steps;       /* of the counter in the busy window */
};

#define ENERGY_WINDOW_S 5.0 /* a counter goes up every 20 to 100 ms: shorter windows say little */

/* The input is on the device: session_verify has been called. AB_USAGE for windows shorter than
 * ENERGY_WINDOW_S; AB_UNSUPPORTED and the reason where the device does not count its energy.
 * window_s 0: only whether it does. */
enum ab_status session_energy(struct session *session, double window_s, struct energy *energy,
                              struct ab_error *error);

/* How many iterations a sample of a little more than `least_ns` has, by the fastest of several
 * readings: two workers with the same work then have samples of the same length, whatever disturbed
 * one of them. One without more ado where the run that session_verify made before was so long that
 * nothing else can have made it so. This session's samples have the kernel_runs of the calibration
 * from then on. */
enum ab_status session_calibrate(struct session *session, uint64_t least_ns,
                                 struct calibration *calibration, struct ab_error *error);

/* The members of the row's "result" object for the result now in the session. */
enum ab_status session_write_result(const struct session *session, struct json_writer *json,
                                    struct ab_error *error);

void session_close(struct session *session);

#endif
