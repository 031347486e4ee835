/* Lists that grow by one element at a time. */
#ifndef ACCELBENCH_BENCH_GROWTH_H
#define ACCELBENCH_BENCH_GROWTH_H

#include <stdlib.h>

/* Room for one more than `count` elements, by doubling at the powers of two: the caller need not
 * remember how much room there is. NULL: no memory, and `list` is kept as it is. */
static inline void *grown(void *list, size_t count, size_t element_bytes)
{
    if (list != NULL && (count & (count - 1)) != 0)
        return list;
    return reallocarray(list, count == 0 ? 1 : 2 * count, element_bytes);
}

#endif
