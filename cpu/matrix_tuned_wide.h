/* The loop of cpu/matrix_tuned_loops.h for elements of 64 bits, included there with
 *     ELEMENT  type of the elements and of their sum
 *     VECTOR   type of a vector of them
 *     NAME     of the function
 *     STEPS    of the function with its steps
 */

TARGET FETCH_INLINE ELEMENT STEPS(const ELEMENT *x, struct matrix_rows rows, size_t ahead)
{
    enum { LANES = VECTOR_BYTES / sizeof(ELEMENT), STEP = 8 * LANES };
    VECTOR a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
    ELEMENT sum = 0;
    for (;; x += rows.stride) {
        const ELEMENT *next = x, *end = x + rows.cols, *vectors_end = end - rows.cols % LANES;
        KEEP_ORDER();
        for (const ELEMENT *steps_end = end - rows.cols % STEP; next != steps_end; next += STEP) {
            const VECTOR *v = (const VECTOR *)next;
            fetch_step(next, ahead, STEP * sizeof(ELEMENT));
            a += v[0];
            b += v[1];
            c += v[2];
            d += v[3];
            e += v[4];
            f += v[5];
            g += v[6];
            h += v[7];
        }
        for (; next != vectors_end; next += LANES)
            a += *(const VECTOR *)next;
        for (; next != end; next++)
            sum += *next;
        if (--rows.count == 0)
            break;
    }
    a = ((a + b) + (c + d)) + ((e + f) + (g + h));
    for (size_t lane = 0; lane < LANES; lane++)
        sum += a[lane];
    return sum;
}

TARGET static ELEMENT NAME(const ELEMENT *x, struct matrix_rows rows)
{
    return fetch_ahead_of(rows.cols * sizeof(ELEMENT)) == 0 ? STEPS(x, rows, 0)
                                                            : STEPS(x, rows, FETCH_AHEAD_BYTES);
}

#undef ELEMENT
#undef VECTOR
#undef NAME
#undef STEPS
