/* The stated orders of a traversal: for the loops of cpu/matrix_slice.c and cpu/matrix_tuned.c. */
#ifndef ACCELBENCH_CPU_MATRIX_ORDER_H
#define ACCELBENCH_CPU_MATRIX_ORDER_H

#include "common/matrix.h"
#include "common/parallel.h"

/* Stands in the loop outside the innermost one. An optimiser may exchange loops, or run several
 * steps of the outer one at once, wherever the sum stays the same; then the order that the user
 * asked for would not be the one that is measured. It has to assume that this empty instruction
 * changes memory, so no load may cross it. It costs nothing: no code comes of it. */
#define KEEP_ORDER() __asm__ volatile("" ::: "memory")

static inline uint64_t tiles_in(uint64_t n, uint64_t tile)
{
    return n / tile + (n % tile != 0);
}

static inline struct slice tile_at(uint64_t n, uint64_t tile, uint64_t index)
{
    uint64_t begin = index * tile;
    return (struct slice){begin, tile < n - begin ? begin + tile : n};
}

/* Steps of the outermost loop, which threads divide among them: rows, columns or bands of tiles. */
static inline uint64_t traversal_steps(const struct matrix_params *params)
{
    if (params->rows == 0 || params->cols == 0) /* the other may be any number: count none of it */
        return 0;
    switch (params->order) {
    case ORDER_ROW:
        return params->rows;
    case ORDER_COLUMN:
        return params->cols;
    case ORDER_TILED:
        return tiles_in(params->rows, params->tile_rows);
    }
    return 0;
}

#endif
