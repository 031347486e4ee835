/* The part of accelbench limits that is about devices with memory of their own: how long it takes
 * to launch a kernel, how fast their memory is read, and how fast data reaches it. */
#ifndef ACCELBENCH_BENCH_LIMITS_DEVICE_H
#define ACCELBENCH_BENCH_LIMITS_DEVICE_H

#include "bench/options.h"
#include "bench/text.h"
#include "common/accelbench.h"
#include "common/json.h"

enum { LIMITS_DEVICES_MAX = 4 };

/* Of one backend; NAN where it was not measured. */
struct device_limits {
    const struct backend_entry *entry;
    struct device_info device;
    double launch_ns;       /* launching a kernel of one element and waiting for it */
    double next_launch_ns;  /* a further one, of many in a row */
    double read_per_s;      /* bytes, of the device's memory */
    double pinned_per_s;    /* bytes from the host, out of page-locked memory; NAN: in place */
    double pageable_per_s;  /* and out of other memory */
    struct ab_error absent; /* why it cannot be measured here; AB_OK: it was */
};

/* Measures the default device of each backend that is built: `one` is a matrix_sum of one element,
 * `bytes` any input. Returns how many; what goes wrong with one is recorded there. AB_INTERRUPTED.
 */
enum ab_status device_limits_measure(const struct options *options, const struct problem *one,
                                     const struct region *bytes,
                                     struct device_limits list[LIMITS_DEVICES_MAX], size_t *count,
                                     struct ab_error *error);

void device_limits_write_console(const struct device_limits *list, size_t count, struct text *text);
/* The member "devices". */
void device_limits_write_json(const struct device_limits *list, size_t count,
                              struct json_writer *json);

#endif
