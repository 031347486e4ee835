/* for each element x[r][c] in the stated order
 *     sum += x[r][c];
 *
 * A kernel sums one piece of the input, elements [first, last) of the matrix, and visits them in
 * the matrix's order: a row, column or tile that the piece cuts is visited as far as it lies there.
 * Techniques `simple` and `interleaved` map a row, a column or a tile to a work-item or group;
 * `chunked` gives each work-item a contiguous range of rows, columns or bands of tiles.
 */

struct piece {
    ulong first, last;          /* elements of the matrix that the piece holds */
    ulong rows, cols;           /* of the whole matrix; neither is 0 */
    ulong tile_rows, tile_cols; /* at most rows and cols */
};

#define GROUP __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
#define PIECE_PARAMETERS                                                                         \
    __global const element *x, ulong first, ulong last, ulong rows, ulong cols, ulong tile_rows, \
        ulong tile_cols, __global total *partials, ulong first_partial
#define PIECE {first, last, rows, cols, tile_rows, tile_cols}

ulong first_row(const struct piece *p)
{
    return p->first / p->cols;
}

ulong end_row(const struct piece *p)
{
    return (p->last + p->cols - 1) / p->cols;
}

/* Columns [begin, end) of a row, as far as the piece holds them, counted from the piece's first
 * element; empty where it holds none. */
ulong2 part_of_row(const struct piece *p, ulong row, ulong begin, ulong end)
{
    const ulong from = max(row * p->cols + begin, p->first);
    const ulong to = min(row * p->cols + end, p->last);
    return (ulong2)(from - p->first, max(from, to) - p->first);
}

/* Element `column` of each row in turn, counted as above: begins at .x, ends before .y. */
ulong2 part_of_column(const struct piece *p, ulong column)
{
    const ulong row = first_row(p);
    const ulong from = row * p->cols + column;
    return (ulong2)((from < p->first ? from + p->cols : from) - p->first, p->last - p->first);
}

/* ---- A row for each work-item ------------------------------------------------------------ */

__kernel GROUP void row_simple(PIECE_PARAMETERS)
{
    __local total shared[GROUP_ITEMS];
    const struct piece p = PIECE;
    const ulong row = first_row(&p) + get_global_id(0);
    total sum = (total)(0);
    if (row < end_row(&p)) {
        const ulong2 part = part_of_row(&p, row, 0, cols);
        for (ulong i = part.x; i < part.y; i++)
            sum = add(sum, TOTAL_OF(x[i]));
    }
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first_partial + get_group_id(0)] = sum;
}

__kernel GROUP void row_interleaved(PIECE_PARAMETERS)
{
    __local total shared[GROUP_ITEMS];
    const struct piece p = PIECE;
    const ulong row = first_row(&p) + get_global_id(0);
    total sum = (total)(0);
    if (row < end_row(&p)) {
        const ulong2 part = part_of_row(&p, row, 0, cols);
        sum = sum_run(x + part.x, part.y - part.x);
    }
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first_partial + get_group_id(0)] = sum;
}

/* ---- A column for each work-item --------------------------------------------------------- */

total sum_column(__global const element *x, ulong2 part, ulong cols)
{
    total a = (total)(0), b = (total)(0), c = (total)(0), d = (total)(0);
    ulong i = part.x;
    for (; i + 3 * cols < part.y; i += 4 * cols) {
        a = add(a, TOTAL_OF(x[i]));
        b = add(b, TOTAL_OF(x[i + cols]));
        c = add(c, TOTAL_OF(x[i + 2 * cols]));
        d = add(d, TOTAL_OF(x[i + 3 * cols]));
    }
    for (; i < part.y; i += cols)
        a = add(a, TOTAL_OF(x[i]));
    return add(add(a, b), add(c, d));
}

__kernel GROUP void column_simple(PIECE_PARAMETERS)
{
    __local total shared[GROUP_ITEMS];
    const struct piece p = PIECE;
    total sum = (total)(0);
    if (get_global_id(0) < cols) {
        const ulong2 part = part_of_column(&p, get_global_id(0));
        for (ulong i = part.x; i < part.y; i += cols)
            sum = add(sum, TOTAL_OF(x[i]));
    }
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first_partial + get_group_id(0)] = sum;
}

__kernel GROUP void column_interleaved(PIECE_PARAMETERS)
{
    __local total shared[GROUP_ITEMS];
    const struct piece p = PIECE;
    total sum = (total)(0);
    if (get_global_id(0) < cols)
        sum = sum_column(x, part_of_column(&p, get_global_id(0)), cols);
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first_partial + get_group_id(0)] = sum;
}

/* ---- A tile for each group, through local memory ----------------------------------------- */

/* Elements of a tile are numbered row by row. The group fetches GROUP_ITEMS * FETCHES of them at a
 * time side by side, then each work-item adds up neighbours out of local memory. */
total sum_tile(__global const element *x, const struct piece *p, ulong tile, __local element *strip,
               uint fetches)
{
    const uint item = get_local_id(0);
    const ulong across = (p->cols + p->tile_cols - 1) / p->tile_cols;
    const ulong row = tile / across * p->tile_rows, column = tile % across * p->tile_cols;
    const ulong height = min(p->tile_rows, p->rows - row);
    const ulong width = min(p->tile_cols, p->cols - column);
    const ulong size = height * width, strip_size = (ulong)GROUP_ITEMS * fetches;
    total sum = (total)(0);
    for (ulong strip_first = 0; strip_first < size; strip_first += strip_size) {
        for (uint fetch = 0; fetch < fetches; fetch++) {
            const uint place = fetch * GROUP_ITEMS + item;
            const ulong number = min(strip_first + place, size - 1);
            const ulong at = (row + number / width) * p->cols + column + number % width;
            const bool held = strip_first + place < size && at >= p->first && at < p->last;
            strip[place] = held ? x[at - p->first] : (element)(0);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint i = 0; i < fetches; i++)
            sum = add(sum, TOTAL_OF(strip[item * fetches + i]));
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    return sum;
}

#define FETCHES 8

__kernel GROUP void tiled_simple(PIECE_PARAMETERS)
{
    __local total shared[GROUP_ITEMS];
    __local element strip[GROUP_ITEMS];
    const struct piece p = PIECE;
    const ulong band = first_row(&p) / tile_rows;
    const ulong across = (cols + tile_cols - 1) / tile_cols;
    total sum = sum_tile(x, &p, band * across + get_group_id(0), strip, 1);
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first_partial + get_group_id(0)] = sum;
}

__kernel GROUP void tiled_interleaved(PIECE_PARAMETERS)
{
    __local total shared[GROUP_ITEMS];
    __local element strip[GROUP_ITEMS * FETCHES];
    const struct piece p = PIECE;
    const ulong band = first_row(&p) / tile_rows;
    const ulong across = (cols + tile_cols - 1) / tile_cols;
    total sum = sum_tile(x, &p, band * across + get_group_id(0), strip, FETCHES);
    sum = sum_group(sum, shared);
    if (get_local_id(0) == 0)
        partials[first_partial + get_group_id(0)] = sum;
}

/* ---- A range of rows, columns or bands for each work-item --------------------------------- */

#define ALONE __attribute__((reqd_work_group_size(1, 1, 1)))

/* This work-item's part of [begin, end). */
ulong2 my_part(ulong begin, ulong end)
{
    const ulong items = get_global_size(0), item = get_global_id(0), count = end - begin;
    const ulong part = count / items, rest = count % items;
    const ulong from = begin + part * item + min(item, rest);
    return (ulong2)(from, from + part + (item < rest ? 1 : 0));
}

__kernel ALONE void row_chunked(PIECE_PARAMETERS)
{
    const struct piece p = PIECE;
    const ulong2 mine = my_part(first_row(&p), end_row(&p));
    total sum = (total)(0);
    for (ulong row = mine.x; row < mine.y; row++) {
        const ulong2 part = part_of_row(&p, row, 0, cols);
        sum = add(sum, sum_run(x + part.x, part.y - part.x));
    }
    partials[first_partial + get_global_id(0)] = sum;
}

__kernel ALONE void column_chunked(PIECE_PARAMETERS)
{
    const struct piece p = PIECE;
    const ulong2 mine = my_part(0, cols);
    total sum = (total)(0);
    for (ulong column = mine.x; column < mine.y; column++)
        sum = add(sum, sum_column(x, part_of_column(&p, column), cols));
    partials[first_partial + get_global_id(0)] = sum;
}

__kernel ALONE void tiled_chunked(PIECE_PARAMETERS)
{
    const struct piece p = PIECE;
    const ulong2 mine =
        my_part(first_row(&p) / tile_rows, (end_row(&p) + tile_rows - 1) / tile_rows);
    total sum = (total)(0);
    for (ulong band = mine.x; band < mine.y; band++) {
        const ulong2 band_rows = (ulong2)(max(band * tile_rows, first_row(&p)),
                                          min((band + 1) * tile_rows, end_row(&p)));
        for (ulong column = 0; column < cols; column += tile_cols) {
            for (ulong row = band_rows.x; row < band_rows.y; row++) {
                const ulong2 part = part_of_row(&p, row, column, min(column + tile_cols, cols));
                sum = add(sum, sum_run(x + part.x, part.y - part.x));
            }
        }
    }
    partials[first_partial + get_global_id(0)] = sum;
}
