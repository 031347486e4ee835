/* The options as shells complete them. */
#ifndef ACCELBENCH_BENCH_INSTALL_COMPLETION_H
#define ACCELBENCH_BENCH_INSTALL_COMPLETION_H

#include "bench/install/parts.h"
#include "common/accelbench.h"

enum value_kind { VALUE_NONE, VALUE_ANY, VALUE_FILE, VALUE_ONE, VALUE_LIST };

struct completion {
    const char *name, *help;
    enum value_kind kind; /* VALUE_NONE: takes none */
    bool joined;          /* takes its value behind an equals sign only */
    struct text words;    /* VALUE_ONE, VALUE_LIST: what is offered, between blanks */
};

typedef void write_completion(struct text *, const struct completion *);

void for_common_options(struct text *to, write_completion *write);
void for_own_options(struct text *to, write_completion *write, const struct kernel *kernel);

#endif
