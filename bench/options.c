#include "bench/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/option_table.h"
#include "bench/options_check.h"
#include "bench/text.h"
#include "common/machine.h"
#include "common/parse.h"

/* A live demo and the many cells of a sweep have no time for more. */
enum { ROUNDS_DEFAULT = 30, ROUNDS_MOST_DEFAULT = 8 * ROUNDS_DEFAULT };

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

bool options_want_backend(const struct options *options, const char *name)
{
    return options->backends == NULL || list_contains(options->backends, name);
}

/* ---- One argument ------------------------------------------------------------------------ */

struct reader {
    int argc, next;
    char **argv;
    struct options *options;
    uint64_t seen; /* as options_check takes it */
};

/* The value of "--name=value" or "--name value". */
static enum ab_status take_value(struct reader *reader, const char *argument, const char **value,
                                 struct ab_error *error)
{
    const char *equals = strchr(argument, '=');
    if (equals != NULL) {
        *value = equals + 1;
        return AB_OK;
    }
    if (reader->next >= reader->argc)
        return ab_fail(error, AB_USAGE, "%s needs a value; 'accelbench --help' explains", argument);
    *value = reader->argv[reader->next++];
    return AB_OK;
}

static enum ab_status store(const struct known_option *known, struct options *options,
                            const char *value, struct ab_error *error)
{
    char option[32] = "--";
    strcat(option, known->name);
    void *target = (char *)options + known->offset;
    switch (known->kind) {
    case OPTION_FLAG:
        *(bool *)target = true;
        return AB_OK;
    case OPTION_COMMAND:
        *(enum command *)target = (enum command)known->least;
        return AB_OK;
    case OPTION_COUNT:
        return parse_count(option, value, known->least, known->most, target, error);
    case OPTION_SECONDS:
        return parse_seconds(option, value, known->least_s, target, error);
    case OPTION_CHOICE:
        return parse_choice(option, value, known->choices, target, error);
    case OPTION_FILE:
        options->files[options->file_count++] = value;
        break;
    case OPTION_TEXT:
    case OPTION_BACKENDS:
    case OPTION_TECHNIQUES:
    case OPTION_BASELINE:
        *(const char **)target = value;
        break;
    }
    return *value != '\0' ? AB_OK : ab_fail(error, AB_USAGE, "%s: the value is empty", option);
}

static const struct known_option *find_known(const char *name, size_t length)
{
    for (const struct known_option *k = known_options; k->name != NULL; k++)
        if (strlen(k->name) == length && strncmp(k->name, name, length) == 0)
            return k;
    return NULL;
}

/* "-h"; NULL: there is no such letter. */
static const struct known_option *find_letter(const char *argument)
{
    for (const struct known_option *k = known_options; k->name != NULL; k++)
        if (k->letter != 0 && argument[1] == k->letter && argument[2] == '\0')
            return k;
    return NULL;
}

static const struct kernel_option *find_own(const struct kernel *kernel, const char *name,
                                            size_t length)
{
    for (const struct kernel_option *o = kernel->options; o->name != NULL; o++)
        if (strlen(o->name) == length && strncmp(o->name, name, length) == 0)
            return o;
    return NULL;
}

bool kernel_has_option(const struct kernel *kernel, const char *name)
{
    return find_own(kernel, name, strlen(name)) != NULL;
}

/* Which of the two values is meant cannot be told. */
static enum ab_status given_twice(const char *name, struct ab_error *error)
{
    return ab_fail(error, AB_USAGE, "--%s is given twice: leave one out", name);
}

static enum ab_status read_known(struct reader *reader, const struct known_option *known,
                                 const char *argument, struct ab_error *error)
{
    const char *value = argument; /* of an option that takes none */
    const uint64_t bit = 1ull << (known - known_options);
    if (known->metavar == NULL && strchr(argument, '=') != NULL)
        return ab_fail(error, AB_USAGE, "--%s takes no value", known->name);
    if (known->metavar != NULL && known->kind != OPTION_FILE && (reader->seen & bit) != 0)
        return given_twice(known->name, error);
    reader->seen |= bit;
    enum ab_status status =
        known->metavar == NULL ? AB_OK : take_value(reader, argument, &value, error);
    return status == AB_OK ? store(known, reader->options, value, error) : status;
}

static enum ab_status read_setting(struct reader *reader, const char *name, const char *argument,
                                   struct ab_error *error)
{
    struct options *options = reader->options;
    struct setting setting = {.name = name};
    enum ab_status status = take_value(reader, argument, &setting.value, error);
    if (status != AB_OK)
        return status;
    for (size_t i = 0; i < options->setting_count; i++)
        if (strcmp(options->settings[i].name, name) == 0)
            return given_twice(name, error);
    options->settings[options->setting_count++] = setting;
    return AB_OK;
}

static enum ab_status read_option(struct reader *reader, const char *argument,
                                  struct ab_error *error)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    const struct known_option *known = find_known(name, length);
    if (known != NULL)
        return read_known(reader, known, argument, error);
    for (size_t i = 0; i < kernel_count(); i++) {
        const struct kernel_option *own = find_own(kernel_at(i), name, length);
        if (own != NULL)
            return read_setting(reader, own->name, argument, error);
    }
    if (strncmp(argument, "--benchmark_", strlen("--benchmark_")) == 0)
        return ab_fail(
            error, AB_USAGE,
            "unknown flag '%.80s'; %s'accelbench --benchmark_filter=. --help' lists them", argument,
            argument[2 + length] == '=' ? "" : "the value of a flag stands behind a =, and ");
    return ab_fail(error, AB_USAGE, "unknown option '%.80s'; 'accelbench --help' lists them",
                   argument);
}

static enum ab_status read_letter(struct reader *reader, const char *argument,
                                  struct ab_error *error)
{
    const struct known_option *known = find_letter(argument);
    return known != NULL ? read_known(reader, known, argument, error)
                         : ab_fail(error, AB_USAGE,
                                   "unknown option '%.80s'; options begin with --, 'accelbench "
                                   "--help' lists them",
                                   argument);
}

static enum ab_status unknown_word(const char *word, struct ab_error *error)
{
    struct text names = {0};
    for (size_t i = 0; i < kernel_count(); i++)
        text_add(&names, "%s%s", i == 0 ? "" : ", ", kernel_at(i)->name);
    text_add(&names, "; commands: ");
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        text_add(&names, "%s%s", c == known_commands ? "" : ", ", c->name);
    ab_fail(error, AB_USAGE, "unknown kernel or command '%.80s'; kernels: %s", word,
            names.failed ? "see 'accelbench list'" : names.data);
    text_free(&names);
    return error->status;
}

/* A word behind the command's name. */
static enum ab_status read_word_of_command(struct options *options,
                                           const struct known_command *command, const char *word,
                                           struct ab_error *error)
{
    switch (command->words) {
    case WORDS_FILES:
        options->files[options->file_count++] = word;
        return AB_OK;
    case WORDS_KERNELS:
        options->kernels[options->kernel_count] = find_kernel(word);
        return options->kernels[options->kernel_count++] != NULL ? AB_OK
                                                                 : unknown_word(word, error);
    case WORDS_NONE:
        break;
    }
    return ab_fail(error, AB_USAGE, "'%.80s': %s takes no further words", word, command->name);
}

static enum ab_status read_word(struct options *options, const char *word, struct ab_error *error)
{
    if (options->kernel != NULL) {
        options->files[options->file_count++] = word;
        return AB_OK;
    }
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        if (options->command == c->command)
            return read_word_of_command(options, c, word, error);
    for (const struct known_command *c = known_commands; c->name != NULL; c++) {
        if (strcmp(word, c->name) == 0) {
            options->command = c->command;
            return AB_OK;
        }
    }
    options->kernel = find_kernel(word);
    return options->kernel != NULL ? AB_OK : unknown_word(word, error);
}

/* ---- The whole line ---------------------------------------------------------------------- */

enum ab_status options_parse(int argc, char **argv, struct options *options, struct ab_error *error)
{
    *options = (struct options){
        .argc = argc,
        .argv = argv,
        .threads = default_threads(),
        .max_seconds_s = 60,
        .deadline_s = 600,
        .seed = 42,
    };
    options->settings = calloc((size_t)argc + 1, sizeof(*options->settings));
    options->files = calloc((size_t)argc + 1, sizeof(*options->files));
    options->kernels = calloc((size_t)argc + 1, sizeof(*options->kernels));
    if (options->settings == NULL || options->files == NULL || options->kernels == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the command line");

    struct reader reader = {argc, 1, argv, options, 0};
    enum ab_status status = AB_OK;
    bool only_words = false;
    while (reader.next < argc && status == AB_OK) {
        const char *argument = argv[reader.next++];
        if (!only_words && strcmp(argument, "--") == 0)
            only_words = true;
        else if (!only_words && strncmp(argument, "--", 2) == 0)
            status = read_option(&reader, argument, error);
        else if (!only_words && argument[0] == '-' && argument[1] != '\0')
            status = read_letter(&reader, argument, error);
        else
            status = read_word(options, argument, error);
        if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
            return AB_OK;
    }
    options->transfer_given =
        (reader.seen & 1ull << (find_known("transfer", 8) - known_options)) != 0;
    options->rounds_given = options->rounds != 0;
    if (!options->rounds_given)
        options->rounds = ROUNDS_DEFAULT;
    if (options->command == COMMAND_MEASURE || options->command == COMMAND_AA)
        options->rounds_most = ROUNDS_MOST_DEFAULT;
    return status == AB_OK ? options_check(options, reader.seen, error) : status;
}

double options_most_s(const struct options *options)
{
    return options->budget_s > 0 ? fmin(options->max_seconds_s, options->budget_s)
                                 : options->max_seconds_s;
}

struct settings options_settings(const struct options *options)
{
    return (struct settings){
        .list = options->settings,
        .count = options->setting_count,
        .files = options->files,
        .file_count = options->file_count,
        .seed = options->seed,
        .threads = default_threads(),
    };
}

void options_free(struct options *options)
{
    free(options->settings);
    free(options->files);
    free(options->kernels);
    *options = (struct options){0};
}
