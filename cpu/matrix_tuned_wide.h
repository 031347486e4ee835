/* The loop of cpu/matrix_tuned_loops.h for elements of 64 bits, included there with
 *     ELEMENT  type of the elements and of their sum
 *     VECTOR   type of a vector of them
 *     NAME     of the function
 *     STEPS    of the function with its steps
 */

TARGET FETCH_INLINE ELEMENT STEPS(const ELEMENT *x, uint64_t count, size_t ahead)
{
    enum { LANES = VECTOR_BYTES / sizeof(ELEMENT), STEP = 8 * LANES };
    const ELEMENT *end = x + count, *vectors_end = end - count % LANES;
    VECTOR a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
    for (const ELEMENT *steps_end = end - count % STEP; x != steps_end; x += STEP) {
        const VECTOR *v = (const VECTOR *)x;
        fetch_step(x, ahead, STEP * sizeof(ELEMENT));
        a += v[0];
        b += v[1];
        c += v[2];
        d += v[3];
        e += v[4];
        f += v[5];
        g += v[6];
        h += v[7];
    }
    for (; x != vectors_end; x += LANES)
        a += *(const VECTOR *)x;
    a = ((a + b) + (c + d)) + ((e + f) + (g + h));
    ELEMENT sum = 0;
    for (size_t lane = 0; lane < LANES; lane++)
        sum += a[lane];
    for (; x != end; x++)
        sum += *x;
    return sum;
}

TARGET static ELEMENT NAME(const ELEMENT *x, uint64_t count)
{
    return fetch_ahead_of(count * sizeof(ELEMENT)) == 0 ? STEPS(x, count, 0)
                                                        : STEPS(x, count, FETCH_AHEAD_BYTES);
}

#undef ELEMENT
#undef VECTOR
#undef NAME
#undef STEPS
