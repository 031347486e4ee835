/* Does a backend work here? Found out by opening it in a worker, so that no driver ever enters this
 * process and a driver that crashes does no harm. */
#ifndef ACCELBENCH_BENCH_PROBE_H
#define ACCELBENCH_BENCH_PROBE_H

#include "bench/options.h"

/* What backend->open is given. */
struct backend_options backend_options(const struct options *options);

/* AB_OK and the device, or why not. */
enum ab_status probe_backend(const struct backend *backend, const struct options *options,
                             struct device_info *device, struct ab_error *error);

#endif
