#include "bench/chart_parts.h"

#include <math.h>
#include <string.h>

#include "bench/escape.h"

void chart_begin(const struct chart *chart, double height, struct text *text)
{
    text_add(text,
             "<svg id=\"%s\" class=\"chart\" viewBox=\"0 0 %.0f %.0f\" role=\"group\" "
             "aria-roledescription=\"chart\" aria-label=\"",
             chart->id, chart_width, height);
    text_add_html(text, chart->title);
    text_add(text, ". ");
    text_add_html(text, chart->description);
    text_add(text, "\">\n");
}

void chart_end(struct text *text)
{
    text_add(text, "</svg>\n");
}

void chart_begin_mark(const char *words, bool first, struct text *text)
{
    text_add(text, "<g class=\"mark\" role=\"img\" tabindex=\"%d\" aria-label=\"", first ? 0 : -1);
    text_add_html(text, words);
    text_add(text, "\"><title>");
    text_add_html(text, words);
    text_add(text, "</title>");
}

void chart_marker(size_t slot, double x, double y, struct text *text)
{
    static const char *const shapes[CHART_SLOTS] = {
        "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0z",                      /* circle */
        "M-8 -8H8V8H-8z",                                             /* square */
        "M0 -10L10 8H-10z",                                           /* triangle */
        "M0 -11L11 0L0 11L-11 0z",                                    /* diamond */
        "M0 10L10 -8H-10z",                                           /* triangle, point down */
        "M-3 -10H3V-3H10V3H3V10H-3V3H-10V-3H-3z",                     /* plus */
        "M-5 -9H5L10 0L5 9H-5L-10 0z",                                /* hexagon */
        "M-9 -5L-5 -9L0 -4L5 -9L9 -5L4 0L9 5L5 9L0 4L-5 9L-9 5L-4 0z" /* cross */
    };
    text_add(text, "<path class=\"marker\" transform=\"translate(%.1f,%.1f)\" d=\"%s\"/>", x, y,
             shapes[slot % CHART_SLOTS]);
}

void chart_swatch(size_t slot, struct text *text)
{
    text_add(text, "<svg class=\"swatch\" viewBox=\"-30 -14 60 28\" aria-hidden=\"true\">"
                   "<path class=\"stroke\" d=\"M-28 0H28\"/>");
    chart_marker(slot, 0, 0, text);
    text_add(text, "</svg>");
}

/* ---- Names -------------------------------------------------------------------------------- */

int chart_characters(const char *name)
{
    return text_characters(name, strlen(name));
}

static const char *tail_of(const char *name, struct chart_cut cut)
{
    return text_behind(name, chart_characters(name) - cut.tail);
}

static bool is_cut(const char *name, struct chart_cut cut)
{
    return chart_characters(name) > cut.head + 1 + cut.tail;
}

static bool look_alike(const char *a, const char *b, struct chart_cut cut)
{
    const size_t head = (size_t)(text_behind(a, cut.head) - a);
    return strcmp(a, b) != 0 && is_cut(a, cut) && is_cut(b, cut) && strncmp(a, b, head) == 0 &&
           strcmp(tail_of(a, cut), tail_of(b, cut)) == 0;
}

static size_t count_alike(const struct chart *chart, struct chart_cut cut)
{
    size_t count = 0;
    for (size_t i = 0; i < chart->line_count; i++)
        for (size_t j = 0; j < i; j++)
            count += look_alike(chart->lines[i].name, chart->lines[j].name, cut);
    return count;
}

/* From the middle outwards, first to the beginning: most names differ at the end. */
struct chart_cut chart_find_cut(const struct chart *chart, int most)
{
    enum { LINES_MAX = 100 };
    const int even = most / 2;
    struct chart_cut best = {even, most - 1 - even};
    if (chart->line_count > LINES_MAX) /* it would take long */
        return best;
    size_t least = count_alike(chart, best);
    for (int step = 1; step < most - 2 && least > 0; step++) {
        const int head = step < even ? even - step : step + 1;
        const struct chart_cut cut = {head, most - 1 - head};
        const size_t alike = count_alike(chart, cut);
        if (alike < least) {
            best = cut;
            least = alike;
        }
    }
    return best;
}

void chart_name(const char *name, struct chart_cut cut, struct text *text)
{
    struct text kept = {0};
    if (is_cut(name, cut))
        text_add(&kept, "%.*s\u2026%s", (int)(text_behind(name, cut.head) - name), name,
                 tail_of(name, cut));
    text_add_html(text, !is_cut(name, cut) ? name : kept.failed ? "" : kept.data);
    text->failed = text->failed || kept.failed;
    text_free(&kept);
}

/* ---- Ticks -------------------------------------------------------------------------------- */

struct mantissas {
    size_t count;
    double list[6];
};

static const struct mantissas one = {1, {1}}, three = {3, {1, 2, 5}},
                              six = {6, {1, 1.5, 2, 3, 5, 7}};

/* All products of a mantissa and a power of ten in the range; more than TICKS_MAX: too many. */
static size_t ticks_of(double low, double high, const struct mantissas *mantissas, int decade_step,
                       double ticks[TICKS_MAX])
{
    size_t count = 0;
    for (int decade = (int)floor(log10(low)); decade <= (int)ceil(log10(high)); decade++) {
        for (size_t m = 0; m < mantissas->count && decade % decade_step == 0; m++) {
            double tick = mantissas->list[m] * pow(10, decade);
            if (tick < low * 0.999 || tick > high * 1.001)
                continue;
            if (count == TICKS_MAX)
                return TICKS_MAX + 1;
            ticks[count++] = tick;
        }
    }
    return count;
}

static size_t even_ticks(double low, double high, double ticks[TICKS_MAX])
{
    static const double nice[] = {1, 2, 5, 10};
    double power = pow(10, floor(log10((high - low) / 4))), step = power;
    for (size_t i = 0; i < 4 && step < (high - low) / 5; i++)
        step = nice[i] * power;
    size_t count = 0;
    while (count < TICKS_MAX && (ceil(low / step) + (double)count) * step <= high) {
        ticks[count] = (ceil(low / step) + (double)count) * step;
        count++;
    }
    return count;
}

size_t chart_ticks(double low, double high, size_t most, double ticks[TICKS_MAX])
{
    const struct mantissas *const sets[] = {&one, &three, &six};
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        size_t count = ticks_of(low, high, sets[i], 1, ticks);
        if (count >= 4 && count <= most)
            return count;
    }
    if (high / low < 10)
        return even_ticks(low, high, ticks);
    int step = 1; /* several decades: each, or every so many-th */
    while (ticks_of(low, high, &one, step, ticks) > most)
        step++;
    return ticks_of(low, high, &one, step, ticks);
}
