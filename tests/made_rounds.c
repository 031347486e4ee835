#include "tests/made_rounds.h"

#include <math.h>

static double uniform(struct random_stream *stream)
{
    return ((double)random_below(stream, 1u << 31) + 0.5) / (double)(1u << 31);
}

static double gaussian(struct random_stream *stream)
{
    double radius = sqrt(-2 * log(uniform(stream)));
    return radius * cos(2 * acos(-1) * uniform(stream));
}

double machine_noise(struct random_stream *stream)
{
    double delay = uniform(stream) < 0.08 ? -0.03 * log(uniform(stream)) : 0;
    return 1 + 0.01 * gaussian(stream) + delay;
}

double quiet_noise(struct random_stream *stream)
{
    return 1 + 0.002 * gaussian(stream);
}

double loud_noise(struct random_stream *stream)
{
    return exp(0.2 * gaussian(stream));
}

double unsteady_noise(struct random_stream *stream)
{
    return exp(0.07 * gaussian(stream));
}

double bursts(struct random_stream *stream)
{
    return quiet_noise(stream) * (uniform(stream) < 0.08 ? 10 : 1);
}

double endless_tail(struct random_stream *stream)
{
    return 1 + 0.002 / uniform(stream);
}

void make_rounds(struct rounds *r, size_t rounds, double speed, noise_function *noise,
                 struct random_stream *stream)
{
    for (size_t i = 0; i < rounds; i++) {
        r->base[i] = 5e6 * noise(stream);
        r->contender[i] = 5e6 * noise(stream) / speed;
    }
}

struct comparison compare_rounds(const struct rounds *r, size_t rounds, size_t comparisons)
{
    double scratch[ROUNDS_MADE_MAX + 1];
    return compare_paired(r->base, r->contender, rounds, 1, comparisons, AB_MARGIN, scratch);
}

bool excludes_one(struct comparison c)
{
    return c.ci.low > 1 || c.ci.high < 1;
}

struct rates simulate(size_t trials, size_t rounds, double speed, noise_function *noise,
                      uint64_t seed)
{
    struct random_stream stream = {seed};
    struct rates rates = {0};
    for (size_t trial = 0; trial < trials; trial++) {
        struct rounds r;
        make_rounds(&r, rounds, speed, noise, &stream);
        struct comparison c = compare_rounds(&r, rounds, 1);
        rates.excluded += excludes_one(c);
        rates.found[c.finding]++;
    }
    return rates;
}
