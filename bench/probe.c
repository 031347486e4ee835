#include "bench/probe.h"

#include <string.h>

/* What follows "BACKEND:", all where there is no such prefix, NULL where it names another. */
static const char *device_for(const char *device, const char *backend)
{
    const size_t length = device == NULL ? 0 : strcspn(device, ":");
    if (length == 0 || device[length] == '\0')
        return device;
    for (size_t i = 0; i < backend_count(); i++) {
        const char *name = backend_at(i)->name;
        if (strlen(name) == length && memcmp(name, device, length) == 0)
            return strcmp(name, backend) == 0 ? device + length + 1 : NULL;
    }
    return device;
}

bool device_is_of(const struct options *options, const char *backend)
{
    const size_t length = strlen(backend);
    return options->device != NULL && strncmp(options->device, backend, length) == 0 &&
           options->device[length] == ':';
}

struct backend_options backend_options(const struct options *options, const struct backend *backend)
{
    return (struct backend_options){
        .threads = (unsigned)options->threads,
        .device = device_for(options->device, backend->name),
        .pinned = options->transfer == TRANSFER_PINNED,
    };
}

bool device_options_concern(const struct options *options, const struct backend *backend)
{
    return backend->memory == MEMORY_DEVICE &&
           (options->device == NULL || backend_options(options, backend).device != NULL);
}

enum ab_status device_options_refuse(struct ab_error *error)
{
    return ab_fail(error, AB_USAGE,
                   "--device and --transfer are for backends with memory of their own, and none "
                   "that they mean takes part");
}

enum ab_status probe_backend(const struct backend *backend, const struct options *options,
                             struct opening *opening, struct ab_error *error)
{
    struct worker_options worker_options = {.deadline_s = options->deadline_s,
                                            .in_process = options->in_process};
    struct assignment assignment = {
        .backend = backend, .clock = &system_clock, .options = backend_options(options, backend)};
    struct worker worker;
    enum ab_status status = worker_start(&worker, &assignment, &worker_options, opening, error);
    if (status == AB_OK)
        worker_stop(&worker);
    return status;
}

void device_search_add(struct device_search *search, const struct backend_entry *entry,
                       const struct ab_error *said)
{
    if (backend_options(search->options, entry->backend).device == NULL)
        return;
    search->found = search->found || said->status != AB_NO_DEVICE;
    text_add(&search->reasons, "%s%s: %s", search->reasons.length == 0 ? "" : "; ", entry->name,
             said->message);
}

enum ab_status device_search_end(struct device_search *search, struct ab_error *error)
{
    if (search->options->device != NULL && !search->found)
        ab_fail(error, AB_NO_DEVICE, "--device %.80s is not available: %s", search->options->device,
                search->reasons.failed || search->reasons.length == 0
                    ? "'accelbench list' names those that are"
                    : search->reasons.data);
    text_free(&search->reasons);
    return error->status;
}
