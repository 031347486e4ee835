/* for (i = 0; i < words; i++)
 *     sum += word[i];
 *
 * Words of 8 bytes, the last one filled up with zeros. Compiled behind opencl/matrix.cl with -DI64.
 * Each kernel reads one piece of the input, stores its partial sums from partials[first] on, and
 * adds them to what is there in every pass but the first.
 */

#define GROUP __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))

void store(__global total *partial, uint again, total sum)
{
    *partial = again ? *partial + sum : sum;
}

/* Byte `at` of the input, where it stands in its word. */
total byte_of_word(__global const uchar *x, ulong at)
{
    return (total)x[at] << 8 * (at % 8);
}

/* Where neighbouring work-items share their loads: four loads of 16 bytes under way for each. */
__kernel GROUP void interleaved(__global const ulong2 *x, ulong bytes, __global total *partials,
                                ulong first, uint again)
{
    __local total shared[GROUP_ITEMS];
    const ulong step = get_global_size(0), vectors = bytes / 16;
    total sum = 0;
    ulong i = get_global_id(0);
    for (; i + 3 * step < vectors; i += 4 * step) {
        const ulong2 a = x[i], b = x[i + step];
        const ulong2 c = x[i + 2 * step], d = x[i + 3 * step];
        sum += (a.x + a.y) + (b.x + b.y);
        sum += (c.x + c.y) + (d.x + d.y);
    }
    for (; i < vectors; i += step)
        sum += x[i].x + x[i].y;
    for (i = 16 * vectors + get_global_id(0); i < bytes; i += step)
        sum += byte_of_word((__global const uchar *)x, i);
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        store(partials + first + get_group_id(0), again, sum);
}

/* Where each work-item has a core to itself: contiguous chunks. */
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void
chunked(__global const element *x, ulong bytes, __global total *partials, ulong first, uint again)
{
    const ulong item = get_global_id(0), items = get_global_size(0), words = bytes / 8;
    const ulong lines = (words + 63) / 64, part = (lines + items - 1) / items * 64;
    const ulong begin = min(item * part, words), end = min(begin + part, words);
    total sum = sum_run(x + begin, end - begin);
    for (ulong i = 8 * words + item; i < bytes; i += items)
        sum += byte_of_word((__global const uchar *)x, i);
    store(partials + first + item, again, sum);
}
