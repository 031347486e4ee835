/* The loop of cpu/matrix_tuned_loops.h for elements of 64 bits, included there with
 *     ELEMENT  type of the elements and of their sum
 *     VECTOR   type of a vector of them
 *     NAME     of the function
 */

TARGET static ELEMENT NAME(const ELEMENT *x, uint64_t count)
{
    enum { LANES = VECTOR_BYTES / sizeof(ELEMENT), STEP = 8 * LANES };
    const ELEMENT *end = x + count, *vectors_end = end - count % LANES;
    VECTOR a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
    for (const ELEMENT *steps_end = end - count % STEP; x != steps_end; x += STEP) {
        const VECTOR *v = (const VECTOR *)x;
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

#undef ELEMENT
#undef VECTOR
#undef NAME
