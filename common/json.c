#include "common/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/unicode.h"

enum { CAPACITY_FIRST = 1024, NUMBER_BYTES = 40 };

static void append(struct json_writer *json, const void *bytes, size_t length)
{
    if (json->failed)
        return;
    if (json->capacity - json->length <= length) { /* always leaves room for the final NUL */
        size_t capacity = json->capacity > 0 ? json->capacity : CAPACITY_FIRST;
        while (capacity - json->length <= length) {
            if (capacity > SIZE_MAX / 2) {
                json->failed = true;
                return;
            }
            capacity *= 2;
        }
        char *text = realloc(json->text, capacity);
        if (text == NULL) {
            json->failed = true;
            return;
        }
        json->text = text;
        json->capacity = capacity;
    }
    if (length > 0)
        memcpy(json->text + json->length, bytes, length);
    json->length += length;
}

static void append_text(struct json_writer *json, const char *text)
{
    append(json, text, strlen(text));
}

static void append_escaped(struct json_writer *json, uint8_t byte)
{
    static const char short_forms[0x80] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
                                           ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\'};
    char text[8];
    if (short_forms[byte] != '\0')
        snprintf(text, sizeof(text), "\\%c", short_forms[byte]);
    else
        snprintf(text, sizeof(text), "\\u%04X", byte);
    append_text(json, text);
}

static void append_quoted(struct json_writer *json, const uint8_t *text, size_t length)
{
    append(json, "\"", 1);
    size_t plain = 0; /* bytes before the current one that can be copied as they are */
    for (size_t i = 0; i < length;) {
        struct unicode_character c = unicode_decode(text + i, length - i);
        bool stray = c.code_point >= UNICODE_STRAY;
        if (stray || c.code_point < 0x20 || c.code_point == '"' || c.code_point == '\\') {
            append(json, text + i - plain, plain);
            plain = 0;
            if (stray)
                append_text(json, "\xEF\xBF\xBD");
            else
                append_escaped(json, (uint8_t)c.code_point);
        } else {
            plain += c.bytes;
        }
        i += c.bytes;
    }
    append(json, text + length - plain, plain);
    append(json, "\"", 1);
}

static void begin_line(struct json_writer *json)
{
    if (json->one_line)
        return;
    append(json, "\n", 1);
    for (unsigned i = 0; i < json->depth; i++)
        append(json, "  ", 2);
}

/* What stands before a value: the comma, the line's indent and the key. */
static void begin_value(struct json_writer *json, const char *key)
{
    if (json->depth > 0) {
        bool *has_member = &json->has_member[json->depth - 1];
        if (*has_member)
            append_text(json, json->one_line ? ", " : ",");
        *has_member = true;
        begin_line(json);
    }
    if (key != NULL) {
        append_quoted(json, (const uint8_t *)key, strlen(key));
        append_text(json, ": ");
    }
}

static void begin_container(struct json_writer *json, const char *key, const char *bracket)
{
    if (json->depth == JSON_DEPTH_MAX)
        json->failed = true;
    if (json->failed)
        return;
    begin_value(json, key);
    append_text(json, bracket);
    json->has_member[json->depth++] = false;
}

static void end_container(struct json_writer *json, const char *bracket)
{
    if (json->depth == 0)
        json->failed = true;
    if (json->failed)
        return;
    json->depth--;
    if (json->has_member[json->depth])
        begin_line(json);
    append_text(json, bracket);
}

void json_begin_object(struct json_writer *json, const char *key)
{
    begin_container(json, key, "{");
}

void json_end_object(struct json_writer *json)
{
    end_container(json, "}");
}

void json_begin_array(struct json_writer *json, const char *key)
{
    begin_container(json, key, "[");
}

void json_end_array(struct json_writer *json)
{
    end_container(json, "]");
}

void json_string(struct json_writer *json, const char *key, const char *value)
{
    if (value == NULL)
        json_null(json, key);
    else
        json_string_bytes(json, key, value, strlen(value));
}

void json_string_bytes(struct json_writer *json, const char *key, const void *bytes, size_t length)
{
    begin_value(json, key);
    append_quoted(json, bytes, length);
}

void json_integer(struct json_writer *json, const char *key, int64_t value)
{
    char text[NUMBER_BYTES];
    snprintf(text, sizeof(text), "%" PRId64, value);
    begin_value(json, key);
    append_text(json, text);
}

void json_unsigned(struct json_writer *json, const char *key, uint64_t value)
{
    char text[NUMBER_BYTES];
    snprintf(text, sizeof(text), "%" PRIu64, value);
    begin_value(json, key);
    append_text(json, text);
}

void json_number(struct json_writer *json, const char *key, double value)
{
    if (!isfinite(value)) {
        json_null(json, key);
        return;
    }
    /* The shortest of these that reads back as the same double; 17 digits always do. */
    char printed[NUMBER_BYTES];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(printed, sizeof(printed), "%.*g", digits, value);
        double back = strtod(printed, NULL);
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): -0 is not 0 here */
        if (memcmp(&back, &value, sizeof(back)) == 0)
            break;
    }
    /* A host program may have chosen a locale whose decimal point is a comma or several bytes. */
    char text[NUMBER_BYTES];
    size_t length = 0;
    bool is_real = false;
    for (const char *c = printed; *c != '\0'; c++) {
        bool is_point = strchr("0123456789+-e", *c) == NULL;
        if (!is_point)
            text[length++] = *c;
        else if (length > 0 && text[length - 1] != '.')
            text[length++] = '.';
        is_real = is_real || is_point || *c == 'e';
    }
    text[length] = '\0';
    begin_value(json, key);
    append_text(json, text);
    if (!is_real)
        append_text(json, ".0"); /* so that a reader with typed numbers sees a real in every row */
}

void json_boolean(struct json_writer *json, const char *key, bool value)
{
    begin_value(json, key);
    append_text(json, value ? "true" : "false");
}

void json_null(struct json_writer *json, const char *key)
{
    begin_value(json, key);
    append_text(json, "null");
}

void json_raw(struct json_writer *json, const char *key, const char *text, size_t length)
{
    begin_value(json, key);
    size_t start = json->length;
    append(json, text, length);
    if (!json->one_line || json->failed)
        return;
    /* Strings of valid JSON hold no raw line break, so these stand between tokens. */
    for (size_t i = start; i < json->length; i++)
        if (json->text[i] == '\n' || json->text[i] == '\r')
            json->text[i] = ' ';
}

enum ab_status json_finish(struct json_writer *json, struct ab_error *error)
{
    append(json, "", 0);
    if (json->depth != 0)
        json->failed = true;
    if (json->failed)
        return ab_fail(error, AB_NO_MEMORY,
                       "JSON text of %zu bytes: out of memory, or not nested as it must be "
                       "(at most %d levels, each of them closed)",
                       json->length, JSON_DEPTH_MAX);
    json->text[json->length] = '\0';
    return AB_OK;
}

void json_free(struct json_writer *json)
{
    free(json->text);
    *json = (struct json_writer){.one_line = json->one_line};
}
