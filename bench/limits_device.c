#include "bench/limits_device.h"

#include <math.h>

#include "bench/interrupt.h"
#include "bench/probe.h"
#include "bench/progress.h"
#include "bench/statistics.h"
#include "bench/worker.h"
#include "common/read_limit.h"

enum { SAMPLES = 12 };

/* ---- Measuring --------------------------------------------------------------------------- */

/* The median of each phase. */
static enum ab_status take_samples(const struct assignment *assignment,
                                   const struct options *options, struct device_info *device,
                                   double phase_ns[PHASE_COUNT], struct ab_error *error)
{
    const uint64_t least_ns = 1000000;
    const struct worker_options worker_options = {
        .placement_seed = options->seed,
        .deadline_s = options->deadline_s,
        .in_process = options->in_process,
    };
    struct worker worker;
    struct opening opening;
    struct calibration calibration = {0};
    double values[PHASE_COUNT][SAMPLES];
    enum ab_status status = worker_start(&worker, assignment, &worker_options, &opening, error);
    if (status != AB_OK)
        return status;
    *device = opening.device;
    status = worker_calibrate(&worker, least_ns, &calibration, error);
    for (size_t i = 0; i < SAMPLES && status == AB_OK; i++) {
        struct timing timing;
        status = worker_sample(&worker, calibration.iterations, &timing, error);
        for (size_t phase = 0; phase < PHASE_COUNT && status == AB_OK; phase++)
            values[phase][i] = timing.sample.phase_ns[phase];
    }
    worker_stop(&worker);
    for (size_t phase = 0; phase < PHASE_COUNT && status == AB_OK; phase++)
        phase_ns[phase] = median(values[phase], SAMPLES);
    return status;
}

/* By the host's clock, a launch with the way there and back; by the device's, one of many. */
static enum ab_status measure_launches(struct device_limits *limits, const struct options *options,
                                       const struct problem *one, struct ab_error *error)
{
    const struct implementation *cell = find_implementation(one->kernel, limits->entry);
    struct assignment assignment = {
        .backend = limits->entry->backend,
        .options = backend_options(options, limits->entry->backend),
        .clock = &system_clock,
        .problem = one,
        .technique = cell == NULL ? NULL : cell->techniques,
        .copies = {&one->input, 1, NULL},
        .by_host = true,
    };
    double phase_ns[PHASE_COUNT];
    if (assignment.technique == NULL)
        return ab_fail(error, AB_UNSUPPORTED, "%s", cell == NULL ? "not built" : cell->absent);
    enum ab_status status = take_samples(&assignment, options, &limits->device, phase_ns, error);
    if (status != AB_OK)
        return status;
    limits->launch_ns = phase_ns[PHASE_KERNEL];
    assignment.by_host = false;
    status = take_samples(&assignment, options, &limits->device, phase_ns, error);
    if (status == AB_OK)
        limits->next_launch_ns = phase_ns[PHASE_KERNEL];
    return status;
}

static enum ab_status measure_bytes(struct device_limits *limits, const struct options *options,
                                    const struct problem *read, struct ab_error *error)
{
    struct assignment assignment = {
        .backend = limits->entry->backend,
        .options = backend_options(options, limits->entry->backend),
        .clock = &system_clock,
        .problem = read,
        .technique = limits->entry->backend->read_limit,
        .copies = {&read->input, 1, NULL},
    };
    const double bytes = (double)read->input.bytes;
    double *const transfers[] = {&limits->pageable_per_s, &limits->pinned_per_s};
    enum ab_status status = AB_OK;
    for (int pinned = 0; pinned < 2 && status == AB_OK; pinned++) {
        double phase_ns[PHASE_COUNT];
        assignment.options.pinned = pinned == 1;
        status = take_samples(&assignment, options, &limits->device, phase_ns, error);
        if (status != AB_OK)
            break;
        limits->read_per_s = 1e9 * bytes / phase_ns[PHASE_KERNEL];
        if (limits->device.in_place)
            break; /* nothing is transferred */
        *transfers[pinned] = 1e9 * bytes / phase_ns[PHASE_H2D];
    }
    return status;
}

enum ab_status device_limits_measure(const struct options *options, const struct problem *one,
                                     const struct region *bytes,
                                     struct device_limits list[LIMITS_DEVICES_MAX], size_t *count,
                                     struct ab_error *error)
{
    const struct problem of = {.input = *bytes};
    struct problem read = {0};
    enum ab_status status = read_limit_problem(&of, &read, error);
    *count = 0;
    for (size_t i = 0; i < backend_count() && status == AB_OK; i++) {
        const struct backend_entry *entry = backend_at(i);
        if (entry->backend == NULL || entry->backend->memory != MEMORY_DEVICE ||
            *count == LIMITS_DEVICES_MAX)
            continue;
        struct device_limits *limits = &list[(*count)++];
        *limits = (struct device_limits){.entry = entry,
                                         .launch_ns = NAN,
                                         .next_launch_ns = NAN,
                                         .read_per_s = NAN,
                                         .pinned_per_s = NAN,
                                         .pageable_per_s = NAN};
        progress_show("limits: devices", -1);
        status = measure_launches(limits, options, one, &limits->absent);
        if (status == AB_OK && entry->backend->read_limit != NULL)
            status = measure_bytes(limits, options, &read, &limits->absent);
        status = status == AB_INTERRUPTED || interrupt_signal() != 0
                     ? ab_fail(error, AB_INTERRUPTED, "interrupted")
                     : AB_OK;
    }
    read_limit_free(&read);
    return status;
}

/* ---- Writing ----------------------------------------------------------------------------- */

static void write_cell(struct text *text, int columns, int decimals, double value)
{
    if (isnan(value))
        text_add(text, "%*s", columns, "-");
    else
        text_add(text, "%*.*f", columns, decimals, value);
}

void device_limits_write_console(const struct device_limits *list, size_t count, struct text *text)
{
    if (count == 0)
        return;
    text_add(text, "\n  Devices: launching a kernel and waiting for it, or one after the other;\n"
                   "  reading their memory; transfers to it from page-locked memory, or not\n\n");
    text_add(text, "  %-8s  %9s  %9s  %9s  %9s  %9s\n", "", "launch us", "in a row", "read GB/s",
             "pinned", "pageable");
    for (size_t i = 0; i < count; i++) {
        const struct device_limits *d = &list[i];
        text_add(text, "  %-8s", d->entry->name);
        if (isnan(d->launch_ns)) {
            text_add(text, "  -  ");
            text_add_wrapped(text, 15, d->absent.message);
            continue;
        }
        write_cell(text, 11, 2, 1e-3 * d->launch_ns);
        write_cell(text, 11, 2, 1e-3 * d->next_launch_ns);
        write_cell(text, 11, 1, 1e-9 * d->read_per_s);
        write_cell(text, 11, 1, 1e-9 * d->pinned_per_s);
        write_cell(text, 11, 1, 1e-9 * d->pageable_per_s);
        text_add(text, "\n            %s\n", d->device.name);
        if (d->device.in_place)
            text_add(text, "            reads the host's memory in place: nothing to transfer\n");
        if (d->absent.status != AB_OK) {
            text_add(text, "            ");
            text_add_wrapped(text, 12, d->absent.message);
        }
    }
}

void device_limits_write_json(const struct device_limits *list, size_t count,
                              struct json_writer *json)
{
    json_begin_array(json, "devices");
    for (size_t i = 0; i < count; i++) {
        const struct device_limits *d = &list[i];
        json_begin_object(json, NULL);
        json_string(json, "backend", d->entry->name);
        json_string(json, "device", d->device.name[0] == '\0' ? NULL : d->device.name);
        json_number(json, "launch_ns", d->launch_ns);
        json_number(json, "next_launch_ns", d->next_launch_ns);
        json_number(json, "read_bytes_per_second", d->read_per_s);
        json_number(json, "pinned_bytes_per_second", d->pinned_per_s);
        json_number(json, "pageable_bytes_per_second", d->pageable_per_s);
        if (d->device.name[0] != '\0')
            json_boolean(json, "zero_copy", d->device.in_place);
        if (d->absent.status != AB_OK)
            json_string(json, "reason", d->absent.message);
        json_end_object(json);
    }
    json_end_array(json);
}
