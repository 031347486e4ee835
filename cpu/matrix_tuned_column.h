/* The loop of cpu/matrix_tuned.c down the columns, included there once for each dtype with
 *     ELEMENT  type of the elements
 *     TOTAL    type that sums them up: uint64_t (modulo 2^64) or double
 *     NAME     of the function
 */

/* Column order leaves nothing to vectors: every element lies on a cache line of its own. What is
 * left is to have many lines under way at a time: sums that do not wait for each other. */
static TOTAL NAME(const ELEMENT *x, uint64_t rows, uint64_t cols, struct slice columns)
{
    TOTAL a = 0, b = 0, c = 0, d = 0;
    for (uint64_t column = columns.begin; column < columns.end; column++) {
        const ELEMENT *next = x + column;
        uint64_t left = rows;
        for (; left >= 4; left -= 4, next += 4 * cols) {
            KEEP_ORDER();
            a += (TOTAL)next[0];
            KEEP_ORDER();
            b += (TOTAL)next[cols];
            KEEP_ORDER();
            c += (TOTAL)next[2 * cols];
            KEEP_ORDER();
            d += (TOTAL)next[3 * cols];
        }
        for (; left != 0; left--, next += cols) {
            KEEP_ORDER();
            a += (TOTAL)*next;
        }
    }
    return (a + b) + (c + d);
}

#undef ELEMENT
#undef TOTAL
#undef NAME
