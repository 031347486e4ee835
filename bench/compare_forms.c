/* Comparisons of two files as text for people and for programs. */
#include <math.h>

#include "bench/compare_rows.h"
#include "bench/escape.h"
#include "bench/report_summary.h"
#include "bench/units.h"
#include "common/json.h"

static const char unpaired[] =
    "Unpaired: the two files were measured at different times. What the machine did meanwhile "
    "stands in the ratios as well; a difference of some percent may be that.";

/* ---- Console ------------------------------------------------------------------------------- */

static void add_file_line(struct text *text, const char *letter, const struct results *results)
{
    struct text raw = {0}, plain = {0};
    text_add(&raw, "%s: ", results->file);
    summary_environment(results, &raw);
    text_add_plain(&plain, raw.failed ? "" : raw.data);
    text->failed = text->failed || raw.failed;
    text_add(text, "  %s  ", letter);
    text_take_wrapped(text, 5, &plain);
    text_free(&raw);
}

static const char *color_of(enum finding finding)
{
    return finding == FINDING_FASTER ? "\033[1;32m" : finding == FINDING_SLOWER ? "\033[1;31m" : "";
}

static void add_pair(struct text *text, const struct row_pair *pair, bool color)
{
    char a[UNIT_TEXT], b[UNIT_TEXT];
    const char *code = color ? color_of(pair->comparison.finding) : "";
    text_add(text, "  ");
    text_add_plain(text, pair->a->name);
    text_add(text, "\n    %9s -> %9s   ", format_quantity(UNIT_TIME_NS, pair->a->summary.median, a),
             format_quantity(UNIT_TIME_NS, pair->b->summary.median, b));
    summary_ratio(&pair->comparison, text);
    text_add(text, "  %s%s%s\n", code, finding_name(pair->comparison.finding),
             *code == '\0' ? "" : "\033[0m");
}

static void add_failure(struct text *text, const char *letter, const struct results_series *series)
{
    const char *failure = series_failure(series);
    struct text plain = {0};
    if (failure == NULL)
        return;
    text_add(text, "    failed in %s: ", letter);
    text_add_plain(text, series->name);
    text_add(text, "\n      ");
    text_add_plain(&plain, failure);
    text_take_wrapped(text, 6, &plain);
}

static void add_failed(struct text *text, const struct file_comparison *c)
{
    text_add(text, c->failed_count > 0 ? "\n" : "");
    for (size_t i = 0; i < c->failed_count; i++) {
        add_failure(text, "A", c->failed[i].a);
        add_failure(text, "B", c->failed[i].b);
    }
}

static void add_only(struct text *text, const char *letter,
                     const struct results_series *const *rows, size_t count)
{
    text_add(text, count > 0 ? "\n" : "");
    for (size_t i = 0; i < count; i++) {
        text_add(text, "    only in %s: ", letter);
        text_add_plain(text, rows[i]->name);
        text_add(text, "\n");
        add_failure(text, letter, rows[i]);
    }
}

void compare_console(const struct file_comparison *c, bool color, struct text *text)
{
    text_add(text, "\n");
    add_file_line(text, "A", c->a);
    add_file_line(text, "B", c->b);
    text_add(text, "\n  ");
    text_add_wrapped(text, 2,
                     "How many times as fast B is as A, with intervals that hold for all "
                     "rows together.");
    text_add(text, "  ");
    text_add_wrapped(text, 2, unpaired);
    if (c->difference_count > 0)
        text_add(text, "\n  warning: A and B differ in more; ratios hold for all of it together\n");
    for (size_t i = 0; i < c->difference_count; i++) {
        text_add(text, "    %-16s A: ", c->differences[i].what);
        text_add_plain(text, c->differences[i].a);
        text_add(text, "\n    %-16s B: ", "");
        text_add_plain(text, c->differences[i].b);
        text_add(text, "\n");
    }
    text_add(text, "\n");
    for (size_t i = 0; i < c->pair_count; i++)
        add_pair(text, &c->pairs[i], color);
    add_failed(text, c);
    add_only(text, "A", c->only_a, c->only_a_count);
    add_only(text, "B", c->only_b, c->only_b_count);
    text_add(text, "\n");
}

/* ---- Markdown ------------------------------------------------------------------------------- */

static void add_item(struct text *text, const char *what, const char *letter,
                     const struct results_series *series)
{
    const char *failure = series_failure(series);
    text_add(text, "- %s in %s: ", what, letter);
    text_add_markdown(text, series->name);
    text_add(text, "%s", failure == NULL ? "" : ": ");
    text_add_markdown(text, failure == NULL ? "" : failure);
    text_add(text, "\n");
}

static const char *only(const struct results_series *series)
{
    return series_failure(series) == NULL ? "only" : "only, and failed,";
}

static void add_items(struct text *text, const struct file_comparison *c)
{
    for (size_t i = 0; i < c->failed_count; i++) {
        const struct row_failure *f = &c->failed[i];
        if (series_failure(f->a) != NULL)
            add_item(text, "failed", "A", f->a);
        if (series_failure(f->b) != NULL)
            add_item(text, "failed", "B", f->b);
    }
    for (size_t i = 0; i < c->only_a_count; i++)
        add_item(text, only(c->only_a[i]), "A", c->only_a[i]);
    for (size_t i = 0; i < c->only_b_count; i++)
        add_item(text, only(c->only_b[i]), "B", c->only_b[i]);
}

void compare_markdown(const struct file_comparison *c, struct text *text)
{
    text_add(text, "A: ");
    text_add_markdown(text, c->a->file);
    text_add(text, ", B: ");
    text_add_markdown(text, c->b->file);
    text_add(text, ". %s\n\n", unpaired);
    for (size_t i = 0; i < c->difference_count; i++) {
        text_add(text, "- **differs:** %s: A ", c->differences[i].what);
        text_add_markdown(text, c->differences[i].a);
        text_add(text, ", B ");
        text_add_markdown(text, c->differences[i].b);
        text_add(text, "\n");
    }
    text_add(text,
             "%s| row | A | B | B as fast as A (unpaired) | verdict |\n"
             "|---|--:|--:|--:|---|\n",
             c->difference_count > 0 ? "\n" : "");
    for (size_t i = 0; i < c->pair_count; i++) {
        const struct row_pair *pair = &c->pairs[i];
        char a[UNIT_TEXT], b[UNIT_TEXT];
        text_add(text, "| ");
        text_add_markdown(text, pair->a->name);
        text_add(text, " | %s | %s | ", format_quantity(UNIT_TIME_NS, pair->a->summary.median, a),
                 format_quantity(UNIT_TIME_NS, pair->b->summary.median, b));
        summary_ratio(&pair->comparison, text);
        text_add(text, " | %s |\n", finding_name(pair->comparison.finding));
    }
    text_add(text, "%s", c->failed_count + c->only_a_count + c->only_b_count > 0 ? "\n" : "");
    add_items(text, c);
}

/* ---- CSV ------------------------------------------------------------------------------------ */

static void add_number(struct text *text, double value)
{
    if (isfinite(value))
        text_add(text, ",%.15g", value);
    else
        text_add(text, ",");
}

/* A row without a ratio. */
static void add_unpaired(struct text *text, const char *name, size_t a_samples, size_t b_samples,
                         const char *verdict)
{
    text_add_csv(text, name);
    text_add(text, ",,,%zu,%zu,,,,%s,\n", a_samples, b_samples, verdict);
}

void compare_csv(const struct file_comparison *c, struct text *text)
{
    text_add(text,
             "name,a_ns,b_ns,a_samples,b_samples,ratio,ratio_low,ratio_high,verdict,pairing\n");
    for (size_t i = 0; i < c->pair_count; i++) {
        const struct row_pair *pair = &c->pairs[i];
        text_add_csv(text, pair->a->name);
        add_number(text, pair->a->summary.median);
        add_number(text, pair->b->summary.median);
        text_add(text, ",%zu,%zu", pair->a->count, pair->b->count);
        add_number(text, pair->comparison.ratio);
        add_number(text, pair->comparison.ci.low);
        add_number(text, pair->comparison.ci.high);
        text_add(text, ",%s,unpaired\n", finding_name(pair->comparison.finding));
    }
    for (size_t i = 0; i < c->failed_count; i++) {
        const struct row_failure *f = &c->failed[i];
        const bool in_a = series_failure(f->a) != NULL, in_b = series_failure(f->b) != NULL;
        add_unpaired(text, f->a->name, f->a->count, f->b->count,
                     in_a && in_b ? "failed in A and B"
                     : in_a       ? "failed in A"
                                  : "failed in B");
    }
    for (size_t i = 0; i < c->only_a_count; i++)
        add_unpaired(text, c->only_a[i]->name, c->only_a[i]->count, 0, "only in A");
    for (size_t i = 0; i < c->only_b_count; i++)
        add_unpaired(text, c->only_b[i]->name, 0, c->only_b[i]->count, "only in B");
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void write_pair(const struct row_pair *pair, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_string(json, "name", pair->a->name);
    json_number(json, "a_ns", pair->a->summary.median);
    json_number(json, "b_ns", pair->b->summary.median);
    json_unsigned(json, "a_samples", pair->a->count);
    json_unsigned(json, "b_samples", pair->b->count);
    json_number(json, "ratio", pair->comparison.ratio);
    if (isnan(pair->comparison.ci.low)) {
        json_null(json, "ci");
    } else {
        json_begin_array(json, "ci");
        json_number(json, NULL, pair->comparison.ci.low);
        json_number(json, NULL, pair->comparison.ci.high);
        json_end_array(json);
    }
    json_string(json, "verdict", finding_name(pair->comparison.finding));
    json_boolean(json, "paired", false);
    json_end_object(json);
}

static void write_only(const char *key, const struct results_series *const *rows, size_t count,
                       struct json_writer *json)
{
    json_begin_array(json, key);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(json, NULL);
        json_string(json, "name", rows[i]->name);
        json_string(json, "failure", series_failure(rows[i]));
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_failed(const struct file_comparison *c, struct json_writer *json)
{
    json_begin_array(json, "failed");
    for (size_t i = 0; i < c->failed_count; i++) {
        json_begin_object(json, NULL);
        json_string(json, "name", c->failed[i].a->name);
        json_string(json, "failure_in_a", series_failure(c->failed[i].a));
        json_string(json, "failure_in_b", series_failure(c->failed[i].b));
        json_end_object(json);
    }
    json_end_array(json);
}

enum ab_status compare_json(const struct file_comparison *c, struct text *text,
                            struct ab_error *error)
{
    struct json_writer json = {0};
    json_begin_object(&json, NULL);
    json_string(&json, "a", c->a->file);
    json_string(&json, "b", c->b->file);
    json_begin_array(&json, "differences");
    for (size_t i = 0; i < c->difference_count; i++) {
        json_begin_object(&json, NULL);
        json_string(&json, "what", c->differences[i].what);
        json_string(&json, "a", c->differences[i].a);
        json_string(&json, "b", c->differences[i].b);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_begin_array(&json, "rows");
    for (size_t i = 0; i < c->pair_count; i++)
        write_pair(&c->pairs[i], &json);
    json_end_array(&json);
    write_failed(c, &json);
    write_only("only_in_a", c->only_a, c->only_a_count, &json);
    write_only("only_in_b", c->only_b, c->only_b_count, &json);
    json_end_object(&json);
    return text_add_json(text, &json, error);
}
