/* The command line. */
#ifndef ACCELBENCH_BENCH_OPTIONS_H
#define ACCELBENCH_BENCH_OPTIONS_H

#include "common/accelbench.h"

enum command {
    COMMAND_MEASURE,
    COMMAND_LIST,
    COMMAND_DOCTOR,
    COMMAND_LIMITS,
    COMMAND_AA,
    COMMAND_SWEEP,
    COMMAND_REPORT,
    COMMAND_COMPARE,
    COMMAND_DEMO,
    COMMAND_HELP,
    COMMAND_VERSION
};
/* Values of the options that are a choice. */
enum transfer { TRANSFER_PINNED, TRANSFER_PAGEABLE };
enum cache_state { CACHE_WARM, CACHE_COLD };
enum output_format { FORMAT_CONSOLE, FORMAT_JSON, FORMAT_CSV, FORMAT_MARKDOWN };
enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    int argc; /* what these were read from; borrowed */
    char **argv;
    enum command command;
    const struct kernel *kernel; /* measure */
    /* sweep: the kernels named, in the order given; none: all. Owned. */
    const struct kernel **kernels;
    size_t kernel_count;

    struct setting *settings; /* the kernel's own options; owned */
    size_t setting_count;
    const char **files; /* input, or the results to report or compare; owned, names are argv's */
    size_t file_count;

    /* Comma-separated names as given; NULL: the default. Names are checked already. */
    const char *backends;   /* NULL: all that are available */
    const char *techniques; /* NULL: each cell's headline technique */
    const char *baseline;   /* NULL: the best CPU backend of the run; "none" */

    uint64_t threads, rounds, seed;
    uint64_t rounds_most; /* where intervals stay wide; 0: `rounds` */
    bool rounds_given;    /* then exactly so many, unless the time is up */
    const char *device;   /* NULL: the default one */
    double min_time_s;    /* 0: by the clock */
    double max_seconds_s, deadline_s;
    double budget_s; /* 0: none */

    size_t transfer, cache, format, color; /* of the enumerations above */
    bool transfer_given;
    bool both_transfers; /* set by sweeps: device backends from pinned and from pageable memory */
    const char *out;     /* NULL: none */
    const char *html;    /* sweep, report: the page's file; NULL: none */
    const char *fail_on; /* compare: a rule; NULL: none */
    bool result, energy, in_process, quiet;
    bool no_wait; /* demo */

    /* sweep */
    const char *sizes; /* as given; NULL: the default ones */
    bool quick, resume;
};

/* Reads the command line. AB_USAGE names the argument and the remedy. Nothing else is touched: no
 * file is opened. */
enum ab_status options_parse(int argc, char **argv, struct options *options,
                             struct ab_error *error);

void options_free(struct options *options);

/* What all that is measured may take: --max-seconds, or --budget where that is less. */
double options_most_s(const struct options *options);

/* What kernels read of it. Borrows. */
struct settings options_settings(const struct options *options);

/* Whether it is one of the kernel's own, without "--". */
bool kernel_has_option(const struct kernel *kernel, const char *name);

/* Whether a comma-separated list as above holds `name`. */
bool list_contains(const char *list, const char *name);

/* Whether a backend may take part: --backend names it, or none. */
bool options_want_backend(const struct options *options, const char *name);

struct text;

/* The text of --help. */
void options_help(struct text *text);

#endif
