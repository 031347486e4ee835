#include "common/system_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

bool system_file_line(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool found = fgets(text, (int)size, file) != NULL;
    fclose(file);
    if (found)
        text[strcspn(text, "\n")] = '\0';
    return found;
}

/* The value of a line that begins with the key, or NULL. */
static const char *value_of(const char *line, const char *key)
{
    size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return NULL;
    size_t separator = strspn(line + length, " \t:");
    return separator > 0 ? line + length + separator : NULL;
}

bool system_file_value(const char *path, const char *key, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    while (!found && getline(&line, &capacity, file) >= 0) {
        const char *value = value_of(line, key);
        if (value != NULL) {
            snprintf(text, size, "%.*s", (int)strcspn(value, "\n"), value);
            found = true;
        }
    }
    free(line);
    fclose(file);
    return found;
}

bool system_number(const char *text, uint64_t *number)
{
    uint64_t value = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++)
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*c - '0'), &value))
            return false;
    *number = value;
    return c != text;
}
