#include "bench/options.h"

#include <stdlib.h>
#include <string.h>

#include "bench/text.h"
#include "common/machine.h"
#include "common/parse.h"

/* ---- Comma-separated names ----------------------------------------------------------------------
 */

bool list_contains(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *item = list; item != NULL; item = strchr(item, ',')) {
        item += *item == ',';
        if (strncmp(item, name, length) == 0 && (item[length] == ',' || item[length] == '\0'))
            return true;
    }
    return false;
}

static bool is_backend(const char *name)
{
    return find_backend(name) != NULL;
}

static bool is_technique(const char *name)
{
    for (size_t k = 0; k < kernel_count(); k++)
        for (size_t b = 0; b < backend_count(); b++)
            if (find_technique(find_implementation(kernel_at(k), backend_at(b)), name) != NULL)
                return true;
    return strcmp(name, "simple") == 0 || strcmp(name, "tuned") == 0 ||
           strcmp(name, "library") == 0;
}

/* Checks every name of a list; "all" alone means the default. */
static enum ab_status check_list(const char *option, const char *list, bool (*known)(const char *),
                                 const char *choices, struct ab_error *error)
{
    for (const char *item = list;; item++) {
        char name[64];
        size_t length = strcspn(item, ",");
        if (length == 0)
            return ab_fail(error, AB_USAGE, "%s: an empty name in '%s'", option, list);
        if (length >= sizeof(name))
            return ab_fail(error, AB_USAGE, "%s: unknown name '%.40s...'; choose from %s", option,
                           item, choices);
        memcpy(name, item, length);
        name[length] = '\0';
        if (!known(name))
            return ab_fail(error, AB_USAGE, "%s: unknown name '%s'; choose from %s", option, name,
                           choices);
        item += length;
        if (*item == '\0')
            return AB_OK;
    }
}

/* ---- The harness's own options
 * -------------------------------------------------------------------- */

typedef enum ab_status option_reader(struct options *, const char *option, const char *value,
                                     struct ab_error *);

static enum ab_status read_backend(struct options *options, const char *option, const char *value,
                                   struct ab_error *error)
{
    if (strcmp(value, "all") == 0) {
        options->backends = NULL;
        return AB_OK;
    }
    char choices[160] = "";
    for (size_t i = 0; i < backend_count(); i++) {
        strncat(choices, backend_at(i)->name, sizeof(choices) - strlen(choices) - 3);
        strcat(choices, ", ");
    }
    strncat(choices, "all", sizeof(choices) - strlen(choices) - 1);
    options->backends = value;
    return check_list(option, value, is_backend, choices, error);
}

static enum ab_status read_baseline(struct options *options, const char *option, const char *value,
                                    struct ab_error *error)
{
    options->baseline = value;
    if (strcmp(value, "none") == 0 || find_backend(value) != NULL)
        return AB_OK;
    return ab_fail(error, AB_USAGE,
                   "%s: unknown backend '%s'; 'accelbench list' shows them, and "
                   "'none' is allowed",
                   option, value);
}

static enum ab_status read_technique(struct options *options, const char *option, const char *value,
                                     struct ab_error *error)
{
    options->techniques = value;
    if (strcmp(value, "all") == 0)
        return AB_OK;
    return check_list(option, value, is_technique, "those of 'accelbench list', or all", error);
}

static enum ab_status read_threads(struct options *options, const char *option, const char *value,
                                   struct ab_error *error)
{
    uint64_t threads = 0;
    enum ab_status status = parse_count(option, value, 1, 4096, &threads, error);
    options->threads = (unsigned)threads;
    return status;
}

static enum ab_status read_device(struct options *options, const char *option, const char *value,
                                  struct ab_error *error)
{
    options->device = value;
    return *value != '\0' ? AB_OK
                          : ab_fail(error, AB_USAGE, "%s: needs a number or a name", option);
}

static enum ab_status read_transfer(struct options *options, const char *option, const char *value,
                                    struct ab_error *error)
{
    static const char *const choices[] = {"pinned", "pageable", NULL};
    size_t index = 0;
    enum ab_status status = parse_choice(option, value, choices, &index, error);
    options->transfer = choices[index];
    return status;
}

static enum ab_status read_cache(struct options *options, const char *option, const char *value,
                                 struct ab_error *error)
{
    static const char *const choices[] = {"warm", "cold", NULL};
    size_t index = 0;
    enum ab_status status = parse_choice(option, value, choices, &index, error);
    options->cold = index == 1;
    return status;
}

static enum ab_status read_rounds(struct options *options, const char *option, const char *value,
                                  struct ab_error *error)
{
    return parse_count(option, value, 1, 100000, &options->rounds, error);
}

static enum ab_status read_min_time(struct options *options, const char *option, const char *value,
                                    struct ab_error *error)
{
    return parse_seconds(option, value, 0, &options->min_time_s, error);
}

static enum ab_status read_max_seconds(struct options *options, const char *option,
                                       const char *value, struct ab_error *error)
{
    return parse_seconds(option, value, 0.001, &options->max_seconds_s, error);
}

static enum ab_status read_deadline(struct options *options, const char *option, const char *value,
                                    struct ab_error *error)
{
    return parse_seconds(option, value, 0.001, &options->deadline_s, error);
}

static enum ab_status read_budget(struct options *options, const char *option, const char *value,
                                  struct ab_error *error)
{
    return parse_seconds(option, value, 0.001, &options->budget_s, error);
}

static enum ab_status read_seed(struct options *options, const char *option, const char *value,
                                struct ab_error *error)
{
    return parse_count(option, value, 0, UINT64_MAX, &options->seed, error);
}

static enum ab_status read_format(struct options *options, const char *option, const char *value,
                                  struct ab_error *error)
{
    static const char *const choices[] = {"console", "json", "csv", NULL};
    size_t index = 0;
    enum ab_status status = parse_choice(option, value, choices, &index, error);
    options->format = (enum output_format)index;
    return status;
}

static enum ab_status read_color(struct options *options, const char *option, const char *value,
                                 struct ab_error *error)
{
    static const char *const choices[] = {"auto", "always", "never", NULL};
    size_t index = 0;
    enum ab_status status = parse_choice(option, value, choices, &index, error);
    options->color = (enum color_mode)index;
    return status;
}

static enum ab_status read_out(struct options *options, const char *option, const char *value,
                               struct ab_error *error)
{
    options->out = value;
    return *value != '\0' ? AB_OK : ab_fail(error, AB_USAGE, "%s: needs a file name", option);
}

static enum ab_status read_input(struct options *options, const char *option, const char *value,
                                 struct ab_error *error)
{
    options->files[options->file_count++] = value;
    return *value != '\0' ? AB_OK : ab_fail(error, AB_USAGE, "%s: needs a file name", option);
}

static enum ab_status set_result(struct options *options, const char *option, const char *value,
                                 struct ab_error *error)
{
    (void)option, (void)value, (void)error;
    options->result = true;
    return AB_OK;
}

static enum ab_status set_in_process(struct options *options, const char *option, const char *value,
                                     struct ab_error *error)
{
    (void)option, (void)value, (void)error;
    options->in_process = true;
    return AB_OK;
}

static enum ab_status set_quiet(struct options *options, const char *option, const char *value,
                                struct ab_error *error)
{
    (void)option, (void)value, (void)error;
    options->quiet = true;
    return AB_OK;
}

static enum ab_status set_help(struct options *options, const char *option, const char *value,
                               struct ab_error *error)
{
    (void)option, (void)value, (void)error;
    options->command = COMMAND_HELP;
    return AB_OK;
}

static enum ab_status set_version(struct options *options, const char *option, const char *value,
                                  struct ab_error *error)
{
    (void)option, (void)value, (void)error;
    options->command = COMMAND_VERSION;
    return AB_OK;
}

/* metavar NULL: the option takes no value. A heading starts a group in --help. */
static const struct {
    const char *heading, *name, *metavar, *help;
    option_reader *read;
} known_options[] = {
    {"What is measured", "backend", "NAME[,NAME...]",
     "backends to measure (default all: those available)", read_backend},
    {NULL, "technique", "NAME[,...]",
     "techniques, or all (default tuned; where a cell has none, the one listed first)",
     read_technique},
    {NULL, "baseline", "NAME", "what speed-ups refer to, or none (default the best CPU backend)",
     read_baseline},
    {NULL, "threads", "N", "threads of openmp and pthread (default the CPUs this process may use)",
     read_threads},
    {NULL, "device", "[BACKEND:]N", "device of cuda and opencl, by number or name", read_device},
    {NULL, "transfer", "HOW", "device backends: pinned or pageable memory (default pinned)",
     read_transfer},
    {NULL, "cache", "STATE", "warm, or cold: every run finds its input out of the cache",
     read_cache},
    {NULL, "input", "FILE", "read the input from a file, or - (same as naming it at the end)",
     read_input},
    {NULL, "seed", "N", "seed of generated input and of the order (default 42)", read_seed},
    {"How it is measured", "rounds", "N", "samples of every alternative (default 30)", read_rounds},
    {NULL, "min-time", "S", "least duration of a sample (default 0.001 or 1000 clock steps)",
     read_min_time},
    {NULL, "max-seconds", "S", "stop after the round in which this is reached (default 60)",
     read_max_seconds},
    {NULL, "budget", "S", "the same for the whole command, input and checks included", read_budget},
    {NULL, "deadline", "S", "a worker that is silent for longer is stopped (default 300)",
     read_deadline},
    {NULL, "in-process", NULL, "without worker processes, for debuggers", set_in_process},
    {"What comes out", "format", "FORMAT", "of standard output: console, json or csv", read_format},
    {NULL, "out", "FILE", "also write the results to FILE, as JSON", read_out},
    {NULL, "result", NULL, "show the kernel's answer and put it into the rows", set_result},
    {NULL, "color", "WHEN", "auto, always or never", read_color},
    {NULL, "quiet", NULL, "no progress line", set_quiet},
    {NULL, "help", NULL, "this text", set_help},
    {NULL, "version", NULL, "version and build", set_version},
};

enum { KNOWN_OPTIONS = sizeof(known_options) / sizeof(known_options[0]) };

/* ---- Reading
 * ------------------------------------------------------------------------------------- */

static const struct kernel_option *kernel_option(const struct kernel *kernel, const char *name,
                                                 size_t length)
{
    for (const struct kernel_option *o = kernel->options; o->name != NULL; o++)
        if (strlen(o->name) == length && strncmp(o->name, name, length) == 0)
            return o;
    return NULL;
}

static const struct kernel_option *any_kernel_option(const char *name, size_t length)
{
    const struct kernel_option *found = NULL;
    for (size_t i = 0; i < kernel_count() && found == NULL; i++)
        found = kernel_option(kernel_at(i), name, length);
    return found;
}

struct reader {
    int argc, next;
    char **argv;
};

/* The value of "--name=value" or "--name value". */
static enum ab_status take_value(struct reader *reader, const char *argument, size_t name_length,
                                 const char **value, struct ab_error *error)
{
    if (argument[2 + name_length] == '=') {
        *value = argument + 2 + name_length + 1;
        return AB_OK;
    }
    if (reader->next >= reader->argc)
        return ab_fail(error, AB_USAGE, "%s needs a value; 'accelbench --help' explains", argument);
    *value = reader->argv[reader->next++];
    return AB_OK;
}

static enum ab_status read_known(struct reader *reader, struct options *options,
                                 const char *argument, size_t name_length, size_t index,
                                 struct ab_error *error)
{
    char name[32];
    const char *value = NULL;
    memcpy(name, argument, name_length + 2);
    name[name_length + 2] = '\0';
    if (known_options[index].metavar != NULL) {
        enum ab_status status = take_value(reader, argument, name_length, &value, error);
        if (status != AB_OK)
            return status;
    } else if (argument[2 + name_length] == '=') {
        return ab_fail(error, AB_USAGE, "%s takes no value", name);
    }
    return known_options[index].read(options, name, value, error);
}

static enum ab_status read_setting(struct reader *reader, struct options *options,
                                   const char *argument, const struct kernel_option *option,
                                   struct ab_error *error)
{
    const char *value = NULL;
    enum ab_status status = take_value(reader, argument, strlen(option->name), &value, error);
    if (status != AB_OK)
        return status;
    for (size_t i = 0; i < options->setting_count; i++)
        if (strcmp(options->settings[i].name, option->name) == 0)
            return ab_fail(error, AB_USAGE, "--%s is given twice", option->name);
    options->settings[options->setting_count++] = (struct setting){option->name, value};
    return AB_OK;
}

static enum ab_status read_option(struct reader *reader, struct options *options,
                                  const char *argument, struct ab_error *error)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    for (size_t i = 0; i < KNOWN_OPTIONS; i++)
        if (strlen(known_options[i].name) == length &&
            strncmp(known_options[i].name, name, length) == 0)
            return read_known(reader, options, argument, length, i, error);
    const struct kernel_option *option = any_kernel_option(name, length);
    if (option != NULL)
        return read_setting(reader, options, argument, option, error);
    return ab_fail(error, AB_USAGE, "unknown option '%s'; 'accelbench --help' lists them",
                   argument);
}

static enum ab_status read_word(struct options *options, const char *word, struct ab_error *error)
{
    if (options->kernel != NULL) {
        options->files[options->file_count++] = word;
        return AB_OK;
    }
    if (options->command == COMMAND_LIST)
        return ab_fail(error, AB_USAGE, "'%s': list takes no further arguments", word);
    if (strcmp(word, "list") == 0) {
        options->command = COMMAND_LIST;
        return AB_OK;
    }
    options->kernel = find_kernel(word);
    if (options->kernel != NULL)
        return AB_OK;
    char kernels[160] = "";
    for (size_t i = 0; i < kernel_count(); i++) {
        strncat(kernels, i == 0 ? "" : ", ", sizeof(kernels) - strlen(kernels) - 1);
        strncat(kernels, kernel_at(i)->name, sizeof(kernels) - strlen(kernels) - 1);
    }
    return ab_fail(error, AB_USAGE, "unknown kernel or command '%s'; kernels: %s; command: list",
                   word, kernels);
}

/* What can only be judged once everything is read. */
static enum ab_status check_together(struct options *options, struct ab_error *error)
{
    if (options->command != COMMAND_MEASURE)
        return AB_OK;
    const struct kernel *kernel = options->kernel;
    if (kernel == NULL)
        return ab_fail(error, AB_USAGE,
                       "no kernel named; try 'accelbench matrix_sum', "
                       "'accelbench list' or 'accelbench --help'");
    for (size_t i = 0; i < options->setting_count; i++) {
        const char *name = options->settings[i].name;
        if (kernel_option(kernel, name, strlen(name)) == NULL)
            return ab_fail(error, AB_USAGE,
                           "--%s does not apply to %s; 'accelbench --help' shows "
                           "whose it is",
                           name, kernel->name);
    }
    if (options->file_count > 1 && !kernel->many_files)
        return ab_fail(error, AB_USAGE, "%s reads one file, and %zu are named: '%s' and '%s'...",
                       kernel->name, options->file_count, options->files[0], options->files[1]);
    return AB_OK;
}

enum ab_status options_parse(int argc, char **argv, struct options *options, struct ab_error *error)
{
    *options = (struct options){
        .rounds = 30,
        .max_seconds_s = 60,
        .deadline_s = 300,
        .seed = 42,
    };
    options->settings = calloc((size_t)argc + 1, sizeof(*options->settings));
    options->files = calloc((size_t)argc + 1, sizeof(*options->files));
    if (options->settings == NULL || options->files == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the command line");

    struct reader reader = {argc, 1, argv};
    enum ab_status status = AB_OK;
    bool only_words = false;
    while (reader.next < argc && status == AB_OK && options->command != COMMAND_HELP &&
           options->command != COMMAND_VERSION) {
        const char *argument = argv[reader.next++];
        if (!only_words && strcmp(argument, "--") == 0)
            only_words = true;
        else if (!only_words && strncmp(argument, "--", 2) == 0)
            status = read_option(&reader, options, argument, error);
        else if (!only_words && argument[0] == '-' && argument[1] != '\0')
            status =
                ab_fail(error, AB_USAGE, "unknown option '%s'; options begin with --", argument);
        else
            status = read_word(options, argument, error);
    }
    if (status == AB_OK)
        status = check_together(options, error);
    if (options->threads == 0)
        options->threads = default_threads();
    return status;
}

void options_free(struct options *options)
{
    free(options->settings);
    free(options->files);
    *options = (struct options){0};
}

/* ---- --help
 * ---------------------------------------------------------------------------------------- */

/* "  --name META   help", wrapped to 80 columns with the help in a column of its own. */
static void help_line(struct text *text, const char *name, const char *metavar, const char *help)
{
    enum { HELP_COLUMN = 28, WIDTH = 79 };
    size_t start = text->length;
    text_add(text, "  --%s%s%s", name, metavar == NULL ? "" : " ", metavar == NULL ? "" : metavar);
    size_t column = text->length - start;
    if (column >= HELP_COLUMN) {
        text_add(text, "\n");
        column = 0;
    }
    text_add(text, "%*s", (int)(HELP_COLUMN - column), "");
    column = HELP_COLUMN;
    while (*help != '\0') {
        size_t length = strcspn(help, " ");
        if (column > HELP_COLUMN && column + 1 + length > WIDTH) {
            text_add(text, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        text_add(text, "%s%.*s", column > HELP_COLUMN ? " " : "", (int)length, help);
        column += length + (column > HELP_COLUMN);
        help += length;
        help += strspn(help, " ");
    }
    text_add(text, "\n");
}

void options_help(struct text *text)
{
    text_add(text, "accelbench measures what a CPU is good at and what a GPU is great at.\n"
                   "\n"
                   "  accelbench [OPTIONS] KERNEL [FILE...]   measure a kernel on its backends\n"
                   "  accelbench list                         kernels, backends, techniques\n"
                   "\n"
                   "Kernels\n");
    for (size_t i = 0; i < kernel_count(); i++)
        text_add(text, "  %-12s %s\n", kernel_at(i)->name, kernel_at(i)->summary);
    for (size_t i = 0; i < KNOWN_OPTIONS; i++) {
        if (known_options[i].heading != NULL)
            text_add(text, "\n%s\n", known_options[i].heading);
        help_line(text, known_options[i].name, known_options[i].metavar, known_options[i].help);
    }
    for (size_t i = 0; i < kernel_count(); i++) {
        text_add(text, "\nOnly for %s\n", kernel_at(i)->name);
        for (const struct kernel_option *o = kernel_at(i)->options; o->name != NULL; o++)
            help_line(text, o->name, o->metavar, o->help);
    }
    text_add(text,
             "\n"
             "Numbers may end in k M G T (powers of 1000) or Ki Mi Gi Ti (of 1024).\n"
             "Exit status: 0 done and right; 1 a failure or a wrong result; 2 wrong command\n"
             "line; 3 a backend named by --backend is not available; 130 or 143 interrupted,\n"
             "with what was measured written.\n"
             "Environment: ACCELBENCH_MEMORY_LIMIT caps the memory that a run may take.\n");
}
