/* Horizontal bars, from zero: lengths may be compared by eye. */
#include <math.h>

#include "bench/chart.h"
#include "bench/chart_parts.h"
#include "bench/escape.h"

enum { NAME_MAX = 22 };

static const double left = 300, margin_top = 10, row_height = 60, bar_height = 38;
static const double length = 480; /* the rest is for the values */

static void add_name(const char *name, bool kernel_only, double y, struct text *text)
{
    text_add(text, "<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">", left - 14,
             y + bar_height / 2 + 8);
    chart_name(name, kernel_only ? NAME_MAX - 7 : NAME_MAX, text);
    text_add(text, "%s</text>", kernel_only ? " kernel" : "");
}

static void add_bar(const struct chart *chart, const struct chart_line *line, double y, double most,
                    struct text *text)
{
    const struct chart_mark *mark = &line->marks[0];
    char value[UNIT_TEXT];
    double end = left + length * mark->y / most;
    text_add(text, "<g class=\"line s%zu %s\" data-line=\"", line->slot % CHART_SLOTS,
             line->stroke == STROKE_DASHED ? "dashed" : "solid");
    text_add_html(text, line->name);
    text_add(text, "\">");
    add_name(line->name, line->stroke == STROKE_DASHED, y, text);
    chart_begin_mark(mark->words, true, text);
    text_add(text, "<rect class=\"bar\" x=\"%.0f\" y=\"%.1f\" width=\"%.1f\" height=\"%.0f\"/>",
             left, y, fmax(end - left, 2), bar_height);
    double right = end;
    if (isfinite(mark->low) && isfinite(mark->high)) {
        double low = left + length * mark->low / most, middle = y + bar_height / 2;
        right = fmax(right, left + length * mark->high / most);
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
    chart_begin(chart, margin_top + row_height * (double)rows + 10, text);
    for (size_t i = 0; i < chart->line_count; i++) {
        if (!is_bar(&chart->lines[i]))
            continue;
        add_bar(chart, &chart->lines[i], y, most, text);
        y += row_height;
    }
    text_add(text, "<path class=\"axis\" d=\"M%.0f %.0fV%.1f\"/>\n", left, margin_top - 6,
             y - row_height + bar_height + 6);
    chart_end(text);
}

static void add_stack(const struct chart_stack *stack, size_t parts, double y, bool first,
                      struct text *text)
{
    double total = 0, x = left;
    char value[UNIT_TEXT];
    for (size_t i = 0; i < parts; i++)
        total += isfinite(stack->parts[i]) ? stack->parts[i] : 0;
    add_name(stack->name, false, y, text);
    chart_begin_mark(stack->words, first, text);
    for (size_t i = 0; i < parts && total > 0; i++) {
        double share = isfinite(stack->parts[i]) ? stack->parts[i] / total : 0;
        text_add(text,
                 "<rect class=\"part p%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                 "height=\"%.0f\"/>",
                 i, x, y, share * length, bar_height);
        if (share > 0.12)
            text_add(text,
                     "<text class=\"inside\" x=\"%.1f\" y=\"%.1f\" "
                     "text-anchor=\"middle\">%.0f %%</text>",
                     x + share * length / 2, y + bar_height / 2 + 8, 100 * share);
        x += share * length;
    }
    text_add(text, "<text x=\"%.1f\" y=\"%.1f\">%s</text></g>\n", left + length + 12,
             y + bar_height / 2 + 8, format_quantity(UNIT_TIME_NS, total, value));
}

void chart_stacks(const struct chart *chart, const struct chart_stack *stacks, size_t count,
                  size_t parts, struct text *text)
{
    if (count == 0)
        return;
    chart_begin(chart, margin_top + row_height * (double)count + 10, text);
    text_add(text, "<g class=\"line\">");
    for (size_t i = 0; i < count; i++)
        add_stack(&stacks[i], parts, margin_top + row_height * (double)i, i == 0, text);
    text_add(text, "</g>\n");
    chart_end(text);
}
