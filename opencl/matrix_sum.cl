/* for (i = 0; i < rows * cols; i++)
 *     sum += x[i];
 *
 * Each kernel sums one piece of the input and stores its partial sums from partials[first] on.
 */

#define GROUP __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))

/* Technique simple: neighbouring work-items take neighbouring elements. */
__kernel GROUP void simple(__global const element *x, ulong count, __global total *partials,
                           ulong first)
{
    __local total shared[GROUP_ITEMS];
    total sum = (total)(0);
    for (ulong i = get_global_id(0); i < count; i += get_global_size(0))
        sum = add(sum, TOTAL_OF(x[i]));
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first + get_group_id(0)] = sum;
}

/* Technique tuned where neighbouring work-items share their loads: four loads of four elements
 * under way for each. */
__kernel GROUP void tuned_interleaved(__global const element *x, ulong count,
                                      __global total *partials, ulong first)
{
    __local total shared[GROUP_ITEMS];
    const ulong step = get_global_size(0), vectors = count / 4;
    total sum = (total)(0);
    ulong i = get_global_id(0);
    for (; i + 3 * step < vectors; i += 4 * step) {
#if defined(F32)
        const float4 v = vload4(i, x) + vload4(i + step, x);
        const float4 w = vload4(i + 2 * step, x) + vload4(i + 3 * step, x);
        const float4 both = v + w;
        sum = add(sum, TOTAL_OF(both.x));
        sum = add(sum, TOTAL_OF(both.y));
        sum = add(sum, TOTAL_OF(both.z));
        sum = add(sum, TOTAL_OF(both.w));
#else
        const element4 a = vload4(i, x), b = vload4(i + step, x);
        const element4 c = vload4(i + 2 * step, x), d = vload4(i + 3 * step, x);
        sum += (TOTAL_OF(a.x) + TOTAL_OF(a.y)) + (TOTAL_OF(a.z) + TOTAL_OF(a.w));
        sum += (TOTAL_OF(b.x) + TOTAL_OF(b.y)) + (TOTAL_OF(b.z) + TOTAL_OF(b.w));
        sum += (TOTAL_OF(c.x) + TOTAL_OF(c.y)) + (TOTAL_OF(c.z) + TOTAL_OF(c.w));
        sum += (TOTAL_OF(d.x) + TOTAL_OF(d.y)) + (TOTAL_OF(d.z) + TOTAL_OF(d.w));
#endif
    }
    for (i = 4 * i; i < 4 * vectors; i += 4 * step)
        for (uint lane = 0; lane < 4; lane++)
            sum = add(sum, TOTAL_OF(x[i + lane]));
    for (i = 4 * vectors + get_global_id(0); i < count; i += step)
        sum = add(sum, TOTAL_OF(x[i]));
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first + get_group_id(0)] = sum;
}

/* Technique tuned where each work-item has a core to itself: contiguous chunks, no barriers. */
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void
tuned_chunked(__global const element *x, ulong count, __global total *partials, ulong first)
{
    const ulong item = get_global_id(0), items = get_global_size(0);
    const ulong lines = (count + 63) / 64, part = (lines + items - 1) / items * 64;
    const ulong begin = min(item * part, count), end = min(begin + part, count);
    partials[first + item] = sum_run(x + begin, end - begin);
}
