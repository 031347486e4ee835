/* Loops that do nothing, 1 us of work, and a sum, for bench/peers/google_overhead; overhead.cc has
 * the same on Google Benchmark. */
#include <stdint.h>
#include <stdlib.h>

#include <accelbench/benchmark.h>

#include "overhead.h"

static void keep_running(struct bm_state *state)
{
    while (bm_keep_running(state))
        ;
}
BENCHMARK(keep_running);

static void loop(struct bm_state *state)
{
    BM_LOOP(state)
    BM_CLOBBER_MEMORY();
}
BENCHMARK(loop);

static void microsecond(struct bm_state *state)
{
    while (bm_keep_running(state))
        work_1us();
}
BENCHMARK(microsecond);

static void sum(struct bm_state *state)
{
    size_t bytes = (size_t)bm_state_arg(state, 0);
    const uint64_t *numbers = make_numbers(bytes);
    if (numbers == NULL)
        bm_state_skip_with_error(state, "no memory");
    while (bm_keep_running(state))
        BM_DO_NOT_OPTIMIZE(sum_numbers(numbers, bytes));
    free((void *)numbers);
}
BENCHMARK(sum, bm_arg(b, 8 << 10); bm_arg(b, 1 << 20); bm_arg(b, 64 << 20));

BENCHMARK_MAIN();
