#include "bench/statistics.h"

#include <math.h>
#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare_doubles);
    size_t middle = count / 2;
    return count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double quantile(double *values, size_t count, double p)
{
    qsort(values, count, sizeof(*values), compare_doubles);
    double rank = ceil(p * (double)count);
    size_t index = rank < 1 ? 0 : (size_t)rank - 1;
    return values[index < count ? index : count - 1];
}

struct moments moments(const double *values, size_t count)
{
    struct moments result = {0};
    for (size_t i = 0; i < count; i++)
        result.mean += values[i] / (double)count;
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - result.mean) * (values[i] - result.mean);
    if (count > 1)
        result.stddev = sqrt(squares / (double)(count - 1));
    return result;
}
