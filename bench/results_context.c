/* Where results were made, and what a run says beside its rows. */
#include <math.h>
#include <stdlib.h>

#include "bench/results_build.h"

static void read_input(struct results *results, const json_t *input, struct ab_error *error)
{
    struct results_environment *environment = &results->environment;
    const json_t *files = json_object_get(input, "files"), *file;
    struct text words = {0};
    size_t i;
    if (!json_is_array(files))
        return;
    json_array_foreach(files, i, file)
    {
        const char *name = json_string_value(file);
        text_add(&words, "%s%s", i > 0 ? ", " : "", name == NULL ? "" : name);
    }
    environment->input = i == 0 ? "generated" : results_keep(results, &words, error);
    environment->input_digest = i == 0 ? "generated" : member_text(input, "digest");
    text_free(&words);
}

static void read_environment(struct results *results)
{
    const json_t *context = json_object_get(results->document, "context");
    const json_t *own = json_object_get(context, "accelbench");
    const json_t *build = json_object_get(own, "build");
    const char *build_type = member_text(build, "type");
    results->environment = (struct results_environment){
        .host = member_text(context, "host_name"),
        .cpu = member_text(json_object_get(own, "machine"), "cpu"),
        .date = member_text(context, "date"),
        .version = member_text(context, "library_version"),
        .git = member_text(build, "git"),
        .compiler = member_text(build, "compiler"),
        .build_type = *build_type != '\0' ? build_type : member_text(context, "library_build_type"),
        .flags = member_text(build, "flags"),
        .isa = member_text(own, "isa"),
        .input = "",
        .input_digest = "",
        .cpus = member_number(context, "num_cpus"),
        .seed = member_number(own, "seed"),
    };
    if (own != NULL)
        results->kind = RESULTS_OURS;
}

static size_t notes_in(const json_t *list)
{
    const size_t count = json_array_size(list);
    return count < RESULTS_NOTES_MAX ? count : RESULTS_NOTES_MAX;
}

static enum ab_status read_warnings(struct results *results, const json_t *list,
                                    struct ab_error *error)
{
    results->warnings = calloc(notes_in(list) + 1, sizeof(*results->warnings));
    if (results->warnings == NULL)
        return ab_fail(error, AB_NO_MEMORY, "%s: no memory for its warnings", results->file);
    for (size_t i = 0; i < notes_in(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct results_warning warning = {member_text(one, "text"), member_text(one, "remedy")};
        if (*warning.text != '\0')
            results->warnings[results->warning_count++] = warning;
    }
    return AB_OK;
}

static enum ab_status read_absences(struct results *results, const json_t *list,
                                    struct ab_error *error)
{
    results->absences = calloc(notes_in(list) + 1, sizeof(*results->absences));
    if (results->absences == NULL)
        return ab_fail(error, AB_NO_MEMORY, "%s: no memory for its backends", results->file);
    for (size_t i = 0; i < notes_in(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct results_absence absence = {member_text(one, "name"), member_text(one, "reason")};
        if (*absence.backend != '\0' && *absence.reason != '\0')
            results->absences[results->absence_count++] = absence;
    }
    return AB_OK;
}

/* A number that is in a list of two, or NAN. */
static double bound(const json_t *list, size_t index)
{
    const json_t *value = json_array_get(list, index);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static enum ab_status read_break_even(struct results *results, const json_t *list,
                                      struct ab_error *error)
{
    results->break_even = calloc(notes_in(list) + 1, sizeof(*results->break_even));
    if (results->break_even == NULL)
        return ab_fail(error, AB_NO_MEMORY, "%s: no memory for its break-evens", results->file);
    for (size_t i = 0; i < notes_in(list); i++) {
        const json_t *one = json_array_get(list, i);
        const json_t *ci = json_object_get(one, "ci_bytes");
        struct results_break_even *b = &results->break_even[results->break_even_count];
        *b = (struct results_break_even){
            .kernel = member_text(one, "kernel"),
            .labels = results_keep_labels(results, json_object_get(one, "labels"), error),
            .contender = member_text(one, "contender"),
            .baseline = member_text(one, "baseline"),
            .kind = member_text(one, "kind"),
            .status = member_text(one, "status"),
            .text = member_text(one, "text"),
            .bytes = member_number(one, "bytes"),
            .low = bound(ci, 0),
            .high = bound(ci, 1),
        };
        results->break_even_count += *b->text != '\0';
    }
    return error->status;
}

enum ab_status results_read_context(struct results *results, struct ab_error *error)
{
    const json_t *context = json_object_get(results->document, "context");
    const json_t *own = json_object_get(context, "accelbench");
    const json_t *findings = json_object_get(results->document, "accelbench");
    read_environment(results);
    read_input(results, json_object_get(own, "input"), error);
    enum ab_status status = read_warnings(results, json_object_get(own, "warnings"), error);
    if (status == AB_OK)
        status = read_absences(results, json_object_get(own, "backends"), error);
    if (status == AB_OK)
        status = read_break_even(results, json_object_get(findings, "break_even"), error);
    return status;
}
