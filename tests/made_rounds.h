/* Rounds of two programs on a machine that is made up: how fast they are, and the noise, are known.
 */
#ifndef ACCELBENCH_TESTS_MADE_ROUNDS_H
#define ACCELBENCH_TESTS_MADE_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/comparison.h"
#include "common/random.h"

enum { ROUNDS = 30, ROUNDS_MADE_MAX = 8 * ROUNDS };

/* Times of two alternatives, round by round, in ns. */
struct rounds {
    double base[ROUNDS_MADE_MAX], contender[ROUNDS_MADE_MAX];
};

/* Draws a factor, around 1 or above it. */
typedef double noise_function(struct random_stream *stream);

/* As times on a machine with neighbours: 1 % gaussian, and with a chance of 8 % an exponential
 * delay of 3 % in the mean. */
noise_function machine_noise;
noise_function quiet_noise;
noise_function loud_noise;
/* A ratio of two varies by a tenth. */
noise_function unsteady_noise;
/* Ten times as slow now and then, one alternative at a time. */
noise_function bursts;
/* Pareto with exponent 1: no mean, let alone a variance. */
noise_function endless_tail;

/* `speed`: how many times as fast the contender is. */
void make_rounds(struct rounds *r, size_t rounds, double speed, noise_function *noise,
                 struct random_stream *stream);

/* The first rounds, at the margin of 1 %, as one of so many comparisons. */
struct comparison compare_rounds(const struct rounds *r, size_t rounds, size_t comparisons);

bool excludes_one(struct comparison c);

/* What is found in so many trials. */
struct rates {
    size_t excluded; /* intervals that do not hold 1 */
    size_t found[FINDING_NOT_RESOLVED + 1];
};
struct rates simulate(size_t trials, size_t rounds, double speed, noise_function *noise,
                      uint64_t seed);

#endif
