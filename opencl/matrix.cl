/* What matrix_sum.cl, traversal.cl and read_limit.cl share: sums of elements. Compiled in front of
 * them, with
 *     -DI32, -DI64, -DF32 or -DF64   the dtype
 *     -DWITHOUT_DOUBLE               the device has no fp64 (f32 only)
 *     -DGROUP_ITEMS=N                work-items of a group; a power of two
 *
 * A total is the sum modulo 2^64 of integers, a double for floating point, or, without fp64, a
 * float and what it lost to rounding (Knuth, The Art of Computer Programming 2, 4.2.2, theorem B).
 */
#if defined(F64) || (defined(F32) && !defined(WITHOUT_DOUBLE))
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

#if defined(I32)
typedef int element;
typedef int4 element4;
typedef ulong total;
typedef ulong16 totals;
#define TOTAL_OF(x)  as_ulong((long)(x))
#define TOTALS_OF(v) as_ulong16(convert_long16(v))
#elif defined(I64)
typedef long element;
typedef long4 element4;
typedef ulong total;
typedef ulong16 totals;
#define TOTAL_OF(x)  as_ulong(x)
#define TOTALS_OF(v) as_ulong16(v)
#elif defined(F64)
typedef double element;
typedef double4 element4;
typedef double total;
typedef double16 totals;
#define TOTAL_OF(x)  (x)
#define TOTALS_OF(v) (v)
#elif !defined(WITHOUT_DOUBLE)
typedef float element;
typedef float4 element4;
typedef double total;
typedef double16 totals;
#define TOTAL_OF(x)  convert_double(x)
#define TOTALS_OF(v) convert_double16(v)
#else
typedef float element;
typedef float4 element4;
typedef float2 total;
#define TOTAL_OF(x) (float2)(x, 0.0f)
#endif

total add(total a, total b)
{
#if defined(F32) && defined(WITHOUT_DOUBLE)
    const float sum = a.x + b.x;
    const float from_b = sum - a.x;
    const float lost = (a.x - (sum - from_b)) + (b.x - from_b);
    return (float2)(sum, a.y + b.y + lost);
#else
    return a + b;
#endif
}

/* The sum of a contiguous run, by one work-item: several vectors at a time, because one sum alone
 * waits for its own last addition. */
#if defined(F32)

/* An element passes BLOCK_STEPS + 1 additions in float: the first one to a 0 is exact. */
#define BLOCK_STEPS 16

total sum_run(__global const element *x, ulong count)
{
    total lanes[16], sum = (total)(0);
    ulong i = 0;
#if defined(WITHOUT_DOUBLE)
    for (uint lane = 0; lane < 16; lane++)
        lanes[lane] = (total)(0);
#else
    totals blocks = 0;
#endif
    while (count - i >= 64) {
        float16 a = 0, b = 0, c = 0, d = 0;
        for (uint step = 0; step < BLOCK_STEPS && count - i >= 64; step++, i += 64) {
            a += vload16(0, x + i);
            b += vload16(0, x + i + 16);
            c += vload16(0, x + i + 32);
            d += vload16(0, x + i + 48);
        }
#if defined(WITHOUT_DOUBLE)
        float block[16];
        vstore16((a + b) + (c + d), 0, block);
        for (uint lane = 0; lane < 16; lane++)
            lanes[lane] = add(lanes[lane], TOTAL_OF(block[lane]));
#else
        blocks += TOTALS_OF((a + b) + (c + d));
#endif
    }
#if !defined(WITHOUT_DOUBLE)
    vstore16(blocks, 0, lanes);
#endif
    for (uint lane = 0; lane < 16; lane++)
        sum = add(sum, lanes[lane]);
    for (; i < count; i++)
        sum = add(sum, TOTAL_OF(x[i]));
    return sum;
}

#else

total sum_run(__global const element *x, ulong count)
{
    totals a = 0, b = 0, c = 0, d = 0;
    ulong i = 0;
    for (; count - i >= 64; i += 64) {
        a += TOTALS_OF(vload16(0, x + i));
        b += TOTALS_OF(vload16(0, x + i + 16));
        c += TOTALS_OF(vload16(0, x + i + 32));
        d += TOTALS_OF(vload16(0, x + i + 48));
    }
    for (; count - i >= 16; i += 16)
        a += TOTALS_OF(vload16(0, x + i));
    a = (a + b) + (c + d);
    total lanes[16], sum = 0;
    vstore16(a, 0, lanes);
    for (uint lane = 0; lane < 16; lane++)
        sum += lanes[lane];
    for (; i < count; i++)
        sum += TOTAL_OF(x[i]);
    return sum;
}

#endif

/* The sum of the values of a group's work-items; only the first work-item's answer counts. Every
 * work-item must come here. */
total sum_group(total mine, __local total *shared)
{
    const uint item = get_local_id(0);
    shared[item] = mine;
    for (uint half_size = GROUP_ITEMS / 2; half_size > 0; half_size /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (item < half_size)
            shared[item] = add(shared[item], shared[item + half_size]);
    }
    return shared[item];
}

/* Adds up all partial sums, with one group: always in the same order. */
__kernel __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1))) void
finish(__global const total *partials, ulong count, __global total *result)
{
    __local total shared[GROUP_ITEMS];
    total sum = (total)(0);
    for (ulong i = get_local_id(0); i < count; i += GROUP_ITEMS)
        sum = add(sum, partials[i]);
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        result[0] = sum;
}
