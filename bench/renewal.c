#include "bench/renewal.h"

#include <math.h>

#include "bench/stall.h"
#include "common/memory.h"

/* Workers are forked anew for every round, so that luck with their places in memory is noise that
 * the intervals show, and no bias. But contexts on devices, with a page-locked copy of the input
 * perhaps, may be dear to make and to take down: where this, of all together, would take more than
 * such a share of the time, they serve all rounds. */
#define RENEWALS_SHARE (1.0 / 6)

/* Workers that stay hold their copies of the input all at the same time; kernels need memory, too,
 * and one whose copy does not fit would be measured on pieces of it, unlike the others. */
#define COPIES_SHARE (1.0 / 2)

bool is_on_device(const struct alternative *a)
{
    return alternative_takes_part(a) && a->entry->backend->memory == MEMORY_DEVICE;
}

static bool copies_fit(const struct measurement *m, size_t devices)
{
    const double input_bytes = (double)m->problem.input.bytes;
    const double copies_bytes = input_bytes * (double)devices;
    const double host_bytes = (double)memory_available_bytes();
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!is_on_device(a) || a->device.in_place)
            continue;
        const double device_bytes = (double)a->device.memory_bytes;
        const bool in_pieces = input_bytes > device_bytes; /* of everyone, or nothing is known */
        if (!in_pieces && copies_bytes > COPIES_SHARE * device_bytes)
            return false;
        if (a->assignment.options.pinned && copies_bytes > COPIES_SHARE * host_bytes)
            return false;
    }
    return true;
}

void plan_renewals(struct measurement *m)
{
    size_t devices = 0;
    for (size_t i = 0; i < m->count; i++)
        devices += is_on_device(&m->alternatives[i]);
    const double renewals = (double)m->rounds_planned * (double)(devices > 0 ? devices : 1);
    const double each_ns = 1e9 * RENEWALS_SHARE * fmax(m->ends_s - running_s(), 0) / renewals;
    m->renewal_most_ns = copies_fit(m, devices) ? each_ns : INFINITY;
}

double restart_ns(const struct alternative *a)
{
    uint64_t least_ns = UINT64_MAX;
    for (size_t i = 0; i < a->setups; i++)
        least_ns = a->setup_ns[i] < least_ns ? a->setup_ns[i] : least_ns;
    return (double)(least_ns + a->stop_ns);
}

bool worker_stays(const struct measurement *m, const struct alternative *a)
{
    if (a->entry->backend->memory != MEMORY_DEVICE)
        return false;
    if (m->options->energy)
        return true; /* which is measured after the rounds */
    if (a->setups < 2 && a->device.programs == PROGRAMS_BUILT)
        return false; /* the next start finds them built */
    return restart_ns(a) > m->renewal_most_ns;
}
