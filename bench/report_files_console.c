/* Result files on a terminal: the verdict first, then a table per problem. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/escape.h"
#include "bench/report_files.h"
#include "bench/report_summary.h"
#include "bench/units.h"

enum { WIDTH = 79, SIZE_COLUMNS = 10, CELL_COLUMNS = 17, NAME_COLUMNS = 22, ROWS_MAX = 60 };
enum { SIZE_LINES = (WIDTH - SIZE_COLUMNS) / CELL_COLUMNS }; /* side by side */

struct screen {
    const struct console_style *style;
    struct text *text;
};

static void bold(const struct screen *c, const char *words)
{
    text_add(c->text, c->style->color ? "\033[1m" : "");
    text_add_plain(c->text, words);
    text_add(c->text, c->style->color ? "\033[0m" : "");
}

/* A raw sentence, made harmless and wrapped; frees it. */
static void sentence(const struct screen *c, int indent, struct text *raw)
{
    struct text plain = {0};
    if (raw->length > 0) {
        text_add_plain(&plain, raw->data);
        text_add(c->text, "%*s", indent, "");
        text_take_wrapped(c->text, indent, &plain);
    }
    c->text->failed = c->text->failed || raw->failed;
    text_free(raw);
}

/* Line `number` of words that are broken at blanks, or where there are none anywhere; returns its
 * bytes, and 0 behind the last line. */
static int line_of(const char *words, int columns, size_t number, const char **line)
{
    int length = 0;
    *line = words;
    for (size_t i = 0; i <= number; i++) {
        *line += length;
        *line += strspn(*line, " ");
        length = (int)(text_behind(*line, columns) - *line);
        const bool ends = (*line)[length] == '\0' || (*line)[length] == ' ';
        for (int last = length; !ends && last > 0; last--) {
            if ((*line)[last - 1] != ' ')
                continue;
            length = last - 1;
            break;
        }
    }
    return length;
}

static size_t lines_of(const char *words, int columns)
{
    const char *line;
    size_t count = 0;
    while (line_of(words, columns, count, &line) > 0)
        count++;
    return count;
}

static void add_padded(struct text *text, const char *line, int length, int columns, bool right)
{
    const int used = text_characters(line, (size_t)length);
    text_add(text, "%*s%.*s%*s", right ? columns - used : 0, "", length, line,
             right ? 0 : columns - used, "");
}

/* At the beginning of a row: one that has no room in its columns stands above the row, whole, since
 * names that are cut may be alike. */
static void add_name(struct text *text, const char *name, int columns)
{
    struct text plain = {0};
    text_add_plain(&plain, name);
    const char *words = plain.data == NULL ? "" : plain.data, *line = words;
    const bool fits = lines_of(words, columns) <= 1;
    for (size_t i = 0; !fits && i < lines_of(words, WIDTH - 2); i++) {
        const int length = line_of(words, WIDTH - 2, i, &line);
        text_add(text, "  %.*s\n", length, line);
    }
    text_add(text, "  ");
    add_padded(text, words, fits ? (int)strlen(words) : 0, columns, false);
    text->failed = text->failed || plain.failed;
    text_free(&plain);
}

/* ---- Several sizes: size x backend --------------------------------------------------------- */

/* Speed and speed-up: "12.3  1.92 x", with a tilde where the difference is not sure. */
static void add_cell(struct text *text, const struct point *point)
{
    if (point == NULL) {
        text_add(text, "%*s", CELL_COLUMNS, "-");
        return;
    }
    double rate = point->rate / 1e9;
    text_add(text, "%7.*f", rate < 9.995 ? rate_decimals(rate) : rate < 99.95 ? 1 : 0, rate);
    const struct comparison *c = &point->comparison[AGAINST_REFERENCE];
    if (isnan(c->ratio)) { /* the reference itself, or there is none */
        text_add(text, "%*s", CELL_COLUMNS - 7, "-");
        return;
    }
    char ratio[UNIT_TEXT], words[UNIT_TEXT + 1];
    const bool sure = c->finding == FINDING_FASTER || c->finding == FINDING_SLOWER;
    snprintf(words, sizeof(words), "%s%s", sure ? "" : "~",
             format_quantity(UNIT_RATIO, c->ratio, ratio));
    text_add(text, "%*s", CELL_COLUMNS - 7, words);
}

/* Names above, on as many lines as the longest takes, and "kernel only" below those that are. */
static void add_column_heads(const struct screen *c, const struct line *const *lines, size_t count)
{
    enum { COLUMNS = CELL_COLUMNS - 2 };
    struct text names[SIZE_LINES] = {{0}};
    size_t height = 1, last = 0;
    for (size_t i = 0; i < count; i++) {
        text_add_plain(&names[i], lines[i]->name);
        c->text->failed = c->text->failed || names[i].failed;
        const size_t here = names[i].data == NULL ? 0 : lines_of(names[i].data, COLUMNS);
        height = here > height ? here : height;
        last = lines[i]->kernel_only ? i + 1 : last;
    }
    text_add(c->text, "\n");
    for (size_t row = 0; row < height; row++) {
        text_add(c->text, "%*s", SIZE_COLUMNS, row + 1 == height ? "size" : "");
        for (size_t i = 0; i < count; i++) {
            const char *words = names[i].data == NULL ? "" : names[i].data, *line = words;
            const size_t above = height - lines_of(words, COLUMNS);
            const int length = row < above ? 0 : line_of(words, COLUMNS, row - above, &line);
            text_add(c->text, "  ");
            add_padded(c->text, line, length, COLUMNS, true);
        }
        text_add(c->text, "\n");
    }
    for (size_t i = 0; i < count; i++)
        text_free(&names[i]);
    if (last == 0)
        return;
    text_add(c->text, "%*s", SIZE_COLUMNS, "");
    for (size_t i = 0; i < last; i++)
        text_add(c->text, "%*s", CELL_COLUMNS, lines[i]->kernel_only ? "kernel only" : "");
    text_add(c->text, "\n");
}

static void add_columns(const struct screen *c, const struct problem_view *problem,
                        const struct line *const *lines, size_t count)
{
    if (count == 0)
        return;
    add_column_heads(c, lines, count);
    for (size_t s = 0; s < problem->size_count && s < ROWS_MAX; s++) {
        char size[UNIT_TEXT];
        text_add(c->text, "%*s", SIZE_COLUMNS,
                 format_quantity(UNIT_BYTES, problem->sizes[s], size));
        for (size_t i = 0; i < count; i++)
            add_cell(c->text, line_at(lines[i], problem->sizes[s]));
        text_add(c->text, "\n");
    }
}

static void add_size_table(const struct screen *c, const struct findings *findings,
                           const struct problem_view *problem)
{
    const struct line *lines[SIZE_LINES];
    size_t count = 0;
    text_add(c->text, "  GB/s of input");
    if (has_reference(findings)) {
        text_add(c->text, ", and how many times as fast as ");
        text_add_plain(c->text, findings->reference);
        text_add(c->text, " (~ not sure)");
    }
    text_add(c->text, "\n");
    for (size_t i = 0; i < problem->line_count; i++) {
        if (line_repeats(problem, &problem->lines[i]))
            continue;
        lines[count++] = &problem->lines[i];
        if (count == SIZE_LINES) {
            add_columns(c, problem, lines, count);
            count = 0;
        }
    }
    add_columns(c, problem, lines, count);
    if (problem->size_count > ROWS_MAX)
        text_add(c->text, "  ... and %zu sizes more: see --html or --format csv\n",
                 problem->size_count - ROWS_MAX);
}

/* ---- One size: a line per backend ---------------------------------------------------------- */

static void add_line(const struct screen *c, const struct line *line)
{
    const struct point *point = &line->points[0];
    const struct comparison *comparison = &point->comparison[AGAINST_REFERENCE];
    char time[UNIT_TEXT], rate[UNIT_TEXT], fraction[UNIT_TEXT];
    add_name(c->text, line->name, NAME_COLUMNS);
    text_add(c->text, "%10s%11s", format_quantity(UNIT_TIME_NS, point->ns, time),
             format_quantity(UNIT_RATE, point->rate, rate));
    text_add(c->text, "%8s   ", format_fraction(point->series->limit_fraction, fraction));
    if (line->kernel_only) {
        text_add(c->text, "kernel only\n");
        return;
    }
    if (isnan(comparison->ratio))
        text_add(c->text, "-");
    else
        summary_ratio(comparison, c->text);
    text_add(c->text, "\n");
}

static void add_line_table(const struct screen *c, const struct findings *findings,
                           const struct problem_view *problem)
{
    char heading[64];
    snprintf(heading, sizeof(heading), "vs %s", findings->reference);
    text_add(c->text, "\n  %*s%10s%11s%8s   ", NAME_COLUMNS, "", "time", "speed", "limit");
    if (has_reference(findings))
        text_add_plain(c->text, heading);
    text_add(c->text, "\n");
    for (size_t i = 0; i < problem->line_count && i < ROWS_MAX; i++)
        add_line(c, &problem->lines[i]);
    if (problem->line_count > ROWS_MAX)
        text_add(c->text, "  ... and %zu more: see --html or --format csv\n",
                 problem->line_count - ROWS_MAX);
}

/* A row a name, and the name may be long. */
static void add_foreign_table(const struct screen *c, const struct problem_view *problem)
{
    enum { FOREIGN_NAME = WIDTH - 2 - 10 - 22 };
    text_add(c->text, "\n");
    for (size_t i = 0; i < problem->line_count && i < ROWS_MAX; i++) {
        const struct point *point = &problem->lines[i].points[0];
        char time[UNIT_TEXT], low[UNIT_TEXT], high[UNIT_TEXT];
        add_name(c->text, problem->lines[i].name, FOREIGN_NAME);
        text_add(c->text, "%10s", format_quantity(UNIT_TIME_NS, point->ns, time));
        if (!isnan(point->ns_ci.low))
            text_add(c->text, "  %s to %s", format_quantity(UNIT_TIME_NS, point->ns_ci.low, low),
                     format_quantity(UNIT_TIME_NS, point->ns_ci.high, high));
        text_add(c->text, "\n");
    }
    if (problem->line_count > ROWS_MAX)
        text_add(c->text, "  ... and %zu more: see --html or --format csv\n",
                 problem->line_count - ROWS_MAX);
}

/* ---- The whole ---------------------------------------------------------------------------- */

static void add_problem(const struct screen *c, const struct findings *findings,
                        const struct problem_view *problem)
{
    char title[TITLE_BYTES];
    struct text orders = {0}, limits = {0};
    text_add(c->text, "\n  ");
    bold(c, problem_title(problem, title, sizeof(title)));
    text_add(c->text, "\n");
    if (problem->foreign)
        add_foreign_table(c, problem);
    else if (problem->size_count > 1)
        add_size_table(c, findings, problem);
    else
        add_line_table(c, findings, problem);
    summary_orders(problem, &orders);
    sentence(c, 2, &orders);
    for (size_t f = 0; f < findings->file_count; f++) {
        for (size_t i = 0; i < findings->files[f].break_even_count; i++) {
            const struct results_break_even *b = &findings->files[f].break_even[i];
            struct text words = {0};
            if (!is_about(b, problem))
                continue;
            summary_break_even(findings, f, b, &words);
            sentence(c, 2, &words);
        }
    }
    summary_limits(problem, &limits);
    sentence(c, 2, &limits);
}

static void add_note(void *state, const char *words)
{
    const struct screen *c = state;
    text_add(c->text, "  - ");
    struct text plain = {0};
    text_add_plain(&plain, words);
    text_take_wrapped(c->text, 4, &plain);
}

void report_files_console(const struct findings *findings, const struct console_style *style,
                          struct text *text)
{
    struct screen c = {style, text};
    struct text words = {0};
    text_add(text, "\n");
    summary_verdict(findings, &words);
    sentence(&c, 2, &words);
    for (size_t i = 0; i < findings->problem_count; i++)
        add_problem(&c, findings, &findings->problems[i]);
    text_add(text, "\n");
    for (size_t i = 0; i < findings->file_count; i++) {
        struct text environment = {0};
        text_add(&environment, "%s: ", summary_file(&findings->files[i]));
        summary_environment(&findings->files[i], &environment);
        sentence(&c, 2, &environment);
    }
    summary_notes(findings, add_note, &c);
    text_add(text, "\n");
}
