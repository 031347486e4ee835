#include "bench/availability.h"

#include <stdlib.h>

#include "bench/probe.h"

enum ab_status availability_probe(const struct options *options, struct availability **list,
                                  struct ab_error *error)
{
    struct availability *all = calloc(backend_count(), sizeof(*all));
    if (all == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of backends");
    for (size_t i = 0; i < backend_count(); i++) {
        struct availability *a = &all[i];
        a->entry = backend_at(i);
        if (a->entry->backend == NULL)
            ab_fail(&a->error, AB_NOT_BUILT, "%s", a->entry->why_not);
        else
            probe_backend(a->entry->backend, options, &a->device, &a->error);
        if (a->error.status == AB_INTERRUPTED) {
            free(all);
            return ab_fail(error, AB_INTERRUPTED, "interrupted");
        }
    }
    *list = all;
    return AB_OK;
}

void availability_write_json(const struct availability *a, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_string(json, "name", a->entry->name);
    json_boolean(json, "built", a->entry->backend != NULL);
    json_boolean(json, "available", a->error.status == AB_OK);
    if (a->error.status != AB_OK) {
        json_string(json, "reason", a->error.message);
    } else {
        json_string(json, "device", a->device.name);
        json_unsigned(json, "workers", a->device.workers);
        json_string(json, "detail", a->device.detail);
    }
    json_end_object(json);
}
