#include "bench/compare_gate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/escape.h"
#include "bench/report_summary.h"

enum ab_status fail_rule_parse(const char *words, struct fail_rule *rule, struct ab_error *error)
{
    const char *colon = strchr(words, ':');
    char *end = NULL; /* stays so where strtod would take what is no plain number: " 5", "0x5" */
    *rule = (struct fail_rule){.words = words, .slower = strncmp(words, "slower:", 7) == 0};
    if ((rule->slower || strncmp(words, "faster:", 7) == 0) &&
        strchr("%", colon[1 + strspn(colon + 1, "0123456789.")]) != NULL)
        rule->percent = strtod(colon + 1, &end);
    bool right = end != NULL && end != colon + 1 && (*end == '\0' || strcmp(end, "%") == 0) &&
                 rule->percent >= 0 && rule->percent < 1e6;
    return right ? AB_OK
                 : ab_fail(error, AB_USAGE,
                           "--fail-on: '%.60s' is no rule; slower:5%% or faster:5%%", words);
}

/* The verdict says so, and the whole interval lies beyond. */
static bool is_met(const struct fail_rule *rule, const struct comparison *c)
{
    const double factor = 1 + rule->percent / 100;
    return rule->slower ? c->finding == FINDING_SLOWER && c->ci.high < 1 / factor
                        : c->finding == FINDING_FASTER && c->ci.low > factor;
}

static void begin_line(struct text *lines, const struct results_series *series)
{
    text_add(lines, "accelbench: ");
    text_add_plain(lines, series->name);
    text_add(lines, ": ");
}

struct tally {
    size_t met, judged, lost;
};

static void judge_pairs(const struct fail_rule *rule, const struct file_comparison *c,
                        struct tally *tally, struct text *lines)
{
    for (size_t i = 0; i < c->pair_count; i++) {
        const struct row_pair *pair = &c->pairs[i];
        if (isnan(pair->comparison.ci.low)) {
            begin_line(lines, pair->a);
            text_add(lines, "not judged: too few rounds for a verdict (A has %zu, B %zu)\n",
                     pair->a->count, pair->b->count);
            continue;
        }
        tally->judged++;
        if (!is_met(rule, &pair->comparison))
            continue;
        tally->met++;
        begin_line(lines, pair->a);
        summary_ratio(&pair->comparison, lines);
        text_add(lines, " as fast\n");
    }
}

static void add_failure(const struct results_series *series, struct tally *tally,
                        struct text *lines)
{
    const char *failure = series_failure(series);
    if (failure == NULL)
        return;
    tally->lost++;
    begin_line(lines, series);
    text_add(lines, "failed in B: ");
    text_add_plain(lines, failure);
    text_add(lines, "\n");
}

/* A row that is gone is no success: the rule cannot be met by what was not measured. */
static void find_lost(const struct file_comparison *c, struct tally *tally, struct text *lines)
{
    for (size_t i = 0; i < c->failed_count; i++)
        add_failure(c->failed[i].b, tally, lines);
    for (size_t i = 0; i < c->only_b_count; i++)
        add_failure(c->only_b[i], tally, lines);
    for (size_t i = 0; i < c->only_a_count; i++) {
        if (!series_measured(c->only_a[i]))
            continue;
        tally->lost++;
        begin_line(lines, c->only_a[i]);
        text_add(lines, "missing from B\n");
    }
}

enum ab_status fail_rule_apply(const struct fail_rule *rule, const struct file_comparison *c,
                               struct text *lines, struct ab_error *error)
{
    struct tally tally = {0};
    judge_pairs(rule, c, &tally, lines);
    find_lost(c, &tally, lines);
    if (tally.lost > 0)
        return ab_fail(error, AB_INPUT,
                       "--fail-on %.60s: met by %zu of %zu rows, and %zu failed in B or %s missing "
                       "from it",
                       rule->words, tally.met, c->pair_count, tally.lost,
                       tally.lost == 1 ? "is" : "are");
    if (tally.judged == 0)
        return ab_fail(error, AB_INPUT,
                       "--fail-on %.60s: no row can be judged; measure again with more --rounds",
                       rule->words);
    return tally.met == 0 ? AB_OK
                          : ab_fail(error, AB_RULE_MET, "--fail-on %.60s: met by %zu of %zu rows",
                                    rule->words, tally.met, c->pair_count);
}
