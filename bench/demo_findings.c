/* What the measurements of the demo say. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/demo_scenes.h"

/* Times of two takes were not taken in turn, and a machine changes from one minute to the next:
 * only what is larger than this is a difference. */
#define APART_MARGIN 0.10

static const struct comparison no_comparison = {
    .ratio = NAN, .ci = {NAN, NAN, NAN}, .finding = FINDING_NOT_RESOLVED};

const struct alternative *take_measured(const struct take *take, const struct backend_entry *entry,
                                        const char *technique)
{
    const struct measurement *m = &take->measurement;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->entry == entry && alternative_measured(a) &&
            strcmp(a->technique->name, technique) == 0)
            return a;
    }
    return NULL;
}

const struct alternative *take_reference(const struct take *take)
{
    const struct measurement *m = &take->measurement;
    const struct alternative *reference = NULL;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a) || a->entry->backend->memory != MEMORY_HOST)
            continue;
        if (reference == NULL || strcmp(a->entry->name, "serial") == 0)
            reference = a;
    }
    return reference;
}

/* ---- Row against column --------------------------------------------------------------------- */

/* The median of a phase and an interval that holds with this confidence. */
static bool median_of(const struct alternative *a, enum phase phase, double confidence,
                      double *median_ns, struct interval *ci)
{
    double *times = alternative_times(a, phase);
    const bool good = times != NULL && a->samples > 0 && !isnan(times[0]);
    if (good) {
        *median_ns = median(times, a->samples); /* sorts */
        *ci = median_interval(times, a->samples, confidence);
    }
    free(times);
    return good;
}

/* Both intervals are right at once with the confidence asked for, and so is their quotient. */
static struct comparison compare_apart(const struct alternative *a, const struct alternative *base,
                                       enum phase phase, size_t comparisons)
{
    const double confidence = 1 - 0.05 / (2 * (double)comparisons);
    struct comparison c = no_comparison;
    double a_ns, base_ns;
    struct interval a_ci, base_ci;
    if (!median_of(a, phase, confidence, &a_ns, &a_ci) ||
        !median_of(base, phase, confidence, &base_ns, &base_ci))
        return c;
    c.pairs = a->samples < base->samples ? a->samples : base->samples;
    c.ratio = base_ns / a_ns;
    c.ci = (struct interval){base_ci.low / a_ci.high, base_ci.high / a_ci.low,
                             1 - 0.05 / (double)comparisons};
    if (c.ci.low > 1 + APART_MARGIN)
        c.finding = FINDING_FASTER;
    else if (c.ci.high < 1 / (1 + APART_MARGIN))
        c.finding = FINDING_SLOWER;
    else if (c.ci.low > 1 / (1 + APART_MARGIN) && c.ci.high < 1 + APART_MARGIN)
        c.finding = FINDING_EQUIVALENT;
    return c;
}

/* The members of the cast, each of which is compared once. */
static size_t cast_size(const struct demo *demo)
{
    const size_t size =
        (size_t)(demo->serial != NULL) + (demo->threads != NULL) + (demo->device != NULL);
    return size > 0 ? size : 1;
}

struct comparison order_compare(const struct demo *demo, const struct backend_entry *entry)
{
    if (entry == NULL)
        return no_comparison;
    const struct take *takes = demo->takes[SCENE_ORDER];
    const struct alternative *rows = take_measured(&takes[TAKE_ROWS], entry, "simple");
    const struct alternative *columns = take_measured(&takes[TAKE_COLUMNS], entry, "simple");
    const enum phase phase = entry->backend->memory == MEMORY_DEVICE ? PHASE_KERNEL : PHASE_E2E;
    if (rows == NULL || columns == NULL)
        return no_comparison;
    return compare_apart(rows, columns, phase, cast_size(demo));
}

/* ---- Sum over size -------------------------------------------------------------------------- */

/* What is shown or said of each take: threads against the reference; a device, with copying and
 * without, against the reference and against the best CPU backend. */
static size_t size_comparisons(const struct demo *demo)
{
    const size_t each = (size_t)(demo->threads != NULL) + (demo->device != NULL ? 4 : 0);
    return (each > 0 ? each : 1) * demo->take_counts[SCENE_SIZE];
}

struct comparison size_compare(const struct demo *demo, const struct take *take,
                               const struct alternative *a, enum phase phase,
                               const struct alternative *base)
{
    if (a == NULL || base == NULL || isnan(alternative_median_ns(a, phase)))
        return no_comparison;
    const size_t comparisons = size_comparisons(demo);
    return phase == PHASE_E2E ? alternative_compare(&take->measurement, a, base, comparisons)
                              : alternative_compare_phase(a, phase, base, comparisons);
}

struct crossing size_crossing(const struct demo *demo, const struct backend_entry *entry,
                              enum phase phase, bool against_best)
{
    struct crossing crossing = {.kind = CROSSING_UNKNOWN};
    size_t measured = 0, faster = 0, resolved = 0, certain_from = 0;
    bool ahead = false, last_is_faster = false;
    for (size_t t = 0; t < demo->take_counts[SCENE_SIZE]; t++) {
        const struct take *take = &demo->takes[SCENE_SIZE][t];
        const struct alternative *a = take_measured(take, entry, "simple");
        const struct alternative *base = against_best && take->measurement.count > 0
                                             ? measurement_baseline(&take->measurement)
                                             : take_reference(take);
        if (a == NULL || base == NULL || a == base)
            continue;
        const enum finding finding = size_compare(demo, take, a, phase, base).finding;
        const bool wins = finding == FINDING_FASTER;
        if (wins && !ahead) {
            crossing.from = t;
            crossing.loses_below = resolved > faster;
        }
        if (wins && !last_is_faster)
            certain_from = t;
        if (wins)
            crossing.to = t;
        measured++;
        faster += wins;
        resolved += finding != FINDING_NOT_RESOLVED;
        if (finding != FINDING_NOT_RESOLVED) /* what is not known is no loss */
            ahead = wins;
        last_is_faster = wins;
    }
    if (measured > 0 && faster == measured)
        crossing.kind = CROSSING_EVERYWHERE;
    else if (last_is_faster)
        crossing.kind = CROSSING_FROM;
    else if (faster > 0) {
        crossing.kind = CROSSING_SOMEWHERE;
        crossing.from = certain_from;
    } else if (measured > 0 && resolved == measured)
        crossing.kind = CROSSING_NOWHERE;
    return crossing;
}

/* ---- The class and the truth ---------------------------------------------------------------- */

static int answer_of_finding(enum finding finding)
{
    switch (finding) {
    case FINDING_FASTER:
        return 0;
    case FINDING_SLOWER:
        return 1;
    case FINDING_EQUIVALENT:
        return 2;
    case FINDING_NOT_RESOLVED:
        break;
    }
    return -1;
}

static int answer_about_size(const struct demo *demo)
{
    const struct backend_entry *entry = demo->device_is_gpu ? demo->device : demo->threads;
    const struct crossing crossing = size_crossing(demo, entry, PHASE_E2E, demo->device_is_gpu);
    switch (crossing.kind) {
    case CROSSING_EVERYWHERE:
        return 0;
    case CROSSING_FROM:
        return crossing.loses_below ? 1 : -1;
    case CROSSING_NOWHERE:
        return 2;
    case CROSSING_SOMEWHERE:
    case CROSSING_UNKNOWN:
        break;
    }
    return -1;
}

int scene_answer(const struct demo *demo, enum scene scene)
{
    const struct take *words = &demo->takes[SCENE_WORDS][0];
    const struct alternative *threads, *better;
    switch (scene) {
    case SCENE_ORDER:
        return answer_of_finding(
            order_compare(demo, demo->serial != NULL ? demo->serial : demo->threads).finding);
    case SCENE_SIZE:
        return answer_about_size(demo);
    case SCENE_WORDS:
        threads = take_measured(words, demo->threads, "simple");
        better = take_measured(words, demo->serial, "tuned");
        if (threads != NULL && better != NULL)
            return answer_of_finding(
                measurement_compare(&words->measurement, threads, better).finding);
        break;
    case SCENES:
        break;
    }
    return -1;
}
