#include "bench/aa.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/interrupt.h"
#include "bench/measure.h"
#include "bench/probe.h"
#include "bench/report.h"
#include "common/json.h"

/* From what fits the first cache to what fits none, and a kernel that allocates. */
static const struct {
    const char *kernel, *size;
} inputs[] = {
    {"matrix_sum", "16Ki"}, {"matrix_sum", "256Ki"}, {"matrix_sum", "1Mi"},
    {"matrix_sum", "8Mi"},  {"matrix_sum", "64Mi"},  {"word_count", "256Ki"},
};

enum {
    INPUTS = sizeof(inputs) / sizeof(inputs[0]),
    TWINS = 3, /* A, A', A delayed */
    BACKENDS_MAX = 32
};

#define DELAY          0.05
#define MISS_RATE      0.0428 /* of an exact interval of 30 rounds, from the 10th to the 21st */
#define MOST_QUANTILE  0.975
#define DELAYS_TO_FIND 0.95
#define BUDGET_S       120.0
#define PAIR_LEAST_S   10.0 /* of a pass that takes longer than the budget */

struct line {
    const struct technique *technique;
    struct aa_tally tally;
};

struct aa {
    const struct options *options;
    struct report_context context;
    struct line lines[INPUTS][BACKENDS_MAX]; /* by the backend's place in the catalog */
    struct aa_tally total;
    unsigned passes;
};

/* ---- Judging -------------------------------------------------------------------------------- */

unsigned aa_most_excluding(unsigned pairs)
{
    double probability = pow(1 - MISS_RATE, pairs), sum = probability;
    unsigned k = 0;
    while (sum < MOST_QUANTILE && k < pairs) {
        k++;
        probability *= (double)(pairs - k + 1) / k * MISS_RATE / (1 - MISS_RATE);
        sum += probability;
    }
    return k;
}

bool aa_passes(const struct aa_tally *tally)
{
    return tally->pairs > 0 && tally->wrong == 0 &&
           tally->excluding <= aa_most_excluding(tally->pairs) &&
           tally->delays_found >= DELAYS_TO_FIND * tally->delays;
}

static void add_twins(struct aa_tally *tally, const struct measurement *m)
{
    const struct alternative *twins = m->alternatives;
    struct comparison same = alternative_compare(m, &twins[1], &twins[0], 1);
    struct comparison delayed = alternative_compare(m, &twins[2], &twins[0], 1);
    tally->pairs++;
    tally->excluding += same.ci.low > 1 || same.ci.high < 1;
    tally->wrong += same.finding == FINDING_FASTER || same.finding == FINDING_SLOWER;
    tally->equivalent += same.finding == FINDING_EQUIVALENT;
    tally->delays++;
    tally->delays_found += delayed.ci.high < 1;
}

/* ---- Measuring ------------------------------------------------------------------------------ */

/* Three of the first technique, and no limits. */
static enum ab_status make_twins(struct measurement *m, struct ab_error *error)
{
    const struct alternative *a = &m->alternatives[0];
    if (a->technique == NULL || a->error.status != AB_OK)
        return ab_fail(error, a->error.status, "%s: %s", a->entry->name, a->error.message);
    struct alternative *twins = calloc(TWINS, sizeof(*twins));
    if (twins == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the list of alternatives");
    for (size_t twin = 0; twin < TWINS; twin++) {
        twins[twin] = *a;
        twins[twin].limit = NULL;
        twins[twin].assignment.delay = twin == 2 ? DELAY : 0;
    }
    free(m->alternatives);
    m->alternatives = twins;
    m->count = TWINS;
    return AB_OK;
}

static double budget_s(const struct aa *aa)
{
    return aa->options->budget_s > 0 ? aa->options->budget_s : BUDGET_S;
}

/* Of one pair: where it is noisy, rounds are doubled for as long as there is time. */
static double most_s(const struct aa *aa)
{
    size_t pairs = 0;
    for (size_t b = 0; b < backend_count(); b++)
        pairs += options_want_backend(aa->options, backend_at(b)->name) ? INPUTS : 0;
    return fmin(aa->options->max_seconds_s, fmax(budget_s(aa) / (double)pairs, PAIR_LEAST_S));
}

/* One backend on one input, on its own: the nearer in time the twins of a round are, the more of
 * what disturbs them is common to both. */
static enum ab_status measure_twins(struct aa *aa, size_t input, const struct backend_entry *entry,
                                    struct ab_error *error)
{
    struct setting size = {"size", inputs[input].size};
    struct options options = *aa->options;
    options.kernel = find_kernel(inputs[input].kernel);
    options.settings = &size;
    options.setting_count = 1;
    options.backends = entry->name;
    if (entry->backend == NULL || !device_options_concern(aa->options, entry->backend)) {
        options.device = NULL;
        options.transfer = TRANSFER_PINNED;
    }
    options.baseline = entry->name; /* the widths of these comparisons say when to end */
    options.seed += aa->passes;
    options.budget_s = 0; /* of all pairs, not of each */
    options.max_seconds_s = most_s(aa);
    struct measurement m = {0};
    enum ab_status status = measurement_plan(&m, &options, error);
    if (status == AB_OK)
        status = make_twins(&m, error);
    if (status == AB_OK)
        status = measurement_make_input(&m, error);
    if (status == AB_OK)
        status = measurement_run(&m, NULL, error);
    for (size_t i = 0; i < m.count && status == AB_OK; i++)
        if (m.alternatives[i].error.status != AB_OK)
            status = ab_fail(error, m.alternatives[i].error.status, "%s on %s: %s",
                             inputs[input].kernel, entry->name, m.alternatives[i].error.message);
    if (status == AB_OK) {
        struct line *line = &aa->lines[input][entry - backend_at(0)];
        line->technique = m.alternatives[0].technique;
        add_twins(&line->tally, &m);
        add_twins(&aa->total, &m);
    }
    measurement_free(&m);
    return status;
}

/* A backend that cannot run here is left out, unless it was named. */
static enum ab_status measure_input(struct aa *aa, size_t input, struct ab_error *error)
{
    for (size_t b = 0; b < backend_count() && b < BACKENDS_MAX; b++) {
        if (!options_want_backend(aa->options, backend_at(b)->name))
            continue;
        struct ab_error failure = {0};
        enum ab_status status = measure_twins(aa, input, backend_at(b), &failure);
        bool absent = status == AB_NOT_BUILT || status == AB_NO_DEVICE;
        if (status != AB_OK && !(absent && aa->options->backends == NULL))
            return ab_fail(error, status, "%s", failure.message);
    }
    return AB_OK;
}

static enum ab_status check_device_options(const struct options *options, struct ab_error *error)
{
    bool concern = options->device == NULL && options->transfer == TRANSFER_PINNED;
    for (size_t b = 0; b < backend_count() && !concern; b++)
        concern = options_want_backend(options, backend_at(b)->name) &&
                  backend_at(b)->backend != NULL &&
                  device_options_concern(options, backend_at(b)->backend);
    return concern ? AB_OK : device_options_refuse(error);
}

static enum ab_status measure_all(struct aa *aa, struct ab_error *error)
{
    if (check_device_options(aa->options, error) != AB_OK)
        return error->status;
    uint64_t began = wall_ns(&system_clock);
    double used_s = 0;
    do {
        for (size_t input = 0; input < INPUTS; input++) {
            if (interrupt_signal() != 0)
                return ab_fail(error, AB_INTERRUPTED, "interrupted");
            enum ab_status status = measure_input(aa, input, error);
            if (status != AB_OK)
                return status;
        }
        aa->passes++;
        used_s = 1e-9 * (double)(wall_ns(&system_clock) - began);
    } while (used_s + used_s / aa->passes <= budget_s(aa));
    return AB_OK;
}

/* ---- Reporting ------------------------------------------------------------------------------ */

static void write_console_line(struct text *text, const char *name, const struct aa_tally *t)
{
    unsigned unresolved = t->pairs - t->equivalent - t->wrong;
    text_add(text, "  %-25s%6u%11u%8u%11u%9u%7u\n", name, t->pairs, t->excluding, t->wrong,
             t->equivalent, unresolved, t->delays_found);
}

static void write_console(const struct aa *aa, struct text *text)
{
    const struct aa_tally *total = &aa->total;
    text_add(text, "\n  Every backend against itself, and against itself made 5 %% slower\n\n");
    text_add(text, "  %-25s%6s%11s%8s%11s%9s%7s\n", "", "", "interval", "wrong", "", "not", "5 %");
    text_add(text, "  %-25s%6s%11s%8s%11s%9s%7s\n", "", "pairs", "excludes 1", "verdict",
             "equivalent", "resolved", "seen");
    for (size_t input = 0; input < INPUTS; input++) {
        for (size_t b = 0; b < BACKENDS_MAX; b++) {
            const struct line *line = &aa->lines[input][b];
            if (line->tally.pairs == 0)
                continue;
            char name[64];
            snprintf(name, sizeof(name), "%s %sB %s", inputs[input].kernel, inputs[input].size,
                     backend_at(b)->name);
            write_console_line(text, name, &line->tally);
        }
    }
    write_console_line(text, "in all", total);
    text_add(text,
             "\n  %u of %u intervals exclude 1; up to %u may (4.3 %%, at its 97.5 %% point).\n",
             total->excluding, total->pairs, aa_most_excluding(total->pairs));
    text_add(text, "  %u of %u verdicts call a backend faster or slower than itself; none may.\n",
             total->wrong, total->pairs);
    text_add(text, "  %u of %u delays were seen; 95 %% must be.\n", total->delays_found,
             total->delays);
    text_add(text, "  %s\n\n",
             interrupt_signal() != 0 ? "interrupted: this is not enough to judge by."
             : aa_passes(total)      ? "passed: verdicts can be trusted here."
                                     : "FAILED: verdicts cannot be trusted here.");
}

static void write_json_tally(const struct aa_tally *t, struct json_writer *json)
{
    json_unsigned(json, "pairs", t->pairs);
    json_unsigned(json, "interval_excludes_1", t->excluding);
    json_unsigned(json, "wrong_verdicts", t->wrong);
    json_unsigned(json, "equivalent", t->equivalent);
    json_unsigned(json, "delays", t->delays);
    json_unsigned(json, "delays_found", t->delays_found);
}

static enum ab_status write_json(const struct aa *aa, struct text *text, struct ab_error *error)
{
    struct json_writer json = {0};
    json_begin_object(&json, NULL);
    report_json_context_alone(&aa->context, aa->options->seed, &json);
    json_begin_object(&json, "aa");
    if (interrupt_signal() == 0) /* what was cut off is not enough to judge by */
        json_boolean(&json, "passed", aa_passes(&aa->total));
    json_boolean(&json, "interrupted", interrupt_signal() != 0);
    json_number(&json, "delay", DELAY);
    json_unsigned(&json, "passes", aa->passes);
    json_unsigned(&json, "most_intervals_excluding_1", aa_most_excluding(aa->total.pairs));
    write_json_tally(&aa->total, &json);
    json_begin_array(&json, "lines");
    for (size_t input = 0; input < INPUTS; input++) {
        for (size_t b = 0; b < BACKENDS_MAX; b++) {
            const struct line *line = &aa->lines[input][b];
            if (line->tally.pairs == 0)
                continue;
            json_begin_object(&json, NULL);
            json_string(&json, "kernel", inputs[input].kernel);
            json_string(&json, "size", inputs[input].size);
            json_string(&json, "backend", backend_at(b)->name);
            json_string(&json, "technique", line->technique->name);
            write_json_tally(&line->tally, &json);
            json_end_object(&json);
        }
    }
    json_end_array(&json);
    json_end_object(&json);
    json_end_object(&json);
    return text_add_json(text, &json, error);
}

enum ab_status aa_run(const struct options *options, struct text *text, struct ab_error *error)
{
    if (options->format == FORMAT_CSV)
        return ab_fail(error, AB_USAGE, "aa has no csv; use --format console or json");
    struct aa *aa = calloc(1, sizeof(*aa));
    if (aa == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the tallies");
    aa->options = options;
    report_context_init(&aa->context, options->argc, options->argv);
    enum ab_status status = measure_all(aa, error), written = AB_OK;
    if (status == AB_OK && !aa_passes(&aa->total))
        status = ab_fail(error, AB_WRONG_RESULT,
                         "the harness did not stand its own test on this machine, as it is now; "
                         "'accelbench doctor' says what may be the matter");
    if (aa->total.pairs > 0 && options->format == FORMAT_JSON)
        written = write_json(aa, text, error);
    else if (aa->total.pairs > 0)
        write_console(aa, text);
    free(aa);
    return status == AB_OK ? written : status;
}
