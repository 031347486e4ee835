#include "bench/sweep_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/journal.h"
#include "bench/report.h"
#include "bench/report_command.h"
#include "bench/sweep_break_even.h"
#include "common/parse.h"

/* ---- The document ------------------------------------------------------------------------ */

static bool is_whole(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep_cell_count(sweep); i++)
        if (sweep->cells[i].state != CELL_MEASURED && sweep->cells[i].state != CELL_FAILED)
            return false;
    return true;
}

static const char *why_missing(const struct sweep_cell *cell)
{
    switch (cell->state) {
    case CELL_FAILED:
        return cell->error.message;
    case CELL_NOT_REACHED:
        return "not within --budget";
    default:
        return "interrupted";
    }
}

/* Further members of context.accelbench. */
static void write_plan(const void *state, struct json_writer *json)
{
    const struct sweep *sweep = state;
    json_begin_object(json, "sweep");
    json_boolean(json, "quick", sweep->options->quick);
    json_boolean(json, "complete", is_whole(sweep));
    json_number(json, "budget_s", sweep->budget_s);
    json_begin_array(json, "kernels");
    for (size_t k = 0; k < sweep->kernel_count; k++)
        json_string(json, NULL, sweep->kernels[k].kernel->name);
    json_end_array(json);
    json_begin_array(json, "sizes");
    for (size_t i = 0; i < sweep->size_count; i++)
        json_unsigned(json, NULL, sweep->sizes[i]);
    json_end_array(json);
    json_begin_array(json, "missing");
    for (size_t i = 0; i < sweep_cell_count(sweep); i++) {
        const struct sweep_cell *cell = &sweep->cells[i];
        if (cell->state == CELL_MEASURED)
            continue;
        json_begin_object(json, NULL);
        json_string(json, "kernel", cell->kernel->kernel->name);
        json_unsigned(json, "bytes", cell->bytes);
        json_string(json, "reason", why_missing(cell));
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

/* In the order of the file: each kernel by size. */
static size_t collect(const struct sweep *sweep, const struct measurement **measurements)
{
    size_t count = 0;
    for (size_t i = 0; i < sweep_cell_count(sweep); i++)
        if (cell_has_results(&sweep->cells[i]))
            measurements[count++] = &sweep->cells[i].measurement;
    return count;
}

static enum ab_status make_document(const struct sweep *sweep,
                                    const struct measurement *const *measurements, size_t count,
                                    struct text *document, struct ab_error *error)
{
    struct json_writer json = {0};
    const struct report_document report = {
        .context = sweep->context,
        .measurements = measurements,
        .count = count,
        .seed = sweep->options->seed,
        .more = {write_plan, sweep},
        .break_even = {sweep_break_even_write, sweep},
    };
    enum ab_status status = report_json(&report, &json, error);
    if (status == AB_OK) {
        text_add_bytes(document, json.text, json.length);
        text_add(document, "\n");
    }
    json_free(&json);
    return status;
}

/* ---- For people -------------------------------------------------------------------------- */

/* What the report cannot know: what there is not, and how to get it. */
static void add_missing(const struct sweep *sweep, struct text *text)
{
    struct text words = {0};
    size_t count = 0;
    for (size_t i = 0; i < sweep_cell_count(sweep); i++) {
        const struct sweep_cell *cell = &sweep->cells[i];
        char bytes[FORMAT_BYTES];
        if (cell->state == CELL_MEASURED || cell->state == CELL_FAILED)
            continue;
        text_add(&words, "%s%s of %s",
                 count++ > 0 ? ", " : "Not measured: ", cell->kernel->kernel->name,
                 format_bytes(cell->bytes, bytes));
        if (cell->state == CELL_CUT_OFF)
            text_add(&words, " (in part)");
    }
    if (count > 0 && sweep->options->out != NULL)
        text_add(&words, ". The same command with --resume goes on.");
    else if (count > 0)
        text_add(&words, ". More --budget reaches more; with --out, --resume can go on.");
    if (count > 0) {
        text_add(text, "  ");
        text_take_wrapped(text, 2, &words);
        text_add(text, "\n");
    }
    text_free(&words);
}

/* The report reads files. What it reads here is in no folder, and gone with the program. */
static enum ab_status open_unnamed(const struct text *document, int *file, char name[64],
                                   struct ab_error *error)
{
    *file = memfd_create("sweep", MFD_CLOEXEC);
    if (*file < 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot make a file in memory for the report");
    snprintf(name, 64, "/proc/self/fd/%d", *file);
    return text_write(document, *file, "a file in memory", error);
}

static enum ab_status write_page(const struct sweep *sweep, const char *file,
                                 struct ab_error *error)
{
    struct text page = {0};
    enum ab_status status = report_html_of_files(&file, 1, sweep->options->baseline, &page, error);
    if (status == AB_OK)
        status = text_write_file(&page, sweep->options->html, error);
    text_free(&page);
    return status;
}

static enum ab_status write_summary(const struct sweep *sweep, const char *file,
                                    struct ab_error *error)
{
    struct text text = {0};
    const struct console_style style = console_style(sweep->options, STDOUT_FILENO);
    enum ab_status status =
        report_console_of_files(&file, 1, sweep->options->baseline, &style, &text, error);
    add_missing(sweep, &text);
    if (status == AB_OK)
        status = text_write(&text, STDOUT_FILENO, "standard output", error);
    text_free(&text);
    return status;
}

static void keep_first(struct ab_error *first, const struct ab_error *next)
{
    if (first->status == AB_OK && next->status != AB_OK)
        ab_fail(first, next->status, "%s", next->message);
}

static enum ab_status write_report(const struct sweep *sweep, const struct text *document,
                                   const char *name, struct ab_error *error)
{
    const bool console = sweep->options->format == FORMAT_CONSOLE;
    enum ab_status status = AB_OK;
    char unnamed[64];
    int file = -1;
    if (!console && sweep->options->html == NULL)
        return AB_OK;
    if (name == NULL) {
        status = open_unnamed(document, &file, unnamed, error);
        name = unnamed;
    }
    struct ab_error of_page = {0}, of_summary = {0};
    if (status == AB_OK && sweep->options->html != NULL)
        write_page(sweep, name, &of_page);
    if (status == AB_OK && console)
        write_summary(sweep, name, &of_summary);
    if (file >= 0)
        close(file);
    keep_first(error, &of_page);
    keep_first(error, &of_summary);
    return error->status;
}

/* ---- All of it --------------------------------------------------------------------------- */

static enum ab_status write_file(const struct sweep *sweep, const struct text *document,
                                 struct ab_error *error)
{
    if (is_whole(sweep))
        return journal_finish(sweep->journal, document, error);
    return text_write_file(document, sweep->journal->out, error);
}

static enum ab_status write_data(const struct sweep *sweep, const struct text *document,
                                 const struct measurement *const *measurements, size_t count,
                                 struct ab_error *error)
{
    struct text csv = {0};
    enum ab_status status = AB_OK;
    if (sweep->options->format == FORMAT_JSON)
        return text_write(document, STDOUT_FILENO, "standard output", error);
    if (sweep->options->format != FORMAT_CSV)
        return AB_OK;
    status = report_csv(measurements, count, &csv, error);
    if (status == AB_OK)
        status = text_write(&csv, STDOUT_FILENO, "standard output", error);
    text_free(&csv);
    return status;
}

/* The first failure is told; none keeps what comes after it from being written. */
enum ab_status sweep_write(const struct sweep *sweep, bool keep_file, struct ab_error *error)
{
    struct text document = {0};
    const struct measurement **measurements =
        calloc(sweep_cell_count(sweep) + 1, sizeof(*measurements));
    if (measurements == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the results");
    const size_t count = collect(sweep, measurements);
    struct ab_error of_file = {0}, of_data = {0}, of_report = {0};
    if (make_document(sweep, measurements, count, &document, error) == AB_OK) {
        const bool is_there = !keep_file && sweep->options->out != NULL &&
                              write_file(sweep, &document, &of_file) == AB_OK;
        write_data(sweep, &document, measurements, count, &of_data);
        write_report(sweep, &document, is_there ? sweep->options->out : NULL, &of_report);
        keep_first(error, &of_file);
        keep_first(error, &of_data);
        keep_first(error, &of_report);
    }
    text_free(&document);
    free(measurements);
    return error->status;
}
