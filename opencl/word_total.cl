/* Task total: how many words there are, by counting where they start. Compiled behind
 * opencl/word_count.cl with -DLANES=N. */

/* The sum of the values of a group's work-items, for the first one. */
ulong sum_group(ulong mine, __local ulong *shared)
{
    const uint item = get_local_id(0);
    shared[item] = mine;
    for (uint half_size = GROUP_ITEMS / 2; half_size > 0; half_size /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (item < half_size)
            shared[item] += shared[item + half_size];
    }
    return shared[item];
}

__kernel GROUP void finish(__global const ulong *partials, ulong count, __global ulong *result)
{
    __local ulong shared[GROUP_ITEMS];
    ulong sum = 0;
    for (ulong i = get_local_id(0); i < count; i += GROUP_ITEMS)
        sum += partials[i];
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        result[0] = sum;
}

__kernel GROUP void total_simple(TEXT, __global ulong *partials, uint first)
{
    __local ulong shared[GROUP_ITEMS];
    ulong starts = 0;
    for (ulong at = get_global_id(0); at < bytes; at += get_global_size(0))
        starts += starts_word(text, bytes, (uint)at) ? 1 : 0;
    starts = sum_group(starts, shared);
    if (get_local_id(0) == 0)
        partials[first + get_group_id(0)] = starts;
}

/* The bytes that are looked at together, -DLANES=16 or 64: what a work-item of a GPU loads at once,
 * or what the widest vectors of a CPU hold, for which the language itself has no type. */
#if LANES == 64 && defined(__clang__)
#pragma clang diagnostic ignored "-Wunknown-warning-option"
#pragma clang diagnostic ignored "-Wpsabi" /* nothing is called that was compiled elsewhere */
typedef uchar lanes __attribute__((ext_vector_type(64)));
typedef char truths __attribute__((ext_vector_type(64)));
typedef lanes lanes_anywhere __attribute__((aligned(1)));
#define LOAD_LANES(text) (*(__global const lanes_anywhere *)(text))
#else
#undef LANES
#define LANES            16
typedef uchar16 lanes;
typedef char16 truths;
#define LOAD_LANES(text) vload16(0, text)
#endif

/* -1 where a word starts in text[at, at + LANES), as far as ASCII decides; at > 0. */
truths starts(__global const uchar *text, uint at)
{
    return ~SPACES(lanes, LOAD_LANES(text + at)) & SPACES(lanes, LOAD_LANES(text + at - 1));
}

bool any_set(truths t)
{
    const ulong *words = (const ulong *)&t;
    ulong set = 0;
    for (uint i = 0; i < LANES / 8; i++)
        set |= words[i];
    return set != 0;
}

/* The sum of the lanes, 0 to 127 each. */
ulong sum_lanes(truths counts)
{
    const ulong *words = (const ulong *)&counts;
    ulong sum = 0;
    for (uint i = 0; i < LANES / 8; i++) {
        const ulong pairs =
            (words[i] & 0x00FF00FF00FF00FFUL) + (words[i] >> 8 & 0x00FF00FF00FF00FFUL);
        sum += pairs * 0x0001000100010001UL >> 48;
    }
    return sum;
}

/* -1 where white space beyond ASCII begins, and at few other bytes: what three bytes code begins
 * with E1 to E3, and ends with none from 8B to 9E, as quotation marks and dashes do. */
truths leads(__global const uchar *text, uint at)
{
#if defined(UNICODE)
    const lanes v = LOAD_LANES(text + at), third = LOAD_LANES(text + at + 2);
    return (v == (lanes)0xC2) |
           ((v - (uchar)0xE1 < (lanes)3) & (third - (uchar)0x8B > (lanes)(0x9E - 0x8B)));
#else
    return (truths)0;
#endif
}

/* -1 where white space beyond ASCII begins in text[at, at + LANES). */
truths spaces_beyond(__global const uchar *text, uint at)
{
    const lanes v = LOAD_LANES(text + at), second = LOAD_LANES(text + at + 1),
                third = LOAD_LANES(text + at + 2);
    const truths after_e2 =
        ((second == (lanes)0x80) & ((third - (uchar)0x80 < (lanes)11) | (third == (lanes)0xA8) |
                                    (third == (lanes)0xA9) | (third == (lanes)0xAF))) |
        ((second == (lanes)0x81) & (third == (lanes)0x9F));
    return ((v == (lanes)0xC2) & ((second == (lanes)0x85) | (second == (lanes)0xA0))) |
           ((v == (lanes)0xE1) & (second == (lanes)0x9A) & (third == (lanes)0x80)) |
           ((v == (lanes)0xE2) & after_e2) |
           ((v == (lanes)0xE3) & (second == (lanes)0x80) & (third == (lanes)0x80));
}

/* Whether white space beyond ASCII lies in text[at - 1, at + LANES); two bytes more can be read,
 * and at > 0. */
bool needs_care(TEXT, uint at)
{
    return (any_set(leads(text, at)) && any_set(spaces_beyond(text, at))) ||
           (!is_plain(text[at - 1]) && in_space(text, bytes, at - 1));
}

ulong count_slowly(TEXT, uint begin, uint end)
{
    ulong found = 0;
    for (uint at = begin; at < end; at++)
        found += starts_word(text, bytes, at) ? 1 : 0;
    return found;
}

__kernel GROUP void total_interleaved(TEXT, __global ulong *partials, uint first)
{
    __local ulong shared[GROUP_ITEMS];
    ulong found = 0;
    for (ulong block = get_global_id(0); LANES * block < bytes; block += get_global_size(0)) {
        const uint at = (uint)(LANES * block);
        if (at == 0 || bytes - at < LANES + 2 || needs_care(text, bytes, at))
            found += count_slowly(text, bytes, at, at + min((uint)LANES, bytes - at));
        else
            found += sum_lanes(-starts(text, at));
    }
    found = sum_group(found, shared);
    if (get_local_id(0) == 0)
        partials[first + get_group_id(0)] = found;
}

/* The same as count_slowly, for begin > 0: by blocks, whose starts are counted in lanes for as long
 * as none can overflow. */
ulong count_quickly(TEXT, uint begin, uint end)
{
    const uint last =
        bytes < LANES + 2 ? 0 : min(end, bytes - 2); /* blocks end here at the latest */
    ulong found = 0;
    uint at = begin;
    bool may_reach_here = true; /* white space beyond ASCII, from the block before */
    while (at + (ulong)LANES <= last) {
        truths counts = 0;
        for (uint block = 0; block < 127 && at + (ulong)LANES <= last; block++, at += LANES) {
            const bool may_begin_here = any_set(leads(text, at));
            const bool may_be_here = may_begin_here || may_reach_here;
            may_reach_here = may_begin_here;
            if (may_be_here && needs_care(text, bytes, at))
                found += count_slowly(text, bytes, at, at + LANES);
            else
                counts -= starts(text, at);
        }
        found += sum_lanes(counts);
    }
    return found + count_slowly(text, bytes, at, end);
}

__kernel ALONE void total_chunked(TEXT, __global ulong *partials, uint first)
{
    const uint item = get_global_id(0), items = get_global_size(0);
    const uint part = (uint)(((ulong)bytes + items - 1) / items);
    const uint begin = (uint)min((ulong)item * part, (ulong)bytes);
    const uint end = begin + min(part, bytes - begin);
    const uint careful = begin == 0 ? min(1u, end) : begin;
    partials[first + item] =
        count_slowly(text, bytes, begin, careful) + count_quickly(text, bytes, careful, end);
}
