/* Which charts a problem has: over size where there are several sizes, else bars. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/chart.h"
#include "bench/escape.h"
#include "bench/report_page.h"
#include "bench/report_summary.h"

enum { BARS_MAX = 40, PLACES_MAX = 6 };

enum quantity { QUANTITY_TIME, QUANTITY_RATE, QUANTITY_LIMIT, QUANTITY_SPEEDUP };

struct drawing {
    const struct findings *findings;
    const struct problem_view *problem;
    struct chart_line *lines; /* room for two a line of the problem */
    size_t line_count;
    struct chart_mark *marks; /* room for two a point */
    size_t mark_count;
    struct chart_place places[PLACES_MAX];
    char place_words[PLACES_MAX][96];
    size_t place_count;
};

/* ---- From points to marks ------------------------------------------------------------------ */

static struct chart_mark mark_of(const struct line *line, const struct point *point,
                                 enum quantity quantity)
{
    static const enum unit units[] = {UNIT_TIME_NS, UNIT_RATE, UNIT_RATE, UNIT_RATIO};
    const struct comparison *c = &point->comparison[AGAINST_REFERENCE];
    const struct chart_mark marks[] = {
        [QUANTITY_TIME] = {point->bytes, point->ns, point->ns_ci.low, point->ns_ci.high, ""},
        [QUANTITY_RATE] = {point->bytes, point->rate, point->rate_low, point->rate_high, ""},
        [QUANTITY_LIMIT] = {point->bytes, point->limit_rate, NAN, NAN, ""},
        [QUANTITY_SPEEDUP] = {point->bytes, c->ratio, c->ci.low, c->ci.high, ""},
    };
    struct chart_mark mark = marks[quantity];
    char size[UNIT_TEXT], value[UNIT_TEXT], low[UNIT_TEXT], high[UNIT_TEXT];
    int used =
        snprintf(mark.words, sizeof(mark.words), "%.300s%s%s%s: %s", line->name,
                 line->kernel_only ? ", kernel only" : "", isfinite(point->bytes) ? ", " : "",
                 isfinite(point->bytes) ? format_quantity(UNIT_BYTES, point->bytes, size) : "",
                 format_quantity(units[quantity], mark.y, value));
    if (isfinite(mark.low) && used > 0 && (size_t)used < sizeof(mark.words))
        snprintf(mark.words + used, sizeof(mark.words) - (size_t)used, " (%s to %s)",
                 format_quantity(units[quantity], mark.low, low),
                 format_quantity(units[quantity], mark.high, high));
    return mark;
}

static void take_line(struct drawing *d, const struct line *line, enum quantity quantity)
{
    struct chart_line *to = &d->lines[d->line_count++];
    *to = (struct chart_line){
        .name = line->name,
        .slot = line->slot,
        .stroke = quantity == QUANTITY_LIMIT ? STROKE_LIMIT
                  : line->kernel_only        ? STROKE_DASHED
                                             : STROKE_SOLID,
        .marks = d->marks + d->mark_count,
        .count = line->count,
    };
    for (size_t i = 0; i < line->count; i++)
        d->marks[d->mark_count++] = mark_of(line, &line->points[i], quantity);
}

static void take_lines(struct drawing *d, enum quantity quantity)
{
    d->line_count = d->mark_count = 0;
    for (size_t i = 0; i < d->problem->line_count; i++) {
        const struct line *line = &d->problem->lines[i];
        if (line_repeats(d->problem, line))
            continue;
        if (quantity == QUANTITY_RATE && !line->kernel_only)
            take_line(d, line, QUANTITY_LIMIT); /* below the line itself */
        if (quantity != QUANTITY_SPEEDUP || !line->kernel_only)
            take_line(d, line, quantity);
    }
}

static size_t slot_of(const struct findings *findings, const char *name)
{
    for (size_t i = 0; i < findings->slot_count; i++)
        if (strcmp(findings->slots[i], name) == 0)
            return i;
    return 0;
}

/* Where one wins from a size on; with a question mark where no interval says how sure that is.
 * Pageable transfers are in the text only: one mark a contender. */
static void find_places(struct drawing *d)
{
    for (size_t f = 0; f < d->findings->file_count; f++) {
        const struct results *results = &d->findings->files[f];
        for (size_t i = 0; i < results->break_even_count && d->place_count < PLACES_MAX; i++) {
            const struct results_break_even *b = &results->break_even[i];
            if (!is_about(b, d->problem) || strcmp(b->status, "wins_from") != 0 ||
                !(b->bytes > 0) || strcmp(b->kind, "end_to_end_pageable") == 0)
                continue;
            char *words = d->place_words[d->place_count], size[UNIT_TEXT];
            const char *phase = strcmp(b->kind, "resident") == 0 ? " kernel" : "";
            const char *base = strstr(b->baseline, "CPU") != NULL ? "the CPU" : b->baseline;
            const char *doubt = isfinite(b->low) && isfinite(b->high) ? "" : "?";
            snprintf(words, sizeof(d->place_words[0]), "%.20s%s beats %.20s from %s%s",
                     b->contender, phase, base, format_quantity(UNIT_BYTES, b->bytes, size), doubt);
            d->places[d->place_count++] = (struct chart_place){
                b->bytes, b->low, b->high, b->contender, words, slot_of(d->findings, b->contender)};
        }
    }
}

static int by_place(const void *a, const void *b)
{
    double x = ((const struct chart_place *)a)->x, y = ((const struct chart_place *)b)->x;
    return (x > y) - (x < y);
}

/* ---- Figures ------------------------------------------------------------------------------- */

static void begin_figure(const char *title, const char *note, struct text *text)
{
    text_add(text, "<figure><figcaption><h3>");
    text_add_html(text, title);
    text_add(text, "</h3>");
    if (*note != '\0') {
        text_add(text, "<p>");
        text_add_html(text, note);
        text_add(text, "</p>");
    }
    text_add(text, "</figcaption><div class=\"scroll\">\n");
}

static void end_figure(struct text *text)
{
    text_add(text, "</div></figure>\n");
}

static void add_chart(struct drawing *d, enum quantity quantity, size_t index, struct text *text)
{
    static const struct {
        const char *id, *title, *y_title, *note;
        enum unit unit;
    } kinds[] = {
        [QUANTITY_TIME] = {"time", "Time", "time", "Lower is better.", UNIT_TIME_NS},
        [QUANTITY_RATE] = {"speed", "Speed", "input per second",
                           "Higher is better. Dots: the fastest loop that only reads the same "
                           "input. Dashes: the kernel alone, its data on the device.",
                           UNIT_RATE},
        [QUANTITY_SPEEDUP] = {"speedup", "Speed-up", "times as fast",
                              "Above the thick line: faster than the reference.", UNIT_RATIO},
    };
    char id[64], title[TITLE_BYTES], heading[200];
    snprintf(id, sizeof(id), "chart-%zu-%s", index, kinds[quantity].id);
    problem_title(d->problem, title, sizeof(title));
    snprintf(heading, sizeof(heading), "%s%s%.40s", kinds[quantity].title,
             quantity == QUANTITY_SPEEDUP ? " over " : "",
             quantity == QUANTITY_SPEEDUP ? d->findings->reference : "");
    struct chart chart = {
        .id = id,
        .title = heading,
        .description = title,
        .x_title = "size of the input",
        .y_title = kinds[quantity].y_title,
        .x_unit = UNIT_BYTES,
        .y_unit = kinds[quantity].unit,
        .level = quantity == QUANTITY_SPEEDUP ? 1 : NAN,
        .lines = d->lines,
        .places = d->places,
        .place_count = d->place_count,
    };
    take_lines(d, quantity);
    chart.line_count = d->line_count;
    struct text drawn = {0};
    if (d->problem->size_count > 1)
        chart_lines(&chart, &drawn);
    else
        chart_bars(&chart, &drawn);
    if (drawn.length > 0) {
        begin_figure(heading, d->problem->size_count > 1 ? kinds[quantity].note : "", text);
        text_add_bytes(text, drawn.data, drawn.length);
        end_figure(text);
    }
    text->failed = text->failed || drawn.failed;
    text_free(&drawn);
}

/* ---- Phases -------------------------------------------------------------------------------- */

static const enum phase stacked[] = {PHASE_H2D, PHASE_KERNEL, PHASE_D2H};
enum { STACKED = sizeof(stacked) / sizeof(stacked[0]) };

static bool has_phases(const struct line *line)
{
    for (size_t i = 0; i < line->count; i++)
        if (isfinite(line->points[i].series->phase_ns[PHASE_H2D]))
            return !line->kernel_only;
    return false;
}

static void add_phases(const struct drawing *d, const struct line *line, size_t index,
                       struct text *text)
{
    struct chart_stack *stacks = calloc(line->count, sizeof(*stacks));
    char(*names)[UNIT_TEXT] = calloc(line->count, sizeof(*names));
    if (stacks == NULL || names == NULL) {
        text->failed = true;
    } else {
        char id[64], title[400];
        for (size_t i = 0; i < line->count; i++) {
            char part[STACKED][UNIT_TEXT], whole[UNIT_TEXT];
            stacks[i].name = format_quantity(UNIT_BYTES, line->points[i].bytes, names[i]);
            for (size_t p = 0; p < STACKED; p++) {
                stacks[i].parts[p] = line->points[i].series->phase_ns[stacked[p]];
                format_quantity(UNIT_TIME_NS, stacks[i].parts[p], part[p]);
            }
            snprintf(stacks[i].words, sizeof(stacks[i].words),
                     "%s: to the device %s, kernel %s, back %s; end to end %s", names[i], part[0],
                     part[1], part[2], format_quantity(UNIT_TIME_NS, line->points[i].ns, whole));
        }
        snprintf(id, sizeof(id), "chart-%zu-phases-%zu", index, (size_t)(line - d->problem->lines));
        snprintf(title, sizeof(title), "Where the time goes: %.300s", line->name);
        const struct chart chart = {.id = id, .title = title, .description = "phases by size"};
        begin_figure(title, "", text);
        text_add(text, "<p class=\"parts\"><span class=\"p0\">to the device</span> "
                       "<span class=\"p1\">kernel</span> <span class=\"p2\">back</span></p>");
        chart_stacks(&chart, stacks, line->count, STACKED, text);
        end_figure(text);
    }
    free(stacks);
    free(names);
}

/* ---- All of a problem ------------------------------------------------------------------------ */

void report_page_charts(const struct findings *findings, size_t index, struct text *text)
{
    const struct problem_view *problem = &findings->problems[index];
    struct drawing d = {.findings = findings, .problem = problem};
    size_t points = 0;
    for (size_t i = 0; i < problem->line_count; i++)
        points += problem->lines[i].count;
    if (problem->foreign && problem->line_count > BARS_MAX)
        return; /* the table has them all */
    d.lines = calloc(2 * problem->line_count + 1, sizeof(*d.lines));
    d.marks = calloc(2 * points + 1, sizeof(*d.marks));
    if (d.lines == NULL || d.marks == NULL) {
        text->failed = true;
    } else {
        find_places(&d);
        qsort(d.places, d.place_count, sizeof(d.places[0]), by_place);
        text_add(text, "<div class=\"charts\">\n");
        if (!problem->foreign)
            add_chart(&d, QUANTITY_RATE, index, text);
        add_chart(&d, QUANTITY_TIME, index, text);
        d.place_count = 0; /* said twice already */
        if (!problem->foreign)
            add_chart(&d, QUANTITY_SPEEDUP, index, text);
        for (size_t i = 0; i < problem->line_count; i++)
            if (has_phases(&problem->lines[i]))
                add_phases(&d, &problem->lines[i], index, text);
        text_add(text, "</div>\n");
    }
    free(d.lines);
    free(d.marks);
}
