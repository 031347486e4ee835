/* Does a backend work here? Found out by opening it in a worker, so that no driver ever enters this
 * process and a driver that crashes does no harm. */
#ifndef ACCELBENCH_BENCH_PROBE_H
#define ACCELBENCH_BENCH_PROBE_H

#include "bench/options.h"
#include "bench/text.h"
#include "bench/worker.h"

/* Whether --device is BACKEND:N of this one. */
bool device_is_of(const struct options *options, const char *backend);

/* What this backend's open is given: of --device BACKEND:N only the one that is named sees N. */
struct backend_options backend_options(const struct options *options,
                                       const struct backend *backend);

/* Whether --device and --transfer, as they are, may mean the backend. */
bool device_options_concern(const struct options *options, const struct backend *backend);
/* AB_USAGE: they are given, and concern nobody who takes part. */
enum ab_status device_options_refuse(struct ab_error *error);

/* AB_OK and the device, or why not; the list of its devices in either case. */
enum ab_status probe_backend(const struct backend *backend, const struct options *options,
                             struct opening *opening, struct ab_error *error);

/* Looks for the device that --device names among the backends that may have it. Begins with the
 * options, the rest zero. */
struct device_search {
    const struct options *options;
    bool found;
    struct text reasons; /* why a backend does not have it */
};

/* What a backend that has devices said; it counts if --device may mean one of it. */
void device_search_add(struct device_search *search, const struct backend_entry *entry,
                       const struct ab_error *said);
/* AB_NO_DEVICE when one was named and no backend has it. Ends the search. */
enum ab_status device_search_end(struct device_search *search, struct ab_error *error);

#endif
