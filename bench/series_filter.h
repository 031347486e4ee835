/* --benchmark_filter on the rows of accelbench: a series is what all rows of one name are. */
#ifndef ACCELBENCH_BENCH_SERIES_FILTER_H
#define ACCELBENCH_BENCH_SERIES_FILTER_H

#include "bench/measure.h"
#include "bench/shim/arena.h"
#include "bench/shim/filter.h"
#include "bench/shim/registry.h"

/* Appends the names of the series that the filter takes, const char * in the arena, in the order in
 * which their rows will come. Opens the backends, to know which can run, and reads input files. */
enum ab_status series_names(const struct options *options, const struct filter *filter,
                            struct arena *arena, struct list *names, struct ab_error *error);

/* Leaves out of a measurement what the filter does not take, and limits that nobody is held against
 * then. False: nothing is left. */
bool series_select(struct measurement *measurement, const struct filter *filter);

#endif
