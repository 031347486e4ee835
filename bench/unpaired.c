#include "bench/unpaired.h"

#include <math.h>
#include <stdlib.h>

enum { EXACT_MAX = 64, TIMES_MAX = 1000 };

/* Fills p[u] with the probability that exactly u of the a x b pairs are in order, by the recurrence
 * of Mann and Whitney: the greatest of all values belongs to the first sample, and is then above
 * all of the second, or to the second. Only sums of probabilities: nothing cancels. `rows` has room
 * for (b + 1) distributions of a * b + 1 values. */
static const double *mann_whitney(size_t a, size_t b, double *rows)
{
    const size_t width = a * b + 1;
    for (size_t m = 0; m <= b; m++) /* of no values in the first sample: surely none */
        rows[m * width] = 1;
    for (size_t n = 1; n <= a; n++) {
        for (size_t m = 1; m <= b; m++) {
            const double first = (double)n / (double)(n + m);
            double *here = rows + m * width, *beside = here - width;
            for (size_t u = n * m + 1; u-- > 0;) {
                double without_first = u >= m ? here[u - m] : 0;
                here[u] = first * without_first + (1 - first) * beside[u];
            }
        }
    }
    return rows + b * width;
}

static size_t exact_rank(const double *p, double tail, double *below)
{
    size_t k = 0;
    double sum = 0;
    /* What the sums may be off by; a confidence that is met exactly must count as met. */
    static const double rounding = 1e-12;
    while (sum + p[k] <= tail + rounding)
        sum += p[k++];
    *below = sum;
    return k;
}

/* The standard normal quantile of 1 - tail, by bisection. */
static double normal_quantile(double tail)
{
    double low = 0, high = 40;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) / 2 > tail)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static size_t approximate_rank(size_t a, size_t b, double tail)
{
    double n = (double)a, m = (double)b;
    double k = n * m / 2 - normal_quantile(tail) * sqrt(n * m * (n + m + 1) / 12);
    return k < 1 ? 0 : (size_t)floor(k);
}

size_t unpaired_rank(size_t a, size_t b, double confidence, double *achieved,
                     struct ab_error *error)
{
    const double tail = (1 - confidence) / 2;
    *achieved = NAN;
    if (a == 0 || b == 0)
        return 0;
    size_t k = 0;
    double below = tail;
    if (a > EXACT_MAX || b > EXACT_MAX) {
        k = approximate_rank(a, b, tail);
    } else {
        double *rows = calloc((b + 1) * (a * b + 1), sizeof(*rows));
        if (rows == NULL) {
            ab_fail(error, AB_NO_MEMORY, "no memory to compare %zu with %zu times", a, b);
            return 0;
        }
        k = exact_rank(mann_whitney(a, b, rows), tail, &below);
        free(rows);
    }
    if (k > 0)
        *achieved = 1 - 2 * below;
    return k;
}

/* Every so many-th, so that TIMES_MAX at most are left. */
static size_t stride_of(size_t count)
{
    return (count + TIMES_MAX - 1) / TIMES_MAX;
}

static size_t thinned(size_t count)
{
    return count == 0 ? 0 : (count - 1) / stride_of(count) + 1;
}

enum ab_status compare_unpaired(const double *base, size_t base_count, const double *contender,
                                size_t contender_count, size_t comparisons, double margin,
                                struct comparison *comparison, struct ab_error *error)
{
    const size_t a = thinned(base_count), b = thinned(contender_count);
    *comparison = (struct comparison){a < b ? a : b, NAN, {NAN, NAN, NAN}, FINDING_NOT_RESOLVED};
    if (a == 0 || b == 0)
        return AB_OK;
    double *differences = malloc(a * b * sizeof(*differences));
    if (differences == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to compare %zu with %zu times", a, b);
    for (size_t i = 0; i < a; i++)
        for (size_t j = 0; j < b; j++)
            differences[i * b + j] = log(base[i * stride_of(base_count)]) -
                                     log(contender[j * stride_of(contender_count)]);
    comparison->ratio = exp(median(differences, a * b)); /* which sorts them */
    double achieved;
    size_t k = unpaired_rank(a, b, 1 - AB_ERROR_OF_ALL / (double)comparisons, &achieved, error);
    if (k > 0) {
        double low = differences[k - 1], high = differences[a * b - k];
        comparison->ci = (struct interval){exp(low), exp(high), achieved};
        comparison->finding = finding_of(low, high, margin);
    }
    free(differences);
    return error->status;
}
