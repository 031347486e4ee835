#include "bench/findings_origins.h"

#include <string.h>

static bool same_environment(const struct results_environment *a,
                             const struct results_environment *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->cpu, b->cpu) == 0 &&
           strcmp(a->git, b->git) == 0 && strcmp(a->version, b->version) == 0 &&
           strcmp(a->compiler, b->compiler) == 0 && strcmp(a->build_type, b->build_type) == 0 &&
           strcmp(a->isa, b->isa) == 0;
}

static bool share_a_name(const struct results *a, const struct results *b)
{
    for (size_t i = 0; i < a->series_count; i++)
        if (results_find(b, a->series[i].name) != NULL)
            return true;
    return false;
}

/* Files of one environment join the first of them with which they share no row. */
static void join_files(struct findings *findings)
{
    for (size_t file = 0; file < findings->file_count; file++) {
        const struct results *here = &findings->files[file];
        size_t origin = 0;
        for (; origin < file; origin++) {
            const struct results *there = &findings->files[origin];
            bool fits = findings->origins[origin] == origin &&
                        same_environment(&here->environment, &there->environment);
            for (size_t other = origin; other < file && fits; other++)
                if (findings->origins[other] == origin)
                    fits = !share_a_name(here, &findings->files[other]);
            if (fits)
                break;
        }
        findings->origins[file] = origin;
    }
}

/* Whether no other origin is of the same host. */
static bool host_tells(const struct findings *findings, size_t origin)
{
    const char *host = findings->files[origin].environment.host;
    bool tells = true;
    for (size_t i = 0; i < findings->file_count; i++)
        if (findings->origins[i] != origin)
            tells =
                tells && *host != '\0' && strcmp(host, findings->files[i].environment.host) != 0;
    return tells;
}

/* Where only a file's name tells origins apart, a file is an origin: lines must not be named after
 * one file and have points of others. */
void find_origins(struct findings *findings)
{
    join_files(findings);
    for (size_t file = 0; file < findings->file_count; file++)
        if (findings->origins[file] != file && !host_tells(findings, findings->origins[file]))
            findings->origins[file] = file;
    for (size_t file = 0; file < findings->file_count; file++)
        findings->origin_count += findings->origins[file] == file;
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash == NULL ? file : slash + 1;
}

const char *findings_origin(const struct findings *findings, size_t file)
{
    const size_t origin = findings->origins[file];
    const char *path = findings->files[origin].file, *name = base_name(path);
    if (host_tells(findings, origin))
        return findings->files[origin].environment.host;
    for (size_t i = 0; i < findings->file_count; i++)
        if (i != origin && strcmp(base_name(findings->files[i].file), name) == 0)
            return path;
    return name;
}
