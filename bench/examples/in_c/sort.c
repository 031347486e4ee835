/* How fast does qsort sort, by size, for three kinds of input? A benchmark in C to copy and to
 * change; bench/benchmarks-in-c.md explains the rest. */
#include <accelbench/benchmark.h>
#include <stdlib.h>
#include <string.h>

enum kind { RANDOM, SORTED, EQUAL };

static void fill(int *numbers, size_t count, enum kind kind)
{
    unsigned state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525 + 1013904223;
        numbers[i] = kind == RANDOM ? (int)(state >> 8) : kind == SORTED ? (int)i : 0;
    }
}

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void sort(struct bm_state *state, enum kind kind)
{
    size_t count = (size_t)bm_state_arg(state, 0), bytes = count * sizeof(int);
    int *original = malloc(bytes), *numbers = malloc(bytes);
    if (original == NULL || numbers == NULL) {
        bm_state_skip_with_error(state, "no memory for the numbers");
        goto cleanup;
    }
    fill(original, count, kind);
    while (bm_keep_running(state)) {
        memcpy(numbers, original, bytes);
        qsort(numbers, count, sizeof(int), compare);
        BM_DO_NOT_OPTIMIZE(numbers);
        BM_CLOBBER_MEMORY();
    }
    bm_state_set_items_processed(state, bm_state_iterations(state) * (int64_t)count);
    bm_state_set_complexity_n(state, (int64_t)count);

cleanup:
    free(numbers);
    free(original);
}
BENCHMARK_CAPTURE(sort, random, (RANDOM), bm_range(b, 64, 1 << 14); bm_arg_name(b, "n");
                  bm_unit(b, BM_MICROSECOND); bm_complexity(b, BM_O_AUTO));
BENCHMARK_CAPTURE(sort, sorted, (SORTED), bm_arg(b, 1 << 14));
BENCHMARK_CAPTURE(sort, equal, (EQUAL), bm_arg(b, 1 << 14));

BENCHMARK_MAIN();
