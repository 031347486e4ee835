#include "bench/options_check.h"

#include <string.h>

#include "bench/option_table.h"
#include "bench/same_file.h"
#include "bench/text.h"

static bool is_backend(const char *name)
{
    return find_backend(name) != NULL;
}

/* One that some cell has, or one of the three that every cell may have. */
static bool is_technique(const char *name)
{
    if (list_contains("simple,tuned,library", name))
        return true;
    for (size_t k = 0; k < kernel_count(); k++)
        for (size_t b = 0; b < backend_count(); b++)
            if (find_technique(find_implementation(kernel_at(k), backend_at(b)), name) != NULL)
                return true;
    return false;
}

static enum ab_status check_names(const char *option, const char *list, bool (*known)(const char *),
                                  struct ab_error *error)
{
    for (const char *item = list;; item++) {
        char name[64];
        size_t length = strcspn(item, ",");
        if (length >= sizeof(name))
            length = sizeof(name) - 1;
        memcpy(name, item, length);
        name[length] = '\0';
        if (strcmp(name, "all") == 0)
            return ab_fail(error, AB_USAGE, "%s: 'all' stands alone: leave it out, or the others",
                           option);
        if (!known(name))
            return ab_fail(error, AB_USAGE,
                           "%s: unknown name '%s'; 'accelbench list' shows what "
                           "there is",
                           option, name);
        item += strcspn(item, ",");
        if (*item == '\0')
            return AB_OK;
    }
}

/* "all" is the default of backends; techniques keep it, since theirs is another. */
static enum ab_status check_name_lists(struct options *options, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    if (options->backends != NULL && strcmp(options->backends, "all") == 0)
        options->backends = NULL;
    if (options->backends != NULL)
        status = check_names("--backend", options->backends, is_backend, error);
    if (status == AB_OK && options->techniques != NULL && strcmp(options->techniques, "all") != 0)
        status = check_names("--technique", options->techniques, is_technique, error);
    if (status == AB_OK && options->baseline != NULL && strcmp(options->baseline, "none") != 0 &&
        !is_backend(options->baseline))
        status = ab_fail(error, AB_USAGE,
                         "--baseline: unknown backend '%.80s'; 'accelbench list' "
                         "shows what there is; 'none' is allowed",
                         options->baseline);
    return status;
}

/* "measuring a kernel, sweep and demo" */
static void add_commands(struct text *text, unsigned commands)
{
    if (commands & 1u << COMMAND_MEASURE)
        text_add(text, "measuring a kernel");
    commands &= ~(1u << COMMAND_MEASURE);
    for (const struct known_command *c = known_commands; c->name != NULL; c++) {
        const unsigned bit = 1u << c->command;
        if ((commands & bit) == 0)
            continue;
        commands &= ~bit;
        text_add(text, "%s%s", text->length == 0 ? "" : commands == 0 ? " and " : ", ", c->name);
    }
}

static const char *command_name(enum command command)
{
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        if (c->command == command)
            return c->name;
    return "measuring a kernel";
}

/* What would change nothing is refused: somebody expects something of it. */
static enum ab_status check_meaning(const struct options *options, uint64_t given,
                                    struct ab_error *error)
{
    for (const struct known_option *k = known_options; k->name != NULL; k++) {
        const bool is_given = (given >> (k - known_options) & 1) != 0;
        if (!is_given || k->commands == 0 || (k->commands >> options->command & 1) != 0)
            continue;
        struct text commands = {0};
        add_commands(&commands, k->commands);
        ab_fail(error, AB_USAGE, "--%s: %s takes no such option, it is for %s; leave it out",
                k->name, command_name(options->command),
                commands.failed ? "other commands" : commands.data);
        text_free(&commands);
        return error->status;
    }
    return AB_OK;
}

static bool reads_results(const struct options *options)
{
    return options->command == COMMAND_REPORT || options->command == COMMAND_COMPARE;
}

/* Commands that read result files, and options that only they have. */
static enum ab_status check_results(const struct options *options, struct ab_error *error)
{
    if (options->command == COMMAND_REPORT && options->file_count == 0)
        return ab_fail(error, AB_USAGE, "report: name the result files: accelbench report FILE...");
    if (options->command == COMMAND_COMPARE && options->file_count != 2)
        return ab_fail(error, AB_USAGE,
                       "compare: takes two result files, and %zu are named: "
                       "accelbench compare A.json B.json",
                       options->file_count);
    if (options->command == COMMAND_REPORT && options->format == FORMAT_JSON)
        return ab_fail(error, AB_USAGE,
                       "--format json: results are JSON already; report has console, markdown "
                       "and csv");
    if (options->format == FORMAT_MARKDOWN && !reads_results(options))
        return ab_fail(error, AB_USAGE, "--format markdown is for report and compare");
    return AB_OK;
}

/* A sweep decides on sizes itself; any other option that one of its kernels has is for that one. */
static enum ab_status check_sweep(const struct options *options, struct ab_error *error)
{
    static const char *const sizes[] = {"size", "rows", "cols"};
    if (options->file_count > 0)
        return ab_fail(error, AB_USAGE, "%s: a sweep makes its inputs; leave the file out",
                       options->files[0]);
    for (size_t i = 0; i < options->setting_count; i++) {
        const char *name = options->settings[i].name;
        bool found = false;
        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
            if (strcmp(name, sizes[s]) == 0)
                return ab_fail(error, AB_USAGE, "--%s: a sweep has many sizes: choose --sizes",
                               name);
        for (size_t k = 0; k < options->kernel_count; k++)
            found = found || kernel_has_option(options->kernels[k], name);
        if (!found && options->kernel_count > 0)
            return ab_fail(error, AB_USAGE,
                           "--%s does not apply to a kernel that is named; 'accelbench --help' "
                           "shows whose it is",
                           name);
    }
    if (options->resume && options->out == NULL)
        return ab_fail(error, AB_USAGE, "--resume goes on with the sweep of --out FILE: name it");
    return AB_OK;
}

/* Files and options of kernels, where sweeps are not concerned. */
static enum ab_status check_inputs(const struct options *options, struct ab_error *error)
{
    const struct kernel *kernel = options->kernel;
    const size_t inputs = reads_results(options) ? 0 : options->file_count;
    if (options->command != COMMAND_MEASURE && options->setting_count + inputs > 0)
        return ab_fail(error, AB_USAGE, "%s%s is for measuring a kernel, and none is named",
                       options->setting_count > 0 ? "--" : "",
                       options->setting_count > 0 ? options->settings[0].name : options->files[0]);
    if (options->command != COMMAND_MEASURE)
        return AB_OK;
    if (kernel == NULL)
        return ab_fail(error, AB_USAGE,
                       "no kernel named; try 'accelbench matrix_sum', "
                       "'accelbench list' or 'accelbench --help'");
    for (size_t i = 0; i < options->setting_count; i++) {
        const char *name = options->settings[i].name;
        if (!kernel_has_option(kernel, name))
            return ab_fail(error, AB_USAGE,
                           "--%s does not apply to %s; 'accelbench --help' shows "
                           "whose it is",
                           name, kernel->name);
    }
    if (options->file_count > 1 && !kernel->many_files)
        return ab_fail(error, AB_USAGE, "%s reads one file, and %zu are named: %s, %s%s",
                       kernel->name, options->file_count, options->files[0], options->files[1],
                       options->file_count > 2 ? "..." : "");
    return AB_OK;
}

/* "-" is standard input where files are read, and would be a file of that name here. An output must
 * replace neither what is read nor another output. */
static enum ab_status check_outputs(const struct options *options, struct ab_error *error)
{
    if (options->out != NULL && strcmp(options->out, "-") == 0)
        return ab_fail(error, AB_USAGE, "--out: - is no file: name one%s",
                       options->command == COMMAND_DEMO
                           ? ""
                           : ", or use --format json for results on standard output");
    if (options->html != NULL && strcmp(options->html, "-") == 0)
        return ab_fail(error, AB_USAGE, "--html: - is no file: name one");
    const struct {
        const char *option, *file;
    } outputs[] = {{"--out", options->out}, {"--html", options->html}};
    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
        if (outputs[i].file != NULL &&
            is_one_of(outputs[i].file, options->files, options->file_count))
            return ab_fail(error, AB_USAGE, "%s: %s is an input of this run; name another file",
                           outputs[i].option, outputs[i].file);
    if (options->out != NULL && options->html != NULL && same_file(options->out, options->html))
        return ab_fail(error, AB_USAGE, "--html and --out name the same file, %s", options->out);
    if (options->result && options->format == FORMAT_CSV && options->out == NULL)
        return ab_fail(error, AB_USAGE,
                       "--result: csv has no column for the answer: use --format json, or --out "
                       "FILE beside it");
    return AB_OK;
}

enum ab_status options_check_sample(const struct options *options, const char *name,
                                    double sample_s, struct ab_error *error)
{
    const double most_s = options_most_s(options);
    return sample_s <= most_s
               ? AB_OK
               : ab_fail(error, AB_USAGE,
                         "%s: a sample of %g s does not fit into the %g s of %s: "
                         "raise that, or take shorter samples",
                         name, sample_s, most_s,
                         most_s < options->max_seconds_s ? "--budget" : "--max-seconds");
}

/* An empty name would be a part of every name. */
static enum ab_status check_device_name(const struct options *options, struct ab_error *error)
{
    const char *device = options->device;
    return device == NULL || device[strlen(device) - 1] != ':'
               ? AB_OK
               : ab_fail(
                     error, AB_USAGE,
                     "--device: '%.80s' names none: give a number, BACKEND:NUMBER, or a part of "
                     "a name; 'accelbench list' shows them",
                     device);
}

enum ab_status options_check(struct options *options, uint64_t given, struct ab_error *error)
{
    enum ab_status status = check_meaning(options, given, error);
    if (status == AB_OK)
        status = check_name_lists(options, error);
    if (status == AB_OK)
        status = check_device_name(options, error);
    if (status == AB_OK)
        status = options_check_sample(options, "--min-time", options->min_time_s, error);
    if (status == AB_OK)
        status = check_results(options, error);
    if (status == AB_OK)
        status = check_outputs(options, error);
    if (status != AB_OK)
        return status;
    return options->command == COMMAND_SWEEP ? check_sweep(options, error)
                                             : check_inputs(options, error);
}
