/* Horizontal bars, from zero: lengths may be compared by eye. */
#include <math.h>

#include "bench/chart.h"
#include "bench/chart_parts.h"
#include "bench/escape.h"

enum { LEFT = 300, RIGHT = 170, TOP = 10, ROW = 58, BAR = 36, NAME_MAX = 24 };

static const double length = CHART_WIDTH - LEFT - RIGHT;

static void add_name(const char *name, double y, struct text *text)
{
    text_add(text, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 14, y + BAR / 2.0 + 8);
    chart_name(name, NAME_MAX, text);
    text_add(text, "</text>");
}

static void add_bar(const struct chart *chart, const struct chart_line *line, double y, double most,
                    struct text *text)
{
    const struct chart_mark *mark = &line->marks[0];
    char value[UNIT_TEXT];
    double end = LEFT + length * mark->y / most;
    text_add(text, "<g class=\"line s%zu %s\" data-line=\"", line->slot % CHART_SLOTS,
             line->stroke == STROKE_DASHED ? "dashed" : "solid");
    text_add_html(text, line->name);
    text_add(text, "\">");
    add_name(line->name, y, text);
    chart_begin_mark(mark->words, true, text);
    text_add(text, "<rect class=\"bar\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>", LEFT,
             y, fmax(end - LEFT, 2), BAR);
    double right = end;
    if (isfinite(mark->low) && isfinite(mark->high)) {
        double low = LEFT + length * mark->low / most, middle = y + BAR / 2.0;
        right = fmax(right, LEFT + length * mark->high / most);
        text_add(text, "<path class=\"whisker\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv14M%.1f %.1fv14\"/>",
                 low, middle, right, low, middle - 7, right, middle - 7);
    }
    text_add(text, "<text x=\"%.1f\" y=\"%.1f\">%s</text></g></g>\n", right + 12, y + BAR / 2.0 + 8,
             format_quantity(chart->y_unit, mark->y, value));
}

static bool is_bar(const struct chart_line *line)
{
    return line->count > 0 && line->stroke != STROKE_LIMIT && isfinite(line->marks[0].y) &&
           line->marks[0].y > 0;
}

void chart_bars(const struct chart *chart, struct text *text)
{
    double most = 0, y = TOP;
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
    chart_begin(chart, TOP + ROW * (double)rows + 10, text);
    for (size_t i = 0; i < chart->line_count; i++) {
        if (!is_bar(&chart->lines[i]))
            continue;
        add_bar(chart, &chart->lines[i], y, most, text);
        y += ROW;
    }
    text_add(text, "<path class=\"axis\" d=\"M%d %dV%.1f\"/>\n", LEFT, TOP - 6, y - ROW + BAR + 6);
    chart_end(text);
}

static void add_stack(const struct chart_stack *stack, size_t parts, double y, bool first,
                      struct text *text)
{
    double total = 0, x = LEFT;
    char value[UNIT_TEXT];
    for (size_t i = 0; i < parts; i++)
        total += isfinite(stack->parts[i]) ? stack->parts[i] : 0;
    add_name(stack->name, y, text);
    chart_begin_mark(stack->words, first, text);
    for (size_t i = 0; i < parts && total > 0; i++) {
        double share = isfinite(stack->parts[i]) ? stack->parts[i] / total : 0;
        text_add(text,
                 "<rect class=\"part p%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                 "height=\"%d\"/>",
                 i, x, y, share * length, BAR);
        if (share > 0.12)
            text_add(text,
                     "<text class=\"inside\" x=\"%.1f\" y=\"%.1f\" "
                     "text-anchor=\"middle\">%.0f %%</text>",
                     x + share * length / 2, y + BAR / 2.0 + 8, 100 * share);
        x += share * length;
    }
    text_add(text, "<text x=\"%.1f\" y=\"%.1f\">%s</text></g>\n", LEFT + length + 12,
             y + BAR / 2.0 + 8, format_quantity(UNIT_TIME_NS, total, value));
}

void chart_stacks(const struct chart *chart, const struct chart_stack *stacks, size_t count,
                  size_t parts, struct text *text)
{
    if (count == 0)
        return;
    chart_begin(chart, TOP + ROW * (double)count + 10, text);
    text_add(text, "<g class=\"line\">");
    for (size_t i = 0; i < count; i++)
        add_stack(&stacks[i], parts, TOP + ROW * (double)i, i == 0, text);
    text_add(text, "</g>\n");
    chart_end(text);
}
