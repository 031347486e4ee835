/* Which backends work here: what `list` and `doctor` tell about them. */
#ifndef ACCELBENCH_BENCH_AVAILABILITY_H
#define ACCELBENCH_BENCH_AVAILABILITY_H

#include "bench/options.h"
#include "common/json.h"

/* What became of opening a backend. */
struct availability {
    const struct backend_entry *entry;
    struct device_info device;
    struct ab_error error; /* AB_OK: available */
};

/* Opens each backend in a worker of its own; the list has backend_count() elements and is owned:
 * free() it. AB_NO_MEMORY or AB_INTERRUPTED; that a backend cannot work is no failure. */
enum ab_status availability_probe(const struct options *options, struct availability **list,
                                  struct ab_error *error);

/* An object: name, built, available, and reason or device, workers, detail. */
void availability_write_json(const struct availability *availability, struct json_writer *json);

#endif
