#include "bench/latin_square.h"

#include <stdlib.h>

#include "common/random.h"

bool latin_square_allocate(struct latin_square *square, size_t count)
{
    *square = (struct latin_square){.rows = calloc(3 * count, sizeof(*square->rows))};
    if (square->rows == NULL)
        return false;
    square->columns = square->rows + count;
    square->symbols = square->columns + count;
    square->count = count;
    return true;
}

void latin_square_free(struct latin_square *square)
{
    free(square->rows);
    *square = (struct latin_square){0};
}

/* Fisher and Yates, from the inside out. */
static void shuffle(struct random_stream *luck, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = random_below(luck, (uint32_t)i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

void latin_square_draw(struct latin_square *square, uint64_t seed, size_t block)
{
    struct random_stream luck = random_block(seed, block);
    shuffle(&luck, square->rows, square->count);
    shuffle(&luck, square->columns, square->count);
    shuffle(&luck, square->symbols, square->count);
}

size_t latin_square_at(const struct latin_square *square, size_t round, size_t place)
{
    size_t row = square->rows[round % square->count];
    return square->symbols[(row + square->columns[place]) % square->count];
}
