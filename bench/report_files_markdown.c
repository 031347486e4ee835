/* Result files as Markdown: for issues, pull requests and pages of a wiki. */
#include <math.h>

#include "bench/escape.h"
#include "bench/report_files.h"
#include "bench/report_summary.h"
#include "bench/units.h"

static void escaped(struct text *text, struct text *raw)
{
    if (raw->data != NULL)
        text_add_markdown(text, raw->data);
    text->failed = text->failed || raw->failed;
    text_free(raw);
}

static void add_interval(struct text *text, enum unit unit, double low, double high)
{
    char from[UNIT_TEXT], to[UNIT_TEXT];
    if (isnan(low))
        text_add(text, " |");
    else
        text_add(text, " %s to %s |", format_quantity(unit, low, from),
                 format_quantity(unit, high, to));
}

static void add_point(struct text *text, const struct findings *findings, const struct line *line,
                      const struct point *point)
{
    char size[UNIT_TEXT], time[UNIT_TEXT], rate[UNIT_TEXT], fraction[UNIT_TEXT];
    const struct comparison *c = &point->comparison[AGAINST_REFERENCE];
    text_add(text, "| ");
    text_add_markdown(text, line->name);
    text_add(text, "%s | %s | %s |", line->kernel_only ? ", kernel only" : "",
             format_quantity(UNIT_BYTES, point->bytes, size),
             format_quantity(UNIT_TIME_NS, point->ns, time));
    add_interval(text, UNIT_TIME_NS, point->ns_ci.low, point->ns_ci.high);
    text_add(text, " %s |", format_quantity(UNIT_RATE, point->rate, rate));
    text_add(text, " ");
    if (isfinite(point->series->limit_fraction))
        text_add_markdown(text, format_fraction(point->series->limit_fraction, fraction));
    text_add(text, " |");
    if (!isnan(c->ratio)) {
        text_add(text, " ");
        summary_ratio(c, text);
        text_add(text, " | %s |\n", finding_name(c->finding));
    } else {
        text_add(text, has_reference(findings) ? " | |\n" : "\n");
    }
}

/* Empties it; nothing is no item. */
static void add_item(struct text *text, struct text *raw)
{
    const bool any = raw->length > 0;
    text_add(text, any ? "- " : "");
    escaped(text, raw);
    text_add(text, any ? "\n" : "");
}

static void add_problem(struct text *text, const struct findings *findings,
                        const struct problem_view *problem)
{
    char title[TITLE_BYTES];
    struct text raw = {0};
    text_add(text, "\n## ");
    text_add_markdown(text, problem_title(problem, title, sizeof(title)));
    text_add(text, "\n\n| | input | time | 95 %% interval | speed | of the read limit |");
    if (has_reference(findings)) {
        text_add(text, " against ");
        text_add_markdown(text, findings->reference);
        text_add(text, " | |");
    }
    text_add(text, "\n|---|--:|--:|--:|--:|--:|%s\n", has_reference(findings) ? "--:|---|" : "");
    for (size_t i = 0; i < problem->line_count; i++)
        for (size_t p = 0; p < problem->lines[i].count; p++)
            add_point(text, findings, &problem->lines[i], &problem->lines[i].points[p]);
    text_add(text, "\n");
    summary_orders(problem, &raw);
    add_item(text, &raw);
    for (size_t f = 0; f < findings->file_count; f++) {
        for (size_t i = 0; i < findings->files[f].break_even_count; i++) {
            const struct results_break_even *b = &findings->files[f].break_even[i];
            if (!is_about(b, problem))
                continue;
            summary_break_even(findings, f, b, &raw);
            add_item(text, &raw);
        }
    }
    summary_limits(problem, &raw);
    add_item(text, &raw);
}

static void add_note(void *state, const char *words)
{
    struct text *text = state;
    text_add(text, "- ");
    text_add_markdown(text, words);
    text_add(text, "\n");
}

void report_files_markdown(const struct findings *findings, struct text *text)
{
    struct text raw = {0};
    summary_verdict(findings, &raw);
    text_add(text, "# accelbench\n\n**");
    escaped(text, &raw);
    text_add(text, "**\n");
    for (size_t i = 0; i < findings->problem_count; i++)
        add_problem(text, findings, &findings->problems[i]);
    text_add(text, "\n## Where and how\n\n");
    for (size_t i = 0; i < findings->file_count; i++) {
        text_add(&raw, "%s: ", summary_file(&findings->files[i]));
        summary_environment(&findings->files[i], &raw);
        text_add(text, "- ");
        escaped(text, &raw);
        text_add(text, "\n");
    }
    summary_notes(findings, add_note, text);
}
