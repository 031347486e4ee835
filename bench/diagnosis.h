/* What would spoil a measurement on this machine: how much it matters, and the remedy. */
#ifndef ACCELBENCH_BENCH_DIAGNOSIS_H
#define ACCELBENCH_BENCH_DIAGNOSIS_H

#include <stddef.h>

#include "bench/build.h"
#include "bench/clock.h"
#include "common/json.h"
#include "common/machine.h"
#include "common/machine_state.h"

enum severity {
    SEVERITY_SERIOUS, /* times are wrong by tens of percent, or mean nothing for other builds */
    SEVERITY_WARNING, /* times vary or are biased by percents */
    SEVERITY_NOTE     /* to know when results are compared with those of others */
};

const char *severity_name(enum severity severity);

enum { DIAGNOSES_MAX = 24 };

struct diagnosis {
    const char *code; /* "governor"; codes never change, scripts rely on them */
    enum severity severity;
    char text[240];   /* what was seen, with its values, and what it does */
    char remedy[160]; /* what to do about it */
    char command[76]; /* the same for a shell; empty where there is no one command */
};

/* Values of environment variables; NULL: not set. */
struct surroundings {
    const char *isa;            /* ACCELBENCH_ISA */
    const char *openmp_wait;    /* OMP_WAIT_POLICY */
    const char *openmp_threads; /* OMP_NUM_THREADS */
};

struct surroundings surroundings_read(void);

/* All that a diagnosis rests on. */
struct examination {
    const struct machine *machine;
    const struct machine_state *state;
    const struct build *build;
    struct surroundings surroundings;
    struct clock_calibration clock; /* overhead_ns 0: not measured */
};

/* Fills the list, the most serious first, and returns their number: at most `most`, which is
 * DIAGNOSES_MAX for all. Depends on the examination only. What is unknown is no finding. */
size_t diagnose(const struct examination *examination, struct diagnosis *list, size_t most);

/* Reads the state of this machine, and diagnoses it and this build. Waits for nothing: how busy
 * the machine is, is known from its load average only. */
size_t diagnose_here(const struct machine *machine, struct clock_calibration clock,
                     struct diagnosis list[DIAGNOSES_MAX]);

/* What others did meanwhile, as bench/other_work.h has it; false: nothing worth a word. */
bool diagnose_other_work(double share, struct diagnosis *diagnosis);

/* The member "warnings": [{code, severity, text, remedy}...]. */
void diagnoses_write_json(const struct diagnosis *list, size_t count, struct json_writer *json);

/* One of them, for arrays that hold warnings of other origin too. */
void diagnosis_write_json(const struct diagnosis *diagnosis, struct json_writer *json);

#endif
