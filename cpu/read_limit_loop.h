/* The loop of cpu/read_limit.c over whole cache lines, included there once for each instruction set
 * with
 *     VECTOR_BYTES  size of the vectors to load
 *     TARGET        the function's instruction set; may be empty
 *     LOOP(name)    the name of the function or type for this instruction set
 */

typedef uint64_t LOOP(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));

TARGET FETCH_INLINE uint64_t LOOP(steps)(const char *input, uint64_t lines, uint64_t passes,
                                         size_t ahead)
{
    enum { SUMS = 8, STEP_BYTES = SUMS * VECTOR_BYTES };
    const uint64_t bytes = lines * CACHE_LINE_BYTES;
    const char *end = input + bytes, *steps_end = end - bytes % STEP_BYTES;
    LOOP(vector) a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
    for (; passes != 0; passes--) {
        const char *next = input;
        READ_AGAIN();
        for (; next != steps_end; next += STEP_BYTES) {
            const LOOP(vector) *x = (const LOOP(vector) *)next;
            fetch_step(next, ahead, STEP_BYTES);
            a += x[0];
            b += x[1];
            c += x[2];
            d += x[3];
            e += x[4];
            f += x[5];
            g += x[6];
            h += x[7];
        }
        for (; next != end; next += VECTOR_BYTES)
            a += *(const LOOP(vector) *)next;
    }
    uint64_t sum = 0;
    a += b + c + d + e + f + g + h;
    for (size_t lane = 0; lane < VECTOR_BYTES / sizeof(uint64_t); lane++)
        sum += a[lane];
    return sum;
}

TARGET static uint64_t LOOP(read)(const char *input, uint64_t lines, uint64_t passes)
{
    return fetch_ahead_of(lines * CACHE_LINE_BYTES) == 0
               ? LOOP(steps)(input, lines, passes, 0)
               : LOOP(steps)(input, lines, passes, FETCH_AHEAD_BYTES);
}

#undef VECTOR_BYTES
#undef TARGET
#undef LOOP
