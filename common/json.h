/* The project's one JSON writer: strict JSON, always. It builds text in memory; the caller writes
 * it out in one piece. A failed allocation is remembered and reported once, by json_finish, so
 * that the calls in between need no checks. */
#ifndef ACCELBENCH_COMMON_JSON_H
#define ACCELBENCH_COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

/* jansson, with which result files are read, has functions of these names. Ours are other symbols,
 * so that a program can have both; a source cannot, and includes either this or jansson.h. */
#define json_string  json_write_string
#define json_integer json_write_integer
#define json_null    json_write_null

enum { JSON_DEPTH_MAX = 16 };

struct json_writer {
    char *text; /* owned; free with json_free */
    size_t length, capacity;
    bool one_line; /* no line breaks: for journals */
    bool failed;   /* out of memory, or nested too deeply */
    unsigned depth;
    bool has_member[JSON_DEPTH_MAX];
};

/* Inside an object every value has a key; inside an array, and at the top, key is NULL. */
void json_begin_object(struct json_writer *json, const char *key);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json, const char *key);
void json_end_array(struct json_writer *json);

/* Bytes that are not well-formed UTF-8 become U+FFFD; control characters are escaped. */
void json_string(struct json_writer *json, const char *key, const char *value); /* NULL: null */
void json_string_bytes(struct json_writer *json, const char *key, const void *bytes, size_t length);
void json_integer(struct json_writer *json, const char *key, int64_t value);
void json_unsigned(struct json_writer *json, const char *key, uint64_t value);
void json_number(struct json_writer *json, const char *key, double value); /* not finite: null */
void json_boolean(struct json_writer *json, const char *key, bool value);
void json_null(struct json_writer *json, const char *key);
/* A value that is JSON already. */
void json_raw(struct json_writer *json, const char *key, const char *text, size_t length);

/* AB_NO_MEMORY if anything above failed. The text is complete and NUL-terminated then. */
enum ab_status json_finish(struct json_writer *json, struct ab_error *error);
void json_free(struct json_writer *json);

#endif
