#include "bench/same_file.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool find(const char *name, struct stat *status)
{
    return (strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, status) : stat(name, status)) == 0;
}

static bool is_one(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Of files that are not there: the same name in the same folder. */
static bool same_place(const char *a, const char *b)
{
    char *const copies[] = {strdup(a), strdup(b), strdup(a), strdup(b)};
    struct stat folder_a, folder_b;
    bool same = true;
    for (int i = 0; i < 4; i++)
        same = same && copies[i] != NULL;
    same = same && strcmp(basename(copies[0]), basename(copies[1])) == 0 &&
           stat(dirname(copies[2]), &folder_a) == 0 && stat(dirname(copies[3]), &folder_b) == 0 &&
           is_one(&folder_a, &folder_b);
    for (int i = 0; i < 4; i++)
        free(copies[i]);
    return same;
}

bool same_file(const char *a, const char *b)
{
    struct stat status_a, status_b;
    const bool found_a = find(a, &status_a), found_b = find(b, &status_b);
    if (found_a && found_b)
        return is_one(&status_a, &status_b);
    return !found_a && !found_b && same_place(a, b);
}

bool is_one_of(const char *file, const char *const *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (same_file(file, files[i]))
            return true;
    return false;
}
