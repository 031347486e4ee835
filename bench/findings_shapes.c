#include "bench/findings_shapes.h"

#include <string.h>

const char *series_shape(const struct results_series *series)
{
    const char *shape = strchr(series->name, '/');
    return shape == NULL ? "" : shape;
}

/* Of one problem, but for the input. */
static bool is_alike(const struct results_series *a, const struct results_series *b)
{
    return *a->backend != '\0' && *b->backend != '\0' && strcmp(a->kernel, b->kernel) == 0 &&
           strcmp(a->labels, b->labels) == 0;
}

static bool is_as_large(const struct results_series *a, const struct results_series *b)
{
    return a->input_bytes == b->input_bytes && series_measured(a) && is_alike(a, b);
}

static bool has_other_shape(const struct findings *findings, const struct results_series *series)
{
    for (size_t f = 0; f < findings->file_count; f++)
        for (size_t i = 0; i < findings->files[f].series_count; i++) {
            const struct results_series *s = &findings->files[f].series[i];
            if (is_as_large(s, series) && strcmp(series_shape(s), series_shape(series)) != 0)
                return true;
        }
    return false;
}

static size_t count_alike(const struct results *file, const struct results_series *series)
{
    size_t count = 0;
    for (size_t i = 0; i < file->series_count; i++)
        count += is_alike(&file->series[i], series);
    return count;
}

bool series_stands_apart(const struct findings *findings, const struct results_series *series)
{
    const char *shape = series_shape(series), *other = "";
    size_t here = 0, there = 0;
    if (!has_other_shape(findings, series)) /* mostly; counting takes long where there are many */
        return false;
    for (size_t f = 0; f < findings->file_count; f++) {
        const struct results *file = &findings->files[f];
        size_t count = 0;
        for (size_t i = 0; i < file->series_count; i++) {
            const struct results_series *s = &file->series[i];
            if (!is_as_large(s, series))
                continue;
            if (count == 0)
                count = count_alike(file, series);
            if (strcmp(series_shape(s), shape) == 0) {
                here = count > here ? count : here;
            } else if (count > there || (count == there && strcmp(series_shape(s), other) < 0)) {
                there = count;
                other = series_shape(s);
            }
        }
    }
    return there > here || (there == here && strcmp(other, shape) < 0);
}

void name_shapes(struct findings *findings)
{
    for (size_t i = 0; i < findings->problem_count; i++) {
        const struct problem_view *apart = &findings->problems[i];
        for (size_t j = 0; apart->shape != NULL && j < findings->problem_count; j++) {
            struct problem_view *p = &findings->problems[j];
            if (p->shape == NULL && p->size_count == 1 &&
                is_alike(p->lines[0].first, apart->lines[0].first))
                p->shape = p->lines[0].points[0].shape;
        }
    }
}
