/* row:    for each row: for each column                     sum += x[row][column];
 * column: for each column: for each row                     sum += x[row][column];
 * tiled:  for each band: for each tile: for each row: ...   as in common/traversal.c
 */
#include "cpu/matrix_slice.h"
#include "cpu/matrix_tuned.h"

static enum ab_status run(struct job *job, struct ab_error *error)
{
    (void)error;
    matrix_run_part(job, 0, 1);
    matrix_run_finish(job);
    return AB_OK;
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "the stated order, with vectors where it lets them",
     .relative_error = matrix_tuned_relative_error,
     .prepare = traversal_prepare_tuned,
     .run = run,
     .release = matrix_scratch_release},
    {.name = "simple",
     .summary = "the plain loops in the stated order",
     .relative_error = matrix_part_relative_error,
     .prepare = traversal_prepare_simple,
     .run = run,
     .release = matrix_scratch_release},
    {0},
};

extern const struct implementation traversal_serial;
const struct implementation traversal_serial = {.techniques = techniques};
