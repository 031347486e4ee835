#include "bench/results_journal.h"

#include <string.h>

#include "bench/results_build.h"
#include "bench/results_text.h"

static json_t *parse_line(const char *line, size_t length)
{
    return json_loadb(line, length, RESULTS_JSON_FLAGS, NULL);
}

static size_t line_length(const char *line, const char *end)
{
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    return (size_t)((stop == NULL ? end : stop) - line);
}

bool results_is_journal(const char *text, size_t length)
{
    static const char begins[] = "{\"context\": {";
    if (length < sizeof(begins) || memcmp(text, begins, sizeof(begins) - 1) != 0)
        return false;
    json_t *first = parse_line(text, line_length(text, text + length));
    const bool is_journal = first != NULL && json_object_get(first, "benchmarks") == NULL;
    json_decref(first);
    return is_journal;
}

static bool is_same_series(const json_t *row, const json_t *other)
{
    static const char *const keys[] = {"backend", "technique", "transfer", "device"};
    bool same = true;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        same = same && strcmp(member_text(json_object_get(row, "accelbench"), keys[i]),
                              member_text(json_object_get(other, "accelbench"), keys[i])) == 0;
    return same;
}

/* `rows` are of one kernel at one size, whose last row this is. */
static int add_row(json_t *rows, json_t *row)
{
    if (json_is_true(json_object_get(row, "error_occurred")))
        for (size_t i = json_array_size(rows); i-- > 0;)
            if (is_same_series(json_array_get(rows, i), row))
                json_array_remove(rows, i);
    return json_array_append(rows, row);
}

/* Takes a line behind the first. `rows` are those of what is being measured; they are counted when
 * that is done. 0, or -1 without memory. */
static int take_line(json_t *counted, json_t *rows, json_t *line)
{
    int failed = 0;
    if (json_object_get(line, "done") != NULL)
        failed = json_array_extend(counted, rows);
    else if (json_object_get(line, "cell") == NULL)
        return add_row(rows, line);
    json_array_clear(rows);
    return failed;
}

static enum ab_status take_lines(const char *file, const char *line, const char *end,
                                 json_t *counted, json_t *rows, struct ab_error *error)
{
    for (size_t number = 2; line < end; number++) {
        const size_t length = line_length(line, end);
        json_t *value = parse_line(line, length);
        line += length + 1;
        if (value == NULL && line >= end)
            return AB_OK; /* the one that was being written */
        const int failed = value == NULL ? 0 : take_line(counted, rows, value);
        json_decref(value);
        if (value == NULL)
            return ab_fail(error, AB_INPUT, "%s: line %zu of this journal is not JSON", file,
                           number);
        if (failed != 0)
            return ab_fail(error, AB_NO_MEMORY, "%s: no memory for its rows", file);
    }
    return AB_OK;
}

json_t *results_journal_parse(const char *file, const char *text, size_t length,
                              struct ab_error *error)
{
    const char *const end = text + length;
    const size_t first = line_length(text, end);
    json_t *document = parse_line(text, first), *counted = json_array(), *rows = json_array();
    enum ab_status status = AB_OK;
    if (first + 1 < length)
        status = take_lines(file, text + first + 1, end, counted, rows, error);
    if (status == AB_OK && (json_array_extend(counted, rows) != 0 ||
                            json_object_set(document, "benchmarks", counted) != 0))
        status = ab_fail(error, AB_NO_MEMORY, "%s: no memory for its rows", file);
    json_decref(counted);
    json_decref(rows);
    if (status == AB_OK)
        return document;
    json_decref(document);
    return NULL;
}
