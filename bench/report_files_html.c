/* The page: the verdict, then each problem's charts, then all numbers, then where they are from. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/chart.h"
#include "bench/escape.h"
#include "bench/report_files.h"
#include "bench/report_page.h"
#include "bench/report_summary.h"
#include "bench/units.h"

static void escaped(struct text *text, struct text *raw)
{
    if (raw->data != NULL)
        text_add_html(text, raw->data);
    text->failed = text->failed || raw->failed;
    text_free(raw);
}

/* Only the style and the script of this page run, by their hashes, and nothing may be loaded: not
 * even if a name in the results were to break out of its place. */
static void add_head(struct text *text)
{
    text_add(text,
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; "
             "form-action 'none'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<title>accelbench report</title>\n<style>",
             report_page_style_sha256, report_page_script_sha256);
    text_add_bytes(text, report_page_style.text, report_page_style.bytes);
    text_add(text, "</style>\n</head>\n");
}

static void add_header(const struct findings *findings, struct text *text)
{
    struct text raw = {0};
    text_add(text, "<body>\n<header>\n<p class=\"brand\">accelbench</p>\n"
                   "<button id=\"theme\" type=\"button\" hidden>Dark</button>\n");
    summary_verdict(findings, &raw);
    text_add(text, "<h1>");
    escaped(text, &raw);
    text_add(text, "</h1>\n");
    for (size_t i = 0; i < findings->file_count; i++) {
        summary_environment(&findings->files[i], &raw);
        if (i == 0 || findings->origins[i] == i) {
            text_add(text, "<p class=\"machine\">");
            escaped(text, &raw);
            text_add(text, "</p>\n");
        }
        text_free(&raw);
    }
    text_add(text, "</header>\n<main>\n");
}

/* ---- A problem ---------------------------------------------------------------------------- */

/* Buttons only with a script; without one they are the legend. */
static void add_switches(const struct problem_view *problem, struct text *text)
{
    text_add(text, "<div class=\"switches\" role=\"group\" aria-label=\"Series\">\n");
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *line = &problem->lines[i];
        bool again = false; /* the kernel's line beside the end-to-end one */
        for (size_t other = 0; other < i; other++)
            again = again || strcmp(problem->lines[other].name, line->name) == 0;
        if (again)
            continue;
        text_add(text,
                 "<button type=\"button\" class=\"s%zu\" aria-pressed=\"true\" disabled "
                 "data-switch=\"",
                 line->slot % CHART_SLOTS);
        text_add_html(text, line->name);
        text_add(text, "\">");
        chart_swatch(line->slot, text);
        text_add_html(text, line->name);
        text_add(text, "</button>\n");
    }
    text_add(text, "</div>\n");
}

/* Empties it; nothing is no sentence. */
static void add_sentence(struct text *raw, struct text *text)
{
    const bool any = raw->length > 0;
    text_add(text, any ? "<li>" : "");
    escaped(text, raw);
    text_add(text, any ? "</li>\n" : "");
}

static void add_sentences(const struct findings *findings, const struct problem_view *problem,
                          struct text *text)
{
    struct text raw = {0};
    text_add(text, "<ul class=\"said\">\n");
    summary_orders(problem, &raw);
    add_sentence(&raw, text);
    for (size_t f = 0; f < findings->file_count; f++) {
        for (size_t i = 0; i < findings->files[f].break_even_count; i++) {
            const struct results_break_even *b = &findings->files[f].break_even[i];
            if (!is_about(b, problem))
                continue;
            summary_break_even(findings, f, b, &raw);
            add_sentence(&raw, text);
        }
    }
    summary_limits(problem, &raw);
    add_sentence(&raw, text);
    text_add(text, "</ul>\n");
    text_free(&raw);
}

static void add_problem(const struct findings *findings, size_t index, struct text *text)
{
    const struct problem_view *problem = &findings->problems[index];
    char title[TITLE_BYTES];
    struct text raw = {0};
    text_add(text, "<section id=\"problem-%zu\">\n<h2>", index);
    text_add_html(text, problem_title(problem, title, sizeof(title)));
    text_add(text, "</h2>\n<p class=\"verdict\">");
    summary_of_problem(problem, &raw);
    escaped(text, &raw);
    text_add(text, ".</p>\n");
    add_sentences(findings, problem, text);
    if (!problem->foreign)
        add_switches(problem, text);
    report_page_charts(findings, index, text);
    text_add(text, "<p><a href=\"#numbers-%zu\">All numbers of ", index);
    text_add_html(text, title);
    text_add(text, "</a></p>\n</section>\n");
}

/* ---- All numbers -------------------------------------------------------------------------- */

static void add_quantity(enum unit unit, double value, struct text *text)
{
    char words[UNIT_TEXT];
    text_add(text, "<td>%s</td>", format_quantity(unit, value, words));
}

static void add_interval(enum unit unit, double low, double high, struct text *text)
{
    char from[UNIT_TEXT], to[UNIT_TEXT];
    if (isnan(low))
        text_add(text, "<td>-</td>");
    else
        text_add(text, "<td>%s to %s</td>", format_quantity(unit, low, from),
                 format_quantity(unit, high, to));
}

static void add_row(const struct findings *findings, const struct line *line,
                    const struct point *point, struct text *text)
{
    const struct comparison *c = &point->comparison[AGAINST_REFERENCE];
    const struct summary *s = &point->series->summary;
    char fraction[UNIT_TEXT];
    text_add(text, "<tr><th scope=\"row\">");
    text_add_html(text, line->name);
    text_add(text, "%s</th>", line->kernel_only ? ", kernel only" : "");
    add_quantity(UNIT_BYTES, point->bytes, text);
    add_quantity(UNIT_TIME_NS, point->ns, text);
    add_interval(UNIT_TIME_NS, point->ns_ci.low, point->ns_ci.high, text);
    add_quantity(UNIT_TIME_NS, s->min, text);
    add_quantity(UNIT_TIME_NS, s->p95, text);
    text_add(text, "<td>%zu</td>", s->n);
    add_quantity(UNIT_RATE, point->rate, text);
    text_add(text, "<td>");
    text_add_html(text, format_fraction(point->series->limit_fraction, fraction));
    text_add(text, "</td>");
    if (has_reference(findings)) {
        add_quantity(UNIT_RATIO, c->ratio, text);
        add_interval(UNIT_RATIO, c->ci.low, c->ci.high, text);
        text_add(text, "<td>%s</td>", isnan(c->ratio) ? "-" : finding_name(c->finding));
    }
    text_add(text, "</tr>\n");
}

static void add_table(const struct findings *findings, size_t index, struct text *text)
{
    const struct problem_view *problem = &findings->problems[index];
    char title[TITLE_BYTES];
    text_add(text, "<div class=\"scroll\" id=\"numbers-%zu\" tabindex=\"0\"><table>\n<caption>",
             index);
    text_add_html(text, problem_title(problem, title, sizeof(title)));
    text_add(text, "</caption>\n<thead><tr>");
    static const char *const heads[] = {"series",        "input", "median time",
                                        "95 % interval", "least", "95th percentile",
                                        "samples",       "speed", "of its read limit"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        text_add(text, "<th scope=\"col\">%s</th>", heads[i]);
    if (has_reference(findings)) {
        text_add(text, "<th scope=\"col\">speed-up over ");
        text_add_html(text, findings->reference);
        text_add(text, "</th><th scope=\"col\">interval</th><th scope=\"col\">verdict</th>");
    }
    text_add(text, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < problem->line_count; i++)
        for (size_t p = 0; p < problem->lines[i].count; p++)
            add_row(findings, &problem->lines[i], &problem->lines[i].points[p], text);
    text_add(text, "</tbody></table></div>\n");
}

/* ---- The whole ---------------------------------------------------------------------------- */

static void add_note(void *state, const char *words)
{
    struct text *text = state;
    text_add(text, "<li>");
    text_add_html(text, words);
    text_add(text, "</li>\n");
}

static void add_origin(const struct findings *findings, struct text *text)
{
    struct text raw = {0};
    text_add(text, "<section id=\"origin\">\n<h2>Where and how</h2>\n<dl>\n");
    for (size_t i = 0; i < findings->file_count; i++) {
        text_add(text, "<dt>");
        text_add_html(text, summary_file(&findings->files[i]));
        text_add(text, "</dt><dd>");
        summary_environment(&findings->files[i], &raw);
        if (*findings->files[i].environment.flags != '\0')
            text_add(&raw, ", flags %s", findings->files[i].environment.flags);
        escaped(text, &raw);
        text_add(text, "</dd>\n");
    }
    text_add(text, "</dl>\n<h3>To know</h3>\n<ul class=\"notes\">\n");
    summary_notes(findings, add_note, text);
    text_add(text,
             "<li>Times are medians over rounds. The interval of a time holds with 95 %% "
             "confidence, those of the speed-ups of one size all together; no distribution is "
             "assumed. Speed-ups come from times of the same round.</li>\n"
             "</ul>\n</section>\n");
}

void report_files_html(const struct findings *findings, struct text *text)
{
    add_head(text);
    add_header(findings, text);
    for (size_t i = 0; i < findings->problem_count; i++)
        add_problem(findings, i, text);
    text_add(text, "<section id=\"numbers\">\n<h2>All numbers</h2>\n");
    for (size_t i = 0; i < findings->problem_count; i++)
        add_table(findings, i, text);
    text_add(text, "</section>\n");
    add_origin(findings, text);
    text_add(text, "</main>\n<div id=\"tip\" aria-hidden=\"true\" hidden></div>\n<script>");
    text_add_bytes(text, report_page_script.text, report_page_script.bytes);
    text_add(text, "</script>\n</body>\n</html>\n");
}
