/* Running, or listing, what the flags select. */
#ifndef ACCELBENCH_BENCH_SHIM_SESSION_H
#define ACCELBENCH_BENCH_SHIM_SESSION_H

#include "bench/shim/flags.h"

struct session_observer {
    bm_report_callback *function; /* NULL: nobody */
    void *data;
};

/* By the flags, in the C locale but for the benchmarks themselves. AB_USAGE: the filter or a
 * benchmark's description is wrong; AB_SYSTEM: something could not be written. *any_failed: there
 * are rows with errors. */
enum ab_status session_run(const char *executable, const struct session_observer *observer,
                           bool *any_failed, struct ab_error *error);

#endif
