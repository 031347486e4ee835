/* Lines over logarithmic axes. */
#include "bench/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/chart_parts.h"
#include "bench/escape.h"

static const double margin_left = 140;
static const double margin_top = 40, margin_bottom = 96, plot_height = 430, label_step = 28;

enum { NAME_LEAST = 15, NAME_MOST = 26, LABELS_MAX = 64 };
static const char kernel_mark[] = " kernel";

struct axis {
    double low, high; /* of the values, above 0 */
    double from, to;  /* of the drawing */
};

struct plot {
    const struct chart *chart;
    struct axis x, y;
    double top, bottom, right; /* names stand to the right, at the ends of the lines */
    int name_most;             /* characters */
    struct text *text;
};

static double place_on(const struct axis *axis, double value)
{
    double part = (log(value) - log(axis->low)) / (log(axis->high) - log(axis->low));
    return axis->from + part * (axis->to - axis->from);
}

static bool is_shown(const struct chart_mark *mark)
{
    return mark->x > 1e-300 && mark->x < 1e300 && mark->y > 1e-300 && mark->y < 1e300;
}

/* ---- Axes --------------------------------------------------------------------------------- */

static void widen(struct axis *axis, double value)
{
    if (!(value > 1e-300 && value < 1e300)) /* room for the margins */
        return;
    axis->low = value < axis->low ? value : axis->low;
    axis->high = value > axis->high ? value : axis->high;
}

/* Small differences must not look large: an axis spans at least this factor. */
static void stretch(struct axis *axis, double least)
{
    double factor = axis->high / axis->low;
    if (!(factor >= least)) {
        axis->low /= sqrt(least / factor);
        axis->high *= sqrt(least / factor);
    }
}

static bool find_axes(struct plot *plot)
{
    const struct chart *chart = plot->chart;
    plot->x = (struct axis){INFINITY, 0, margin_left, plot->right};
    plot->y = (struct axis){INFINITY, 0, plot->bottom, plot->top};
    for (size_t i = 0; i < chart->line_count; i++) {
        for (size_t m = 0; m < chart->lines[i].count; m++) {
            const struct chart_mark *mark = &chart->lines[i].marks[m];
            if (!is_shown(mark))
                continue;
            widen(&plot->x, mark->x);
            widen(&plot->y, mark->y);
            widen(&plot->y, mark->low);
            widen(&plot->y, mark->high);
        }
    }
    if (plot->x.high == 0)
        return false;
    widen(&plot->y, chart->level);
    plot->x.low /= 1.3;
    plot->x.high *= 1.15;
    plot->y.low /= 1.2;
    plot->y.high *= 1.2;
    stretch(&plot->x, 2);
    stretch(&plot->y, 4);
    return true;
}

static void add_axes(const struct plot *plot)
{
    double ticks[TICKS_MAX];
    char words[UNIT_TEXT];
    size_t count =
        chart_ticks(plot->x.low, plot->x.high, (size_t)((plot->right - margin_left) / 84), ticks);
    for (size_t i = 0; i < count; i++) {
        double x = place_on(&plot->x, ticks[i]);
        text_add(plot->text,
                 "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
                 "text-anchor=\"middle\">%s</text>\n",
                 x, plot->top, plot->bottom, x, plot->bottom + 32,
                 format_mark(plot->chart->x_unit, ticks[i], words));
    }
    count = chart_ticks(plot->y.low, plot->y.high, 9, ticks);
    for (size_t i = 0; i < count; i++) {
        double y = place_on(&plot->y, ticks[i]);
        text_add(plot->text,
                 "<path class=\"grid\" d=\"M%.0f %.1fH%.0f\"/><text x=\"%.0f\" y=\"%.1f\" "
                 "text-anchor=\"end\">%s</text>\n",
                 margin_left, y, plot->right, margin_left - 12, y + 7,
                 format_mark(plot->chart->y_unit, ticks[i], words));
    }
    text_add(plot->text, "<path class=\"axis\" d=\"M%.0f %.1fV%.1fH%.0f\"/>\n", margin_left,
             plot->top, plot->bottom, plot->right);
    text_add(plot->text, "<text class=\"title\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"middle\">",
             (margin_left + plot->right) / 2, plot->bottom + 74);
    text_add_html(plot->text, plot->chart->x_title);
    text_add(plot->text, "</text>\n<text class=\"title\" x=\"%d\" y=\"26\">", 8);
    text_add_html(plot->text, plot->chart->y_title);
    text_add(plot->text, "</text>\n");
    if (isfinite(plot->chart->level))
        text_add(plot->text, "<path class=\"level\" d=\"M%.0f %.1fH%.0f\"/>\n", margin_left,
                 place_on(&plot->y, plot->chart->level), plot->right);
}

/* ---- Break-even ---------------------------------------------------------------------------- */

static double within_x(const struct plot *plot, double value)
{
    return fmin(fmax(place_on(&plot->x, value), plot->x.from), plot->x.to);
}

/* Words over those of the places to their left; callers list places by x, so that no line of a
 * place crosses the words of another where there is room to the right. */
static void add_place_words(const struct plot *plot, const struct chart_place *place, double x,
                            double y)
{
    const double width = chart_font * 0.62 * (double)strlen(place->words);
    const double right = chart_width - width; /* where they begin to fit there */
    const bool starts = x < right || x < width;
    text_add(plot->text, "<text class=\"place s%zu\" data-line=\"", place->slot % CHART_SLOTS);
    text_add_html(plot->text, place->name);
    text_add(plot->text, "\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
             starts ? fmin(x - 4, fmax(right, 0)) : x + 4, y, starts ? "start" : "end");
    text_add_html(plot->text, place->words);
    text_add(plot->text, "</text>\n");
}

static void add_places(const struct plot *plot)
{
    const struct chart *chart = plot->chart;
    for (size_t i = 0; i < chart->place_count; i++) {
        const struct chart_place *place = &chart->places[i];
        double x = within_x(plot, place->x);
        text_add(plot->text, "<g class=\"s%zu\" data-line=\"", place->slot % CHART_SLOTS);
        text_add_html(plot->text, place->name);
        text_add(plot->text, "\">");
        if (isfinite(place->low) && isfinite(place->high) && place->low > 1e-300)
            text_add(plot->text,
                     "<rect class=\"band\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                     within_x(plot, place->low), plot->top,
                     fmax(within_x(plot, place->high) - within_x(plot, place->low), 1),
                     plot->bottom - plot->top);
        text_add(plot->text, "<path class=\"from\" d=\"M%.1f %.1fV%.1f\"/></g>\n", x,
                 margin_top + 22 + 28 * (double)i, plot->bottom);
    }
    for (size_t i = 0; i < chart->place_count; i++)
        add_place_words(plot, &chart->places[i], within_x(plot, chart->places[i].x),
                        margin_top + 14 + 28 * (double)i);
}

/* ---- Lines -------------------------------------------------------------------------------- */

static void add_path(const struct plot *plot, const struct chart_line *line)
{
    bool drawing = false;
    text_add(plot->text, "<path class=\"stroke\" d=\"");
    for (size_t i = 0; i < line->count; i++) {
        if (!is_shown(&line->marks[i]))
            continue;
        text_add(plot->text, "%c%.1f %.1f", drawing ? 'L' : 'M',
                 place_on(&plot->x, line->marks[i].x), place_on(&plot->y, line->marks[i].y));
        drawing = true;
    }
    text_add(plot->text, "\"/>");
}

static void add_mark(const struct plot *plot, const struct chart_line *line,
                     const struct chart_mark *mark, bool first)
{
    double x = place_on(&plot->x, mark->x), y = place_on(&plot->y, mark->y);
    chart_begin_mark(mark->words, first, plot->text);
    text_add(plot->text, "<circle class=\"hit\" cx=\"%.1f\" cy=\"%.1f\" r=\"18\"/>", x, y);
    if (isfinite(mark->low) && isfinite(mark->high) && mark->low > 1e-300) {
        double low = place_on(&plot->y, mark->low), high = place_on(&plot->y, mark->high);
        text_add(plot->text,
                 "<path class=\"error\" d=\"M%.1f %.1fV%.1fM%.1f %.1fh14M%.1f %.1fh14\"/>", x, low,
                 high, x - 7, low, x - 7, high);
    }
    chart_marker(line->slot, x, y, plot->text);
    text_add(plot->text, "</g>\n");
}

static void add_line(const struct plot *plot, const struct chart_line *line)
{
    static const char *const strokes[] = {"solid", "dashed", "limit"};
    bool first = true;
    text_add(plot->text, "<g class=\"line s%zu %s\" data-line=\"", line->slot % CHART_SLOTS,
             strokes[line->stroke]);
    text_add_html(plot->text, line->name);
    text_add(plot->text, "\">");
    add_path(plot, line);
    for (size_t i = 0; i < line->count && line->stroke != STROKE_LIMIT; i++) {
        if (!is_shown(&line->marks[i]))
            continue;
        add_mark(plot, line, &line->marks[i], first);
        first = false;
    }
    text_add(plot->text, "</g>\n");
}

/* ---- Names at the ends of the lines ---------------------------------------------------------- */

struct label {
    double y;
    const struct chart_line *line;
};

static int by_y(const void *a, const void *b)
{
    double x = ((const struct label *)a)->y, y = ((const struct label *)b)->y;
    return (x > y) - (x < y);
}

/* From top to bottom each a step below the one before it, then from the bottom up. */
static void spread(struct label *labels, size_t count, double lowest)
{
    for (size_t i = 1; i < count; i++)
        labels[i].y = fmax(labels[i].y, labels[i - 1].y + label_step);
    double most = lowest;
    for (size_t i = count; i-- > 0;) {
        labels[i].y = fmin(labels[i].y, most);
        most = labels[i].y - label_step;
    }
}

static void add_labels(const struct plot *plot)
{
    struct label labels[LABELS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < plot->chart->line_count && count < LABELS_MAX; i++) {
        const struct chart_line *line = &plot->chart->lines[i];
        size_t last = line->count;
        while (last > 0 && !is_shown(&line->marks[last - 1]))
            last--;
        if (last > 0 && line->stroke != STROKE_LIMIT)
            labels[count++] = (struct label){place_on(&plot->y, line->marks[last - 1].y), line};
    }
    qsort(labels, count, sizeof(labels[0]), by_y);
    spread(labels, count, plot->bottom);
    const int least = plot->name_most - (int)strlen(kernel_mark);
    const struct chart_cut cut = chart_find_cut(plot->chart, plot->name_most),
                           kernel_cut = chart_find_cut(plot->chart, least);
    for (size_t i = 0; i < count; i++) {
        const struct chart_line *line = labels[i].line;
        const bool is_kernel = line->stroke == STROKE_DASHED;
        text_add(plot->text, "<text class=\"name s%zu\" data-line=\"", line->slot % CHART_SLOTS);
        text_add_html(plot->text, line->name);
        text_add(plot->text, "\" x=\"%.0f\" y=\"%.1f\">", plot->right + 14, labels[i].y + 7);
        chart_name(line->name, is_kernel ? kernel_cut : cut, plot->text);
        text_add(plot->text, "%s</text>\n", is_kernel ? kernel_mark : "");
    }
}

/* As much room as the longest name needs, within reason. */
static void make_room(struct plot *plot)
{
    plot->name_most = NAME_LEAST;
    for (size_t i = 0; i < plot->chart->line_count; i++) {
        const struct chart_line *line = &plot->chart->lines[i];
        const int length = chart_characters(line->name) +
                           (line->stroke == STROKE_DASHED ? (int)strlen(kernel_mark) : 0);
        plot->name_most = length > plot->name_most ? length : plot->name_most;
    }
    plot->name_most = plot->name_most < NAME_MOST ? plot->name_most : NAME_MOST;
    plot->right = chart_width - 230 - chart_font * 0.66 * (plot->name_most - NAME_LEAST);
}

void chart_lines(const struct chart *chart, struct text *text)
{
    struct plot plot = {.chart = chart, .text = text};
    plot.top = margin_top + 28 * (double)chart->place_count;
    plot.bottom = plot.top + plot_height;
    make_room(&plot);
    if (!find_axes(&plot))
        return;
    chart_begin(chart, plot.bottom + margin_bottom, text);
    add_axes(&plot);
    add_places(&plot);
    for (size_t i = 0; i < chart->line_count; i++)
        add_line(&plot, &chart->lines[i]);
    add_labels(&plot);
    chart_end(text);
}
