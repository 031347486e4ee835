/* Memory that is freed together: names, texts and rows of one run of the program. */
#ifndef ACCELBENCH_BENCH_SHIM_ARENA_H
#define ACCELBENCH_BENCH_SHIM_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *blocks; /* owned */
    size_t used, capacity;      /* of the first block */
};

/* Zeroed, aligned for every type; NULL without memory. */
void *arena_allocate(struct arena *arena, size_t bytes);
/* A copy of the text; NULL without memory. */
char *arena_text(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *arena);

#endif
