/* What a measurement says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"
#include "bench/statistics.h"

bool alternative_measured(const struct alternative *a)
{
    return a->error.status == AB_OK && a->samples > 0;
}

bool alternative_is_dash(const struct alternative *a)
{
    return a->error.status == AB_NOT_BUILT || a->error.status == AB_NO_DEVICE ||
           a->error.status == AB_UNSUPPORTED;
}

double *alternative_times(const struct alternative *a, enum phase phase)
{
    double *times = malloc((a->samples + 1) * sizeof(*times));
    for (size_t i = 0; times != NULL && i < a->samples; i++)
        times[i] = a->rounds[i].sample.phase_ns[phase];
    return times;
}

double alternative_median_ns(const struct alternative *a, enum phase phase)
{
    if (!alternative_measured(a) || isnan(a->rounds[0].sample.phase_ns[phase]))
        return NAN;
    double *times = alternative_times(a, phase);
    double result = times == NULL ? NAN : median(times, a->samples);
    free(times);
    return result;
}

double alternative_speedup(const struct alternative *a, const struct alternative *base)
{
    if (base == NULL || !alternative_measured(a) || !alternative_measured(base))
        return NAN;
    size_t pairs = a->samples < base->samples ? a->samples : base->samples;
    double *ratios = alternative_times(base, PHASE_E2E);
    if (ratios == NULL)
        return NAN;
    for (size_t i = 0; i < pairs; i++)
        ratios[i] /= a->rounds[i].sample.phase_ns[PHASE_E2E];
    double result = median(ratios, pairs);
    free(ratios);
    return result;
}

const struct alternative *measurement_baseline(const struct measurement *m)
{
    const char *wanted = m->options->baseline;
    const struct alternative *best = NULL;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        bool candidate = wanted != NULL ? strcmp(a->entry->name, wanted) == 0
                                        : a->entry->backend->memory == MEMORY_HOST;
        if (candidate && (best == NULL || alternative_median_ns(a, PHASE_E2E) <
                                              alternative_median_ns(best, PHASE_E2E)))
            best = a;
    }
    return best;
}
