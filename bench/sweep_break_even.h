/* From which size on one backend beats another, for every kernel of a sweep. */
#ifndef ACCELBENCH_BENCH_SWEEP_BREAK_EVEN_H
#define ACCELBENCH_BENCH_SWEEP_BREAK_EVEN_H

#include "bench/sweep_plan.h"

struct json_writer;

/* The elements of "break_even". `state` is a struct sweep. */
void sweep_break_even_write(const void *state, struct json_writer *json);

#endif
