#include "bench/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/findings_compare.h"
#include "bench/findings_orders.h"
#include "bench/findings_origins.h"
#include "bench/findings_shapes.h"
#include "bench/growth.h"
#include "bench/text.h"

enum { SERIES_MAX = 5000 };

static enum ab_status no_memory(struct ab_error *error)
{
    return ab_fail(error, AB_NO_MEMORY, "no memory to arrange the results");
}

/* ---- Problems, lines, points ------------------------------------------------------------- */

static bool has_shape(const struct problem_view *problem, const char *shape)
{
    return problem->shape == shape ||
           (problem->shape != NULL && shape != NULL && strcmp(problem->shape, shape) == 0);
}

static struct problem_view *problem_of(struct findings *findings, size_t file,
                                       const struct results_series *series)
{
    const bool foreign = *series->backend == '\0';
    const char *kernel = foreign ? findings->files[file].file : series->kernel;
    const char *labels = foreign ? "" : series->labels;
    const char *shape = series_stands_apart(findings, series) ? series_shape(series) : NULL;
    for (size_t i = 0; i < findings->problem_count; i++) {
        struct problem_view *p = &findings->problems[i];
        if (p->foreign == foreign && strcmp(p->kernel, kernel) == 0 &&
            strcmp(p->labels, labels) == 0 && has_shape(p, shape))
            return p;
    }
    struct problem_view *list = grown(findings->problems, findings->problem_count, sizeof(*list));
    if (list == NULL)
        return NULL;
    findings->problems = list;
    struct problem_view *p = &list[findings->problem_count++];
    *p = (struct problem_view){
        .kernel = kernel, .labels = labels, .shape = shape, .foreign = foreign};
    return p;
}

static bool is_line_of(const struct problem_view *problem, const struct line *line,
                       const struct results_series *series, size_t origin)
{
    const struct results_series *first = line->first;
    if (problem->foreign)
        return first == series;
    return line->origin == origin && line->kernel_only == series->kernel_only &&
           strcmp(first->backend, series->backend) == 0 &&
           strcmp(first->technique, series->technique) == 0 &&
           strcmp(first->transfer, series->transfer) == 0 &&
           strcmp(first->cache, series->cache) == 0 && strcmp(first->device, series->device) == 0;
}

static bool name_is_taken(const struct problem_view *problem, const char *name, bool kernel_only)
{
    for (size_t i = 0; i < problem->line_count; i++)
        if (strcmp(problem->lines[i].name, name) == 0 &&
            problem->lines[i].kernel_only == kernel_only)
            return true;
    return false;
}

/* What differs from the defaults is part of the name. */
static char *line_name(const struct findings *findings, const struct problem_view *problem,
                       const struct results_series *series, size_t origin)
{
    struct text name = {0};
    text_add(&name, "%s", problem->foreign ? series->name : series->backend);
    if (!problem->foreign && strcmp(series->technique, "tuned") != 0)
        text_add(&name, " %s", series->technique);
    if (strcmp(series->transfer, "pageable") == 0)
        text_add(&name, " pageable");
    if (strcmp(series->cache, "cold") == 0)
        text_add(&name, " cold");
    if (findings->origin_count > 1 && !problem->foreign)
        text_add(&name, " on %s", findings_origin(findings, origin));
    if (!name.failed && name_is_taken(problem, name.data, series->kernel_only))
        text_add(&name, " (%s)", series->device);
    if (!name.failed)
        return name.data;
    text_free(&name);
    return NULL;
}

static bool find_slot(struct findings *findings, struct line *line)
{
    for (line->slot = 0; line->slot < findings->slot_count; line->slot++)
        if (strcmp(findings->slots[line->slot], line->name) == 0)
            return true;
    const char **list = grown(findings->slots, findings->slot_count, sizeof(*list));
    if (list == NULL)
        return false;
    findings->slots = list;
    list[findings->slot_count++] = line->name;
    return true;
}

static struct line *line_of(struct findings *findings, struct problem_view *problem,
                            const struct results_series *series, size_t origin)
{
    /* Rows of a foreign file are lines of their own: no search, there may be many. */
    for (size_t i = 0; i < problem->line_count && !problem->foreign; i++)
        if (is_line_of(problem, &problem->lines[i], series, origin))
            return &problem->lines[i];
    struct line *list = grown(problem->lines, problem->line_count, sizeof(*list));
    if (list == NULL)
        return NULL;
    problem->lines = list;
    struct line *line = &list[problem->line_count];
    *line = (struct line){
        .name = line_name(findings, problem, series, origin),
        .first = series,
        .kernel_only = series->kernel_only,
        .origin = origin,
    };
    if (line->name == NULL)
        return NULL;
    problem->line_count++; /* from here on, findings_free frees the name */
    return problem->foreign || find_slot(findings, line) ? line : NULL;
}

static enum ab_status add_point(struct findings *findings, size_t file,
                                const struct results_series *series, struct ab_error *error)
{
    const struct results *results = &findings->files[file];
    struct problem_view *problem = problem_of(findings, file, series);
    struct line *line =
        problem == NULL ? NULL : line_of(findings, problem, series, findings->origins[file]);
    struct point *points = line == NULL ? NULL : grown(line->points, line->count, sizeof(*points));
    if (points == NULL)
        return no_memory(error);
    line->points = points;
    const struct summary *s = &series->summary;
    const double bytes = series->input_bytes;
    points[line->count++] = (struct point){
        .series = series,
        .results = results,
        .shape = series_shape(series),
        .bytes = bytes,
        .ns = s->median,
        .ns_ci = s->ci,
        .rate = 1e9 * bytes / s->median,
        .rate_low = 1e9 * bytes / s->ci.high,
        .rate_high = 1e9 * bytes / s->ci.low,
        .limit_rate = 1e9 * bytes / s->median / series->limit_fraction,
    };
    return AB_OK;
}

static int by_size(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static enum ab_status sort_problem(struct problem_view *problem, struct ab_error *error)
{
    size_t most = 0, used = 0;
    for (size_t i = 0; i < problem->line_count; i++)
        most += problem->lines[i].count;
    problem->sizes = calloc(most + 1, sizeof(*problem->sizes));
    if (problem->sizes == NULL)
        return no_memory(error);
    for (size_t i = 0; i < problem->line_count; i++) {
        struct line *line = &problem->lines[i];
        qsort(line->points, line->count, sizeof(*line->points), by_size);
        for (size_t p = 0; p < line->count; p++)
            if (isfinite(line->points[p].bytes))
                problem->sizes[used++] = line->points[p].bytes;
    }
    qsort(problem->sizes, used, sizeof(*problem->sizes), by_value);
    for (size_t i = 0; i < used; i++)
        if (i == 0 || problem->sizes[i] != problem->sizes[i - 1])
            problem->sizes[problem->size_count++] = problem->sizes[i];
    return AB_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

/* Arranging compares every series with others; a file that is made to be slow is refused. */
static enum ab_status check_count(const struct findings *findings, struct ab_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->file_count; i++)
        count += findings->files[i].series_count;
    return count <= SERIES_MAX ? AB_OK
                               : ab_fail(error, AB_INPUT,
                                         "%zu series in all, and a report takes up to %d: report "
                                         "fewer files at a time",
                                         count, SERIES_MAX);
}

static enum ab_status read_files(const char *const *files, size_t count, struct findings *findings,
                                 struct ab_error *error)
{
    findings->files = calloc(count + 1, sizeof(*findings->files));
    findings->origins = calloc(count + 1, sizeof(*findings->origins));
    if (findings->files == NULL || findings->origins == NULL)
        return no_memory(error);
    for (size_t i = 0; i < count; i++) {
        findings->file_count = i + 1;
        if (results_read(files[i], &findings->files[i], error) != AB_OK)
            return error->status;
    }
    return check_count(findings, error);
}

static enum ab_status arrange(struct findings *findings, struct ab_error *error)
{
    for (size_t file = 0; file < findings->file_count; file++) {
        const struct results *results = &findings->files[file];
        for (size_t i = 0; i < results->series_count; i++)
            if (series_measured(&results->series[i]) &&
                add_point(findings, file, &results->series[i], error) != AB_OK)
                return error->status;
    }
    for (size_t i = 0; i < findings->problem_count; i++)
        if (sort_problem(&findings->problems[i], error) != AB_OK ||
            compare_problem(findings, &findings->problems[i], error) != AB_OK)
            return error->status;
    name_shapes(findings);
    return compare_orders(findings, error);
}

/* serial, or where it was not measured the first CPU backend. */
static const char *default_reference(const struct findings *findings)
{
    const char *first = "serial";
    for (size_t file = findings->file_count; file-- > 0;) {
        const struct results *results = &findings->files[file];
        for (size_t i = results->series_count; i-- > 0;) {
            const struct results_series *series = &results->series[i];
            if (strcmp(series->backend, "serial") == 0)
                return "serial";
            if (*series->backend != '\0' && *series->transfer == '\0')
                first = series->backend;
        }
    }
    return first;
}

enum ab_status findings_read(const char *const *files, size_t count, const char *reference,
                             struct findings *findings, struct ab_error *error)
{
    *findings = (struct findings){0};
    enum ab_status status = read_files(files, count, findings, error);
    if (status == AB_OK) {
        findings->reference = reference == NULL ? default_reference(findings) : reference;
        find_origins(findings);
        status = arrange(findings, error);
    }
    if (status != AB_OK)
        findings_free(findings);
    return status;
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->problem_count; i++) {
        struct problem_view *problem = &findings->problems[i];
        for (size_t line = 0; line < problem->line_count; line++) {
            free(problem->lines[line].name);
            free(problem->lines[line].points);
        }
        free(problem->lines);
        free(problem->sizes);
    }
    free(findings->problems);
    free(findings->slots);
    for (size_t i = 0; i < findings->file_count; i++)
        results_free(&findings->files[i]);
    free(findings->files);
    free(findings->origins);
    *findings = (struct findings){0};
}

bool has_reference(const struct findings *findings)
{
    return strcmp(findings->reference, "none") != 0;
}

const struct point *line_at(const struct line *line, double bytes)
{
    for (size_t i = 0; i < line->count; i++)
        if (line->points[i].bytes == bytes)
            return &line->points[i];
    return NULL;
}

/* Whether another line differs from this one by pinned instead of pageable transfers only: the
 * default, which comes first where there is no room for both. */
static bool has_pinned_twin(const struct problem_view *problem, const struct line *line)
{
    if (strcmp(line->first->transfer, "pageable") != 0)
        return false;
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *other = &problem->lines[i];
        if (strcmp(other->first->transfer, "pinned") == 0 && other->origin == line->origin &&
            other->kernel_only == line->kernel_only &&
            strcmp(other->first->backend, line->first->backend) == 0 &&
            strcmp(other->first->technique, line->first->technique) == 0 &&
            strcmp(other->first->cache, line->first->cache) == 0)
            return true;
    }
    return false;
}

bool line_repeats(const struct problem_view *problem, const struct line *line)
{
    return line->kernel_only && has_pinned_twin(problem, line);
}

const struct line *fastest_line(const struct problem_view *problem)
{
    const struct line *best = NULL;
    double best_ns = INFINITY;
    for (size_t i = 0; i < problem->line_count && problem->size_count > 0; i++) {
        const struct line *line = &problem->lines[i];
        const struct point *point = line_at(line, problem->sizes[problem->size_count - 1]);
        if (!line->kernel_only && !has_pinned_twin(problem, line) && point != NULL &&
            point->ns < best_ns) {
            best = line;
            best_ns = point->ns;
        }
    }
    return best;
}

const char *problem_title(const struct problem_view *problem, char *title, size_t size)
{
    int used = snprintf(title, size, "%s%s%s", problem->kernel,
                        *problem->labels == '\0' ? "" : ", ", problem->labels);
    const char *separator = ", ", *part = problem->shape;
    while (part != NULL && *part == '/' && strcmp(part, "/real_time") != 0 && (size_t)used < size) {
        const size_t length = strcspn(++part, "/");
        used += snprintf(title + used, size - (size_t)used, "%s%.*s", separator, (int)length, part);
        separator = " x ";
        part += length;
    }
    return title;
}
