/* What Google Benchmark's context tells of this machine, without any library. */
#ifndef ACCELBENCH_BENCH_SHIM_CONTEXT_H
#define ACCELBENCH_BENCH_SHIM_CONTEXT_H

#include "bench/shim/arena.h"
#include "bench/shim/report.h"

enum { CONTEXT_CACHES_MAX = 8, CONTEXT_HOST_BYTES = 128 };

/* A context and what its texts point to. */
struct machine_context {
    struct result_context context;
    char date[DATE_BYTES], host_name[CONTEXT_HOST_BYTES];
    struct result_cache caches[CONTEXT_CACHES_MAX];
    double load_average[3];
};

/* `executable` and `custom` are borrowed. */
void machine_context_read(struct machine_context *machine, const char *executable,
                          const struct result_pair *custom, size_t custom_count);

/* What --benchmark_context and bm_add_custom_context have added so far, in the order of keys and in
 * the arena; none without memory. */
const struct result_pair *custom_context_pairs(struct arena *arena, size_t *count);
void custom_context_clear(void);

#endif
