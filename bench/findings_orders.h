/* What the order of a traversal does: the same matrix, visited in another order, is a problem of
 * its own, and a run of its own has measured it. */
#ifndef ACCELBENCH_BENCH_FINDINGS_ORDERS_H
#define ACCELBENCH_BENCH_FINDINGS_ORDERS_H

#include "bench/findings.h"

/* Fills the other_order and order_comparison of the lines of all problems, once these are sorted.
 * Times of different runs are compared, so that nothing is paired. AB_NO_MEMORY is the only
 * failure.
 */
enum ab_status compare_orders(struct findings *findings, struct ab_error *error);

#endif
