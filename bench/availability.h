/* Which backends work here: what `list` and `doctor` tell about them. */
#ifndef ACCELBENCH_BENCH_AVAILABILITY_H
#define ACCELBENCH_BENCH_AVAILABILITY_H

#include "bench/options.h"
#include "bench/worker.h"
#include "common/json.h"

/* What became of opening a backend. */
struct availability {
    const struct backend_entry *entry;
    struct opening opening; /* its device, and all the devices there are */
    struct ab_error error;  /* AB_OK: available */
};

/* Opens each backend in a worker of its own; the list has backend_count() elements and is owned:
 * free() it. AB_NO_MEMORY or AB_INTERRUPTED; that a backend cannot work is no failure. */
enum ab_status availability_probe(const struct options *options, struct availability **list,
                                  struct ab_error *error);

/* For people: the device, or why there is none. */
enum { AVAILABILITY_WORDS_BYTES = 512 };
void availability_words(const struct availability *availability,
                        char words[AVAILABILITY_WORDS_BYTES]);

/* An object: name, built, available; reason or device, workers, detail; and for backends that have
 * devices to choose from, devices: [{number, name, detail}...]. */
void availability_write_json(const struct availability *availability, struct json_writer *json);

#endif
