#include "bench/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/compare_rows.h"
#include "bench/console_style.h"
#include "bench/text.h"

/* ---- --fail-on ------------------------------------------------------------------------------ */

struct fail_rule {
    bool slower; /* else faster */
    double percent;
};

/* "slower:5%": a row whose time is surely more than 5 % longer. */
static enum ab_status parse_rule(const char *words, struct fail_rule *rule, struct ab_error *error)
{
    const char *colon = strchr(words, ':');
    char *end = NULL;
    rule->slower = strncmp(words, "slower:", 7) == 0;
    if (rule->slower || strncmp(words, "faster:", 7) == 0)
        rule->percent = strtod(colon + 1, &end);
    bool right = end != NULL && end != colon + 1 && (*end == '\0' || strcmp(end, "%") == 0) &&
                 rule->percent >= 0 && rule->percent < 1e6;
    return right ? AB_OK
                 : ab_fail(error, AB_USAGE,
                           "--fail-on: '%.60s' is no rule; slower:5%% or faster:5%%", words);
}

/* The whole interval lies beyond. A row without an interval is never certain. */
static bool is_met(const struct fail_rule *rule, const struct comparison *c)
{
    double factor = 1 + rule->percent / 100;
    if (isnan(c->ci.low))
        return false;
    return rule->slower ? c->ci.high < 1 / factor : c->ci.low > factor;
}

static enum ab_status apply_rule(const char *words, const struct file_comparison *c,
                                 struct ab_error *error)
{
    struct fail_rule rule;
    const char *first = "";
    size_t met = 0;
    if (parse_rule(words, &rule, error) != AB_OK)
        return error->status;
    for (size_t i = 0; i < c->pair_count; i++) {
        if (!is_met(&rule, &c->pairs[i].comparison))
            continue;
        first = met == 0 ? c->pairs[i].a->name : first;
        met++;
    }
    return met == 0
               ? AB_OK
               : ab_fail(error, AB_RULE_MET, "--fail-on %.60s: met by %zu of %zu rows: %.200s%s",
                         words, met, c->pair_count, first, met > 1 ? "..." : "");
}

/* ---- The command ---------------------------------------------------------------------------- */

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

enum ab_status compare_run(const struct options *options, int argc, char **argv,
                           struct ab_error *error)
{
    (void)argc, (void)argv;
    struct results a = {0}, b = {0};
    struct file_comparison comparison = {0};
    struct fail_rule rule;
    if (options->fail_on != NULL && parse_rule(options->fail_on, &rule, error) != AB_OK)
        return error->status; /* before anything is read */
    if (results_read(options->files[0], &a, error) == AB_OK &&
        results_read(options->files[1], &b, error) == AB_OK &&
        compare_files(&a, &b, &comparison, error) == AB_OK &&
        write_comparison(options, &comparison, error) == AB_OK && options->fail_on != NULL)
        apply_rule(options->fail_on, &comparison, error);
    file_comparison_free(&comparison);
    results_free(&a);
    results_free(&b);
    return error->status;
}
