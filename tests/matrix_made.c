#include "tests/matrix_made.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const struct settings *read_line(struct line *line, const char *text, unsigned threads)
{
    char *rest = NULL;
    size_t count = 0;
    snprintf(line->text, sizeof(line->text), "%s", text);
    for (char *word = strtok_r(line->text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(word, '=');
        *equals = '\0';
        assert_true(count < LINE_OPTIONS_MAX);
        line->list[count++] = (struct setting){word, equals + 1};
    }
    line->settings =
        (struct settings){.list = line->list, .count = count, .seed = 42, .threads = threads};
    return &line->settings;
}

void make_matrix(struct problem *problem, const char *kernel, const char *text, unsigned threads)
{
    struct line line;
    struct ab_error error = {0};
    const struct settings *settings = read_line(&line, text, threads);
    *problem = (struct problem){.kernel = find_kernel(kernel)};
    if (problem->kernel->configure(settings, problem, &error) != AB_OK ||
        problem->kernel->make(settings, problem, &error) != AB_OK)
        fail_msg("%s: %s", text, error.message);
}

void free_matrix(struct problem *problem)
{
    problem->kernel->destroy(problem);
    region_free(&problem->input);
    region_free(&problem->expected);
}

void make_row(struct problem *problem, enum dtype dtype, uint64_t count, const void *elements)
{
    char text[64];
    struct ab_error error = {0};
    snprintf(text, sizeof(text), "rows=1 cols=%" PRIu64 " dtype=%s", count, dtype_name(dtype));
    make_matrix(problem, "matrix_sum", text, 2);
    memcpy(problem->input.data, elements, problem->input.bytes);
    if (problem->kernel->expect(problem, &error) != AB_OK)
        fail_msg("%s: %s", text, error.message);
}
