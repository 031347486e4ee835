/* What a measurement says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"
#include "bench/statistics.h"

/* Below this size the limit loop's own beginning and end are a good part of its time; a device has
 * to be sent to work, too. */
enum { LIMIT_LEAST_BYTES = 16 << 10, LIMIT_LEAST_DEVICE_BYTES = 16 << 20 };

const char *const phase_keys[PHASE_COUNT] = {"h2d", "kernel", "d2h", "e2e"};

static bool has_samples(const struct alternative *a)
{
    return a->error.status == AB_OK && a->samples > 0;
}

bool alternative_measured(const struct alternative *a)
{
    return has_samples(a) && !a->is_limit;
}

bool measurement_has_results(const struct measurement *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (alternative_measured(&m->alternatives[i]))
            return true;
    return false;
}

bool alternative_is_dash(const struct alternative *a)
{
    return a->error.status == AB_NOT_BUILT || a->error.status == AB_NO_DEVICE ||
           a->error.status == AB_UNSUPPORTED;
}

const char *alternative_transfer(const struct alternative *a)
{
    if (a->entry->backend->memory != MEMORY_DEVICE)
        return NULL;
    return a->assignment.options.pinned ? "pinned" : "pageable";
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
    if (!has_samples(a) || isnan(a->rounds[0].sample.phase_ns[phase]))
        return NAN;
    double *times = alternative_times(a, phase);
    double result = times == NULL ? NAN : median(times, a->samples);
    free(times);
    return result;
}

struct summary alternative_summary(const struct alternative *a, enum phase phase)
{
    struct summary summary;
    double *times = alternative_times(a, phase), *scratch = alternative_times(a, phase);
    bool good = times != NULL && scratch != NULL && has_samples(a);
    summarize(times, good ? a->samples : 0, scratch, &summary);
    free(times);
    free(scratch);
    return summary;
}

struct comparison alternative_compare(const struct measurement *m, const struct alternative *a,
                                      const struct alternative *base, size_t comparisons)
{
    struct comparison result = {
        .ratio = NAN, .ci = {NAN, NAN, NAN}, .finding = FINDING_NOT_RESOLVED};
    if (base == NULL || !has_samples(a) || !has_samples(base))
        return result;
    size_t pairs = a->samples < base->samples ? a->samples : base->samples;
    double *scratch = malloc((pairs + m->turns) * sizeof(*scratch));
    if (scratch != NULL)
        result = compare_paired(base->turns_ns, a->turns_ns, pairs, m->turns, comparisons,
                                AB_MARGIN, scratch);
    free(scratch);
    return result;
}

struct comparison alternative_compare_phase(const struct alternative *a, enum phase phase,
                                            const struct alternative *base, size_t comparisons)
{
    struct comparison result = {
        .ratio = NAN, .ci = {NAN, NAN, NAN}, .finding = FINDING_NOT_RESOLVED};
    const size_t pairs = a->samples < base->samples ? a->samples : base->samples;
    double *part = alternative_times(a, phase), *whole = alternative_times(base, PHASE_E2E);
    double *scratch = malloc((pairs + 1) * sizeof(*scratch));
    if (part != NULL && whole != NULL && scratch != NULL)
        result = compare_paired(whole, part, pairs, 1, comparisons, AB_MARGIN, scratch);
    free(part);
    free(whole);
    free(scratch);
    return result;
}

/* How many comparisons share the error. A baseline that was named is compared with each of the
 * others. One that is chosen, because it came out best, has by that been compared with all the
 * candidates, and these with one another. */
size_t measurement_comparisons(const struct measurement *m)
{
    size_t candidates = 0, others = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        bool candidate = m->options->baseline == NULL && a->entry->backend->memory == MEMORY_HOST;
        candidates += candidate;
        others += !candidate;
    }
    size_t seen =
        candidates > 0 ? candidates * (candidates - 1) / 2 + others : others - (others > 0);
    return seen > 0 ? seen : 1;
}

struct comparison measurement_compare(const struct measurement *m, const struct alternative *a,
                                      const struct alternative *base)
{
    return alternative_compare(m, a, base, measurement_comparisons(m));
}

bool alternative_has_limit(const struct measurement *m, const struct alternative *a)
{
    const size_t least_bytes =
        a->entry->backend->memory == MEMORY_DEVICE ? LIMIT_LEAST_DEVICE_BYTES : LIMIT_LEAST_BYTES;
    return a->limit != NULL && m->problem.input.bytes >= least_bytes;
}

struct comparison alternative_against_limit(const struct measurement *m,
                                            const struct alternative *a)
{
    return alternative_compare(m, a, alternative_has_limit(m, a) ? a->limit : NULL, 1);
}

/* Of the kernel phase, there are no turns to compare. */
double alternative_limit_fraction(const struct measurement *m, const struct alternative *a,
                                  enum phase phase)
{
    const struct comparison whole = alternative_against_limit(m, a);
    if (phase == PHASE_E2E || whole.pairs == 0)
        return whole.ratio;
    return alternative_median_ns(a->limit, phase) / alternative_median_ns(a, phase);
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
