/* SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
 * OOPSLA 2014, doi 10.1145/2660193.2660195). Integer arithmetic only, so that every machine makes
 * the same numbers.
 */
#ifndef ACCELBENCH_COMMON_RANDOM_H
#define ACCELBENCH_COMMON_RANDOM_H

#include <stdint.h>

struct random_stream {
    uint64_t state;
};

static inline uint64_t random_next(struct random_stream *stream)
{
    uint64_t z = stream->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* The stream of one block of an input: the same for every thread count and machine. */
static inline struct random_stream random_block(uint64_t seed, uint64_t block)
{
    struct random_stream mixer = {seed};
    struct random_stream stream = {random_next(&mixer) ^ (block * 0xD1342543DE82EF95u)};
    stream.state = random_next(&stream);
    return stream;
}

/* Uniform in [0, bound), bound < 2^32; the bias is below bound / 2^32. */
static inline uint32_t random_below(struct random_stream *stream, uint32_t bound)
{
    return (uint32_t)(((random_next(stream) >> 32) * bound) >> 32);
}

#endif
