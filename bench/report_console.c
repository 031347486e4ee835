/* The table for a class: few columns, large steps, words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/report_console_parts.h"
#include "bench/units.h"
#include "common/parse.h"

enum { WIDTH = 79, BAR_MIN_COLUMNS = 2 };

/* ---- Cells ------------------------------------------------------------------------------- */

void console_add_time(struct text *text, double ns)
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
    if (s.n < 2)
        text_add(text, "     -");
    else
        text_add(text, "%4.*f %%", percent < 0.95 ? 1 : 0, percent);
}

static void add_speedup(const struct console_table *t, const struct alternative *a,
                        const struct alternative *base)
{
    const double ratio = measurement_compare(t->m, a, base).ratio;
    char words[UNIT_TEXT];
    if (a == base && base == t->baseline)
        text_add(t->text, "   baseline");
    else if (isnan(ratio))
        text_add(t->text, "          -");
    else
        text_add(t->text, "%11s", format_quantity(UNIT_RATIO, ratio, words));
}

static void add_limit_fraction(const struct console_table *t, const struct alternative *a,
                               enum phase phase)
{
    char fraction[UNIT_TEXT];
    text_add(t->text, "%7s", format_fraction(alternative_limit_fraction(t->m, a, phase), fraction));
}

static void add_bar(const struct console_table *t, double rate)
{
    /* An empty input has no rate at all. */
    int filled = rate > 0 ? (int)lround(t->bar_columns * rate / t->best_rate) : 0;
    text_add(t->text, "  ");
    for (int i = 0; i < filled || i == 0; i++)
        text_add(t->text, t->style->utf8 ? "\u2588" : "#");
}

void console_alternative_name(const struct console_table *t, const struct alternative *a,
                              char name[NAME_MAX_COLUMNS + 1])
{
    bool with_technique = t->techniques_differ && a->technique != NULL;
    snprintf(name, NAME_MAX_COLUMNS + 1, "%s%s%s", a->entry->name, with_technique ? " " : "",
             with_technique ? a->technique->name : "");
}

/* ---- Lines ------------------------------------------------------------------------------- */

static void add_measured(const struct console_table *t, const struct alternative *a,
                         enum phase phase)
{
    double ns = alternative_median_ns(a, phase);
    double rate = (double)t->m->problem.input.bytes / ns;
    console_add_time(t->text, ns);
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

static void add_alternative(const struct console_table *t, const struct alternative *a)
{
    char name[NAME_MAX_COLUMNS + 1];
    console_alternative_name(t, a, name);
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
        text_add_colored(t->text, t->style, STYLE_RED, "ERROR");
        text_add(t->text, "  ");
        text_add_wrapped(t->text, t->name_columns + 12, a->error.message);
    } else {
        text_add(t->text, "  -  not measured\n");
    }
}

static void add_heading(const struct console_table *t)
{
    const struct problem *problem = &t->m->problem;
    char bytes[FORMAT_BYTES];
    text_add(t->text, "\n  ");
    text_add_colored(t->text, t->style, STYLE_BOLD, problem->kernel->name);
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

/* ---- The whole --------------------------------------------------------------------------- */

static void lay_out(struct console_table *t)
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
        if (!alternative_measured(a)) {
            t->any_failed = t->any_failed || (a->error.status != AB_OK && !alternative_is_dash(a));
            continue;
        }
        t->any_measured = true;
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
        console_alternative_name(t, &m->alternatives[i], name);
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
    struct console_table table = {.m = m, .style = style, .text = text};
    lay_out(&table);
    add_heading(&table);
    for (size_t i = 0; i < m->count; i++)
        if (!m->alternatives[i].is_limit)
            add_alternative(&table, &m->alternatives[i]);
    console_add_notes(&table);
    console_add_result(m, text);
    text_add(text, "\n");
}
