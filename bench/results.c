#include "bench/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/results_build.h"
#include "bench/results_text.h"

static const char *const phase_keys[PHASE_COUNT] = {"h2d", "kernel", "d2h", "e2e"};

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

/* Room for one more element, by doubling at the powers of two. NULL: no memory, `list` is kept. */
static void *grown(void *list, size_t count, size_t bytes)
{
    if (list != NULL && (count & (count - 1)) != 0)
        return list;
    return reallocarray(list, count == 0 ? 1 : 2 * count, bytes);
}

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
        .failure = "",
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

/* ---- Rows of Google Benchmark and of ours ------------------------------------------------- */

static double time_in_ns(const json_t *row, const char *key)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    const char *unit = member_text(row, "time_unit");
    double time = member_number(row, key);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(unit, units[i].name) == 0)
            return time * units[i].ns;
    return *unit == '\0' ? time : NAN;
}

/* A rate is by the real time where the name says so, and else by the CPU's. */
static double bytes_of_row(const json_t *row, const char *name)
{
    const bool by_real_time = strstr(name, "/real_time") != NULL;
    return member_number(row, "bytes_per_second") *
           time_in_ns(row, by_real_time ? "real_time" : "cpu_time") / 1e9;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_aggregate(const json_t *row)
{
    const char *name = member_text(row, "name");
    if (*member_text(row, "run_type") != '\0') /* before version 1.5 only names tell */
        return strcmp(member_text(row, "run_type"), "aggregate") == 0;
    return ends_with(name, "_mean") || ends_with(name, "_median") || ends_with(name, "_stddev") ||
           ends_with(name, "_cv");
}

static void read_own_texts(struct results *results, struct results_series *series,
                           const json_t *own, struct ab_error *error)
{
    series->kernel = member_text(own, "kernel");
    series->backend = member_text(own, "backend");
    series->technique = member_text(own, "technique");
    series->device = member_text(own, "device");
    series->transfer = member_text(own, "transfer");
    series->cache = member_text(own, "cache");
    series->labels = results_keep_labels(results, own, error);
    /* The name says whether the time is the kernel's, before the backend's name. */
    const char *kernel = strstr(series->name, ".kernel");
    series->kernel_only = kernel != NULL && strchr("._", kernel[strlen(".kernel")]) != NULL &&
                          kernel[strlen(".kernel")] != '\0';
}

/* What stands before the first slash, for rows that do not say what they measure. */
static const char *keep_family(struct results *results, const char *name, struct ab_error *error)
{
    struct text family = {0};
    text_add(&family, "%.*s", (int)strcspn(name, "/"), name);
    const char *kept = family.length == 0 ? name : results_keep(results, &family, error);
    text_free(&family);
    return kept;
}

static struct results_series *series_of_row(struct results *results, const json_t *row,
                                            struct ab_error *error)
{
    const char *name = member_text(row, "run_name");
    if (*name == '\0')
        name = member_text(row, "name");
    if (*name == '\0')
        return NULL;
    struct results_series *series = results_series_of(results, name, error);
    const json_t *own = json_object_get(row, "accelbench");
    if (series == NULL || *series->kernel != '\0')
        return series;
    if (*member_text(own, "kernel") != '\0')
        read_own_texts(results, series, own, error);
    else
        series->kernel = keep_family(results, name, error);
    return series;
}

static enum ab_status add_row(struct results *results, const json_t *row, struct ab_error *error)
{
    struct results_series *series = series_of_row(results, row, error);
    if (error->status != AB_OK)
        return error->status;
    const bool failed = json_is_true(json_object_get(row, "error_occurred")) ||
                        json_is_true(json_object_get(row, "skipped"));
    if (series != NULL && failed) {
        const char *message = member_text(row, "error_message");
        series->failure = *message != '\0' ? message : "failed, and the file does not say why";
        return AB_OK;
    }
    const json_t *own = json_object_get(row, "accelbench");
    const json_t *phases = json_object_get(own, "phases_ns");
    double columns[SERIES_COLUMNS];
    for (size_t i = 0; i < PHASE_COUNT; i++)
        columns[SERIES_PHASES + i] = member_number(phases, phase_keys[i]);
    columns[SERIES_TIME_NS] = time_in_ns(row, "real_time");
    columns[SERIES_LIMIT_FRACTION] = member_number(own, "limit_fraction");
    columns[SERIES_ROUND] = member_number(own, "round");
    if (series == NULL || !(isfinite(columns[SERIES_TIME_NS]) && columns[SERIES_TIME_NS] > 0)) {
        results->rows_left_out++;
        return AB_OK;
    }
    if (isnan(columns[SERIES_ROUND]))
        columns[SERIES_ROUND] = (double)series->count;
    columns[SERIES_BYTES] = member_number(own, "input_bytes");
    if (isnan(columns[SERIES_BYTES]))
        columns[SERIES_BYTES] = bytes_of_row(row, series->name);
    return results_add_row(series, columns, json_object_get(own, "turns_ns"), error);
}

/* A file with aggregates only still has its medians, or means. */
static enum ab_status add_aggregates(struct results *results, const json_t *rows,
                                     const char *aggregate, struct ab_error *error)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const struct results_series *series = results_find(results, member_text(row, "run_name"));
        bool wanted =
            is_aggregate(row) && strcmp(member_text(row, "aggregate_name"), aggregate) == 0 &&
            *member_text(row, "run_name") != '\0' && (series == NULL || !series_measured(series));
        if (wanted && add_row(results, row, error) != AB_OK)
            return error->status;
    }
    return AB_OK;
}

static enum ab_status read_rows(struct results *results, const json_t *rows, struct ab_error *error)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (!is_aggregate(row) && add_row(results, row, error) != AB_OK)
            return error->status;
    }
    if (add_aggregates(results, rows, "median", error) == AB_OK)
        add_aggregates(results, rows, "mean", error);
    return error->status;
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

static enum ab_status read_document(struct results *results, struct ab_error *error)
{
    const json_t *rows = json_object_get(results->document, "benchmarks");
    if (json_is_array(rows)) {
        results->kind = RESULTS_GOOGLE;
        if (read_rows(results, rows, error) == AB_OK)
            results_read_context(results, error);
    } else if (results_read_lab(results, error)) {
        results->kind = RESULTS_LAB;
    } else {
        ab_fail(error, AB_INPUT,
                "%s: no results: neither \"benchmarks\" (accelbench, Google Benchmark) nor "
                "\"execution_time_seconds\" (the lab)",
                results->file);
    }
    return error->status == AB_OK ? finish_series(results, error) : error->status;
}

enum ab_status results_parse(const char *file, char *text, size_t length, struct results *results,
                             struct ab_error *error)
{
    *results = (struct results){
        .file = file,
        .environment = {"", "", "", "", "", "", "", "", "", NAN, NAN},
        .document = results_text_parse(file, text, length, error),
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
