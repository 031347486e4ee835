#include "bench/compare_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/unpaired.h"

/* ---- What differs besides the programs ------------------------------------------------------ */

static void differ(struct file_comparison *c, const char *what, const char *a, const char *b)
{
    if (strcmp(a, b) == 0 || c->difference_count == DIFFERENCES_MAX)
        return;
    struct difference *d = &c->differences[c->difference_count++];
    d->what = what;
    snprintf(d->a, sizeof(d->a), "%s", *a == '\0' ? "unknown" : a);
    snprintf(d->b, sizeof(d->b), "%s", *b == '\0' ? "unknown" : b);
}

static void differ_in_number(struct file_comparison *c, const char *what, double a, double b)
{
    char x[32] = "", y[32] = "";
    if (isfinite(a))
        snprintf(x, sizeof(x), "%.17g", a);
    if (isfinite(b))
        snprintf(y, sizeof(y), "%.17g", b);
    differ(c, what, x, y);
}

/* Of what older files do not say nothing is known. */
static void differ_if_known(struct file_comparison *c, const char *what, const char *a,
                            const char *b)
{
    if (*a != '\0' && *b != '\0')
        differ(c, what, a, b);
}

static const char *describe_input(const struct results_environment *e, char words[200])
{
    const bool is_file = strcmp(e->input, e->input_digest) != 0;
    snprintf(words, 200, "%.160s%s%.20s%s", e->input, is_file ? " (" : "",
             is_file ? e->input_digest : "", is_file ? ")" : "");
    return words;
}

/* The contents count: a file may have been moved. */
static void differ_in_input(struct file_comparison *c)
{
    const struct results_environment *a = &c->a->environment, *b = &c->b->environment;
    char words_a[200], words_b[200];
    if (strcmp(a->input_digest, b->input_digest) != 0)
        differ_if_known(c, "input", describe_input(a, words_a), describe_input(b, words_b));
}

/* Of the first rows that differ in it. */
static void differ_in_workers(struct file_comparison *c)
{
    for (size_t i = 0; i < c->pair_count; i++) {
        const struct row_pair *pair = &c->pairs[i];
        if (!(fabs(pair->a->workers - pair->b->workers) > 0)) /* or one is not known */
            continue;
        char a[64], b[64];
        snprintf(a, sizeof(a), "%.17g of %.30s", pair->a->workers, pair->a->backend);
        snprintf(b, sizeof(b), "%.17g of %.30s", pair->b->workers, pair->b->backend);
        differ(c, "workers", a, b);
        return;
    }
}

static double median_count(const struct file_comparison *c, bool of_b)
{
    double *counts = malloc((c->pair_count + 1) * sizeof(*counts)), result = NAN;
    if (counts == NULL || c->pair_count == 0) {
        free(counts);
        return NAN;
    }
    for (size_t i = 0; i < c->pair_count; i++)
        counts[i] = (double)(of_b ? c->pairs[i].b : c->pairs[i].a)->count;
    result = median(counts, c->pair_count);
    free(counts);
    return result;
}

static void find_differences(struct file_comparison *c)
{
    const struct results_environment *a = &c->a->environment, *b = &c->b->environment;
    static const char *const kinds[] = {"accelbench", "Google Benchmark", "the lab's JSON"};
    differ(c, "format", kinds[c->a->kind], kinds[c->b->kind]);
    static const char *const ends[] = {"ended", "has not ended: this is its journal"};
    differ(c, "run", ends[c->a->is_journal], ends[c->b->is_journal]);
    differ(c, "host", a->host, b->host);
    differ(c, "processor", a->cpu, b->cpu);
    differ_in_number(c, "CPUs", a->cpus, b->cpus);
    differ(c, "version", a->version, b->version);
    differ(c, "commit", a->git, b->git);
    differ(c, "compiler", a->compiler, b->compiler);
    differ(c, "build type", a->build_type, b->build_type);
    differ(c, "compiler flags", a->flags, b->flags);
    differ_in_number(c, "seed", a->seed, b->seed);
    differ_if_known(c, "instructions", a->isa, b->isa);
    differ_in_workers(c);
    differ_in_input(c);
    differ_in_number(c, "rounds of a row", median_count(c, false), median_count(c, true));
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static enum ab_status find_pairs(struct file_comparison *c, struct ab_error *error)
{
    c->pairs = calloc(c->a->series_count + 1, sizeof(*c->pairs));
    c->failed = calloc(c->a->series_count + 1, sizeof(*c->failed));
    c->only_a = calloc(c->a->series_count + 1, sizeof(*c->only_a));
    c->only_b = calloc(c->b->series_count + 1, sizeof(*c->only_b));
    if (c->pairs == NULL || c->failed == NULL || c->only_a == NULL || c->only_b == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to compare %s with %s", c->a->file,
                       c->b->file);
    for (size_t i = 0; i < c->a->series_count; i++) {
        const struct results_series *a = &c->a->series[i], *b = results_find(c->b, a->name);
        if (b == NULL) {
            c->only_a[c->only_a_count++] = a;
            continue;
        }
        if (series_measured(a) && series_measured(b))
            c->pairs[c->pair_count++] = (struct row_pair){.a = a, .b = b};
        if (series_failure(a) != NULL || series_failure(b) != NULL)
            c->failed[c->failed_count++] = (struct row_failure){a, b};
    }
    for (size_t i = 0; i < c->b->series_count; i++)
        if (results_find(c->a, c->b->series[i].name) == NULL)
            c->only_b[c->only_b_count++] = &c->b->series[i];
    return AB_OK;
}

/* Names a row, and why it has no counterpart. */
static enum ab_status refuse(const struct file_comparison *c, struct ab_error *error)
{
    const char *const a = c->a->file, *const b = c->b->file;
    if (c->failed_count > 0) {
        const struct row_failure *f = &c->failed[0];
        const bool in_b = series_failure(f->b) != NULL;
        return ab_fail(error, AB_INPUT,
                       "%s and %s have no measured row in common: '%.60s' failed in %s: %s", a, b,
                       f->a->name, in_b ? b : a, series_failure(in_b ? f->b : f->a));
    }
    if (c->a->series_count == 0 || c->b->series_count == 0)
        return ab_fail(error, AB_INPUT, "%s and %s have no measured row in common: %s is empty", a,
                       b, c->a->series_count == 0 ? a : b);
    return ab_fail(error, AB_INPUT,
                   "%s and %s have no measured row in common: '%.60s' is missing from %s", a, b,
                   c->a->series[0].name, b);
}

enum ab_status compare_files(const struct results *a, const struct results *b,
                             struct file_comparison *c, struct ab_error *error)
{
    *c = (struct file_comparison){.a = a, .b = b};
    if (find_pairs(c, error) != AB_OK)
        return error->status;
    if (c->pair_count == 0)
        return refuse(c, error);
    find_differences(c);
    for (size_t i = 0; i < c->pair_count; i++) {
        struct row_pair *p = &c->pairs[i];
        if (compare_unpaired(p->a->columns[SERIES_TIME_NS], p->a->count,
                             p->b->columns[SERIES_TIME_NS], p->b->count, c->pair_count, AB_MARGIN,
                             &p->comparison, error) != AB_OK)
            return error->status;
    }
    return AB_OK;
}

void file_comparison_free(struct file_comparison *c)
{
    free(c->pairs);
    free(c->failed);
    free(c->only_a);
    free(c->only_b);
    *c = (struct file_comparison){0};
}
