/* Text that is built in memory and written out in one piece, so that an output is whole or absent.
 * A failed allocation is remembered and reported when the text is written. */
#ifndef ACCELBENCH_BENCH_TEXT_H
#define ACCELBENCH_BENCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct json_writer;

struct text {
    char *data; /* owned; NUL-terminated unless NULL */
    size_t length, capacity;
    bool failed;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const void *bytes, size_t length);
/* Ends the JSON document and adds it, as a line or lines; frees the writer. Adds nothing on
 * failure. */
enum ab_status text_add_json(struct text *text, struct json_writer *json, struct ab_error *error);
/* Words up to column 79, broken at blanks; further lines, and the first as far as is known, begin
 * at column `indent`. Ends the line. */
void text_add_wrapped(struct text *text, int indent, const char *words);
/* The same of words that are a text, which is freed; that they failed makes this one fail. */
void text_take_wrapped(struct text *text, int indent, struct text *words);
/* Words up to column 79 of a line that has come to `from_column`; "..." for what has no room. Ends
 * the line. */
void text_add_cut(struct text *text, int from_column, const char *words);
void text_free(struct text *text);

/* Whether a byte of UTF-8 begins a character. */
static inline bool text_begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

/* How many characters begin in so many bytes, and what is behind so many characters. */
int text_characters(const char *words, size_t length);
const char *text_behind(const char *words, int characters);

/* Writes everything to an open file, retrying short writes. */
enum ab_status text_write(const struct text *text, int file, const char *file_name,
                          struct ab_error *error);

/* The file that is meant, behind symbolic links: it is replaced itself, and links stay. Owned:
 * free(). AB_SYSTEM where there is a directory, a device or the like, or one that may not be
 * written. */
enum ab_status text_find_target(const char *file_name, char **target, struct ab_error *error);

/* Whether text_write_file could begin: for those who first work for long. Leaves nothing behind. */
enum ab_status text_check_file(const char *file_name, struct ab_error *error);

/* Writes a file under a temporary name beside it, syncs, and renames it: readers see the old file
 * or the new one, and a failure leaves nothing behind. Permissions stay. */
enum ab_status text_write_file(const struct text *text, const char *file_name,
                               struct ab_error *error);

#endif
