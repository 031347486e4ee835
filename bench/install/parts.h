/* The parts of the manual page and of the completions that are made from the program's tables.
 * bench/install/generate.c puts each where a template says @{name}. */
#ifndef ACCELBENCH_BENCH_INSTALL_PARTS_H
#define ACCELBENCH_BENCH_INSTALL_PARTS_H

#include "bench/text.h"

struct part {
    const char *name;
    void (*write)(struct text *);
};

/* Each ends with name NULL. */
extern const struct part manual_parts[], completion_parts[], bash_parts[], zsh_parts[],
    fish_parts[];

#endif
