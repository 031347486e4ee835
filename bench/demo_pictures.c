#include "bench/demo_pictures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/screen.h"
#include "bench/units.h"
#include "common/parse.h"

/* Columns of a line of bars: two blanks, name, part, number, bar. */
enum {
    LINE_COLUMNS = SCREEN_COLUMNS - 1,
    NAME_COLUMNS = 9,
    PART_COLUMNS = 20,
    NUMBER_COLUMNS = 11,
    BAR_COLUMNS = LINE_COLUMNS - (2 + NAME_COLUMNS + PART_COLUMNS + NUMBER_COLUMNS + 2),
    HALF_COLUMNS = (BAR_COLUMNS - 1) / 2
};

struct picture {
    const struct demo *demo;
    const struct console_style *style;
    struct text *text;
};

/* ---- Pieces --------------------------------------------------------------------------------- */

static void repeat(struct text *text, const char *what, int count)
{
    for (int i = 0; i < count; i++)
        text_add(text, "%s", what);
}

/* A bar that is full at `fraction` 1, in eighths of a column where there are such characters. */
static void add_bar(const struct picture *p, const char *color, double fraction, int columns)
{
    static const char *const eighths[] = {"",       "\u258f", "\u258e", "\u258d",
                                          "\u258c", "\u258b", "\u258a", "\u2589"};
    struct text bar = {0};
    const double length = fraction * columns;
    if (p->style->utf8) {
        const long parts = lround(fmax(8 * length, 1));
        repeat(&bar, "\u2588", (int)(parts / 8));
        text_add(&bar, "%s", eighths[parts % 8]);
    } else {
        repeat(&bar, "#", (int)lround(fmax(length, 1)));
    }
    if (!bar.failed)
        text_add_colored(p->text, p->style, color, bar.data);
    text_free(&bar);
}

/* Name and part of a line. */
static void begin_line(const struct picture *p, const char *name, const char *part)
{
    text_add(p->text, "  %-*s%-*s", NAME_COLUMNS, name, PART_COLUMNS, part);
}

/* In the place of a bar: why there is none. */
static void add_failure(const struct picture *p, const struct ab_error *error)
{
    const bool dash = error->status == AB_NOT_BUILT || error->status == AB_NO_DEVICE ||
                      error->status == AB_UNSUPPORTED;
    if (dash)
        text_add(p->text, "-    ");
    else if (error->status == AB_OK)
        text_add(p->text, "not measured");
    else
        text_add_colored(p->text, p->style, STYLE_RED, "ERROR");
    text_add(p->text, " ");
    text_add_cut(p->text, 2 + NAME_COLUMNS + PART_COLUMNS + 6,
                 error->status == AB_OK ? "" : error->message);
}

/* ---- Lines of bars: longer is faster -------------------------------------------------------- */

struct bar_line {
    const char *name, *part, *color;
    const struct ab_error *error;
    double ns; /* NAN: not measured, for the reason in `error` */
};

enum { LINES_MAX = 16 };

static void add_lines(const struct picture *p, const struct bar_line *lines, size_t count)
{
    double least_ns = INFINITY;
    for (size_t i = 0; i < count; i++)
        least_ns = fmin(least_ns, lines[i].ns);
    for (size_t i = 0; i < count; i++) {
        const struct bar_line *line = &lines[i];
        begin_line(p, i > 0 && strcmp(line->name, line[-1].name) == 0 ? "" : line->name,
                   line->part);
        if (isnan(line->ns)) {
            add_failure(p, line->error);
            continue;
        }
        char time[UNIT_TEXT];
        text_add(p->text, "%*s  ", NUMBER_COLUMNS, format_quantity(UNIT_TIME_NS, line->ns, time));
        add_bar(p, line->color, least_ns / line->ns, BAR_COLUMNS);
        text_add(p->text, "\n");
    }
}

/* The alternative of a backend and technique, measured or not; NULL: it did not take part. */
static const struct alternative *find(const struct take *take, const struct backend_entry *entry,
                                      const char *technique)
{
    const struct measurement *m = &take->measurement;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        const bool same = a->technique != NULL && strcmp(a->technique->name, technique) == 0;
        if (a->entry == entry && !a->is_limit && (same || a->technique == NULL))
            return a;
    }
    return NULL;
}

static void order_lines(const struct picture *p)
{
    static const char *const host_parts[] = {"along the rows", "down the columns"};
    static const char *const device_parts[] = {"a thread a row", "a thread a column"};
    const struct backend_entry *cast[] = {p->demo->serial, p->demo->threads, p->demo->device};
    struct bar_line lines[LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < sizeof(cast) / sizeof(cast[0]); i++) {
        if (cast[i] == NULL)
            continue;
        const bool device = cast[i]->backend->memory == MEMORY_DEVICE;
        for (size_t t = TAKE_ROWS; t <= TAKE_COLUMNS; t++) {
            const struct take *take = &p->demo->takes[SCENE_ORDER][t];
            const struct alternative *a = find(take, cast[i], "simple");
            lines[count++] = (struct bar_line){
                .name = cast[i]->name,
                .part = (device ? device_parts : host_parts)[t],
                .color = t == TAKE_ROWS ? STYLE_CYAN : STYLE_YELLOW,
                .error = a == NULL ? &take->error : &a->error,
                .ns = a == NULL ? NAN : alternative_median_ns(a, device ? PHASE_KERNEL : PHASE_E2E),
            };
        }
    }
    text_add(p->text, "  Longer is faster.%s\n\n",
             p->demo->device == NULL ? "" : " The data is already where it is read.");
    add_lines(p, lines, count);
}

static void words_lines(const struct picture *p)
{
    const struct take *take = &p->demo->takes[SCENE_WORDS][0];
    const struct measurement *m = &take->measurement;
    struct bar_line lines[LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < m->count && count < LINES_MAX; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->is_limit)
            continue;
        const char *technique = a->technique == NULL ? "" : a->technique->name;
        lines[count++] = (struct bar_line){
            .name = a->entry->name,
            .part = technique,
            .color = strcmp(technique, "simple") == 0 ? STYLE_CYAN : STYLE_YELLOW,
            .error = &a->error,
            .ns = alternative_median_ns(a, PHASE_E2E),
        };
    }
    text_add(p->text, "  Longer is faster; copying to a device and back counts.\n\n");
    add_lines(p, lines, count);
    if (m->count == 0)
        add_failure(p, &take->error);
}

/* ---- Lines to both sides of a tie ----------------------------------------------------------- */

/* The largest factor, either way, that bars have to show. */
static double largest_factor(const struct demo *demo)
{
    static const enum phase phases[] = {PHASE_E2E, PHASE_KERNEL};
    const struct backend_entry *contenders[] = {demo->threads, demo->device};
    double largest = 2;
    for (size_t t = 0; t < demo->take_counts[SCENE_SIZE]; t++) {
        const struct take *take = &demo->takes[SCENE_SIZE][t];
        for (size_t c = 0; c < 2; c++)
            for (size_t i = 0; i < 2 && contenders[c] != NULL; i++) {
                const struct alternative *a = take_measured(take, contenders[c], "simple");
                const struct comparison found =
                    size_compare(demo, take, a, phases[i], take_reference(take));
                if (!isnan(found.ratio))
                    largest = fmax(largest, fmax(found.ratio, 1 / found.ratio));
            }
    }
    return largest;
}

static void add_both_sides(const struct picture *p, double ratio, double largest)
{
    const double part = fabs(log(ratio)) / log(largest);
    const int length = (int)lround(part * (double)HALF_COLUMNS);
    const char *block = p->style->utf8 ? "\u2588" : "#", *tie = p->style->utf8 ? "\u2502" : "|";
    struct text bar = {0};
    repeat(&bar, block, length);
    text_add(p->text, "%*s", ratio < 1 ? HALF_COLUMNS - length : HALF_COLUMNS, "");
    if (ratio < 1 && length > 0)
        text_add_colored(p->text, p->style, STYLE_YELLOW, bar.data);
    text_add(p->text, "%s", tie);
    if (ratio >= 1 && length > 0)
        text_add_colored(p->text, p->style, STYLE_CYAN, bar.data);
    text_free(&bar);
}

static void add_size_line(const struct picture *p, const struct take *take, const char *size,
                          const struct backend_entry *entry, enum phase phase, double largest)
{
    const struct alternative *a = find(take, entry, "simple");
    char part[32];
    snprintf(part, sizeof(part), "%s%s", entry->name,
             entry->backend->memory == MEMORY_HOST ? ""
             : phase == PHASE_E2E                  ? " with copying"
                                                   : " data there");
    begin_line(p, size, part);
    const struct comparison c = size_compare(p->demo, take, a, phase, take_reference(take));
    if (isnan(c.ratio)) {
        add_failure(p, a == NULL ? &take->error : &a->error);
        return;
    }
    char ratio[UNIT_TEXT], words[UNIT_TEXT + 2];
    snprintf(words, sizeof(words), "%s%s", format_quantity(UNIT_RATIO, c.ratio, ratio),
             c.finding == FINDING_NOT_RESOLVED ? " ?" : "  ");
    text_add(p->text, "%*s  ", NUMBER_COLUMNS, words);
    add_both_sides(p, c.ratio, largest);
    text_add(p->text, "\n");
}

static void size_lines(const struct picture *p)
{
    const struct demo *demo = p->demo;
    const double largest = largest_factor(demo);
    const struct take *first = &demo->takes[SCENE_SIZE][0];
    const struct alternative *reference = take_reference(first);
    text_add(p->text,
             "  Times as fast as %s: left of the line slower, right faster; ? not sure.\n%s",
             reference == NULL ? "the CPU" : reference->entry->name,
             demo->device == NULL ? "\n" : ""); /* then the page is full */
    for (size_t t = 0; t < demo->take_counts[SCENE_SIZE]; t++) {
        const struct take *take = &demo->takes[SCENE_SIZE][t];
        char bytes[FORMAT_BYTES];
        const char *size = format_bytes(take->measurement.problem.input.bytes, bytes);
        if (demo->threads != NULL && demo->serial != NULL) {
            add_size_line(p, take, size, demo->threads, PHASE_E2E, largest);
            size = "";
        }
        if (demo->device != NULL) {
            add_size_line(p, take, size, demo->device, PHASE_E2E, largest);
            add_size_line(p, take, "", demo->device, PHASE_KERNEL, largest);
        }
    }
}

/* ---- The whole ------------------------------------------------------------------------------ */

void scene_picture(const struct demo *demo, enum scene scene, const struct console_style *style,
                   struct text *text)
{
    static void (*const lines[SCENES])(const struct picture *) = {
        [SCENE_ORDER] = order_lines, [SCENE_SIZE] = size_lines, [SCENE_WORDS] = words_lines};
    const struct picture picture = {demo, style, text};
    lines[scene](&picture);
}
