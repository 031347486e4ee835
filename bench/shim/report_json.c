/* Google Benchmark's JSON: its keys, in its order, with its types; ours behind them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/shim/aggregate.h"
#include "bench/shim/report.h"

const char *time_unit_name(enum bm_time_unit unit)
{
    static const char *const names[] = {"ns", "us", "ms", "s"};
    return names[unit];
}

static bool is_listed(const char *const *names, const char *name)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

bool json_is_row_key(const char *name)
{
    static const char *const keys[] = {
        "name",           "family_index",     "per_family_instance_index",
        "run_name",       "run_type",         "repetitions",
        "threads",        "repetition_index", "aggregate_name",
        "aggregate_unit", "error_occurred",   "error_message",
        "skipped",        "skip_message",     "iterations",
        "real_time",      "cpu_time",         "time_unit",
        "label",          "accelbench",       NULL};
    return is_listed(keys, name);
}

bool json_is_context_key(const char *name)
{
    static const char *const keys[] = {"date",
                                       "host_name",
                                       "executable",
                                       "num_cpus",
                                       "mhz_per_cpu",
                                       "cpu_scaling_enabled",
                                       "aslr_enabled",
                                       "caches",
                                       "load_avg",
                                       "library_version",
                                       "library_build_type",
                                       "json_schema_version",
                                       "accelbench",
                                       NULL};
    return is_listed(keys, name);
}

void json_write_context(struct json_writer *json, const struct result_context *context,
                        struct extension extension)
{
    json_begin_object(json, "context");
    json_string(json, "date", context->date);
    json_string(json, "host_name", context->host_name);
    if (context->executable != NULL)
        json_string(json, "executable", context->executable);
    json_unsigned(json, "num_cpus", context->cpus);
    json_unsigned(json, "mhz_per_cpu", context->mhz);
    if (context->scaling >= 0)
        json_boolean(json, "cpu_scaling_enabled", context->scaling == 1);
    if (context->aslr >= 0)
        json_boolean(json, "aslr_enabled", context->aslr == 1);
    json_begin_array(json, "caches");
    for (size_t i = 0; i < context->cache_count; i++) {
        json_begin_object(json, NULL);
        json_string(json, "type", context->caches[i].type);
        json_integer(json, "level", context->caches[i].level);
        json_unsigned(json, "size", context->caches[i].bytes);
        json_integer(json, "num_sharing", context->caches[i].sharing);
        json_end_object(json);
    }
    json_end_array(json);
    json_begin_array(json, "load_avg");
    for (size_t i = 0; i < context->load_average_count; i++)
        json_number(json, NULL, context->load_average[i]);
    json_end_array(json);
    json_string(json, "library_version", context->library_version);
    json_string(json, "library_build_type", context->debug ? "debug" : "release");
    json_integer(json, "json_schema_version", 1);
    for (size_t i = 0; i < context->custom_count; i++)
        json_string(json, context->custom[i].key, context->custom[i].value);
    if (extension.write != NULL) {
        json_begin_object(json, "accelbench");
        extension.write(extension.state, json);
        json_end_object(json);
    }
    json_end_object(json);
}

/* ---- Values ------------------------------------------------------------------------------ */

struct row_writer {
    struct json_writer *json;
    bool strict;
    bool nonfinite; /* a number was none */
};

/* Upstream's bare words are not JSON: strictly only. */
static void write_number(struct row_writer *w, const char *key, double value)
{
    char text[32];
    if (!w->strict) {
        w->nonfinite = w->nonfinite || !isfinite(value);
        json_number(w->json, key, value);
        return;
    }
    if (isnan(value))
        snprintf(text, sizeof(text), "NaN");
    else if (isinf(value))
        snprintf(text, sizeof(text), "%sInfinity", value < 0 ? "-" : "");
    else
        snprintf(text, sizeof(text), "%.16e", value);
    json_raw(w->json, key, text, strlen(text));
}

/* The numbers that are null, by their keys. */
static void write_nonfinite(struct row_writer *w, const struct bm_run *run)
{
    json_begin_array(w->json, "nonfinite");
    if (!isfinite(run->real_time))
        json_string(w->json, NULL, "real_time");
    if (!isfinite(run->cpu_time))
        json_string(w->json, NULL, "cpu_time");
    for (size_t i = 0; i < run->counter_count; i++)
        if (!isfinite(run->counters[i].value))
            json_string(w->json, NULL, run->counters[i].name);
    json_end_array(w->json);
}

/* ---- Rows -------------------------------------------------------------------------------- */

static bool is_named(const struct bm_run *run, const char *aggregate)
{
    return run->big_o != BM_O_NONE && run->aggregate_name != NULL &&
           strcmp(run->aggregate_name, aggregate) == 0;
}

static void write_identity(struct json_writer *json, const struct bm_run *run)
{
    json_string(json, "name", run->name);
    json_unsigned(json, "family_index", run->family_index);
    json_unsigned(json, "per_family_instance_index", run->per_family_instance_index);
    json_string(json, "run_name", run->run_name);
    json_string(json, "run_type", run->aggregate_name == NULL ? "iteration" : "aggregate");
    json_integer(json, "repetitions", run->repetitions);
    if (run->aggregate_name == NULL)
        json_integer(json, "repetition_index", run->repetition_index);
    json_integer(json, "threads", run->threads);
    if (run->aggregate_name != NULL) {
        json_string(json, "aggregate_name", run->aggregate_name);
        json_string(json, "aggregate_unit",
                    run->aggregate_unit == BM_STATISTIC_PERCENTAGE ? "percentage" : "time");
    }
    if (run->outcome == BM_FAILED) {
        json_boolean(json, "error_occurred", true);
        json_string(json, "error_message", run->message);
    } else if (run->outcome == BM_SKIPPED) {
        json_boolean(json, "skipped", true);
        json_string(json, "skip_message", run->message);
    }
}

static void write_times(struct row_writer *w, const struct bm_run *run)
{
    struct json_writer *json = w->json;
    if (is_named(run, "BigO")) {
        write_number(w, "cpu_coefficient", run->cpu_time);
        write_number(w, "real_coefficient", run->real_time);
        json_string(json, "big_o", big_o_name(run->big_o));
    } else if (is_named(run, "RMS")) {
        write_number(w, "rms", run->cpu_time);
        return;
    } else {
        json_integer(json, "iterations", run->iterations);
        write_number(w, "real_time", run->real_time);
        write_number(w, "cpu_time", run->cpu_time);
    }
    json_string(json, "time_unit", time_unit_name(run->time_unit));
}

void json_write_run(struct json_writer *json, const struct bm_run *run, struct extension extension,
                    bool strict)
{
    struct row_writer w = {.json = json, .strict = strict};
    json_begin_object(json, NULL);
    write_identity(json, run);
    write_times(&w, run);
    for (size_t i = 0; i < run->counter_count; i++)
        write_number(&w, run->counters[i].name, run->counters[i].value);
    if (run->label != NULL && *run->label != '\0')
        json_string(json, "label", run->label);
    if (!strict && (w.nonfinite || extension.write != NULL)) {
        json_begin_object(json, "accelbench");
        if (extension.write != NULL)
            extension.write(extension.state, json);
        if (w.nonfinite)
            write_nonfinite(&w, run);
        json_end_object(json);
    }
    json_end_object(json);
}
