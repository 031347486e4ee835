/* Making a cell's measurement from the journal: as it was when its rounds had ended. */
#ifndef ACCELBENCH_BENCH_SWEEP_RESTORE_H
#define ACCELBENCH_BENCH_SWEEP_RESTORE_H

#include <jansson.h>

#include "bench/sweep_plan.h"

/* `done` is the cell's last line, `rows` are the lines before it. AB_INPUT says what makes no sense
 * in them; the cell is then waiting still, as far as it matters. */
enum ab_status sweep_restore_cell(struct sweep_cell *cell, const json_t *done, const json_t *rows,
                                  struct ab_error *error);

#endif
