#include "bench/shim/filter.h"

#include <string.h>

enum ab_status filter_compile(struct filter *filter, const char *text, struct ab_error *error)
{
    *filter = (struct filter){0};
    if (*text == '\0' || strcmp(text, "all") == 0)
        return AB_OK;
    filter->negative = *text == '-';
    int wrong = regcomp(&filter->expression, text + filter->negative, REG_EXTENDED | REG_NOSUB);
    if (wrong == 0) {
        filter->compiled = true;
        return AB_OK;
    }
    char why[128];
    regerror(wrong, &filter->expression, why, sizeof(why));
    return ab_fail(error, AB_USAGE, "--benchmark_filter: '%s' is no regular expression: %s",
                   text + filter->negative, why);
}

bool filter_takes(const struct filter *filter, const char *name)
{
    bool found = !filter->compiled || regexec(&filter->expression, name, 0, NULL, 0) == 0;
    return found != filter->negative;
}

void filter_free(struct filter *filter)
{
    if (filter->compiled)
        regfree(&filter->expression);
    filter->compiled = false;
}
