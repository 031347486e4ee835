/* Statistics of samples. All functions sort a copy or the given array, as said. */
#ifndef ACCELBENCH_BENCH_STATISTICS_H
#define ACCELBENCH_BENCH_STATISTICS_H

#include <stddef.h>

/* Each sorts `values` in place; count >= 1, no NaN. */
double median(double *values, size_t count);
/* The smallest value with at least fraction `p` of the values at or below it (nearest rank). */
double quantile(double *values, size_t count, double p);

struct moments {
    double mean;
    double stddev; /* of the sample, n - 1; 0 for one value */
};

struct moments moments(const double *values, size_t count);

#endif
