/* The commands and the harness's own options as tables: what reads them, what explains them, and
 * what the manual page and the completions of shells are made from. */
#ifndef ACCELBENCH_BENCH_OPTION_TABLE_H
#define ACCELBENCH_BENCH_OPTION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "bench/options.h"

/* What may follow a command's name. */
enum words { WORDS_NONE, WORDS_KERNELS, WORDS_FILES };

struct known_command {
    const char *name;
    enum command command;
    enum words words;
    const char *usage; /* those words, as --help shows them; NULL: none */
    const char *summary;
};

extern const struct known_command known_commands[]; /* ends with name NULL */

enum option_kind {
    OPTION_FLAG,       /* bool */
    OPTION_COMMAND,    /* enum command: the value is `least` */
    OPTION_TEXT,       /* const char *: not empty */
    OPTION_BACKENDS,   /* text: comma-separated names of backends, or all */
    OPTION_TECHNIQUES, /* text: comma-separated names of techniques, or all */
    OPTION_BASELINE,   /* text: the name of a backend, or none */
    OPTION_FILE,       /* appended to files */
    OPTION_COUNT,      /* uint64_t in [least, most] */
    OPTION_SECONDS,    /* double, at least least_s */
    OPTION_CHOICE      /* size_t: index into choices */
};

struct known_option {
    const char *heading; /* begins a group in --help */
    const char *name;
    char letter;         /* also as -h; 0: none */
    const char *metavar; /* NULL: takes no value */
    const char *help;
    enum option_kind kind;
    size_t offset; /* of the target in struct options */
    uint64_t least, most;
    double least_s;
    const char *const *choices; /* ends with NULL */
    unsigned commands;          /* bit 1 << COMMAND_...: where it means something; 0: everywhere */
};

extern const struct known_option known_options[]; /* ends with name NULL */

/* What stands before the name: "--", or "-h, --". */
enum { OPTION_DASHES = 8 };
const char *option_dashes(const struct known_option *option, char dashes[OPTION_DASHES]);

#endif
