/* The order of the rounds: random Latin squares, in which each of `count` alternatives stands once
 * in each place of a round over `count` rounds. A cyclic square shuffled in its rows, columns and
 * symbols: left as it is, each alternative would follow the same one in almost every round, and
 * inherit its caches. */
#ifndef ACCELBENCH_BENCH_LATIN_SQUARE_H
#define ACCELBENCH_BENCH_LATIN_SQUARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct latin_square {
    size_t *rows; /* owned, and with it columns and symbols: permutations of 0 to count - 1 */
    size_t *columns, *symbols;
    size_t count;
};

/* False: no memory; free is then allowed. count >= 1. */
bool latin_square_allocate(struct latin_square *square, size_t count);
void latin_square_free(struct latin_square *square);

/* Draws the square for rounds block * count to (block + 1) * count - 1; the same for every run with
 * this seed. */
void latin_square_draw(struct latin_square *square, uint64_t seed, size_t block);

/* Who stands in a place, 0 to count - 1, of a round of the block that was drawn last. */
size_t latin_square_at(const struct latin_square *square, size_t round, size_t place);

#endif
