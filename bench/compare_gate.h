/* --fail-on: when `accelbench compare` is to fail, for CI. */
#ifndef ACCELBENCH_BENCH_COMPARE_GATE_H
#define ACCELBENCH_BENCH_COMPARE_GATE_H

#include "bench/compare_rows.h"

struct fail_rule {
    const char *words; /* borrowed */
    bool slower;       /* else faster */
    double percent;
};

/* "slower:5%": a row whose time is surely more than 5 % longer. AB_USAGE: it is no rule. */
enum ab_status fail_rule_parse(const char *words, struct fail_rule *rule, struct ab_error *error);

/* Adds a line for standard error for each row that the rule is met by, that cannot be judged, or
 * that failed in B or is missing from it. AB_INPUT where there are any of the latter, or no row can
 * be judged; else AB_RULE_MET where the rule is met. */
enum ab_status fail_rule_apply(const struct fail_rule *rule, const struct file_comparison *c,
                               struct text *lines, struct ab_error *error);

#endif
