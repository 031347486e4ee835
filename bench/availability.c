#include "bench/availability.h"

#include <stdio.h>
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
            probe_backend(a->entry->backend, options, &a->opening, &a->error);
        if (a->error.status == AB_INTERRUPTED) {
            free(all);
            return ab_fail(error, AB_INTERRUPTED, "interrupted");
        }
    }
    *list = all;
    return AB_OK;
}

static void write_json_devices(const struct device_list *devices, struct json_writer *json)
{
    json_begin_array(json, "devices");
    for (unsigned i = 0; i < devices->count; i++) {
        json_begin_object(json, NULL);
        json_unsigned(json, "number", i);
        json_string(json, "name", devices->entries[i].name);
        json_string(json, "detail", devices->entries[i].detail);
        json_end_object(json);
    }
    json_end_array(json);
}

void availability_words(const struct availability *a, char words[AVAILABILITY_WORDS_BYTES])
{
    const struct device_info *device = &a->opening.device;
    if (a->error.status != AB_OK)
        snprintf(words, AVAILABILITY_WORDS_BYTES, "%s", a->error.message);
    else
        snprintf(words, AVAILABILITY_WORDS_BYTES, "%s, %u worker%s%s%s", device->name,
                 device->workers, device->workers == 1 ? "" : "s",
                 device->detail[0] == '\0' ? "" : ", ", device->detail);
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
        json_string(json, "device", a->opening.device.name);
        json_unsigned(json, "workers", a->opening.device.workers);
        json_string(json, "detail", a->opening.device.detail);
    }
    if (a->entry->backend != NULL && a->entry->backend->list_devices != NULL)
        write_json_devices(&a->opening.devices, json);
    json_end_object(json);
}
