/* The table for a class: few columns, large steps, words. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/report.h"
#include "bench/units.h"
#include "common/parse.h"

enum { WIDTH = 79, NAME_MAX_COLUMNS = 24, BAR_MIN_COLUMNS = 2 };

struct table {
    const struct measurement *m;
    const struct console_style *style;
    struct text *text;
    const struct alternative *baseline, *serial; /* NULL: no such column */
    const struct technique *technique;           /* the first one */
    bool techniques_differ;
    bool limits; /* a column that says how near each comes to its read limit */
    int name_columns;
    int bar_columns;  /* 0: no room for bars */
    double best_rate; /* largest GB/s: the full bar */
};

struct console_style console_style(const struct options *options, int file)
{
    const char *locale = getenv("LC_ALL");
    if (locale == NULL || *locale == '\0')
        locale = getenv("LC_CTYPE");
    if (locale == NULL || *locale == '\0')
        locale = getenv("LANG");
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool wants_color = isatty(file) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0 &&
                       (no_color == NULL || *no_color == '\0');
    return (struct console_style){
        .color = options->color == COLOR_ALWAYS || (options->color == COLOR_AUTO && wants_color),
        .utf8 =
            locale != NULL && (strstr(locale, "UTF-8") != NULL || strstr(locale, "utf8") != NULL),
    };
}

/* ---- Cells ------------------------------------------------------------------------------- */

static void colored(const struct table *t, const char *code, const char *words)
{
    if (t->style->color)
        text_add(t->text, "\033[%sm%s\033[0m", code, words);
    else
        text_add(t->text, "%s", words);
}

/* Three digits and a unit. */
static void add_time(struct text *text, double ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
    size_t i = 0;
    while (i < 3 && ns < 0.9995 * units[i].ns)
        i++;
    double value = ns / units[i].ns;
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    text_add(text, "%7.*f %-2s", decimals, value, units[i].name);
}

/* How far the middle half of the samples lies from the median at most. Each sample of a CPU backend
 * has a worker of its own, so this is the spread between workers. */
static void add_spread(struct text *text, struct summary s)
{
    double percent = 100 * s.mad / s.median;
    text_add(text, "%4.*f %%", percent < 0.95 ? 1 : 0, percent);
}

static void add_speedup(const struct table *t, const struct alternative *a,
                        const struct alternative *base)
{
    double ratio = measurement_compare(t->m, a, base).ratio;
    if (a == base && base == t->baseline)
        text_add(t->text, "   baseline");
    else if (isnan(ratio))
        text_add(t->text, "          -");
    else
        text_add(t->text, "%9.*f x", ratio < 99.95 ? 2 : 0, ratio);
}

static void add_limit_fraction(const struct table *t, const struct alternative *a, enum phase phase)
{
    double fraction = alternative_limit_fraction(t->m, a, phase);
    if (isnan(fraction))
        text_add(t->text, "      -");
    else if (fraction > 1.05) /* noise: were it certain, there would be an error here */
        text_add(t->text, " >100 %%");
    else
        text_add(t->text, "%5.*f %%", fraction < 0.0995 ? 1 : 0, 100 * fraction);
}

static void add_bar(const struct table *t, double rate)
{
    /* An empty input has no rate at all. */
    int filled = rate > 0 ? (int)lround(t->bar_columns * rate / t->best_rate) : 0;
    text_add(t->text, "  ");
    for (int i = 0; i < filled || i == 0; i++)
        text_add(t->text, t->style->utf8 ? "\u2588" : "#");
}

static void alternative_name(const struct table *t, const struct alternative *a,
                             char name[NAME_MAX_COLUMNS + 1])
{
    bool with_technique = t->techniques_differ && a->technique != NULL;
    snprintf(name, NAME_MAX_COLUMNS + 1, "%s%s%s", a->entry->name, with_technique ? " " : "",
             with_technique ? a->technique->name : "");
}

/* ---- Lines ------------------------------------------------------------------------------- */

static void add_measured(const struct table *t, const struct alternative *a, enum phase phase)
{
    double ns = alternative_median_ns(a, phase);
    double rate = (double)t->m->problem.input.bytes / ns;
    add_time(t->text, ns);
    add_spread(t->text, alternative_summary(a, phase));
    text_add(t->text, "%8.*f", rate < 99.95 ? rate_decimals(rate) : 0, rate);
    if (t->limits)
        add_limit_fraction(t, a, phase);
    if (phase == PHASE_KERNEL) {
        text_add(t->text, "   kernel only\n");
        return;
    }
    if (t->serial != NULL && t->serial != t->baseline)
        add_speedup(t, a, t->serial);
    if (t->baseline != NULL)
        add_speedup(t, a, t->baseline);
    if (t->bar_columns > 0)
        add_bar(t, rate);
    text_add(t->text, "\n");
}

static void add_alternative(const struct table *t, const struct alternative *a)
{
    char name[NAME_MAX_COLUMNS + 1];
    alternative_name(t, a, name);
    text_add(t->text, "  %-*s ", t->name_columns, name);
    if (alternative_measured(a)) {
        add_measured(t, a, PHASE_E2E);
        if (a->entry->backend->memory == MEMORY_DEVICE) {
            text_add(t->text, "  %-*s ", t->name_columns, "");
            add_measured(t, a, PHASE_KERNEL);
        }
    } else if (alternative_is_dash(a)) {
        text_add(t->text, "  -  ");
        text_add_wrapped(t->text, t->name_columns + 8, a->error.message);
    } else if (a->error.status != AB_OK) {
        text_add(t->text, "  ");
        colored(t, "1;31", "ERROR");
        text_add(t->text, "  ");
        text_add_wrapped(t->text, t->name_columns + 12, a->error.message);
    } else {
        text_add(t->text, "  -  not measured\n");
    }
}

static void add_heading(const struct table *t)
{
    const struct problem *problem = &t->m->problem;
    char bytes[FORMAT_BYTES];
    text_add(t->text, "\n  ");
    colored(t, "1", problem->kernel->name);
    if (!t->techniques_differ && t->technique != NULL)
        text_add(t->text, " (%s)", t->technique->name);
    text_add(t->text, "  %s  %s  %s%zu round%s\n\n", problem->summary,
             format_bytes(problem->input.bytes, bytes),
             t->m->options->cache == CACHE_COLD ? "cold cache  " : "", t->m->rounds_done,
             t->m->rounds_done == 1 ? "" : "s");
    text_add(t->text, "  %-*s      time   +/-    GB/s", t->name_columns, "");
    if (t->limits)
        text_add(t->text, "  limit");
    if (t->serial != NULL && t->serial != t->baseline)
        text_add(t->text, "  vs serial");
    if (t->baseline != NULL) {
        char column[16];
        snprintf(column, sizeof(column), "vs %s", t->baseline->entry->name);
        text_add(t->text, "%11s", column);
    }
    text_add(t->text, "\n");
}

/* The verdict on one contender in one sentence, words before symbols, the faster one first. */
static void add_verdict(const struct table *t, const struct alternative *a)
{
    char contender[NAME_MAX_COLUMNS + 1], base[NAME_MAX_COLUMNS + 1];
    alternative_name(t, a, contender);
    alternative_name(t, t->baseline, base);
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

static void add_verdicts(const struct table *t)
{
    if (t->best_rate > 0)
        text_add(t->text, "\n  Every result is verified.\n");
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
add_sentence(const struct table *t, const struct alternative *a, const char *format, ...)
{
    char name[NAME_MAX_COLUMNS + 1], words[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    alternative_name(t, a, name);
    struct text sentence = {0};
    text_add(&sentence, "%s%s", name, words);
    text_add(t->text, "  ");
    if (!sentence.failed)
        text_add_wrapped(t->text, 2, sentence.data);
    text_free(&sentence);
}

/* Samples that stand far out, and times that drift: kept, and said. */
static void add_doubts(const struct table *t)
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

/* What a device took before the first sample, which no time above holds, and whether there was
 * anything to copy. */
static void add_devices(const struct table *t)
{
    static const char *const programs[] = {"", ", its programs built", ", its programs cached"};
    for (size_t i = 0; i < t->m->count; i++) {
        const struct alternative *a = &t->m->alternatives[i];
        if (alternative_measured(a) && a->entry->backend->memory == MEMORY_DEVICE)
            add_sentence(t, a, ": set up in %.2f s%s%s.", 1e-9 * (double)a->setup_ns[0],
                         programs[a->device.programs],
                         a->device.in_place ? "; it reads the input in place, without a copy" : "");
    }
}

/* What it gains to transfer and to compute at the same time. */
static void add_overlaps(const struct table *t)
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
        add_time(&words, h2d);
        text_add(&words, ", kernel");
        add_time(&words, kernel);
        text_add(&words, ", out");
        add_time(&words, d2h);
        if (!words.failed)
            add_sentence(
                t, a, " transfers and computes at the same time, in %.0f %% of the sum: %s.",
                100 * alternative_median_ns(a, PHASE_E2E) / (h2d + kernel + d2h), words.data);
        text_free(&words);
    }
}

static void add_energies(const struct table *t)
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

static void add_notes(const struct table *t)
{
    const struct measurement *m = t->m;
    if (m->ended == ENDED_BY_TIME)
        text_add(t->text, "  Ended after %zu of %zu rounds: the time was up (--max-seconds%s).\n",
                 m->rounds_done, m->rounds_planned, m->options->budget_s > 0 ? ", --budget" : "");
    if (m->rounds_done < ROUNDS_MIN && t->best_rate > 0)
        text_add(t->text, "  Fewer than %d rounds: take small differences for noise.\n",
                 ROUNDS_MIN);
    struct diagnosis other_work;
    if (diagnose_other_work(m->other_work, &other_work)) {
        text_add(t->text, "  ");
        text_add_wrapped(t->text, 2, other_work.text);
    }
}

/* A result is JSON from our own writer, on one line. For people it loses its punctuation: one
 * member a line, and one element of a list a line. JSON leaves DEL and U+0080 to U+009F alone; they
 * must not reach a terminal, which may obey them. */
static void add_result_lines(struct text *text, const char *json)
{
    int depth = 0;
    bool in_string = false;
    for (const unsigned char *c = (const unsigned char *)json; *c != '\0'; c++) {
        bool quote = *c == '"';
        if (in_string && *c == '\\') {
            text_add_bytes(text, c++, 2);
        } else if (in_string && *c == 0x7F) {
            text_add(text, "\\u007f");
        } else if (in_string && *c == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F) {
            text_add(text, "\\u%04x", *++c);
        } else if (in_string || strchr("{}[],", *c) == NULL) {
            if (in_string || *c != ' ' || c[1] != '[') /* a list begins on the next line */
                text_add_bytes(text, c, 1);
        } else if (*c == ',') {
            text_add(text, depth == 1 ? "\n   " : ",");
        } else {
            depth += *c == '{' || *c == '[' ? 1 : -1;
            if (*c == '{')
                text_add(text, depth == 1 ? "\n    " : "\n      ");
            if (*c == '}' && depth == 2 && strncmp((const char *)c, "}, ", 3) == 0)
                c += 2;
        }
        in_string = quote ? !in_string : in_string;
    }
    text_add(text, "\n");
}

/* The kernel's answer, once: it is the same for all that are verified, but for rounding. */
static void add_result(const struct table *t)
{
    for (size_t i = 0; i < t->m->count; i++) {
        const struct alternative *a = &t->m->alternatives[i];
        if (!alternative_measured(a) || a->result == NULL)
            continue;
        text_add(t->text, "\n  result of %s", a->entry->name);
        add_result_lines(t->text, a->result);
        return;
    }
}

/* ---- The whole --------------------------------------------------------------------------- */

static void lay_out(struct table *t)
{
    const struct measurement *m = t->m;
    const char *wanted = m->options->baseline;
    const bool speedups_wanted = wanted == NULL || strcmp(wanted, "none") != 0;
    t->baseline = measurement_baseline(m);
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->technique == NULL || a->is_limit)
            continue;
        if (t->technique == NULL)
            t->technique = a->technique;
        if (strcmp(t->technique->name, a->technique->name) != 0)
            t->techniques_differ = true;
        if (!alternative_measured(a))
            continue;
        if (speedups_wanted && t->serial == NULL && strcmp(a->entry->name, "serial") == 0)
            t->serial = a;
        double rate = (double)m->problem.input.bytes / alternative_median_ns(a, PHASE_E2E);
        if (rate > t->best_rate)
            t->best_rate = rate;
        if (alternative_against_limit(m, a).pairs > 0)
            t->limits = true;
    }
    for (size_t i = 0; i < m->count; i++) {
        char name[NAME_MAX_COLUMNS + 1];
        alternative_name(t, &m->alternatives[i], name);
        if ((int)strlen(name) > t->name_columns)
            t->name_columns = (int)strlen(name);
    }
    int speedups = (t->serial != NULL && t->serial != t->baseline) + (t->baseline != NULL);
    t->bar_columns =
        WIDTH - (2 + t->name_columns + 1 + 10 + 6 + 8 + (t->limits ? 7 : 0) + 11 * speedups + 2);
    if (t->bar_columns < BAR_MIN_COLUMNS)
        t->bar_columns = 0;
}

void report_console(const struct measurement *m, const struct console_style *style,
                    struct text *text)
{
    struct table table = {.m = m, .style = style, .text = text};
    lay_out(&table);
    add_heading(&table);
    for (size_t i = 0; i < m->count; i++)
        if (!m->alternatives[i].is_limit)
            add_alternative(&table, &m->alternatives[i]);
    add_verdicts(&table);
    add_devices(&table);
    add_overlaps(&table);
    add_energies(&table);
    add_doubts(&table);
    add_notes(&table);
    add_result(&table);
    text_add(text, "\n");
}
