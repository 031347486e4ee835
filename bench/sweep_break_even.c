#include "bench/sweep_break_even.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/break_even.h"
#include "bench/report_parts.h"
#include "bench/text.h"
#include "common/json.h"
#include "common/parse.h"

/* What wins over what. A device is held against the best CPU backend of each size, all that it
 * takes or with the data there already; threads are held against one. */
enum kind { KIND_PINNED, KIND_PAGEABLE, KIND_RESIDENT, KIND_THREADS };

static const char *const kind_names[] = {"end_to_end_pinned", "end_to_end_pageable", "resident",
                                         "threads"};

/* One entry. */
struct duel {
    const struct sweep *sweep;
    const struct sweep_cell *cells; /* of the kernel, by size */
    size_t alternative;             /* the contender's place in each of them */
    enum kind kind;
    struct break_even_point *points; /* room for all sizes */
    size_t count;
    const char *baseline; /* the one that it is everywhere, or NULL */
    double passes;        /* per transfer, at the largest size; NAN: none */
};

/* ---- Who against whom -------------------------------------------------------------------- */

/* The best of all CPU backends at this size, or of serial's techniques. */
static const struct alternative *opponent(const struct measurement *m, enum kind kind)
{
    const struct alternative *best = NULL;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a) || a->entry->backend->memory != MEMORY_HOST ||
            (kind == KIND_THREADS && strcmp(a->entry->name, "serial") != 0))
            continue;
        if (best == NULL ||
            alternative_median_ns(a, PHASE_E2E) < alternative_median_ns(best, PHASE_E2E))
            best = a;
    }
    return best;
}

static void add_point(struct duel *duel, const struct measurement *m)
{
    const struct alternative *a = &m->alternatives[duel->alternative];
    const struct alternative *base = opponent(m, duel->kind);
    if (!alternative_measured(a) || base == NULL || base == a)
        return;
    const bool resident = duel->kind == KIND_RESIDENT;
    const struct comparison c =
        resident ? alternative_compare_phase(a, PHASE_KERNEL, base, measurement_comparisons(m))
                 : measurement_compare(m, a, base);
    if (!(c.ratio > 0) || !isfinite(c.ratio))
        return;
    if (duel->count == 0)
        duel->baseline = base->entry->name;
    else if (duel->baseline != NULL && strcmp(duel->baseline, base->entry->name) != 0)
        duel->baseline = NULL;
    duel->points[duel->count++] =
        (struct break_even_point){(double)m->problem.input.bytes, c.ratio, c.ci};
    if (resident)
        duel->passes = break_even_passes(alternative_median_ns(a, PHASE_H2D),
                                         alternative_median_ns(a, PHASE_KERNEL),
                                         alternative_median_ns(base, PHASE_E2E));
}

/* ---- In words ---------------------------------------------------------------------------- */

static void add_labels(const struct problem *problem, struct text *text)
{
    for (size_t i = 0; i < problem->label_count; i++)
        if (!problem->labels[i].is_default)
            text_add(text, " %s", problem->labels[i].value);
}

static void add_contenders(const struct duel *duel, const struct measurement *m, const char *verb,
                           struct text *text)
{
    static const char *const how[] = {
        [KIND_PINNED] = ", transfers from pinned memory included,",
        [KIND_PAGEABLE] = ", transfers from pageable memory included,",
        [KIND_RESIDENT] = ", on data that it holds already,",
        [KIND_THREADS] = "",
    };
    const struct alternative *a = &m->alternatives[duel->alternative];
    text_add(text, "%s", m->problem.kernel->name);
    add_labels(&m->problem, text);
    text_add(text, ": %s", a->entry->name);
    if (strcmp(a->technique->name, "tuned") != 0)
        text_add(text, " (%s)", a->technique->name);
    text_add(text, "%s %s %s", how[duel->kind], verb,
             duel->baseline != NULL ? duel->baseline : "the best CPU backend");
}

static const char *bytes_of(double bytes, char text[FORMAT_BYTES])
{
    return format_bytes((uint64_t)llround(bytes), text);
}

/* Up to the last size that is decided, if any is. */
static void add_range(const struct duel *duel, const struct break_even *found, struct text *text)
{
    const size_t count = found->decided > 0 ? found->decided : duel->count;
    char least[FORMAT_BYTES], most[FORMAT_BYTES];
    bytes_of(duel->points[0].bytes, least);
    if (count == 1)
        text_add(text, " at %s", least);
    else
        text_add(text, " between %s and %s", least, bytes_of(duel->points[count - 1].bytes, most));
}

static void add_crossing(const struct break_even *found, struct text *text)
{
    char bytes[FORMAT_BYTES], low[FORMAT_BYTES], high[FORMAT_BYTES];
    text_add(text, " %s", bytes_of(found->bytes, bytes));
    if (!isnan(found->ci.low))
        text_add(text, " (%s to %s)", bytes_of(found->ci.low, low), bytes_of(found->ci.high, high));
}

static bool has_all_intervals(const struct duel *duel)
{
    for (size_t i = 0; i < duel->count; i++)
        if (isnan(duel->points[i].ci.low))
            return false;
    return true;
}

static void describe(const struct duel *duel, const struct break_even *found,
                     const struct measurement *m, struct text *text)
{
    switch (found->status) {
    case BREAK_EVEN_WINS_FROM:
        add_contenders(duel, m, "beats", text);
        text_add(text, " from");
        add_crossing(found, text);
        text_add(text, " on");
        break;
    case BREAK_EVEN_WINS_ALWAYS:
        add_contenders(duel, m, "beats", text);
        if (found->decided > 1)
            text_add(text, " at every size");
        add_range(duel, found, text);
        break;
    case BREAK_EVEN_NEVER:
        add_contenders(duel, m, found->decided == 0 ? "may or may not beat" : "does not beat",
                       text);
        add_range(duel, found, text);
        break;
    case BREAK_EVEN_MIXED:
        add_contenders(duel, m, "beats", text);
        if (found->crossings == 1)
            text_add(text, " only up to");
        else
            text_add(text,
                     " at some sizes only; the last of %zu crossings, above which it %s, is at",
                     found->crossings, found->wins_above ? "wins" : "loses");
        add_crossing(found, text);
        break;
    }
    if (found->decided > 0 && found->decided < duel->count) {
        char bytes[FORMAT_BYTES];
        text_add(text, "; which of them is faster is not resolved from %s on",
                 bytes_of(duel->points[found->decided].bytes, bytes));
    }
    if (!isnan(duel->passes) && duel->passes <= 1)
        text_add(text, "; one pass over it pays for its transfer");
    else if (!isnan(duel->passes))
        text_add(text, "; %.0f passes over it pay for its transfer", ceil(duel->passes));
    if (!has_all_intervals(duel))
        text_add(text, " (not sure: too few rounds)");
    text_add(text, ".");
}

/* ---- In JSON ----------------------------------------------------------------------------- */

static void write_text(const char *key, struct text *text, struct json_writer *json)
{
    json->failed = json->failed || text->failed;
    json_string(json, key, text->data);
    text_free(text);
}

static void write_duel(const struct duel *duel, struct json_writer *json)
{
    const struct measurement *m = NULL;
    for (size_t i = 0; m == NULL; i++)
        if (cell_has_results(&duel->cells[i]))
            m = &duel->cells[i].measurement;
    const struct alternative *a = &m->alternatives[duel->alternative];
    const struct break_even found = break_even_find(duel->points, duel->count);
    struct text words = {0};
    describe(duel, &found, m, &words);
    json_begin_object(json, NULL);
    json_string(json, "kernel", m->problem.kernel->name);
    json_begin_object(json, "labels");
    for (size_t i = 0; i < m->problem.label_count; i++)
        json_string(json, m->problem.labels[i].key, m->problem.labels[i].value);
    json_end_object(json);
    json_string(json, "technique", a->technique->name);
    json_string(json, "contender", a->entry->name);
    json_string(json, "baseline", duel->baseline != NULL ? duel->baseline : "best CPU backend");
    json_string(json, "kind", kind_names[duel->kind]);
    json_number(json, "bytes", found.bytes);
    report_json_interval("ci_bytes", found.ci, json);
    json_string(json, "status", break_even_status_name(found.status));
    json_begin_array(json, "measured_bytes");
    json_number(json, NULL, duel->points[0].bytes);
    json_number(json, NULL, duel->points[duel->count - 1].bytes);
    json_end_array(json);
    json_number(json, "passes_per_transfer", duel->passes);
    json_unsigned(json, "crossings", found.crossings);
    write_text("text", &words, json);
    json_end_object(json);
}

/* Over all sizes that both were measured at; of one size there is nothing to say. */
static void write_kind(struct duel *duel, enum kind kind, struct json_writer *json)
{
    duel->kind = kind;
    duel->count = 0;
    duel->baseline = NULL;
    duel->passes = NAN;
    for (size_t i = 0; i < duel->sweep->size_count; i++)
        if (cell_has_results(&duel->cells[i]))
            add_point(duel, &duel->cells[i].measurement);
    if (duel->count >= 2)
        write_duel(duel, json);
}

static void write_contender(struct duel *duel, const struct alternative *a,
                            struct json_writer *json)
{
    if (a->is_limit || a->technique == NULL)
        return;
    if (a->entry->backend->memory == MEMORY_HOST) {
        if (strcmp(a->entry->name, "serial") != 0)
            write_kind(duel, KIND_THREADS, json);
        return;
    }
    const bool pinned = a->assignment.options.pinned;
    write_kind(duel, pinned ? KIND_PINNED : KIND_PAGEABLE, json);
    /* Once it is there, it does not matter from where it came. */
    if (pinned || !duel->sweep->kernels[0].options.both_transfers)
        write_kind(duel, KIND_RESIDENT, json);
}

void sweep_break_even_write(const void *state, struct json_writer *json)
{
    const struct sweep *sweep = state;
    struct duel duel = {.sweep = sweep,
                        .points = calloc(sweep->size_count + 1, sizeof(*duel.points))};
    if (duel.points == NULL) {
        json->failed = true;
        return;
    }
    for (size_t k = 0; k < sweep->kernel_count; k++) {
        const struct measurement *plan = &sweep->kernels[k].plan;
        duel.cells = &sweep->cells[k * sweep->size_count];
        for (duel.alternative = 0; duel.alternative < plan->count; duel.alternative++)
            write_contender(&duel, &plan->alternatives[duel.alternative], json);
    }
    free(duel.points);
}
