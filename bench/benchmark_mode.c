#include "bench/benchmark_mode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/interrupt.h"
#include "bench/options_check.h"
#include "bench/progress.h"
#include "bench/report.h"
#include "bench/same_file.h"
#include "bench/series_filter.h"
#include "bench/shim/context.h"
#include "bench/shim/runner.h"
#include "bench/shim/say.h"
#include "bench/shim/sink.h"
#include "bench/stall.h"

struct target {
    struct options options;
    struct ab_error refusal; /* why this kernel cannot be measured so; AB_OK: it can */
    bool wanted;             /* the filter takes some of its series */
};

struct mode {
    int argc; /* of argv without the flags */
    char **argv;
    struct target *targets; /* one a kernel */
    size_t count;
    struct filter filter;
    struct arena arena; /* names and rows */
    struct list names;  /* const char *: the series that the filter takes */
    struct sinks sinks;
    struct report_context context;
    double began_s;     /* running_s() of bench/stall.h */
    const char *series; /* of the row before; NULL: none */
    size_t family;
    bool *any_failed;
};

bool benchmark_mode_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strncmp(argv[i], "--benchmark_", strlen("--benchmark_")) == 0)
            return true;
    return false;
}

/* ---- The command line -------------------------------------------------------------------- */

/* What the harness does in a way of its own, which no flag changes. */
static enum ab_status check_flags(struct ab_error *error)
{
    if (flags.iterations > 0)
        return ab_fail(error, AB_USAGE,
                       "--benchmark_min_time: the number of iterations follows from the time of a "
                       "sample here: give seconds");
    if (flags.min_warmup_s > 0)
        return ab_fail(error, AB_USAGE,
                       "--benchmark_min_warmup_time: every sample follows an untimed run here: "
                       "leave the flag out");
    return AB_OK;
}

/* Rows are named before they are measured, and a name holds the input's size: it is read twice. */
static enum ab_status check_inputs(const struct options *options, struct ab_error *error)
{
    for (size_t i = 0; i < options->file_count; i++) {
        struct stat about;
        const char *file = options->files[i];
        const bool standard = strcmp(file, "-") == 0;
        if (standard || (stat(file, &about) == 0 && !S_ISREG(about.st_mode)))
            return ab_fail(error, AB_USAGE,
                           "%s: with --benchmark_ flags the input is read twice: name a regular "
                           "file",
                           standard ? "standard input" : file);
    }
    if (*flags.out != '\0' && is_one_of(flags.out, options->files, options->file_count))
        return ab_fail(error, AB_USAGE,
                       "--benchmark_out: %s is an input of this run; name another file", flags.out);
    return AB_OK;
}

static enum ab_status check_options(const struct options *options, struct ab_error *error)
{
    if (options->command != COMMAND_MEASURE)
        return ab_fail(error, AB_USAGE, "--benchmark_... flags are for measuring kernels only");
    if (options->out != NULL)
        return ab_fail(error, AB_USAGE,
                       "--out: with other --benchmark_ flags it is "
                       "--benchmark_out=FILE");
    if (options->format != FORMAT_CONSOLE)
        return ab_fail(error, AB_USAGE,
                       "--format: with other --benchmark_ flags it is "
                       "--benchmark_format=FORMAT");
    if (strcmp(flags.out, "-") == 0)
        return ab_fail(error, AB_USAGE, "--benchmark_out: - is no file: name one");
    const bool is_filed = *flags.out != '\0' && flags.out_format == REPORT_JSON;
    if (options->result && flags.format != REPORT_JSON && !is_filed && !flags.list_tests)
        return ab_fail(error, AB_USAGE,
                       "--result: only JSON has a place for the answer: add "
                       "--benchmark_format=json, or --benchmark_out=FILE with "
                       "--benchmark_out_format=json");
    if (flags.min_time_given &&
        options_check_sample(options, "--benchmark_min_time", flags.min_time_s, error) != AB_OK)
        return error->status;
    return check_inputs(options, error);
}

static void apply_flags(struct options *options)
{
    if (flags.repetitions_given || flags.dry_run) {
        options->rounds = flags.dry_run ? 1 : (uint64_t)flags.repetitions;
        options->rounds_given = true;
    }
    if (flags.min_time_given)
        options->min_time_s = flags.min_time_s;
    if (flags.dry_run)
        options->min_time_s = 1e-9;
    if (flags.seed_given)
        options->seed = flags.seed;
}

static enum ab_status parse(struct mode *mode, const char *kernel, struct options *options,
                            struct ab_error *error)
{
    int argc = mode->argc;
    mode->argv[argc] = (char *)kernel; /* there is room, and nobody writes to it */
    enum ab_status status = options_parse(argc + (kernel != NULL), mode->argv, options, error);
    mode->argv[argc] = NULL;
    return status;
}

/* With a kernel's name behind it, a command line that names one already has one file more. */
static bool names_a_kernel(struct mode *mode, bool *is_command)
{
    struct options options;
    struct ab_error ignored = {0};
    const char *kernel = kernel_at(0)->name;
    parse(mode, kernel, &options, &ignored);
    bool named = options.file_count > 0 && options.files[options.file_count - 1] == kernel;
    *is_command = options.command != COMMAND_MEASURE;
    options_free(&options);
    return named;
}

/* What no kernel takes is wrong whichever of them the filter takes. */
static enum ab_status check_any_can(const struct mode *mode, struct ab_error *error)
{
    for (size_t i = 0; i < mode->count; i++)
        if (mode->targets[i].refusal.status == AB_OK)
            return AB_OK;
    return ab_fail(error, AB_USAGE, "%s", mode->targets[0].refusal.message);
}

static enum ab_status read_command_line(struct mode *mode, struct ab_error *error)
{
    bool is_command;
    bool one = names_a_kernel(mode, &is_command) || is_command;
    size_t wanted = one ? 1 : kernel_count();
    mode->targets = calloc(wanted, sizeof(*mode->targets));
    if (mode->targets == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the command line");
    enum ab_status status = check_flags(error);
    for (; status == AB_OK && mode->count < wanted; mode->count++) {
        struct options *options = &mode->targets[mode->count].options;
        struct ab_error *refusal = &mode->targets[mode->count].refusal;
        status = parse(mode, one ? NULL : kernel_at(mode->count)->name, options, refusal);
        if (status == AB_OK)
            status = check_options(options, error);
        else if (status == AB_USAGE)
            status = AB_OK;
        else
            ab_fail(error, status, "%s", refusal->message);
        apply_flags(options);
    }
    return status == AB_OK ? check_any_can(mode, error) : status;
}

/* ---- Rows -------------------------------------------------------------------------------- */

/* A copy that outlives the measurement, in the unit of the flags. */
static struct bm_run *keep(struct mode *mode, const struct bm_run *from)
{
    struct arena *arena = &mode->arena;
    struct bm_run *run = arena_allocate(arena, sizeof(*run));
    struct bm_counter *counters =
        arena_allocate(arena, (from->counter_count + 1) * sizeof(*counters));
    if (run == NULL || counters == NULL)
        return NULL;
    *run = *from;
    run->name = arena_text(arena, from->name);
    run->run_name = arena_text(arena, from->run_name);
    run->label = arena_text(arena, from->label);
    run->message = arena_text(arena, from->message == NULL ? "" : from->message);
    if (run->name == NULL || run->run_name == NULL || run->label == NULL || run->message == NULL)
        return NULL;
    for (size_t i = 0; i < from->counter_count; i++)
        counters[i] = from->counters[i];
    run->counters = counters;
    run->time_unit = flags.unit;
    if (from->aggregate_name == NULL || from->aggregate_unit == BM_STATISTIC_TIME) {
        double units = time_unit_per_second(flags.unit) / time_unit_per_second(from->time_unit);
        run->real_time *= units;
        run->cpu_time *= units;
    }
    mode->family += mode->series != NULL && strcmp(mode->series, run->run_name) != 0;
    mode->series = run->run_name;
    run->family_index = mode->family;
    return run;
}

static enum ab_status report(struct mode *mode, const struct measurement *m, struct ab_error *error)
{
    struct row *rows = NULL;
    size_t count = 0;
    enum ab_status status = rows_of_measurement(m, &rows, &count, error);
    progress_clear();
    for (size_t i = 0; i < count && status == AB_OK; i++) {
        if (!filter_takes(&mode->filter, rows[i].run_name))
            continue;
        const struct bm_run *run = keep(mode, &rows[i].run);
        if (run == NULL) {
            status = ab_fail(error, AB_NO_MEMORY, "no memory for %zu rows", count);
            break;
        }
        bool alone = run->aggregate_name == NULL && run->outcome == BM_DONE &&
                     rows[i].alternative->samples > 1;
        sinks_row(&mode->sinks, run, row_extension(&rows[i]),
                  !(alone && (flags.report_aggregates_only || flags.display_aggregates_only)),
                  !(alone && flags.report_aggregates_only));
        *mode->any_failed = *mode->any_failed || run->outcome == BM_FAILED;
    }
    sinks_flush(&mode->sinks);
    free(rows);
    return status;
}

static enum ab_status measure(struct mode *mode, struct options *options, struct ab_error *error)
{
    struct measurement m = {0};
    if (options->budget_s > 0) /* of all kernels together; what comes late has a round each */
        options->budget_s = fmax(options->budget_s - (running_s() - mode->began_s), 1e-9);
    enum ab_status status = measurement_plan(&m, options, error);
    if (status == AB_OK)
        status = measurement_make_input(&m, error);
    if (status == AB_OK && series_select(&m, &mode->filter)) {
        status = interrupt_signal() != 0 ? ab_fail(error, AB_INTERRUPTED, "interrupted")
                                         : measurement_run(&m, NULL, error);
        /* What was measured before an interruption is worth as much as before. */
        struct ab_error report_error = {0};
        enum ab_status reported = report(mode, &m, &report_error);
        if (m.ended == ENDED_BY_TIME && m.options->rounds_given)
            say("%s: %zu of %zu repetitions: the time was up (--max-seconds%s)",
                options->kernel->name, m.rounds_done, m.rounds_planned,
                options->budget_s > 0 ? ", --budget" : "");
        if (status == AB_OK && reported != AB_OK)
            status = ab_fail(error, reported, "%s", report_error.message);
    }
    measurement_free(&m);
    return status;
}

/* ---- The whole --------------------------------------------------------------------------- */

static void write_members(const void *state, struct json_writer *json)
{
    const struct mode *mode = state;
    report_json_members(&mode->context, mode->targets[0].options.seed, json);
}

static void begin(struct mode *mode)
{
    const char *const *names = mode->names.items;
    size_t longest = 0;
    for (size_t i = 0; i < mode->names.count; i++)
        if (strlen(names[i]) > longest)
            longest = strlen(names[i]);
    struct result_context context = report_result_context(&mode->context);
    context.custom = custom_context_pairs(&mode->arena, &context.custom_count);
    struct extension extension = {flags.strict ? NULL : write_members, mode};
    bool aggregates = mode->targets[0].options.rounds > 1;
    sinks_begin(&mode->sinks, &context, extension,
                console_name_columns(longest, aggregates ? strlen("median") : 0));
}

static enum ab_status add_names(struct mode *mode, const struct options *options,
                                struct ab_error *error)
{
    return series_names(options, &mode->filter, &mode->arena, &mode->names, error);
}

/* One of several kernels may refuse what the others take, if the filter takes none of its series:
 * those that it has without options. */
static enum ab_status survey(struct mode *mode, struct target *target, struct ab_error *error)
{
    const size_t before = mode->names.count;
    struct ab_error *refusal = &target->refusal;
    enum ab_status status = refusal->status;
    if (status == AB_OK)
        status = add_names(mode, &target->options, refusal);
    if (status == AB_USAGE && mode->count > 1) {
        struct options defaults = target->options;
        defaults.setting_count = 0;
        defaults.techniques = NULL;
        if (add_names(mode, &defaults, error) != AB_OK)
            return error->status;
        status = mode->names.count > before ? AB_USAGE : AB_OK;
    }
    target->wanted = mode->names.count > before;
    return status == AB_OK ? AB_OK : ab_fail(error, status, "%s", refusal->message);
}

static enum ab_status run_or_list(struct mode *mode, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < mode->count && status == AB_OK; i++)
        status = survey(mode, &mode->targets[i], error);
    if (status != AB_OK)
        return status;
    if (mode->names.count == 0)
        say("Failed to match any benchmarks against regex: %s", flags.filter);
    if (flags.list_tests) {
        sinks_list(&mode->sinks, mode->names.items, mode->names.count);
        return AB_OK;
    }
    status = sinks_open_file(&mode->sinks, error);
    if (status == AB_OK)
        begin(mode);
    for (size_t i = 0; i < mode->count && status == AB_OK; i++)
        if (mode->targets[i].wanted)
            status = measure(mode, &mode->targets[i].options, error);
    return status;
}

static enum ab_status print_help(struct ab_error *error)
{
    struct text text = {0};
    options_help(&text);
    enum ab_status status = text_write(&text, STDOUT_FILENO, "standard output", error);
    text_free(&text);
    return status;
}

static enum ab_status run_with_flags(struct mode *mode, int argc, char **argv,
                                     struct ab_error *error)
{
    enum flags_wish wish = flags_read(&mode->argc, mode->argv, error);
    if (error->status != AB_OK)
        return error->status;
    if (wish == FLAGS_HELP)
        return print_help(error);
    enum ab_status status = filter_compile(&mode->filter, flags.filter, error);
    if (status == AB_OK)
        status = read_command_line(mode, error);
    if (status != AB_OK)
        return status;
    progress_start(mode->targets[0].options.quiet);
    report_context_init(&mode->context, argc, argv);
    sinks_init(&mode->sinks);
    status = run_or_list(mode, error);
    enum ab_status written = sinks_end(&mode->sinks, error);
    return status == AB_OK ? written : status;
}

enum ab_status benchmark_mode_run(int argc, char **argv, bool *any_failed, struct ab_error *error)
{
    struct mode mode = {.argc = argc, .began_s = running_s(), .any_failed = any_failed};
    mode.argv = calloc((size_t)argc + 2, sizeof(*mode.argv));
    if (mode.argv == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the command line");
    memcpy(mode.argv, argv, (size_t)argc * sizeof(*mode.argv));
    enum ab_status status = run_with_flags(&mode, argc, argv, error);
    for (size_t i = 0; i < mode.count; i++)
        options_free(&mode.targets[i].options);
    free(mode.targets);
    free(mode.names.items);
    free(mode.argv);
    filter_free(&mode.filter);
    arena_free(&mode.arena);
    bm_shutdown();
    return status;
}
