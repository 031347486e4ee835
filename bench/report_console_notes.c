/* What is said below the table, in sentences: verdicts first, then what else to know of the times.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "bench/report_console_parts.h"

/* The verdict on one contender in one sentence, words before symbols, the faster one first. */
static void add_verdict(const struct console_table *t, const struct alternative *a)
{
    char contender[NAME_MAX_COLUMNS + 1], base[NAME_MAX_COLUMNS + 1];
    console_alternative_name(t, a, contender);
    console_alternative_name(t, t->baseline, base);
    struct comparison c = measurement_compare(t->m, a, t->baseline);
    if (isnan(c.ci.low))
        text_add(t->text, "  %s against %s: too few rounds for a verdict.\n", contender, base);
    else if (c.finding == FINDING_FASTER)
        text_add(t->text, "  %s is %.2f x as fast as %s (%.2f to %.2f).\n", contender, c.ratio,
                 base, c.ci.low, c.ci.high);
    else if (c.finding == FINDING_SLOWER)
        text_add(t->text, "  %s is %.2f x as fast as %s (%.2f to %.2f).\n", base, 1 / c.ratio,
                 contender, 1 / c.ci.high, 1 / c.ci.low);
    else if (c.finding == FINDING_EQUIVALENT)
        text_add(t->text, "  %s and %s are equivalent: %.3f to %.3f x as fast.\n", contender, base,
                 c.ci.low, c.ci.high);
    else
        text_add(t->text, "  %s against %s is not resolved: %.2f to %.2f x as fast.\n", contender,
                 base, c.ci.low, c.ci.high);
}

static void add_verdicts(const struct console_table *t)
{
    text_add(t->text, "\n");
    if (t->any_measured)
        text_add(t->text, "  Every%s result is verified.\n", t->any_failed ? " other" : "");
    if (t->baseline == NULL)
        return;
    for (size_t i = 0; i < t->m->count; i++) {
        const struct alternative *a = &t->m->alternatives[i];
        if (alternative_measured(a) && a != t->baseline)
            add_verdict(t, a);
    }
}

/* A sentence about an alternative, over as many lines as it takes. */
__attribute__((format(printf, 3, 4))) static void
add_sentence(const struct console_table *t, const struct alternative *a, const char *format, ...)
{
    char name[NAME_MAX_COLUMNS + 1], words[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    console_alternative_name(t, a, name);
    struct text sentence = {0};
    text_add(&sentence, "%s%s", name, words);
    text_add(t->text, "  ");
    text_take_wrapped(t->text, 2, &sentence);
}

/* What a device took before the first sample, which no time above holds, and whether there was
 * anything to copy. */
static void add_devices(const struct console_table *t)
{
    static const char *const programs[] = {"", ", its programs built", ", its programs cached"};
    for (size_t i = 0; i < t->m->count; i++) {
        const struct alternative *a = &t->m->alternatives[i];
        if (alternative_measured(a) && a->entry->backend->memory == MEMORY_DEVICE)
            add_sentence(t, a, ": set up in %.2f s%s%s.", 1e-9 * (double)a->setup_ns[0],
                         programs[a->device.programs],
                         a->device.in_place ? "; it reads the input in place, without a copy" : "");
        if (alternative_measured(a) && a->entry->backend->memory == MEMORY_DEVICE &&
            t->m->options->cache == CACHE_COLD)
            add_sentence(t, a, ": its kernel alone finds the cache cold, end to end it is warm.");
    }
}

/* What it gains to transfer and to compute at the same time. */
static void add_overlaps(const struct console_table *t)
{
    for (size_t i = 0; i < t->m->count; i++) {
        const struct alternative *a = &t->m->alternatives[i];
        if (!alternative_measured(a) || a->is_limit || a->technique->end_to_end == NULL ||
            a->device.streamed) /* whose transfers have no time of their own */
            continue;
        const double h2d = alternative_median_ns(a, PHASE_H2D);
        const double kernel = alternative_median_ns(a, PHASE_KERNEL);
        const double d2h = alternative_median_ns(a, PHASE_D2H);
        struct text words = {0};
        text_add(&words, "in");
        console_add_time(&words, h2d);
        text_add(&words, ", kernel");
        console_add_time(&words, kernel);
        text_add(&words, ", out");
        console_add_time(&words, d2h);
        t->text->failed = t->text->failed || words.failed;
        if (!words.failed)
            add_sentence(
                t, a, " transfers and computes at the same time, in %.0f %% of the sum: %s.",
                100 * alternative_median_ns(a, PHASE_E2E) / (h2d + kernel + d2h), words.data);
        text_free(&words);
    }
}

static void add_energies(const struct console_table *t)
{
    for (size_t i = 0; i < t->m->count; i++) {
        const struct alternative *a = &t->m->alternatives[i];
        if (alternative_measured(a) && a->energy.window_s > 0)
            add_sentence(t, a,
                         ": %.3g J/GB in its kernel, above what it idles with"
                         " (%.0f W, idle %.0f W; %.1f s).",
                         a->energy.joules_per_gb, a->energy.busy_w, a->energy.idle_w,
                         a->energy.window_s);
    }
}

/* Samples that stand far out, and times that drift: kept, and said. */
static void add_doubts(const struct console_table *t)
{
    for (size_t i = 0; i < t->m->count; i++) {
        const struct alternative *a = &t->m->alternatives[i];
        if (!alternative_measured(a))
            continue;
        struct summary s = alternative_summary(a, PHASE_E2E);
        if (s.severe_outliers > 0)
            add_sentence(t, a, ": %zu of %zu samples stand far out; all are counted.",
                         s.severe_outliers, s.n);
        if (a->discarded > 0)
            add_sentence(t, a, ": %zu samples were taken again because the device was throttled%s.",
                         a->discarded,
                         a->throttled > 0 ? ", some in vain: its times are those of a slower one"
                                          : "");
        if (s.trend != TREND_NONE)
            add_sentence(t, a, ": its times kept %s, by %.1f %% in all.",
                         s.trend == TREND_RISING ? "rising" : "falling",
                         100 * fabs(s.drift) / s.median);
    }
}

static void add_rounds(const struct console_table *t)
{
    const struct measurement *m = t->m;
    if (m->ended == ENDED_BY_TIME)
        text_add(t->text, "  Ended after %zu of %zu rounds: the time was up (--max-seconds%s).\n",
                 m->rounds_done, m->rounds_planned, m->options->budget_s > 0 ? ", --budget" : "");
    if (m->rounds_done < ROUNDS_MIN && t->any_measured)
        text_add(t->text, "  Fewer than %d rounds: take small differences for noise.\n",
                 ROUNDS_MIN);
}

static void add_other_work(const struct console_table *t)
{
    struct diagnosis other_work;
    if (diagnose_other_work(t->m->other_work, &other_work)) {
        text_add(t->text, "  ");
        text_add_wrapped(t->text, 2, other_work.text);
    }
}

void console_add_notes(const struct console_table *t)
{
    add_verdicts(t);
    add_devices(t);
    add_overlaps(t);
    add_energies(t);
    add_doubts(t);
    add_rounds(t);
    add_other_work(t);
}
