/* Horizontal bars, from zero: lengths may be compared by eye. */
#include <math.h>
#include <string.h>

#include "bench/chart.h"
#include "bench/chart_parts.h"
#include "bench/escape.h"

static const double margin_top = 10, bar_height = 38, name_height = 34;
static const char kernel_mark[] = " kernel";

/* Names stand beside the bars, or where they are long above them. */
struct layout {
    double left, length, row_height; /* what is to the right is for the values */
    bool above;
    struct chart_cut cut, kernel_cut; /* the latter of names with the mark behind them */
};

static const struct layout beside = {300, 480, 60, false, {22, 0}, {22, 0}},
                           over = {20, 760, 96, true, {0, 0}, {0, 0}};

static struct layout layout_of(const struct chart *chart)
{
    enum { BESIDE_MOST = 22, OVER_MOST = 66 };
    bool fits = true;
    for (size_t i = 0; i < chart->line_count; i++) {
        const struct chart_line *line = &chart->lines[i];
        const size_t mark = line->stroke == STROKE_DASHED ? strlen(kernel_mark) : 0;
        fits = fits && chart_characters(line->name) + (int)mark <= BESIDE_MOST;
    }
    struct layout layout = fits ? beside : over;
    const int most = fits ? BESIDE_MOST : OVER_MOST;
    layout.cut = chart_find_cut(chart, most);
    layout.kernel_cut = chart_find_cut(chart, most - (int)strlen(kernel_mark));
    return layout;
}

/* Returns where the bar begins, below the top of its row. */
static double add_name(const struct layout *l, const char *name, bool kernel_only, double y,
                       struct text *text)
{
    text_add(text, "<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"%s\">",
             l->above ? l->left + 8 : l->left - 14,
             l->above ? y + chart_font : y + bar_height / 2 + 8, l->above ? "start" : "end");
    chart_name(name, kernel_only ? l->kernel_cut : l->cut, text);
    text_add(text, "%s</text>", kernel_only ? kernel_mark : "");
    return l->above ? y + name_height : y;
}

static void add_bar(const struct chart *chart, const struct layout *l,
                    const struct chart_line *line, double top, double most, struct text *text)
{
    const struct chart_mark *mark = &line->marks[0];
    char value[UNIT_TEXT];
    const double end = l->left + l->length * mark->y / most;
    text_add(text, "<g class=\"line s%zu %s\" data-line=\"", line->slot % CHART_SLOTS,
             line->stroke == STROKE_DASHED ? "dashed" : "solid");
    text_add_html(text, line->name);
    text_add(text, "\">");
    const double y = add_name(l, line->name, line->stroke == STROKE_DASHED, top, text);
    chart_begin_mark(mark->words, true, text);
    text_add(text, "<rect class=\"bar\" x=\"%.0f\" y=\"%.1f\" width=\"%.1f\" height=\"%.0f\"/>",
             l->left, y, fmax(end - l->left, 2), bar_height);
    double right = end;
    if (isfinite(mark->low) && isfinite(mark->high)) {
        double low = l->left + l->length * mark->low / most, middle = y + bar_height / 2;
        right = fmax(right, l->left + l->length * mark->high / most);
        text_add(text, "<path class=\"whisker\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv14M%.1f %.1fv14\"/>",
                 low, middle, right, low, middle - 7, right, middle - 7);
    }
    text_add(text, "<text x=\"%.1f\" y=\"%.1f\">%s</text></g></g>\n", right + 12,
             y + bar_height / 2 + 8, format_quantity(chart->y_unit, mark->y, value));
}

static bool is_bar(const struct chart_line *line)
{
    return line->count > 0 && line->stroke != STROKE_LIMIT && isfinite(line->marks[0].y) &&
           line->marks[0].y > 0;
}

void chart_bars(const struct chart *chart, struct text *text)
{
    const struct layout l = layout_of(chart);
    double most = 0, y = margin_top;
    size_t rows = 0;
    for (size_t i = 0; i < chart->line_count; i++) {
        if (!is_bar(&chart->lines[i]))
            continue;
        const struct chart_mark *mark = &chart->lines[i].marks[0];
        most = fmax(most, isfinite(mark->high) ? fmax(mark->y, mark->high) : mark->y);
        rows++;
    }
    if (rows == 0)
        return;
    chart_begin(chart, margin_top + l.row_height * (double)rows + 10, text);
    for (size_t i = 0; i < chart->line_count; i++) {
        if (!is_bar(&chart->lines[i]))
            continue;
        add_bar(chart, &l, &chart->lines[i], y, most, text);
        y += l.row_height;
    }
    text_add(text, "<path class=\"axis\" d=\"M%.0f %.0fV%.1f\"/>\n", l.left, margin_top - 6,
             y - l.row_height + (l.above ? name_height : 0) + bar_height + 6);
    chart_end(text);
}

static void add_stack(const struct chart_stack *stack, size_t parts, double y, bool first,
                      struct text *text)
{
    double total = 0, x = beside.left;
    char value[UNIT_TEXT];
    for (size_t i = 0; i < parts; i++)
        total += isfinite(stack->parts[i]) ? stack->parts[i] : 0;
    add_name(&beside, stack->name, false, y, text);
    chart_begin_mark(stack->words, first, text);
    for (size_t i = 0; i < parts && total > 0; i++) {
        double share = isfinite(stack->parts[i]) ? stack->parts[i] / total : 0;
        text_add(text,
                 "<rect class=\"part p%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                 "height=\"%.0f\"/>",
                 i, x, y, share * beside.length, bar_height);
        if (share > 0.12)
            text_add(text,
                     "<text class=\"inside\" x=\"%.1f\" y=\"%.1f\" "
                     "text-anchor=\"middle\">%.0f %%</text>",
                     x + share * beside.length / 2, y + bar_height / 2 + 8, 100 * share);
        x += share * beside.length;
    }
    text_add(text, "<text x=\"%.1f\" y=\"%.1f\">%s</text></g>\n", beside.left + beside.length + 12,
             y + bar_height / 2 + 8, format_quantity(UNIT_TIME_NS, total, value));
}

void chart_stacks(const struct chart *chart, const struct chart_stack *stacks, size_t count,
                  size_t parts, struct text *text)
{
    if (count == 0)
        return;
    chart_begin(chart, margin_top + beside.row_height * (double)count + 10, text);
    text_add(text, "<g class=\"line\">");
    for (size_t i = 0; i < count; i++)
        add_stack(&stacks[i], parts, margin_top + beside.row_height * (double)i, i == 0, text);
    text_add(text, "</g>\n");
    chart_end(text);
}
