#include "tests/cases.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { OPTIONS_MAX = 8, LINE_BYTES = 512, WHERE_BYTES = 1024 };

/* One line of cases, taken apart: for each option its name and its values. */
struct line {
    char text[LINE_BYTES];
    struct {
        char *name, *values;
    } options[OPTIONS_MAX];
    size_t count;
};

struct walk {
    const struct kernel *kernel;
    const struct line *line;
    const char *file;
    case_visitor *visit;
    void *state;
    struct setting settings[OPTIONS_MAX];
};

static void take_apart(const char *text, struct line *line)
{
    char *rest = NULL;
    *line = (struct line){0};
    if (strlen(text) >= sizeof(line->text))
        fail_msg("longer than %d characters: %s", LINE_BYTES - 1, text);
    strcpy(line->text, text);
    for (char *word = strtok_r(line->text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(word, '=');
        if (equals == NULL || line->count == OPTIONS_MAX)
            fail_msg("\"%s\" is no option=value,..., or one of more than %d: %s", word, OPTIONS_MAX,
                     text);
        *equals = '\0';
        line->options[line->count].name = word;
        line->options[line->count++].values = equals + 1;
    }
}

static void visit_combination(struct walk *walk)
{
    char where[WHERE_BYTES] = "";
    size_t used = 0;
    for (size_t i = 0; i < walk->line->count; i++)
        used += (size_t)snprintf(where + used, sizeof(where) - used, "--%s %s ",
                                 walk->settings[i].name, walk->settings[i].value);
    if (walk->file != NULL)
        snprintf(where + used, sizeof(where) - used, "%s", walk->file);
    struct settings settings = {.list = walk->settings,
                                .count = walk->line->count,
                                .files = &walk->file,
                                .file_count = walk->file != NULL,
                                .seed = 42,
                                .threads = 2};
    walk->visit(walk->kernel, &settings, where, walk->state);
}

/* All values of option `i` with all combinations of those behind it. */
static void walk_options(struct walk *walk, size_t i)
{
    if (i == walk->line->count) {
        visit_combination(walk);
        return;
    }
    char values[LINE_BYTES], *rest = NULL;
    snprintf(values, sizeof(values), "%s", walk->line->options[i].values);
    for (char *value = strtok_r(values, ",", &rest); value != NULL;
         value = strtok_r(NULL, ",", &rest)) {
        walk->settings[i] = (struct setting){walk->line->options[i].name, value};
        walk_options(walk, i + 1);
    }
}

void for_each_case(const struct kernel *kernel, const char *const *cases, const char *file,
                   case_visitor *visit, void *state)
{
    for (; cases != NULL && *cases != NULL; cases++) {
        struct line line;
        take_apart(*cases, &line);
        struct walk walk = {
            .kernel = kernel, .line = &line, .file = file, .visit = visit, .state = state};
        walk_options(&walk, 0);
    }
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

void for_each_file_case(const struct kernel *kernel, const char *folder, case_visitor *visit,
                        void *state)
{
    char path[WHERE_BYTES];
    struct dirent **entries = NULL;
    snprintf(path, sizeof(path), "%s/%s", folder, kernel->name);
    int count = scandir(path, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        char file[2 * WHERE_BYTES];
        snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
        for_each_case(kernel, kernel->file_cases, file, visit, state);
        free(entries[i]);
    }
    free(entries);
}

enum ab_status case_problem(const struct kernel *kernel, const struct settings *settings,
                            struct problem *problem, struct ab_error *error)
{
    *problem = (struct problem){.kernel = kernel};
    enum ab_status status = kernel->configure(settings, problem, error);
    if (status == AB_OK)
        status = kernel->make(settings, problem, error);
    if (status == AB_OK)
        status = kernel->expect(problem, error);
    if (status != AB_OK)
        case_free(problem);
    return status;
}

void case_free(struct problem *problem)
{
    problem->kernel->destroy(problem);
    region_free(&problem->input);
    region_free(&problem->expected);
}
