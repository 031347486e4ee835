#include "bench/compare.h"

#include <unistd.h>

#include "bench/compare_gate.h"
#include "bench/compare_rows.h"
#include "bench/console_style.h"
#include "bench/text.h"

static enum ab_status write_comparison(const struct options *options,
                                       const struct file_comparison *c, struct ab_error *error)
{
    struct text text = {0};
    enum ab_status status = AB_OK;
    switch (options->format) {
    case FORMAT_JSON:
        status = compare_json(c, &text, error);
        break;
    case FORMAT_CSV:
        compare_csv(c, &text);
        break;
    case FORMAT_MARKDOWN:
        compare_markdown(c, &text);
        break;
    default:
        compare_console(c, console_style(options, STDOUT_FILENO).color, &text);
        break;
    }
    if (status == AB_OK)
        status = text_write(&text, STDOUT_FILENO, "standard output", error);
    text_free(&text);
    return status;
}

static enum ab_status apply_rule(const struct fail_rule *rule, const struct file_comparison *c,
                                 struct ab_error *error)
{
    struct text lines = {0};
    struct ab_error write_error = {0};
    fail_rule_apply(rule, c, &lines, error);
    text_write(&lines, STDERR_FILENO, "standard error", &write_error);
    text_free(&lines);
    return error->status;
}

enum ab_status compare_run(const struct options *options, int argc, char **argv,
                           struct ab_error *error)
{
    (void)argc, (void)argv;
    struct results a = {0}, b = {0};
    struct file_comparison comparison = {0};
    struct fail_rule rule;
    if (options->fail_on != NULL && fail_rule_parse(options->fail_on, &rule, error) != AB_OK)
        return error->status; /* before anything is read */
    if (results_read(options->files[0], &a, error) == AB_OK &&
        results_read(options->files[1], &b, error) == AB_OK &&
        compare_files(&a, &b, &comparison, error) == AB_OK &&
        write_comparison(options, &comparison, error) == AB_OK && options->fail_on != NULL)
        apply_rule(&rule, &comparison, error);
    file_comparison_free(&comparison);
    results_free(&a);
    results_free(&b);
    return error->status;
}
