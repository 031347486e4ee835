/* What charts of all kinds are made of. Lengths are in units of the drawing: the page scales it. */
#ifndef ACCELBENCH_BENCH_CHART_PARTS_H
#define ACCELBENCH_BENCH_CHART_PARTS_H

#include "bench/chart.h"

static const double chart_width = 960, chart_font = 24;

/* The frame, and what it shows in words. */
void chart_begin(const struct chart *chart, double height, struct text *text);
void chart_end(struct text *text);

/* Opens a thing that says its words to whoever points at it or moves to it by keyboard; the first
 * of a group is reached by the tab key, the others from there. Closed by "</g>". */
void chart_begin_mark(const char *words, bool first, struct text *text);

/* The marker of a slot around a place: each slot has a shape of its own. */
void chart_marker(size_t slot, double x, double y, struct text *text);

/* Of names that are too long: how many characters stay at the beginning and at the end. */
struct chart_cut {
    int head, tail;
};

/* Such that names have at most so many characters and as many as can be of those of the chart's
 * lines still differ. */
struct chart_cut chart_find_cut(const struct chart *chart, int most);

int chart_characters(const char *name);
void chart_name(const char *name, struct chart_cut cut, struct text *text);

enum { TICKS_MAX = 12 };

/* Where to mark a logarithmic axis; returns how many there are, at most `most` <= TICKS_MAX. */
size_t chart_ticks(double low, double high, size_t most, double ticks[TICKS_MAX]);

#endif
