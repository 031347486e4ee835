/* Sums of rows for cpu/matrix_tuned.c, included there once for each instruction set with
 *     VECTOR_BYTES  size of its vectors
 *     TARGET        the functions' instruction set; may be empty
 *     LOOP(name)    the name of a function or type for this instruction set
 *     ADD_UPPER     (sums, vector), 32-bit lanes: adds the elements shifted right by 16, with sign
 *
 * Each equals
 *
 *     for (row = 0; row < rows.count; row++)
 *         for (i = 0; i < rows.cols; i++)
 *             sum += x[row * rows.stride + i];
 *
 * Several sums run side by side, because one alone waits for its own last addition.
 */

#define VECTOR_ATTRIBUTES(bytes) __attribute__((vector_size(bytes), aligned(1), may_alias))
typedef int32_t LOOP(i32_vector) VECTOR_ATTRIBUTES(VECTOR_BYTES);
typedef uint32_t LOOP(u32_vector) VECTOR_ATTRIBUTES(VECTOR_BYTES);
typedef uint64_t LOOP(u64_vector) VECTOR_ATTRIBUTES(VECTOR_BYTES);
typedef float LOOP(f32_vector) VECTOR_ATTRIBUTES(VECTOR_BYTES);
typedef float LOOP(f32_half) VECTOR_ATTRIBUTES(VECTOR_BYTES / 2);
typedef double LOOP(f64_vector) VECTOR_ATTRIBUTES(VECTOR_BYTES);
#undef VECTOR_ATTRIBUTES

#define ELEMENT uint64_t /* modulo 2^64 it is the same whether signed or not */
#define VECTOR  LOOP(u64_vector)
#define NAME    LOOP(sum_i64)
#define STEPS   LOOP(steps_i64)
#include "cpu/matrix_tuned_wide.h"

#define ELEMENT double
#define VECTOR  LOOP(f64_vector)
#define NAME    LOOP(sum_f64)
#define STEPS   LOOP(steps_f64)
#include "cpu/matrix_tuned_wide.h"

/* The upper lanes of a sum of 32-bit lanes and the lower ones: with U the sum of all x >> 16, which
 * is exact, the sum of the lower halves is the sum of all x less 2^16 U, modulo 2^32. */
TARGET static uint64_t LOOP(join_i32)(LOOP(u32_vector) sum, LOOP(i32_vector) upper)
{
    LOOP(u32_vector) lower = sum - ((LOOP(u32_vector))upper << 16);
    uint64_t lower_sum = 0;
    int64_t upper_sum = 0;
    for (size_t lane = 0; lane < VECTOR_BYTES / sizeof(uint32_t); lane++) {
        lower_sum += lower[lane];
        upper_sum += upper[lane];
    }
    return lower_sum + ((uint64_t)upper_sum << 16);
}

/* One load is faster than two where loads are the bottleneck. Far from the core they are not, and
 * there the shorter loop is: 17.5 GB/s against 14 on an Intel Xeon, in which a vector is an operand
 * of both instructions and in no register. */
TARGET FETCH_INLINE void LOOP(add_i32)(const LOOP(i32_vector) * x, LOOP(u32_vector) * sums,
                                       LOOP(i32_vector) * uppers, size_t ahead)
{
    LOOP(i32_vector) v = *x;
    if (ahead == 0)
        LOAD_ONCE(v);
    *sums += (LOOP(u32_vector))v;
    if (ahead != 0)
        KEEP_ORDER(); /* the compiler has to load it again */
    *uppers = ADD_UPPER(*uppers, ahead != 0 ? *x : v);
}

/* To widen every element to 64 bits takes several instructions a vector. Instead two sums of 32
 * bits run: of the elements, modulo 2^32, and of their upper halves, with the sign. Both say all
 * there is to know for up to 2^16 elements a lane: the upper sum is exact, and so is the sum of the
 * lower halves, which is below 2^32 and known modulo 2^32. The upper sums are eight because
 * instructions that multiply and add take their time. */
TARGET FETCH_INLINE uint64_t LOOP(steps_i32)(const int32_t *x, struct matrix_rows rows,
                                             size_t ahead)
{
    enum {
        LANES = VECTOR_BYTES / sizeof(int32_t),
        STEP = 8 * LANES,
        STEPS_MOST = 1 << 13 /* eight upper sums are added up to one of 2^16 elements a lane */
    };
    uint64_t sum = 0;
    for (const int32_t *next = x, *end = x + rows.cols; rows.count != 0;) {
        LOOP(u32_vector) even = {0}, odd = {0};
        LOOP(i32_vector) a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
        for (uint64_t left = STEPS_MOST; left != 0;) {
            uint64_t steps = least((uint64_t)(end - next) / STEP, left);
            left -= steps;
            for (; steps != 0; steps--, next += STEP) {
                const LOOP(i32_vector) *v = (const LOOP(i32_vector) *)next;
                fetch_step(next, ahead, STEP * sizeof(*next));
                LOOP(add_i32)(v, &even, &a, ahead);
                LOOP(add_i32)(v + 1, &odd, &b, ahead);
                LOOP(add_i32)(v + 2, &even, &c, ahead);
                LOOP(add_i32)(v + 3, &odd, &d, ahead);
                LOOP(add_i32)(v + 4, &even, &e, ahead);
                LOOP(add_i32)(v + 5, &odd, &f, ahead);
                LOOP(add_i32)(v + 6, &even, &g, ahead);
                LOOP(add_i32)(v + 7, &odd, &h, ahead);
            }
            if (left == 0)
                break;
            left--; /* for less than a step */
            for (; end - next >= LANES; next += LANES)
                LOOP(add_i32)((const LOOP(i32_vector) *)next, &even, &a, ahead);
            for (; next != end; next++)
                sum += (uint64_t)*next;
            KEEP_ORDER();
            if (--rows.count == 0)
                break;
            next = x += rows.stride;
            end = x + rows.cols;
        }
        sum += LOOP(join_i32)(even + odd, ((a + b) + (c + d)) + ((e + f) + (g + h)));
    }
    return sum;
}

TARGET static uint64_t LOOP(sum_i32)(const int32_t *x, struct matrix_rows rows)
{
    return fetch_ahead_of(rows.cols * sizeof(*x)) == 0
               ? LOOP(steps_i32)(x, rows, 0)
               : LOOP(steps_i32)(x, rows, FETCH_AHEAD_BYTES);
}

TARGET static LOOP(f64_vector) LOOP(halves)(LOOP(f32_vector) v)
{
    const LOOP(f32_half) *half = (const LOOP(f32_half) *)&v;
    return __builtin_convertvector(half[0], LOOP(f64_vector)) +
           __builtin_convertvector(half[1], LOOP(f64_vector));
}

/* To convert a vector to double costs as much as several additions. So blocks of F32_STEPS
 * additions to each of eight sums are converted as one vector: an element passes F32_STEPS + 2
 * additions in float, because the first one to a sum of 0 is exact. */
TARGET FETCH_INLINE double LOOP(steps_f32)(const float *x, struct matrix_rows rows, size_t ahead)
{
    enum { LANES = VECTOR_BYTES / sizeof(float), STEP = 8 * LANES };
    LOOP(f64_vector) total = {0};
    double sum = 0;
    for (const float *next = x, *end = x + rows.cols; rows.count != 0;) {
        LOOP(f32_vector) a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
        for (uint64_t left = F32_STEPS; left != 0;) {
            uint64_t steps = least((uint64_t)(end - next) / STEP, left);
            left -= steps;
            for (; steps != 0; steps--, next += STEP) {
                const LOOP(f32_vector) *v = (const LOOP(f32_vector) *)next;
                fetch_step(next, ahead, STEP * sizeof(*next));
                a += v[0];
                b += v[1];
                c += v[2];
                d += v[3];
                e += v[4];
                f += v[5];
                g += v[6];
                h += v[7];
            }
            if (left == 0)
                break;
            for (; end - next >= LANES; next += LANES)
                total += LOOP(halves)(*(const LOOP(f32_vector) *)next);
            for (; next != end; next++)
                sum += (double)*next;
            KEEP_ORDER();
            if (--rows.count == 0)
                break;
            next = x += rows.stride;
            end = x + rows.cols;
        }
        total += LOOP(halves)(((a + b) + (c + d)) + ((e + f) + (g + h)));
    }
    for (size_t lane = 0; lane < VECTOR_BYTES / sizeof(double); lane++)
        sum += total[lane];
    return sum;
}

TARGET static double LOOP(sum_f32)(const float *x, struct matrix_rows rows)
{
    return fetch_ahead_of(rows.cols * sizeof(*x)) == 0
               ? LOOP(steps_f32)(x, rows, 0)
               : LOOP(steps_f32)(x, rows, FETCH_AHEAD_BYTES);
}

#undef VECTOR_BYTES
#undef TARGET
#undef LOOP
