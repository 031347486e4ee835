#include "bench/sweep_past.h"

#include <jansson.h>
#include <string.h>

#include "bench/sweep_journal.h"
#include "bench/sweep_restore.h"

static json_t *parse_line(const char *line, size_t length)
{
    return json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
}

/* The first line; to be released. */
static json_t *first_line(const struct sweep_past *past)
{
    const char *text = past->lines.data == NULL ? "" : past->lines.data;
    return parse_line(text, strcspn(text, "\n"));
}

static const char *trait_of(const json_t *first, size_t trait)
{
    return json_string_value(
        json_object_get(json_object_get(first, "sweep"), sweep_trait_names[trait]));
}

enum ab_status sweep_past_sizes(const struct sweep_past *past, char **sizes, struct ab_error *error)
{
    json_t *first = first_line(past);
    const char *found = trait_of(first, SWEEP_TRAIT_SIZES);
    enum ab_status status = AB_OK;
    *sizes = found == NULL ? NULL : strdup(found);
    if (found == NULL)
        status = ab_fail(error, AB_INPUT,
                         "%s, line 1: this is not the beginning of a sweep; leave out --resume, "
                         "and move the file away",
                         past->name);
    else if (*sizes == NULL)
        status = ab_fail(error, AB_NO_MEMORY, "no memory for the sizes");
    json_decref(first);
    return status;
}

static enum ab_status compare_traits(const struct sweep *sweep, const struct sweep_past *past,
                                     struct ab_error *error)
{
    struct text traits[SWEEP_TRAITS] = {{0}};
    json_t *first = first_line(past);
    enum ab_status status = AB_OK;
    sweep_traits(sweep, traits);
    for (size_t i = 0; i < SWEEP_TRAITS && status == AB_OK; i++) {
        const char *before = trait_of(first, i),
                   *now = traits[i].data == NULL ? "" : traits[i].data;
        if (traits[i].failed)
            status = ab_fail(error, AB_NO_MEMORY, "no memory to compare with the journal");
        else if (before == NULL || strcmp(before, now) != 0)
            status =
                ab_fail(error, AB_INPUT,
                        "--resume: %s was begun with other %s (%.100s, now %.100s); these "
                        "results would not belong together",
                        past->name, sweep_trait_names[i], before == NULL ? "none" : before, now);
    }
    sweep_traits_free(traits);
    json_decref(first);
    return status;
}

/* What is known of the cell that the lines are about. */
struct reading {
    json_t *rows; /* owned */
    size_t cell;  /* SIZE_MAX: none */
};

static enum ab_status take_line(struct sweep *sweep, struct reading *reading, json_t *line,
                                struct ab_error *error)
{
    const json_t *begun = json_object_get(line, "cell"), *done = json_object_get(line, "done");
    if (begun == NULL && done == NULL)
        return json_array_append(reading->rows, line) == 0
                   ? AB_OK
                   : ab_fail(error, AB_INPUT, "this is no row of a sweep");
    const json_t *index = json_object_get(begun != NULL ? begun : done, "index");
    const json_int_t value = json_is_integer(index) ? json_integer_value(index) : -1;
    if (value < 0 || (size_t)value >= sweep_cell_count(sweep))
        return ab_fail(error, AB_INPUT, "there is no such kernel and size in this sweep");
    if (begun == NULL && (size_t)value != reading->cell)
        return ab_fail(error, AB_INPUT, "the end of what was not begun");
    enum ab_status status = AB_OK;
    if (done != NULL)
        status = sweep_restore_cell(&sweep->cells[value], done, reading->rows, error);
    json_array_clear(reading->rows);
    reading->cell = done == NULL ? (size_t)value : SIZE_MAX;
    return status;
}

static enum ab_status take_lines(struct sweep *sweep, struct reading *reading,
                                 const struct sweep_past *past, size_t *good_bytes,
                                 struct ab_error *error)
{
    const char *line = past->lines.data;
    const char *const begin = line, *const end = line + past->lines.length;
    size_t number = 1;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const bool last = stop == NULL || stop + 1 == end;
        json_t *value = stop == NULL ? NULL : parse_line(line, (size_t)(stop - line));
        if (value == NULL && last)
            return AB_OK; /* the one that was being written */
        struct ab_error why = {0};
        enum ab_status status = AB_OK;
        if (value == NULL)
            status = ab_fail(&why, AB_INPUT, "this is no JSON");
        else if (number > 1)
            status = take_line(sweep, reading, value, &why);
        json_decref(value);
        if (status != AB_OK)
            return ab_fail(error, status, "%s, line %zu: %s", past->name, number, why.message);
        line = stop + 1;
        *good_bytes = (size_t)(line - begin);
        number++;
    }
    return AB_OK;
}

enum ab_status sweep_past_restore(struct sweep *sweep, const struct sweep_past *past,
                                  size_t *good_bytes, struct ab_error *error)
{
    enum ab_status status = compare_traits(sweep, past, error);
    struct reading reading = {json_array(), SIZE_MAX};
    *good_bytes = 0;
    if (status == AB_OK && reading.rows == NULL)
        status = ab_fail(error, AB_NO_MEMORY, "no memory for the journal's rows");
    if (status == AB_OK)
        status = take_lines(sweep, &reading, past, good_bytes, error);
    json_decref(reading.rows);
    return status;
}
