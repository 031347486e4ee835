#include "bench/report_command.h"

#include <string.h>
#include <unistd.h>

#include "bench/report_files.h"
#include "bench/same_file.h"

static void add_report(const struct options *options, const struct findings *findings,
                       struct text *text)
{
    const struct console_style style = console_style(options, STDOUT_FILENO);
    switch (options->format) {
    case FORMAT_MARKDOWN:
        report_files_markdown(findings, text);
        break;
    case FORMAT_CSV:
        report_files_csv(findings, text);
        break;
    default:
        report_files_console(findings, &style, text);
        break;
    }
}

/* The same measurement twice would be two machines of one name. */
static enum ab_status check_files_once(const struct options *options, struct ab_error *error)
{
    for (size_t i = 1; i < options->file_count; i++)
        if (is_one_of(options->files[i], options->files, i))
            return ab_fail(error, AB_USAGE, "report: %s is named twice", options->files[i]);
    return AB_OK;
}

/* Speed-ups over a backend that no file has would be a table of dashes. */
static enum ab_status check_baseline(const struct options *options, const struct findings *findings,
                                     struct ab_error *error)
{
    if (options->baseline == NULL || !has_reference(findings))
        return AB_OK;
    for (size_t file = 0; file < findings->file_count; file++) {
        const struct results *results = &findings->files[file];
        for (size_t i = 0; i < results->series_count; i++)
            if (series_measured(&results->series[i]) &&
                strcmp(results->series[i].backend, options->baseline) == 0)
                return AB_OK;
    }
    return ab_fail(error, AB_USAGE,
                   "--baseline: no measurement of %s is in these files; name another, or none",
                   options->baseline);
}

/* The page first: it must not be lost when standard output is a closed pipe. */
enum ab_status report_run(const struct options *options, int argc, char **argv,
                          struct ab_error *error)
{
    (void)argc, (void)argv;
    struct findings findings;
    struct text text = {0}, page = {0};
    if (check_files_once(options, error) != AB_OK ||
        findings_read(options->files, options->file_count, options->baseline, &findings, error) !=
            AB_OK)
        return error->status;
    enum ab_status status = check_baseline(options, &findings, error);
    if (status == AB_OK && options->html != NULL) {
        report_files_html(&findings, &page);
        status = text_write_file(&page, options->html, error);
    }
    if (status == AB_OK) {
        add_report(options, &findings, &text);
        status = text_write(&text, STDOUT_FILENO, "standard output", error);
    }
    text_free(&text);
    text_free(&page);
    findings_free(&findings);
    return status;
}

enum ab_status report_console_of_files(const char *const *files, size_t count, const char *baseline,
                                       const struct console_style *style, struct text *text,
                                       struct ab_error *error)
{
    struct findings findings;
    enum ab_status status = findings_read(files, count, baseline, &findings, error);
    if (status == AB_OK)
        report_files_console(&findings, style, text);
    findings_free(&findings);
    return status;
}

enum ab_status report_html_of_files(const char *const *files, size_t count, const char *baseline,
                                    struct text *html, struct ab_error *error)
{
    struct findings findings;
    enum ab_status status = findings_read(files, count, baseline, &findings, error);
    if (status == AB_OK)
        report_files_html(&findings, html);
    findings_free(&findings);
    return status;
}
