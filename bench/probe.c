#include "bench/probe.h"

#include "bench/worker.h"

struct backend_options backend_options(const struct options *options)
{
    return (struct backend_options){
        .threads = (unsigned)options->threads,
        .device = options->device,
        .pinned = options->transfer == TRANSFER_PINNED,
    };
}

enum ab_status probe_backend(const struct backend *backend, const struct options *options,
                             struct device_info *device, struct ab_error *error)
{
    struct worker_options worker_options = {.deadline_s = options->deadline_s,
                                            .in_process = options->in_process};
    struct assignment assignment = {
        .backend = backend, .clock = &system_clock, .options = backend_options(options)};
    struct worker worker;
    struct opening opening;
    enum ab_status status = worker_start(&worker, &assignment, &worker_options, &opening, error);
    if (status != AB_OK)
        return status;
    worker_stop(&worker);
    *device = opening.device;
    return AB_OK;
}
