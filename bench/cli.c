#include "bench/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bench/aa.h"
#include "bench/benchmark_mode.h"
#include "bench/compare.h"
#include "bench/demo.h"
#include "bench/doctor.h"
#include "bench/interrupt.h"
#include "bench/journal.h"
#include "bench/limits.h"
#include "bench/list.h"
#include "bench/progress.h"
#include "bench/report.h"
#include "bench/report_command.h"
#include "bench/shim/flags.h"
#include "bench/sweep.h"
#include "config.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_UNAVAILABLE = 3,
    EXIT_RULE_MET = 4,
    EXIT_SIGNAL = 128
};

static int exit_status_of(enum ab_status status)
{
    switch (status) {
    case AB_OK:
        return EXIT_DONE;
    case AB_USAGE:
        return EXIT_USAGE;
    case AB_NOT_BUILT:
    case AB_NO_DEVICE:
        return EXIT_UNAVAILABLE;
    case AB_RULE_MET:
        return EXIT_RULE_MET;
    case AB_INTERRUPTED:
        return EXIT_SIGNAL + interrupt_signal();
    default:
        return EXIT_FAILED;
    }
}

static void complain(const struct ab_error *error)
{
    progress_clear();
    fprintf(stderr, "accelbench: %s\n", error->message);
}

/* ---- Measuring a kernel ------------------------------------------------------------------ */

struct run {
    const struct options *options;
    struct report_context context;
    struct measurement measurement;
    struct journal journal;
};

static enum ab_status write_to_journal(void *state, const struct measurement *m, size_t index,
                                       size_t round, struct ab_error *error)
{
    struct run *run = state;
    const struct alternative *a = &m->alternatives[index];
    struct row row;
    row_of_sample(m, a, PHASE_E2E, round, &row);
    enum ab_status status = journal_row(&run->journal, &row, error);
    if (status == AB_OK && a->entry->backend->memory == MEMORY_DEVICE) {
        row_of_sample(m, a, PHASE_KERNEL, round, &row);
        status = journal_row(&run->journal, &row, error);
    }
    return status;
}

static enum ab_status write_failure(void *state, const struct measurement *m, size_t index,
                                    struct ab_error *error)
{
    struct run *run = state;
    return journal_failure(&run->journal, m, &m->alternatives[index], error);
}

static enum ab_status measure(struct run *run, struct ab_error *error)
{
    enum ab_status status = measurement_plan(&run->measurement, run->options, error);
    if (status == AB_OK)
        status = journal_open(&run->journal, run->options->out, error);
    if (status != AB_OK)
        return status;
    /* Nothing is measured yet: a signal ends the program at once. */
    interrupt_exit(run->journal.name.data);
    status = interrupt_signal() != 0 ? ab_fail(error, AB_INTERRUPTED, "interrupted")
                                     : measurement_make_input(&run->measurement, error);
    interrupt_note();
    if (status == AB_OK)
        status = journal_context(&run->journal, &run->context, &run->measurement, error);
    struct measure_observer observer = {write_to_journal, run, write_failure};
    if (status == AB_OK)
        status = measurement_run(&run->measurement, &observer, error);
    return status;
}

static enum ab_status write_stdout(const struct run *run, const struct text *document,
                                   struct ab_error *error)
{
    enum ab_status status = AB_OK;
    struct text text = {0};
    const struct text *output = &text;
    if (run->options->format == FORMAT_JSON) {
        output = document;
    } else if (run->options->format == FORMAT_CSV) {
        const struct measurement *m = &run->measurement;
        status = report_csv(&m, 1, &text, error);
    } else {
        struct console_style style = console_style(run->options, STDOUT_FILENO);
        report_console(&run->measurement, &style, &text);
    }
    if (status == AB_OK)
        status = text_write(output, STDOUT_FILENO, "standard output", error);
    text_free(&text);
    return status;
}

/* The file first: it must not be lost when standard output is a closed pipe. */
static enum ab_status write_results(struct run *run, struct ab_error *error)
{
    struct json_writer json = {0};
    const struct measurement *m = &run->measurement;
    const struct report_document report = {
        .context = &run->context, .measurements = &m, .count = 1, .seed = run->options->seed};
    enum ab_status status = report_json(&report, &json, error);
    struct text document = {0};
    if (status == AB_OK) {
        text_add_bytes(&document, json.text, json.length);
        text_add(&document, "\n");
        status = journal_finish(&run->journal, &document, error);
        struct ab_error stdout_error = {0};
        enum ab_status printed = write_stdout(run, &document, &stdout_error);
        if (printed != AB_OK) {
            complain(&stdout_error);
            status = status == AB_OK ? printed : status;
        }
    }
    text_free(&document);
    json_free(&json);
    return status;
}

/* Whether a limit would have been of use: nobody misses one whose backend failed as a whole. */
static bool is_held_against(const struct measurement *m, const struct alternative *limit)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->alternatives[i].limit == limit && alternative_measured(&m->alternatives[i]))
            return true;
    return false;
}

/* Error rows are said on standard error too, where scripts that read only the rows look last. */
static int complain_about_alternatives(const struct measurement *m)
{
    int exit_status = EXIT_DONE;
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (a->error.status == AB_OK || alternative_is_dash(a))
            continue;
        if (a->is_limit && !is_held_against(m, a))
            continue;
        fprintf(stderr, "accelbench: %s on %s: %s\n",
                a->is_limit ? "read limit" : m->problem.kernel->name, a->entry->name,
                a->error.message);
        exit_status = EXIT_FAILED;
    }
    return exit_status;
}

static int run_measure(const struct options *options, int argc, char **argv)
{
    struct run run = {.options = options, .journal = {.file = -1}};
    struct ab_error error = {0}, write_error = {0};
    progress_start(options->quiet);
    report_context_init(&run.context, argc, argv);
    enum ab_status status = measure(&run, &error);
    progress_clear();
    int exit_status = exit_status_of(status);
    if (status != AB_OK)
        complain(&error);
    /* What was measured before an interruption or a full disk is worth as much as before. A run
     * that ended before that must not replace the results of an earlier one by nothing. */
    if (run.measurement.rounds_planned > 0 &&
        (status == AB_OK || measurement_has_results(&run.measurement))) {
        int rows_status = complain_about_alternatives(&run.measurement);
        enum ab_status written = write_results(&run, &write_error);
        if (write_error.status != AB_OK && write_error.status != error.status)
            complain(&write_error);
        if (exit_status == EXIT_DONE)
            exit_status = written == AB_OK ? rows_status : exit_status_of(written);
    }
    journal_close(&run.journal);
    measurement_free(&run.measurement);
    return exit_status;
}

/* ---- The other commands ------------------------------------------------------------------ */

static enum ab_status write_help(const struct options *options, struct text *text,
                                 struct ab_error *error)
{
    (void)options, (void)error;
    options_help(text);
    return AB_OK;
}

static enum ab_status write_version(const struct options *options, struct text *text,
                                    struct ab_error *error)
{
    (void)options, (void)error;
    text_add(text, "accelbench %s%s%s (%s, %s)\n", AB_VERSION, AB_GIT[0] == '\0' ? "" : " ", AB_GIT,
             AB_COMPILER, AB_BUILD_TYPE);
    return AB_OK;
}

/* Commands that say something and are done. */
static enum ab_status (*const writers[])(const struct options *, struct text *,
                                         struct ab_error *) = {
    [COMMAND_MEASURE] = NULL,         [COMMAND_LIST] = list_write, [COMMAND_DOCTOR] = doctor_run,
    [COMMAND_LIMITS] = limits_run,    [COMMAND_AA] = aa_run,       [COMMAND_HELP] = write_help,
    [COMMAND_VERSION] = write_version};

/* Commands that show what they do while they do it. */
static enum ab_status (*const runners[])(const struct options *, int argc, char **argv,
                                         struct ab_error *) = {
    [COMMAND_SWEEP] = sweep_run, [COMMAND_REPORT] = report_run, [COMMAND_COMPARE] = compare_run,
    [COMMAND_DEMO] = demo_run,   [COMMAND_VERSION] = NULL,
};

static int run_runner(const struct options *options, int argc, char **argv)
{
    struct ab_error error = {0};
    enum ab_status status = runners[options->command](options, argc, argv, &error);
    progress_clear();
    if (status != AB_OK)
        complain(&error);
    return exit_status_of(status);
}

static int run_writer(const struct options *options)
{
    struct text text = {0};
    struct ab_error error = {0}, print_error = {0};
    progress_start(options->quiet);
    enum ab_status status = writers[options->command](options, &text, &error);
    progress_clear();
    /* One that fails may have something to show all the same. */
    enum ab_status printed = text_write(&text, STDOUT_FILENO, "standard output", &print_error);
    text_free(&text);
    if (status != AB_OK)
        complain(&error);
    if (printed != AB_OK)
        complain(&print_error);
    return exit_status_of(status != AB_OK ? status : printed);
}

static int run_as_benchmarks(int argc, char **argv)
{
    struct ab_error error = {0};
    bool any_failed = false;
    enum ab_status status = benchmark_mode_run(argc, argv, &any_failed, &error);
    if (status != AB_OK)
        complain(&error);
    return status == AB_OK && any_failed && !flags.strict ? EXIT_FAILED : exit_status_of(status);
}

/* A file that is opened later must not take the place of a standard one that was closed: results
 * and messages would land in it. In its place stands one that refuses to be used. */
static void fill_closed_standard_files(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0)
            open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int accelbench_run(int argc, char **argv)
{
    struct options options;
    struct ab_error error = {0};
    int exit_status = EXIT_DONE;
    fill_closed_standard_files();
    interrupt_install();
    if (benchmark_mode_wanted(argc, argv))
        return run_as_benchmarks(argc, argv);
    if (options_parse(argc, argv, &options, &error) != AB_OK) {
        complain(&error);
        exit_status = exit_status_of(error.status);
    } else if (options.command == COMMAND_MEASURE) {
        exit_status = run_measure(&options, argc, argv);
    } else if (runners[options.command] != NULL) {
        exit_status = run_runner(&options, argc, argv);
    } else {
        exit_status = run_writer(&options);
    }
    options_free(&options);
    return exit_status;
}
