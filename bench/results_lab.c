/* The lab's own JSON: programs in several languages, each of which prints one object. */
#include <math.h>
#include <string.h>

#include "bench/results_build.h"

static const char *const name_keys[] = {"name",      "kernel",         "function",
                                        "benchmark", "implementation", "method",
                                        "order",     "language",       "backend"};
static const char *const size_keys[] = {"size",    "n",       "rows",   "cols",
                                        "columns", "threads", "workers"};

enum { NAME_KEYS = sizeof(name_keys) / sizeof(name_keys[0]) };
enum { SIZE_KEYS = sizeof(size_keys) / sizeof(size_keys[0]) };

static const char time_key[] = "execution_time_seconds";

static bool is_record(const json_t *value)
{
    return json_object_get(value, time_key) != NULL;
}

/* "word_count/python", "row_sum/10000": what the object has of names, then of sizes. */
static void add_name(const json_t *record, const char *key, struct text *name)
{
    text_add(name, "%s", key);
    for (size_t i = 0; i < NAME_KEYS; i++) {
        const char *part = member_text(record, name_keys[i]);
        if (*part != '\0')
            text_add(name, "%s%s", name->length > 0 ? "/" : "", part);
    }
    if (name->length == 0)
        text_add(name, "unnamed");
    for (size_t i = 0; i < SIZE_KEYS; i++) {
        double size = member_number(record, size_keys[i]);
        if (size == floor(size) && size >= 0 && size < 1e15)
            text_add(name, "/%.0f", size);
    }
}

static enum ab_status add_time(struct results *results, struct results_series *series,
                               const json_t *seconds, struct ab_error *error)
{
    double columns[SERIES_COLUMNS];
    for (size_t i = 0; i < SERIES_COLUMNS; i++)
        columns[i] = NAN;
    columns[SERIES_TIME_NS] = json_is_number(seconds) ? 1e9 * json_number_value(seconds) : NAN;
    columns[SERIES_ROUND] = (double)series->count;
    if (isfinite(columns[SERIES_TIME_NS]) && columns[SERIES_TIME_NS] > 0)
        return results_add_row(series, columns, NULL, error);
    results->rows_left_out++;
    return AB_OK;
}

static enum ab_status add_record(struct results *results, const json_t *record, const char *key,
                                 struct ab_error *error)
{
    struct text name = {0};
    add_name(record, key, &name);
    struct results_series *series =
        results_series_of(results, results_keep(results, &name, error), error);
    text_free(&name);
    if (series == NULL || error->status != AB_OK)
        return error->status;
    series->kernel = series->name;
    const json_t *seconds = json_object_get(record, time_key), *one;
    size_t i;
    if (!json_is_array(seconds))
        return add_time(results, series, seconds, error);
    json_array_foreach(seconds, i, one)
    {
        enum ab_status status = add_time(results, series, one, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

bool results_read_lab(struct results *results, struct ab_error *error)
{
    json_t *document = results->document, *record;
    bool any = false;
    size_t i;
    const char *key;
    if (is_record(document)) {
        add_record(results, document, "", error);
        return true;
    }
    json_array_foreach(document, i, record)
    {
        if (is_record(record) && error->status == AB_OK)
            add_record(results, record, "", error);
        any = any || is_record(record);
    }
    json_object_foreach(document, key, record)
    {
        if (is_record(record) && error->status == AB_OK)
            add_record(results, record, key, error);
        any = any || is_record(record);
    }
    return any;
}
