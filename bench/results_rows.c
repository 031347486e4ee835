/* Rows as Google Benchmark writes them, and what ours say beside that. */
#include <math.h>
#include <string.h>

#include "bench/measure.h"
#include "bench/results_build.h"

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
    series->dtype = member_text(own, "dtype");
    series->order = member_text(own, "order");
    series->workers = member_number(own, "workers");
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

enum ab_status results_read_rows(struct results *results, const json_t *rows,
                                 struct ab_error *error)
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
