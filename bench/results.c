#include "bench/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/growth.h"
#include "bench/results_build.h"
#include "bench/results_text.h"

/* ---- Members of any type ----------------------------------------------------------------- */

const char *member_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

double member_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *results_keep(struct results *results, const struct text *text, struct ab_error *error)
{
    json_t *string = text->failed ? NULL : json_stringn(text->data, text->length);
    if (string == NULL || json_array_append_new(results->texts, string) != 0) {
        ab_fail(error, AB_NO_MEMORY, "%s: no memory for its names", results->file);
        return "";
    }
    return json_string_value(string);
}

const char *results_keep_labels(struct results *results, const json_t *object,
                                struct ab_error *error)
{
    static const char *const others[] = {"kernel", "backend",  "technique", "phase",
                                         "device", "transfer", "cache",     NULL};
    struct text labels = {0};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (strcmp(key, "input_bytes") == 0) /* behind the labels of a row */
            break;
        bool is_label = json_is_string(value);
        for (size_t i = 0; others[i] != NULL && is_label; i++)
            is_label = strcmp(key, others[i]) != 0;
        if (is_label)
            text_add(&labels, "%s%s", labels.length > 0 ? ", " : "", json_string_value(value));
    }
    const char *kept = labels.length == 0 ? "" : results_keep(results, &labels, error);
    text_free(&labels);
    return kept;
}

/* ---- Series ------------------------------------------------------------------------------ */

struct results_series *results_series_of(struct results *results, const char *name,
                                         struct ab_error *error)
{
    const json_t *place = json_object_get(results->index, name);
    if (place != NULL)
        return &results->series[json_integer_value(place)];
    struct results_series *list =
        grown(results->series, results->series_count, sizeof(*results->series));
    if (list != NULL)
        results->series = list;
    if (list == NULL || json_object_set_new(results->index, name,
                                            json_integer((json_int_t)results->series_count)) != 0) {
        ab_fail(error, AB_NO_MEMORY, "%s: no memory for its series", results->file);
        return NULL;
    }
    struct results_series *series = &list[results->series_count++];
    *series = (struct results_series){
        .name = name,
        .kernel = "",
        .backend = "",
        .technique = "",
        .device = "",
        .transfer = "",
        .cache = "",
        .labels = "",
        .dtype = "",
        .order = "",
        .failure = "",
        .workers = NAN,
        .input_bytes = NAN,
        .limit_fraction = NAN,
    };
    return series;
}

/* Turns are of use only where every row has the same number of them. */
static enum ab_status add_turns(struct results_series *series, const json_t *turns,
                                struct ab_error *error)
{
    const size_t count = json_array_size(turns);
    bool usable = count > 0 && (series->count == 0 || count == series->turns);
    for (size_t i = 0; i < count && usable; i++) {
        double ns = json_number_value(json_array_get(turns, i));
        usable = isfinite(ns) && ns > 0;
    }
    if (!usable) {
        free(series->turns_ns);
        series->turns_ns = NULL;
        series->turns = 0;
        return AB_OK;
    }
    double *list = grown(series->turns_ns, series->count, count * sizeof(*list));
    if (list == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the turns of %s", series->name);
    for (size_t i = 0; i < count; i++)
        list[series->count * count + i] = json_number_value(json_array_get(turns, i));
    series->turns_ns = list;
    series->turns = count;
    return AB_OK;
}

enum ab_status results_add_row(struct results_series *series, const double columns[SERIES_COLUMNS],
                               const json_t *turns, struct ab_error *error)
{
    enum ab_status status = add_turns(series, turns, error);
    for (size_t i = 0; i < SERIES_COLUMNS && status == AB_OK; i++) {
        double *column = grown(series->columns[i], series->count, sizeof(*column));
        if (column == NULL)
            return ab_fail(error, AB_NO_MEMORY, "no memory for the rows of %s", series->name);
        column[series->count] = columns[i];
        series->columns[i] = column;
    }
    series->count += status == AB_OK;
    return status;
}

/* ---- What follows from the rows ---------------------------------------------------------- */

static double median_of_column(const double *column, size_t count, double *scratch)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(column[i]))
            scratch[used++] = column[i];
    return used == 0 ? NAN : median(scratch, used);
}

static enum ab_status finish_series(struct results *results, struct ab_error *error)
{
    for (size_t i = 0; i < results->series_count; i++) {
        struct results_series *s = &results->series[i];
        double *scratch = malloc((s->count + 1) * sizeof(*scratch));
        if (scratch == NULL)
            return ab_fail(error, AB_NO_MEMORY, "%s: no memory for its statistics", results->file);
        summarize(s->columns[SERIES_TIME_NS], s->count, scratch, &s->summary);
        s->limit_fraction = median_of_column(s->columns[SERIES_LIMIT_FRACTION], s->count, scratch);
        s->input_bytes = median_of_column(s->columns[SERIES_BYTES], s->count, scratch);
        for (size_t phase = 0; phase < PHASE_COUNT; phase++)
            s->phase_ns[phase] =
                median_of_column(s->columns[SERIES_PHASES + phase], s->count, scratch);
        free(scratch);
    }
    return AB_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

const struct results_series *results_find(const struct results *results, const char *name)
{
    const json_t *place = json_object_get(results->index, name);
    return place == NULL ? NULL : &results->series[json_integer_value(place)];
}

const char *series_failure(const struct results_series *series)
{
    if (*series->failure != '\0')
        return series->failure;
    return series_measured(series) ? NULL : "it has no usable time";
}

/* Over all rounds and their turns, which is what the run itself said; rows have it by rounds. */
static void read_limit_fractions(struct results *results)
{
    const json_t *own = json_object_get(results->document, "accelbench");
    const json_t *summaries = json_object_get(own, "summaries"), *summary;
    size_t i;
    json_array_foreach(summaries, i, summary)
    {
        const json_t *place = json_object_get(results->index, member_text(summary, "name"));
        if (place != NULL && json_object_get(summary, "limit_fraction") != NULL)
            results->series[json_integer_value(place)].limit_fraction =
                member_number(summary, "limit_fraction");
    }
}

static enum ab_status read_document(struct results *results, struct ab_error *error)
{
    const json_t *rows = json_object_get(results->document, "benchmarks");
    if (json_is_array(rows)) {
        results->kind = RESULTS_GOOGLE;
        if (results_read_rows(results, rows, error) == AB_OK)
            results_read_context(results, error);
    } else if (results_read_lab(results, error)) {
        results->kind = RESULTS_LAB;
    } else {
        ab_fail(error, AB_INPUT,
                "%s: no results: neither \"benchmarks\" (accelbench, Google Benchmark) nor "
                "\"execution_time_seconds\" (the lab)",
                results->file);
    }
    if (error->status == AB_OK && finish_series(results, error) == AB_OK)
        read_limit_fractions(results);
    return error->status;
}

enum ab_status results_parse(const char *file, char *text, size_t length, struct results *results,
                             struct ab_error *error)
{
    bool is_journal = false;
    json_t *document = results_text_parse(file, text, length, &is_journal, error);
    *results = (struct results){
        .file = file,
        .is_journal = is_journal,
        .environment = {"", "", "", "", "", "", "", "", "", "", "", NAN, NAN},
        .document = document,
        .texts = json_array(),
        .index = json_object(),
    };
    if (results->document != NULL && (results->texts == NULL || results->index == NULL))
        ab_fail(error, AB_NO_MEMORY, "%s: no memory for its names", file);
    if (error->status == AB_OK)
        read_document(results, error);
    if (error->status != AB_OK)
        results_free(results);
    return error->status;
}

enum ab_status results_read(const char *file, struct results *results, struct ab_error *error)
{
    struct text text = {0};
    *results = (struct results){0};
    if (results_text_read(file, &text, error) == AB_OK)
        results_parse(file, text.data, text.length, results, error);
    text_free(&text);
    return error->status;
}

void results_free(struct results *results)
{
    for (size_t i = 0; i < results->series_count; i++) {
        for (size_t column = 0; column < SERIES_COLUMNS; column++)
            free(results->series[i].columns[column]);
        free(results->series[i].turns_ns);
    }
    free(results->series);
    free(results->break_even);
    free(results->warnings);
    free(results->absences);
    json_decref(results->document);
    json_decref(results->texts);
    json_decref(results->index);
    *results = (struct results){0};
}
