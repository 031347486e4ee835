/* What a sweep measures: kernels x sizes, each a measurement of all alternatives. */
#ifndef ACCELBENCH_BENCH_SWEEP_PLAN_H
#define ACCELBENCH_BENCH_SWEEP_PLAN_H

#include "bench/measure.h"

struct journal;
struct report_context;

enum cell_state {
    CELL_WAITING,
    CELL_MEASURED,    /* now, or by the run that this one goes on with */
    CELL_CUT_OFF,     /* interrupted in its rounds: those that are done count */
    CELL_FAILED,      /* no input could be made */
    CELL_NOT_REACHED, /* within the budget */
};

/* A kernel at one size. */
struct sweep_cell {
    struct sweep_kernel *kernel;
    uint64_t bytes;           /* as asked for; the input may have a few less */
    char size[24];            /* the same, in digits */
    struct setting *settings; /* owned */
    struct options options;   /* borrows settings */
    struct measurement measurement;
    enum cell_state state;
    struct ab_error error; /* CELL_FAILED: why */
    double make_s;         /* what making the input took */
    double least_s;        /* what that, checks and one round took; 0: not known */
};

struct sweep_kernel {
    const struct kernel *kernel;
    struct setting *settings; /* owned: those of the command line that the kernel has */
    size_t setting_count;
    struct options options;  /* borrows settings */
    struct measurement plan; /* its alternatives are those of all cells */
};

struct sweep {
    const struct options *options;
    const struct report_context *context;
    struct journal *journal;      /* borrowed, as the two above */
    struct sweep_kernel *kernels; /* owned */
    size_t kernel_count;
    uint64_t *sizes; /* owned; ascending */
    size_t size_count;
    struct sweep_cell *cells; /* owned; kernel * size_count + size */
    double budget_s, started_s;
    size_t failures;   /* series that are error rows, and cells that failed */
    bool file_is_ours; /* --out was there, written by the interrupted run that this one goes on with
                        */
};

/* Reads the sizes (a list as --sizes has it; NULL: the default ones), checks that every kernel
 * takes every size and its options, and opens each backend once. Nothing is measured. */
enum ab_status sweep_plan(struct sweep *sweep, const char *sizes, struct ab_error *error);

/* The cells by size, the smallest of all kernels first: what a budget does not reach is large. */
struct sweep_cell *sweep_cell_in_turn(const struct sweep *sweep, size_t turn);

static inline size_t sweep_cell_count(const struct sweep *sweep)
{
    return sweep->kernel_count * sweep->size_count;
}

/* Whether there is something of this cell to report. */
bool cell_has_results(const struct sweep_cell *cell);

void sweep_free(struct sweep *sweep);

#endif
