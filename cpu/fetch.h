/* Fetching what a loop over contiguous memory will read, for the fastest loops and the read limit
 * that they are held against.
 *
 * Out of memory a core reads as fast as it has requests under way. The hardware begins them when
 * loads run ahead, which they do by less the more instructions there are to a line. Asked for this
 * far ahead, on an Intel Xeon with AVX-512: 18.4 GB/s against 16.4 for sums of i64, 17.4 against
 * 13.0 for i32; 512 bytes are too few, 2048 no better. Out of the caches near the core it costs up
 * to a fifth instead, so short runs are read without.
 */
#ifndef ACCELBENCH_CPU_FETCH_H
#define ACCELBENCH_CPU_FETCH_H

#include <stddef.h>
#include <stdint.h>

enum { FETCH_LEAST_BYTES = 4 << 20, FETCH_AHEAD_BYTES = 1024, FETCH_LINE_BYTES = 64 };

/* `ahead` is a constant where such a function is called, and so it is inside. */
#define FETCH_INLINE __attribute__((always_inline)) static inline

/* How far ahead to fetch in a run of so many bytes: 0 is not at all. */
static inline size_t fetch_ahead_of(uint64_t run_bytes)
{
    return run_bytes >= FETCH_LEAST_BYTES ? FETCH_AHEAD_BYTES : 0;
}

/* A step of a loop: `step_bytes` at `x` are read next. `ahead` and `step_bytes` are constants where
 * this is inlined. May name memory behind the run: nothing is read by the program. */
static inline void fetch_step(const void *x, size_t ahead, size_t step_bytes)
{
    for (size_t at = 0; ahead != 0 && at < step_bytes; at += FETCH_LINE_BYTES)
        __builtin_prefetch((const char *)x + ahead + at);
}

#endif
