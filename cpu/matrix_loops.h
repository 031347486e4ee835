/* The loops of cpu/matrix_slice.c, included there once for each dtype with
 *     ELEMENT      type of the elements
 *     TOTAL        type that sums them up: uint64_t (modulo 2^64) or double
 *     LOOP(name)   the name of the function for this type
 * This is the code that one shows on a slide: `accelbench demo` shows it, from "shown as NAME" to
 * "until here".
 */

static TOTAL LOOP(sum)(const ELEMENT *x, uint64_t count)
{
    /* shown as sum */
    TOTAL sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += (TOTAL)x[i];
    return sum;
    /* until here */
}

static TOTAL LOOP(sum_rows)(const ELEMENT *x, uint64_t cols, struct slice rows)
{
    TOTAL sum = 0;
    /* shown as rows */
    for (uint64_t r = rows.begin; r < rows.end; r++) {
        KEEP_ORDER();
        for (uint64_t c = 0; c < cols; c++)
            sum += (TOTAL)x[r * cols + c];
    }
    /* until here */
    return sum;
}

static TOTAL LOOP(sum_columns)(const ELEMENT *x, uint64_t rows, uint64_t cols, struct slice columns)
{
    TOTAL sum = 0;
    /* shown as columns */
    for (uint64_t c = columns.begin; c < columns.end; c++) {
        KEEP_ORDER();
        for (uint64_t r = 0; r < rows; r++)
            sum += (TOTAL)x[r * cols + c];
    }
    /* until here */
    return sum;
}

static TOTAL LOOP(sum_tile)(const ELEMENT *x, uint64_t cols, struct slice rows,
                            struct slice columns)
{
    TOTAL sum = 0;
    for (uint64_t r = rows.begin; r < rows.end; r++) {
        KEEP_ORDER();
        for (uint64_t c = columns.begin; c < columns.end; c++)
            sum += (TOTAL)x[r * cols + c];
    }
    return sum;
}

static TOTAL LOOP(sum_bands)(const ELEMENT *x, const struct matrix_params *params,
                             struct slice bands)
{
    TOTAL sum = 0;
    for (uint64_t b = bands.begin; b < bands.end; b++) {
        struct slice rows = tile_at(params->rows, params->tile_rows, b);
        for (uint64_t t = 0; t < tiles_in(params->cols, params->tile_cols); t++)
            sum +=
                LOOP(sum_tile)(x, params->cols, rows, tile_at(params->cols, params->tile_cols, t));
    }
    return sum;
}

static TOTAL LOOP(traverse)(const ELEMENT *x, const struct matrix_params *params,
                            struct slice slice)
{
    switch (params->order) {
    case ORDER_ROW:
        return LOOP(sum_rows)(x, params->cols, slice);
    case ORDER_COLUMN:
        return LOOP(sum_columns)(x, params->rows, params->cols, slice);
    case ORDER_TILED:
        return LOOP(sum_bands)(x, params, slice);
    }
    return 0;
}

#undef ELEMENT
#undef TOTAL
#undef LOOP
