/* Measuring one kernel on one input over all its alternatives: who takes part, in which order, how
 * often, and what came of it. */
#ifndef ACCELBENCH_BENCH_MEASURE_H
#define ACCELBENCH_BENCH_MEASURE_H

#include "bench/comparison.h"
#include "bench/options.h"
#include "bench/worker.h"

/* Below this many rounds a comparison says little; a run that stops earlier says so. */
enum { ROUNDS_MIN = 12 };

/* Most turns that an alternative takes in a round. */
enum { TURNS_MAX = 36 };

/* A technique on a backend that was asked for, or the read limit of such a backend: a slot of every
 * round, or a dash. */
struct alternative {
    const struct backend_entry *entry;
    const struct technique *technique; /* NULL: a dash */
    /* Why there is a dash (AB_NOT_BUILT, AB_NO_DEVICE, AB_UNSUPPORTED) or an error row (anything
     * else); AB_OK: measured. */
    struct ab_error error;
    bool named;                      /* its backend was asked for by name */
    bool only_baseline;              /* not asked for, measured for comparison */
    bool is_limit;                   /* no row of results: what the others are held against */
    const struct alternative *limit; /* of the same backend, or NULL */

    struct device_info device;
    struct calibration calibration;
    struct timing *rounds; /* owned; [round], the first `samples` are set: medians of the turns */
    double *turns_ns;      /* owned; [round * turns + turn]: e2e of each turn */
    struct timing *turns;  /* owned; [turn] of the round that is being measured */
    size_t samples;
    size_t repeated; /* samples measured again, because the program stood still (bench/stall.h) */
    size_t discarded, throttled; /* turns taken anew while the device was throttled; and in vain */
    uint64_t *setup_ns;          /* owned; one for each worker started, by round */
    size_t setups;
    uint64_t stop_ns;     /* the least that ending a worker took; 0: none has ended yet */
    struct energy energy; /* of the kernel, with --energy */
    char *result;         /* owned; JSON object with --result, or NULL */
    struct worker worker; /* one that is dear to start stays over all rounds */
    struct assignment assignment;
};

struct measurement {
    const struct options *options;
    struct problem problem;
    uint64_t input_digest;        /* where the input is from files: tells contents apart */
    struct problem limit_problem; /* to read the input of `problem`; {0} without limits */
    struct region *copies;        /* owned; copies[0] is problem.input and freed with it */
    size_t copy_count;
    size_t *next_copy; /* owned; shared with the workers; NULL where there is one copy */
    struct clock_calibration clock;

    struct alternative *alternatives; /* owned */
    size_t count;
    size_t rounds_planned, rounds_most, rounds_done; /* more are planned where intervals are wide */
    size_t turns;                                    /* of each alternative in a round */
    enum ending {
        ENDED_BY_COUNT,       /* all rounds that were planned, at last */
        ENDED_BY_WIDTH,       /* every interval is narrow enough */
        ENDED_BY_TIME,        /* --max-seconds or --budget */
        ENDED_BY_INTERRUPTION /* or because nobody is left */
    } ended;
    double other_work;      /* share of the CPUs' time that others took meanwhile; -1: unknown */
    double started_s;       /* running_s() of bench/stall.h: begin of the command, for --budget */
    double ends_s;          /* no round begins that would not be over by then, but for the first */
    double renewal_most_ns; /* device's workers that take longer to end and to start stay */
};

/* Called after every slot that was measured: for journals. */
struct measure_observer {
    enum ab_status (*sampled)(void *state, const struct measurement *measurement,
                              size_t alternative, size_t round, struct ab_error *error);
    void *state;
    /* Optional: an alternative has failed; what was measured of it before does not count. */
    enum ab_status (*failed)(void *state, const struct measurement *measurement, size_t alternative,
                             struct ab_error *error);
};

/* Starts the clock of --budget. Decides who takes part and opens every backend once, in a worker,
 * to see whether it works. AB_NO_DEVICE or AB_NOT_BUILT when a backend, device or technique that
 * was named is not available; AB_USAGE also for a variable of the environment. */
enum ab_status measurement_plan(struct measurement *measurement, const struct options *options,
                                struct ab_error *error);

/* The same alternatives as one of the same kernel that was planned and not run: nothing is opened
 * again. Its clock starts. */
enum ab_status measurement_plan_like(struct measurement *measurement,
                                     const struct measurement *planned,
                                     const struct options *options, struct ab_error *error);

/* Makes the input and the expected answer, within the memory that is available. */
enum ab_status measurement_make_input(struct measurement *measurement, struct ab_error *error);

/* All rounds. What goes wrong with one alternative is recorded there; the status is about the
 * whole: AB_INTERRUPTED, or what the observer says. */
enum ab_status measurement_run(struct measurement *measurement,
                               const struct measure_observer *observer, struct ab_error *error);

/* Gives the memory of input and answer back; what was measured, and the input's size, stay. */
void measurement_free_input(struct measurement *measurement);

/* Accepts a measurement in any state after {0}. */
void measurement_free(struct measurement *measurement);

/* As in JSON: "h2d", "kernel", "d2h", "e2e" */
extern const char *const phase_keys[PHASE_COUNT];

/* Neither a dash nor failed so far: has slots in the rounds that come. */
static inline bool alternative_takes_part(const struct alternative *a)
{
    return a->technique != NULL && a->error.status == AB_OK;
}
/* Measured, with at least one round; limits are not. */
bool alternative_measured(const struct alternative *a);
/* Whether any alternative was. */
bool measurement_has_results(const struct measurement *measurement);
/* A dash: it does not exist here, and nobody insisted. */
bool alternative_is_dash(const struct alternative *a);

/* "pinned" or "pageable"; NULL for backends that work in place. */
const char *alternative_transfer(const struct alternative *a);

/* The alternative that speed-ups refer to, or NULL: as asked, or the CPU alternative with the
 * least median. */
const struct alternative *measurement_baseline(const struct measurement *measurement);

/* The times of a phase, one a sample, in ns; owned by the caller. NULL: no memory. */
double *alternative_times(const struct alternative *a, enum phase phase);

/* The median of a phase over the rounds, in ns; NAN where there is none. */
double alternative_median_ns(const struct alternative *a, enum phase phase);

/* All statistics of a phase; n is 0 where there are none, and all else NAN or 0. */
struct summary alternative_summary(const struct alternative *a, enum phase phase);

/* How many times as fast as `base`, over the rounds that both have, so that what they met in a
 * round cancels; one of `comparisons` that are seen together. pairs is 0 and the ratio NAN where
 * either was not measured. */
struct comparison alternative_compare(const struct measurement *measurement,
                                      const struct alternative *a, const struct alternative *base,
                                      size_t comparisons);

/* The same of one phase of `a` against all that `base` takes: by the medians of the rounds, which
 * are all that is kept of phases other than end to end. */
struct comparison alternative_compare_phase(const struct alternative *a, enum phase phase,
                                            const struct alternative *base, size_t comparisons);

/* How many comparisons with a baseline this measurement shows. */
size_t measurement_comparisons(const struct measurement *measurement);

/* The same, as one of all comparisons with a baseline that this measurement shows. */
struct comparison measurement_compare(const struct measurement *measurement,
                                      const struct alternative *a, const struct alternative *base);

/* The speed as a fraction of the read limit of the same backend, 1 being as fast as its input can
 * be read; pairs is 0 where there is no limit, or the input is too small for one. */
struct comparison alternative_against_limit(const struct measurement *measurement,
                                            const struct alternative *a);

/* Whether it has a limit, and an input large enough for that to say something. */
bool alternative_has_limit(const struct measurement *measurement, const struct alternative *a);
/* Of one phase: which fraction of the speed of its limit; NAN where there is none. */
double alternative_limit_fraction(const struct measurement *measurement,
                                  const struct alternative *a, enum phase phase);

#endif
