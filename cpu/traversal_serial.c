/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
 */
#include <string.h>

#include "cpu/cpu.h"
#include "cpu/matrix_slice.h"

static enum ab_status run_simple(struct job *job, struct ab_error *error)
{
    (void)error;
    union matrix_total total = traversal_part(job, 0, 1);
    memcpy(job->result->data, &total, sizeof(total));
    return AB_OK;
}

static const struct technique techniques[] = {
    {.name = "simple",
     .summary = "the plain loops in the stated order",
     .relative_error = matrix_part_relative_error,
     .run = run_simple},
    {0},
};

extern const struct implementation traversal_serial;
const struct implementation traversal_serial = {.techniques = techniques};
