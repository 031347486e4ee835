#include "bench/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/clock.h"

enum { LINE_COLUMNS = 78 };

static const double silent_s = 2, interval_s = 0.2;

static struct {
    bool enabled, visible;
    double started_s, drawn_s, left_until_s; /* left_until_s: NAN when unknown */
    char what[LINE_COLUMNS];
    char place[LINE_COLUMNS]; /* within something larger; empty: in nothing */
    double overall_until_s;
} line;

static double now_s(void)
{
    return 1e-9 * (double)wall_ns(&system_clock);
}

void progress_start(bool quiet)
{
    memset(&line, 0, sizeof(line));
    line.enabled = !quiet && isatty(STDERR_FILENO) == 1;
    line.started_s = now_s();
    line.left_until_s = NAN;
}

void progress_show(const char *what, double left_s)
{
    if (!line.enabled)
        return;
    snprintf(line.what, sizeof(line.what), "%s%s", line.place, what);
    line.left_until_s = line.place[0] != '\0' ? line.overall_until_s
                        : left_s < 0          ? NAN
                                              : now_s() + left_s;
    progress_tick();
}

void progress_overall(const char *place, double left_s)
{
    snprintf(line.place, sizeof(line.place), "%s", place == NULL ? "" : place);
    line.overall_until_s = now_s() + left_s;
}

void progress_tick(void)
{
    double now = now_s();
    if (!line.enabled || now - line.started_s < silent_s || now - line.drawn_s < interval_s)
        return;
    line.drawn_s = now;
    line.visible = true;
    char text[2 * LINE_COLUMNS];
    double left_s = line.left_until_s - now;
    if (isnan(left_s))
        snprintf(text, sizeof(text), "%s, %.0f s so far", line.what, now - line.started_s);
    else
        snprintf(text, sizeof(text), "%s, %.0f s left", line.what, left_s < 1 ? 1 : ceil(left_s));
    fprintf(stderr, "\r\033[K%.*s", LINE_COLUMNS, text);
    fflush(stderr);
}

void progress_clear(void)
{
    if (!line.visible)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    line.visible = false;
}
