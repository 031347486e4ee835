/* What the demo says about its measurements. A difference is spoken of where its verdict found one,
 * and nothing else is claimed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/demo_pages.h"
#include "bench/units.h"
#include "common/parse.h"

static double at_least_one(double ratio)
{
    return ratio < 1 ? 1 / ratio : ratio;
}

static const struct backend_entry *first_cpu(const struct demo *demo)
{
    return demo->serial != NULL ? demo->serial : demo->threads;
}

/* A verdict that is none: why. */
static const char *unresolved(const struct comparison *c)
{
    return isnan(c->ci.low) ? "too few rounds in this time to be sure"
                            : "not resolved, the noise hides the difference";
}

/* ---- Row against column --------------------------------------------------------------------- */

static void explain_cpu_order(const struct comparison *c, const char *name, struct text *text)
{
    char ratio[UNIT_TEXT];
    switch (c->finding) {
    case FINDING_FASTER:
        text_add(text, "%s: rows are %s as fast: a row's neighbours come in one cache line.\n",
                 name, format_quantity(UNIT_RATIO, c->ratio, ratio));
        return;
    case FINDING_SLOWER:
        text_add(text, "%s: columns are %s as fast here, although rows lie side by side.\n", name,
                 format_quantity(UNIT_RATIO, 1 / c->ratio, ratio));
        return;
    case FINDING_EQUIVALENT:
        text_add(text, "%s: no difference: its caches hold what a column leaves behind.\n", name);
        return;
    case FINDING_NOT_RESOLVED:
        break;
    }
    text_add(text, "%s: %s.\n", name, unresolved(c));
}

static void explain_device_order(const struct comparison *c, const char *name, struct text *text)
{
    char ratio[UNIT_TEXT];
    switch (c->finding) {
    case FINDING_FASTER:
        text_add(text, "%s: rows are %s as fast here too, a thread for each row.\n", name,
                 format_quantity(UNIT_RATIO, c->ratio, ratio));
        return;
    case FINDING_SLOWER:
        text_add(text, "%s: columns are %s as fast: threads side by side read side by side.\n",
                 name, format_quantity(UNIT_RATIO, 1 / c->ratio, ratio));
        return;
    case FINDING_EQUIVALENT:
        text_add(text, "%s: no difference between a thread a row and a thread a column.\n", name);
        return;
    case FINDING_NOT_RESOLVED:
        break;
    }
    text_add(text, "%s: %s.\n", name, unresolved(c));
}

void explain_order(const struct demo *demo, struct text *text)
{
    const struct backend_entry *cpu = first_cpu(demo);
    const struct comparison on_cpu = order_compare(demo, cpu);
    const struct comparison on_device = order_compare(demo, demo->device);
    if (on_cpu.pairs > 0)
        explain_cpu_order(&on_cpu, cpu->name, text);
    else
        text_add(text, "Nothing was measured on the CPU.\n");
    if (on_device.pairs > 0)
        explain_device_order(&on_device, demo->device->name, text);
    else
        text_add(text, "On a GPU the columns should win, a thread for each: not measured here.\n");
}

/* ---- Sum over size -------------------------------------------------------------------------- */

static const char *size_of_take(const struct demo *demo, size_t take, char text[FORMAT_BYTES])
{
    return format_bytes(demo->takes[SCENE_SIZE][take].measurement.problem.input.bytes, text);
}

/* "everywhere", "from 1.0 MB on" */
static const char *where(const struct demo *demo, const struct crossing *crossing, char text[48])
{
    char size[FORMAT_BYTES];
    switch (crossing->kind) {
    case CROSSING_EVERYWHERE:
        return "at every size";
    case CROSSING_FROM:
        snprintf(text, 48, "from %s on", size_of_take(demo, crossing->from, size));
        return text;
    case CROSSING_SOMEWHERE:
        return "at some sizes";
    case CROSSING_NOWHERE:
        return "at no size";
    case CROSSING_UNKNOWN:
        break;
    }
    return "not resolved";
}

static void explain_threads(const struct demo *demo, struct text *text)
{
    const struct crossing crossing = size_crossing(demo, demo->threads, PHASE_E2E, false);
    const char *name = demo->threads->name, *reference = first_cpu(demo)->name;
    char at[48], from[FORMAT_BYTES], to[FORMAT_BYTES];
    if (crossing.kind == CROSSING_UNKNOWN)
        text_add(text, "%s against %s: not resolved in this run.\n", name, reference);
    else if (crossing.kind == CROSSING_SOMEWHERE && crossing.from == crossing.to)
        text_add(text, "%s certainly beats %s at %s, of these sizes.\n", name, reference,
                 size_of_take(demo, crossing.to, to));
    else if (crossing.kind == CROSSING_SOMEWHERE)
        text_add(text, "%s certainly beats %s from %s to %s, of these sizes.\n", name, reference,
                 size_of_take(demo, crossing.from, from), size_of_take(demo, crossing.to, to));
    else
        text_add(text, "%s beats %s %s%s.\n", name, reference, where(demo, &crossing, at),
                 crossing.kind == CROSSING_FROM ? ", of these sizes" : " measured here");
}

static void explain_device(const struct demo *demo, struct text *text)
{
    const struct crossing all = size_crossing(demo, demo->device, PHASE_E2E, true);
    const struct crossing there = size_crossing(demo, demo->device, PHASE_KERNEL, true);
    char all_at[48], there_at[48];
    text_add(text, "Where %s beats the CPU: with copying %s, without %s.\n", demo->device->name,
             where(demo, &all, all_at), where(demo, &there, there_at));
}

static void explain_mechanism(const struct demo *demo, struct text *text)
{
    const struct crossing crossing = size_crossing(demo, demo->threads, PHASE_E2E, false);
    if (demo->options->threads == 1)
        text_add(text, "There is one core to use: threads have nobody to share the work with.\n");
    else if (crossing.kind == CROSSING_FROM || crossing.kind == CROSSING_NOWHERE)
        text_add(text, "Waking threads costs the same at every size: a short sum cannot pay it.\n");
    else if (crossing.kind == CROSSING_EVERYWHERE)
        text_add(text, "Each thread adds up a part of its own; that pays for waking them here.\n");
    else
        text_add(text, "Waking threads costs the same at every size; the work grows with it.\n");
}

void explain_size(const struct demo *demo, struct text *text)
{
    const bool threads = demo->threads != NULL && demo->serial != NULL;
    if (threads)
        explain_threads(demo, text);
    if (demo->device != NULL)
        explain_device(demo, text);
    if (threads && demo->device == NULL)
        explain_mechanism(demo, text);
    if (!threads && demo->device == NULL)
        text_add(text, "One backend only: nothing to compare it with.\n");
}

/* ---- Counting words ------------------------------------------------------------------------- */

static const struct alternative *
words_measured(const struct demo *demo, const struct backend_entry *entry, const char *technique)
{
    return take_measured(&demo->takes[SCENE_WORDS][0], entry, technique);
}

static struct comparison words_compare(const struct demo *demo, const struct alternative *a,
                                       const struct alternative *base)
{
    const struct measurement *m = &demo->takes[SCENE_WORDS][0].measurement;
    if (a == NULL || base == NULL)
        return (struct comparison){.ci = {NAN, NAN, NAN}, .finding = FINDING_NOT_RESOLVED};
    return measurement_compare(m, a, base);
}

static void explain_code_or_cores(const struct demo *demo, struct text *text)
{
    const struct alternative *better = words_measured(demo, demo->serial, "tuned");
    const struct alternative *more = words_measured(demo, demo->threads, "simple");
    const struct comparison c = words_compare(demo, better, more);
    const unsigned long long threads = demo->options->threads;
    char ratio[UNIT_TEXT];
    if (better == NULL || more == NULL)
        return;
    if (c.finding == FINDING_FASTER)
        text_add(text, "Better code on one core is %s as fast as %llu thread%s with the loop.\n",
                 format_quantity(UNIT_RATIO, c.ratio, ratio), threads, threads == 1 ? "" : "s");
    else if (c.finding == FINDING_SLOWER)
        text_add(text, "%llu thread%s with the loop are %s as fast as better code on one core.\n",
                 threads, threads == 1 ? "" : "s", format_quantity(UNIT_RATIO, 1 / c.ratio, ratio));
    else if (c.finding == FINDING_EQUIVALENT)
        text_add(text, "Better code on one core and more threads with the loop: the same.\n");
    else
        text_add(text, "Better code or more threads: %s.\n", unresolved(&c));
}

/* The best of the CPU, or the GPU where there is one. */
static void explain_best(const struct demo *demo, struct text *text)
{
    const struct measurement *m = &demo->takes[SCENE_WORDS][0].measurement;
    const struct alternative *best = m->count > 0 ? measurement_baseline(m) : NULL;
    const struct alternative *loop = words_measured(demo, demo->serial, "simple");
    const struct alternative *gpu =
        demo->device_is_gpu ? words_measured(demo, demo->device, "tuned") : NULL;
    struct comparison c = words_compare(demo, gpu, best);
    char ratio[UNIT_TEXT];
    if (c.finding == FINDING_FASTER) {
        text_add(text, "The GPU (%s), copying included, is %s as fast as %s %s.\n",
                 demo->device->name, format_quantity(UNIT_RATIO, c.ratio, ratio), best->entry->name,
                 best->technique->name);
        return;
    }
    if (c.finding == FINDING_SLOWER) {
        text_add(text, "%s %s is %s as fast as the GPU (%s), copying included.\n",
                 best->entry->name, best->technique->name,
                 format_quantity(UNIT_RATIO, 1 / c.ratio, ratio), demo->device->name);
        return;
    }
    c = words_compare(demo, best, loop);
    if (best != NULL && best != loop && c.finding == FINDING_FASTER)
        text_add(text, "%s %s is %s as fast as the simple loop on one core.\n", best->entry->name,
                 best->technique->name, format_quantity(UNIT_RATIO, c.ratio, ratio));
    else if (!isnan(c.ci.low))
        text_add(text, "Nothing here certainly beats the simple loop on one core.\n");
}

void explain_words(const struct demo *demo, struct text *text)
{
    explain_code_or_cores(demo, text);
    explain_best(demo, text);
}

/* ---- The closing sentence ------------------------------------------------------------------- */

/* Clauses are joined by ", ": the last one is not known before it is there. */
static void join(struct text *text)
{
    text_add(text, "%s", text->length == 0 ? "Here " : ", ");
}

static void close_order(const struct demo *demo, struct text *text)
{
    const struct comparison cpu = order_compare(demo, first_cpu(demo));
    const struct comparison device = order_compare(demo, demo->device);
    char ratio[UNIT_TEXT];
    if (cpu.finding == FINDING_FASTER || cpu.finding == FINDING_SLOWER) {
        join(text);
        const bool rows = cpu.finding == FINDING_FASTER;
        text_add(text, "walking %s was %s as fast as %s on the CPU",
                 rows ? "along the rows" : "down the columns",
                 format_quantity(UNIT_RATIO, at_least_one(cpu.ratio), ratio),
                 rows ? "down the columns" : "along the rows");
    }
    if (demo->device_is_gpu &&
        (device.finding == FINDING_FASTER || device.finding == FINDING_SLOWER)) {
        join(text);
        text_add(text, "a thread for each %s was %s as fast on the GPU",
                 device.finding == FINDING_FASTER ? "row" : "column",
                 format_quantity(UNIT_RATIO, at_least_one(device.ratio), ratio));
    }
}

/* "openmp was 1.92 x as fast as serial at 100.0 MB", the faster one first. */
static void close_one_size(const struct demo *demo, const struct alternative *a, enum phase phase,
                           const struct alternative *base, const char *how, struct text *text)
{
    const size_t last = demo->take_counts[SCENE_SIZE] - 1;
    const struct comparison c = size_compare(demo, &demo->takes[SCENE_SIZE][last], a, phase, base);
    char ratio[UNIT_TEXT], size[FORMAT_BYTES];
    if (c.finding != FINDING_FASTER && c.finding != FINDING_SLOWER)
        return;
    const bool faster = c.finding == FINDING_FASTER;
    join(text);
    text_add(text, "%s was %s as fast as %s at summing %s%s",
             faster ? a->entry->name : base->entry->name,
             format_quantity(UNIT_RATIO, at_least_one(c.ratio), ratio),
             faster ? base->entry->name : a->entry->name, size_of_take(demo, last, size), how);
}

static void close_size(const struct demo *demo, struct text *text)
{
    if (demo->take_counts[SCENE_SIZE] == 0)
        return;
    const struct take *take = &demo->takes[SCENE_SIZE][demo->take_counts[SCENE_SIZE] - 1];
    const struct alternative *reference = take_reference(take);
    const struct alternative *threads = take_measured(take, demo->threads, "simple");
    const struct alternative *device = take_measured(take, demo->device, "simple");
    if (threads != NULL && threads != reference)
        close_one_size(demo, threads, PHASE_E2E, reference, "", text);
    if (device == NULL || !demo->device_is_gpu)
        return;
    const struct alternative *best = measurement_baseline(&take->measurement);
    close_one_size(demo, device, PHASE_E2E, best, " with copying", text);
    close_one_size(demo, device, PHASE_KERNEL, best, " without copying", text);
}

static void close_words(const struct demo *demo, struct text *text)
{
    const struct comparison c = words_compare(demo, words_measured(demo, demo->serial, "tuned"),
                                              words_measured(demo, demo->serial, "simple"));
    char ratio[UNIT_TEXT];
    if (c.finding == FINDING_FASTER) {
        join(text);
        text_add(text, "better code counted words %s as fast on the same core",
                 format_quantity(UNIT_RATIO, c.ratio, ratio));
    }
}

void closing_sentence(const struct demo *demo, struct text *text)
{
    close_order(demo, text);
    close_size(demo, text);
    close_words(demo, text);
    if (text->length == 0)
        text_add(text, "This run resolved no difference");
    if (!demo->device_is_gpu)
        text_add(text, "; no GPU was measured");
    text_add(text, ".");
}
