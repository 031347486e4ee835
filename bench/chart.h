/* Charts as SVG inside of HTML: drawn here, so that they need no script; coloured by the page's
 * style sheet (classes s0, s1...), so that they follow light and dark. Every mark says its numbers
 * in words, for tooltips and screen readers. Texts are raw; they are escaped here. */
#ifndef ACCELBENCH_BENCH_CHART_H
#define ACCELBENCH_BENCH_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "bench/text.h"
#include "bench/units.h"

/* Colours and markers that there are; further slots begin anew. */
enum { CHART_SLOTS = 8 };

struct chart_mark {
    double x, y, low, high; /* low NAN: no interval. A mark that is not above 0 is left out. */
    char words[400];        /* "openmp, 64 KB: 12.3 us (12.1 to 12.5)" */
};

enum chart_stroke { STROKE_SOLID, STROKE_DASHED, STROKE_LIMIT };

struct chart_line {
    const char *name;
    size_t slot;
    enum chart_stroke stroke; /* STROKE_LIMIT: dots without marks */
    struct chart_mark *marks; /* owned by the caller; by x */
    size_t count;
};

/* A place on the x axis: from here on one is faster. */
struct chart_place {
    double x, low, high; /* low NAN: no interval */
    const char *name;    /* of the line that it belongs to */
    const char *words;
    size_t slot;
};

struct chart {
    const char *id; /* unique on the page; of letters, digits and - */
    const char *title, *description;
    const char *x_title, *y_title;
    enum unit x_unit, y_unit;
    double level; /* a horizontal line, or NAN: 1 for speed-ups */
    const struct chart_line *lines;
    size_t line_count;
    const struct chart_place *places; /* by x */
    size_t place_count;
};

/* A line's marker as a drawing of its own, for legends. */
void chart_swatch(size_t slot, struct text *text);

/* Logarithmic axes. */
void chart_lines(const struct chart *chart, struct text *text);

/* A horizontal bar each, from 0, with an interval. x is ignored; names stand to the left. */
void chart_bars(const struct chart *chart, struct text *text);

/* Bars of parts that add up. Slots of parts are classes p0, p1... */
enum { CHART_PARTS_MAX = 4 };

struct chart_stack {
    const char *name;
    double parts[CHART_PARTS_MAX]; /* NAN: there is none */
    char words[160];
};

void chart_stacks(const struct chart *chart, const struct chart_stack *stacks, size_t count,
                  size_t parts, struct text *text);

#endif
