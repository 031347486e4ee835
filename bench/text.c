#include "bench/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json.h"

enum { WIDTH = 79 };

static bool reserve(struct text *text, size_t more)
{
    if (text->failed)
        return false;
    size_t need = text->length + more + 1;
    if (need <= text->capacity)
        return true;
    size_t capacity = need < 4096 ? 4096 : 2 * need;
    char *data = realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
    if (length == 0 || !reserve(text, length))
        return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

enum ab_status text_add_json(struct text *text, struct json_writer *json, struct ab_error *error)
{
    enum ab_status status = json_finish(json, error);
    if (status == AB_OK) {
        text_add_bytes(text, json->text, json->length);
        text_add(text, "\n");
    }
    json_free(json);
    return status;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !reserve(text, (size_t)length))
        return;
    va_start(arguments, format);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_add_wrapped(struct text *text, int indent, const char *words)
{
    int column = indent;
    while (*words != '\0') {
        int length = (int)strcspn(words, " ");
        if (column > indent && column + 1 + length > WIDTH) {
            text_add(text, "\n%*s", indent, "");
            column = indent;
        }
        text_add(text, "%s%.*s", column > indent ? " " : "", length, words);
        column += length + (column > indent);
        words += length;
        words += strspn(words, " ");
    }
    text_add(text, "\n");
}

void text_take_wrapped(struct text *text, int indent, struct text *words)
{
    text->failed = text->failed || words->failed;
    text_add_wrapped(text, indent, words->data == NULL ? "" : words->data);
    text_free(words);
}

void text_add_cut(struct text *text, int from_column, const char *words)
{
    const int room = WIDTH - from_column, length = (int)strlen(words);
    if (length <= room)
        text_add(text, "%s\n", words);
    else
        text_add(text, "%.*s...\n", room - 3, words);
}

int text_characters(const char *words, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += text_begins_character(words[i]);
    return count;
}

const char *text_behind(const char *words, int characters)
{
    for (; *words != '\0'; words++) {
        if (text_begins_character(*words) && characters == 0)
            break;
        characters -= text_begins_character(*words);
    }
    return words;
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

enum ab_status text_write(const struct text *text, int file, const char *file_name,
                          struct ab_error *error)
{
    if (text->failed)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the text of %s", file_name);
    size_t done = 0;
    while (done < text->length) {
        ssize_t written = write(file, text->data + done, text->length - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return ab_fail_errno(error, AB_SYSTEM, "cannot write to %s", file_name);
        done += (size_t)written;
    }
    return AB_OK;
}

enum ab_status text_find_target(const char *file_name, char **target, struct ab_error *error)
{
    struct stat status;
    bool is_there = stat(file_name, &status) == 0;
    *target = NULL;
    if (!is_there && errno != ENOENT)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", file_name);
    if (!is_there && lstat(file_name, &status) == 0)
        return ab_fail(error, AB_SYSTEM,
                       "cannot write %s: it is a symbolic link to nowhere; name the file itself",
                       file_name);
    if (is_there && S_ISDIR(status.st_mode))
        return ab_fail(error, AB_SYSTEM, "cannot write %s: it is a directory; name a file in it",
                       file_name);
    if (is_there && !S_ISREG(status.st_mode))
        return ab_fail(error, AB_SYSTEM, "cannot write %s: it is not a regular file; name one",
                       file_name);
    if (is_there && access(file_name, W_OK) != 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", file_name);
    *target = is_there ? realpath(file_name, NULL) : strdup(file_name);
    return *target != NULL ? AB_OK : ab_fail_errno(error, AB_SYSTEM, "cannot write %s", file_name);
}

/* A file and, beside it, the one that will take its place. */
struct replacement {
    char *target;
    struct text temporary;
    int file; /* -1: none */
};

/* Empty, with the permissions of the file that is there. Messages name the file as it was named. */
static enum ab_status open_replacement(const char *file_name, struct replacement *r,
                                       struct ab_error *error)
{
    struct stat about;
    *r = (struct replacement){.file = -1};
    const enum ab_status status = text_find_target(file_name, &r->target, error);
    if (status != AB_OK)
        return status;
    text_add(&r->temporary, "%s.tmp-%ld", r->target, (long)getpid());
    if (r->temporary.failed)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the name of a temporary file");
    r->file = open(r->temporary.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (r->file < 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", file_name);
    if (stat(r->target, &about) == 0 && fchmod(r->file, about.st_mode & 07777) != 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", file_name);
    return AB_OK;
}

/* Takes the file's place, or nothing is left of it. */
static enum ab_status close_replacement(const char *file_name, struct replacement *r, bool replaces,
                                        struct ab_error *error)
{
    if (r->file >= 0 && close(r->file) != 0)
        ab_fail_errno(error, AB_SYSTEM, "cannot write to %s", file_name);
    replaces = replaces && error->status == AB_OK;
    if (replaces && rename(r->temporary.data, r->target) != 0)
        ab_fail_errno(error, AB_SYSTEM, "cannot write %s", file_name);
    if (r->file >= 0 && (!replaces || error->status != AB_OK))
        unlink(r->temporary.data);
    free(r->target);
    text_free(&r->temporary);
    return error->status;
}

enum ab_status text_check_file(const char *file_name, struct ab_error *error)
{
    struct replacement replacement;
    open_replacement(file_name, &replacement, error);
    return close_replacement(file_name, &replacement, false, error);
}

enum ab_status text_write_file(const struct text *text, const char *file_name,
                               struct ab_error *error)
{
    struct replacement replacement;
    enum ab_status status = open_replacement(file_name, &replacement, error);
    if (status == AB_OK)
        status = text_write(text, replacement.file, file_name, error);
    if (status == AB_OK && fsync(replacement.file) != 0)
        ab_fail_errno(error, AB_SYSTEM, "cannot write to %s", file_name);
    return close_replacement(file_name, &replacement, true, error);
}
