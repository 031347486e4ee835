/* Where words begin in UTF-8 text on the device, 16 bytes at a time. Nothing from text[end] on is
 * read, and nothing before `begin` but what shares 4 aligned bytes with it. */
#ifndef ACCELBENCH_GPU_WORD_BEGINS_H
#define ACCELBENCH_GPU_WORD_BEGINS_H

#include "gpu/characters.h"

enum { CHUNK = 16 };

#define EACH_BYTE 0x01010101u
#define HIGH_BITS 0x80808080u

/* text[base, base + 16), with blanks for what lies outside [begin, end). */
static __device__ __noinline__ uint4 load_chunk_at_edge(const u8 *text, u64 base, u64 begin,
                                                        u64 end)
{
    unsigned words[4] = {' ' * EACH_BYTE, ' ' * EACH_BYTE, ' ' * EACH_BYTE, ' ' * EACH_BYTE};
    UNROLLED
    for (unsigned i = 0; i < CHUNK; i++)
        if (base + i >= begin && base + i < end) {
            const unsigned shift = 8 * (i % 4);
            words[i / 4] = (words[i / 4] & ~(0xFFu << shift)) | (unsigned)text[base + i] << shift;
        }
    return {words[0], words[1], words[2], words[3]};
}

static __device__ __forceinline__ uint4 load_chunk(const u8 *text, u64 base, u64 begin, u64 end)
{
    return base >= begin && base + CHUNK <= end ? __ldg((const uint4 *)(text + base))
                                                : load_chunk_at_edge(text, base, begin, end);
}

/* The high bit of each of four bytes below 80 that is not below `least`; no sum leaves its byte. A
 * multiply-add by one (blocks have one dimension; the compiler does not know it): sums, shifts and
 * logic share a pipe, which is what marking text would wait for, and multiply-adds have another. */
static __device__ __forceinline__ unsigned not_below(unsigned bytes, unsigned least)
{
    return bytes * blockDim.y + (0x80 - least) * EACH_BYTE;
}

/* The high bit of each of four bytes that is white space by itself; the other bits are anything. A
 * byte is in one of the two ranges when it is not below an odd number of their four ends. */
template <bool UNICODE> static __device__ __forceinline__ unsigned ascii_spaces(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    return (not_below(low, 9) ^ not_below(low, 14) ^ not_below(low, UNICODE ? 28 : 32) ^
            not_below(low, 33)) &
           ~x;
}

/* The same for bytes with which white space outside ASCII begins: C2, E1 to E3. */
static __device__ __forceinline__ unsigned wide_leads(unsigned x)
{
    const unsigned low = x & ~HIGH_BITS;
    return (not_below(low, 0x42) ^ not_below(low, 0x43) ^ not_below(low, 0x61) ^
            not_below(low, 0x64)) &
           x;
}

template <bool UNICODE> static __device__ __forceinline__ uint4 ascii_spaces(const uint4 chunk)
{
    return {ascii_spaces<UNICODE>(chunk.x), ascii_spaces<UNICODE>(chunk.y),
            ascii_spaces<UNICODE>(chunk.z), ascii_spaces<UNICODE>(chunk.w)};
}

static __device__ __forceinline__ uint4 wide_leads(const uint4 chunk)
{
    return {wide_leads(chunk.x), wide_leads(chunk.y), wide_leads(chunk.z), wide_leads(chunk.w)};
}

/* The four bytes before `base`, blanks where that is not behind `begin` or is behind `end`; to be
 * loaded before they are needed. Only the first lane of a warp has a use for them. */
static __device__ __forceinline__ unsigned load_before(const u8 *text, u64 base, u64 begin, u64 end)
{
    return threadIdx.x % WARP == 0 && base > begin && base <= end
               ? __ldg((const unsigned *)(text + base - 4))
               : ' ' * EACH_BYTE;
}

/* What the lane before has; the first one gets `before`, and that becomes what the last one has. */
static __device__ __forceinline__ unsigned from_lane_before(unsigned lane, unsigned value,
                                                            unsigned &before)
{
    const unsigned rotated = __shfl_sync(ALL_LANES, value, (int)(lane - 1));
    const unsigned result = lane == 0 ? before : rotated;
    before = rotated;
    return result;
}

/* The marks of the bytes at which words begin in a chunk with these marks of white space. All lanes
 * of a warp call it, each with the chunk behind that of the lane before it. `before`: the marks of
 * the four bytes before the first lane's chunk, and then those for a chunk behind the last lane's.
 */
static __device__ __forceinline__ uint4 mark_begins(const uint4 spaces, unsigned &before)
{
    const unsigned left = from_lane_before(threadIdx.x % WARP, spaces.w, before);
    return {~spaces.x & __funnelshift_l(left, spaces.x, 8) & HIGH_BITS,
            ~spaces.y & __funnelshift_l(spaces.x, spaces.y, 8) & HIGH_BITS,
            ~spaces.z & __funnelshift_l(spaces.y, spaces.z, 8) & HIGH_BITS,
            ~spaces.w & __funnelshift_l(spaces.z, spaces.w, 8) & HIGH_BITS};
}

/* A bit for each lead in a chunk: 8 times its place in its word, and the word's number. */
static __device__ __forceinline__ unsigned lead_bits(const uint4 chunk)
{
    const uint4 leads = wide_leads(chunk);
    return (leads.x & HIGH_BITS) >> 7 | (leads.y & HIGH_BITS) >> 6 | (leads.z & HIGH_BITS) >> 5 |
           (leads.w & HIGH_BITS) >> 4;
}

/* Does white space outside ASCII begin at text[at]? Perhaps, so near the end. */
static __device__ __forceinline__ bool may_be_wide_space(const u8 *text, u64 at, u64 end)
{
    const u64 aligned = at / 4 * 4;
    if (aligned + 8 > end)
        return true;
    const unsigned *words = (const unsigned *)(text + aligned);
    const unsigned bytes = __funnelshift_r(__ldg(words), __ldg(words + 1), 8 * (unsigned)(at % 4));
    return is_wide_lead(bytes & 0xFF) && begins_wide_space(bytes);
}

/* Does white space outside ASCII begin in the chunks of a warp, WARP chunks apart, or perhaps in
 * `before`, the bytes before them? Most text has none, and most of that with other characters, too:
 * this costs less than marking it. All lanes get the same answer. */
template <unsigned COUNT>
static __device__ __forceinline__ bool has_wide_spaces(const uint4 chunks[COUNT], unsigned before,
                                                       const u8 *text, u64 base, u64 end)
{
    static_assert(COUNT % 2 == 0, "bits for two chunks make a word");
    unsigned high = before;
    UNROLLED
    for (unsigned i = 0; i < COUNT; i++)
        high |= chunks[i].x | chunks[i].y | chunks[i].z | chunks[i].w;
    if (!__any_sync(ALL_LANES, (high & HIGH_BITS) != 0))
        return false;
    bool found = (wide_leads(before) & 0x80808000u) != 0;
    UNROLLED
    for (unsigned i = 0; i < COUNT; i += 2) {
        unsigned leads = lead_bits(chunks[i]) | lead_bits(chunks[i + 1]) << 4;
        for (; leads != 0; leads &= leads - 1) {
            const unsigned bit = (unsigned)__ffs((int)leads) - 1;
            const unsigned chunk = i + bit % 8 / 4, byte = bit % 4 * 4 + bit / 8;
            found |= may_be_wide_space(text, base + chunk * WARP * CHUNK + byte, end);
        }
    }
    return __any_sync(ALL_LANES, found);
}

/* The same of the bytes of one chunk a lane that have a bit in `suspects`, the first one lowest. */
static __device__ __forceinline__ bool has_wide_space_among(unsigned suspects, unsigned before,
                                                            const u8 *text, u64 base, u64 end)
{
    if (!__any_sync(ALL_LANES, suspects != 0 || (before & HIGH_BITS) != 0))
        return false;
    bool found = (wide_leads(before) & 0x80808000u) != 0;
    for (; suspects != 0; suspects &= suspects - 1)
        found |= may_be_wide_space(text, base + (unsigned)__ffs((int)suspects) - 1, end);
    return __any_sync(ALL_LANES, found);
}

/* Marks bytes [at, at + bytes) of the text as far as they lie in the chunk. */
static __device__ __forceinline__ void mark(unsigned spaces[4], u64 base, u64 at, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        const u64 place = at + i - base; /* huge when before the chunk */
        UNROLLED
        for (unsigned w = 0; w < 4; w++) /* no index that is not constant: it stays in registers */
            if (place < CHUNK && place / 4 == w)
                spaces[w] |= 0x80u << 8 * (place % 4);
    }
}

/* The marks of all white space in text[base, base + 16). Rare, and long: kept out of loops. */
static __device__ __noinline__ uint4 all_spaces(const u8 *text, u64 base, u64 begin, u64 end)
{
    const uint4 chunk = load_chunk(text, base, begin, end);
    const uint4 ascii = ascii_spaces<true>(chunk);
    unsigned spaces[4] = {ascii.x, ascii.y, ascii.z, ascii.w};
    for (unsigned leads = lead_bits(chunk); leads != 0; leads &= leads - 1) {
        const unsigned bit = (unsigned)__ffs((int)leads) - 1;
        const u64 at = base + bit % 8 * 4 + bit / 8;
        mark(spaces, base, at, wide_space_at(text, at, end));
    }
    for (u64 back = 1; back <= 2 && base >= begin + back && base - back < end; back++)
        mark(spaces, base, base - back, space_at<true>(text, base - back, end));
    return {spaces[0], spaces[1], spaces[2], spaces[3]};
}

/* mark_begins of these, whatever stands before. */
static __device__ __noinline__ uint4 mark_with_wide_spaces(const u8 *text, u64 base, u64 begin,
                                                           u64 end)
{
    unsigned before =
        base >= end || after_space<true>(text, base, begin, end) ? HIGH_BITS : 0; /* of lane 0 */
    return mark_begins(all_spaces(text, base, begin, end), before);
}

/* 128 for each of them, added to `sum`. */
static __device__ __forceinline__ unsigned add_begins(const uint4 begins, unsigned sum)
{
    sum = __dp4a(begins.x, EACH_BYTE, sum);
    sum = __dp4a(begins.y, EACH_BYTE, sum);
    sum = __dp4a(begins.z, EACH_BYTE, sum);
    return __dp4a(begins.w, EACH_BYTE, sum);
}

/* A bit for each byte's high bit, the first one lowest: each of them counts 128. */
static __device__ __forceinline__ unsigned byte_bits(const uint4 marks)
{
    const unsigned low =
        __dp4a(marks.x & HIGH_BITS, 0x08040201u, __dp4a(marks.y & HIGH_BITS, 0x80402010u, 0u));
    const unsigned high =
        __dp4a(marks.z & HIGH_BITS, 0x08040201u, __dp4a(marks.w & HIGH_BITS, 0x80402010u, 0u));
    return low >> 7 | high << 1;
}

#endif
