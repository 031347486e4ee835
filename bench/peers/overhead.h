/* Work for both sides of bench/peers/google_overhead, built once, in C. */
#ifndef ACCELBENCH_BENCH_PEERS_OVERHEAD_H
#define ACCELBENCH_BENCH_PEERS_OVERHEAD_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

void work_1us(void); /* about that on a CPU of 3 GHz */
uint64_t sum_numbers(const uint64_t *numbers, size_t bytes);
const uint64_t *make_numbers(size_t bytes); /* page-aligned; free() it; NULL: no memory */

#ifdef __cplusplus
}
#endif

#endif
