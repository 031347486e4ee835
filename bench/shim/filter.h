/* --benchmark_filter. */
#ifndef ACCELBENCH_BENCH_SHIM_FILTER_H
#define ACCELBENCH_BENCH_SHIM_FILTER_H

#include <regex.h>
#include <stdbool.h>

#include "common/error.h"

struct filter {
    regex_t expression; /* owned when `compiled` */
    bool compiled, negative;
};

/* A POSIX extended regular expression that is found anywhere in a name; a `-` before it takes the
 * names in which it is not found; empty and "all" take every name. AB_USAGE says what is wrong. */
enum ab_status filter_compile(struct filter *filter, const char *text, struct ab_error *error);
bool filter_takes(const struct filter *filter, const char *name);
void filter_free(struct filter *filter);

#endif
