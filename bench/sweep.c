#include "bench/sweep.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bench/interrupt.h"
#include "bench/journal.h"
#include "bench/progress.h"
#include "bench/report.h"
#include "bench/same_file.h"
#include "bench/stall.h"
#include "bench/sweep_journal.h"
#include "bench/sweep_past.h"
#include "bench/sweep_plan.h"
#include "bench/sweep_report.h"
#include "common/memory.h"
#include "common/parse.h"

/* A worker that hangs must not take the whole budget, nor be given up at once when it is spent. */
static const double deadline_least_s = 30;

/* ---- Time -------------------------------------------------------------------------------- */

static double left_s(const struct sweep *sweep)
{
    return sweep->started_s + sweep->budget_s - running_s();
}

static size_t count_waiting(const struct sweep *sweep)
{
    size_t count = 0;
    for (size_t i = 0; i < sweep_cell_count(sweep); i++)
        count += sweep->cells[i].state == CELL_WAITING;
    return count;
}

/* What one run of every alternative takes, together. */
static double runs_s(const struct measurement *m)
{
    double sum_ns = 0;
    for (size_t i = 0; i < m->count; i++) {
        const double ns = alternative_median_ns(&m->alternatives[i], PHASE_E2E);
        sum_ns += isnan(ns) ? 0 : ns;
    }
    return 1e-9 * sum_ns;
}

/* What input, checks and a round of this cell will take at least, by the next smaller size that was
 * measured: what depends on the size grows with it. 0 where nothing is known. */
static double expected_least_s(const struct sweep *sweep, const struct sweep_cell *cell)
{
    const double runs = 5; /* two verified ones, a calibration, a priming one, a sample */
    const size_t place = (size_t)(cell - sweep->cells) % sweep->size_count;
    for (size_t back = 1; back <= place; back++) {
        const struct sweep_cell *smaller = cell - back;
        if (smaller->least_s == 0)
            continue;
        const double growth = (double)cell->bytes / (double)smaller->bytes - 1;
        return smaller->least_s + growth * (smaller->make_s + runs * runs_s(&smaller->measurement));
    }
    return 0;
}

/* An equal share of what is left; what small sizes do not need of theirs is left for large ones. */
static void allot_time(struct sweep *sweep, struct sweep_cell *cell)
{
    const double left = left_s(sweep);
    const double share = fmax(left, 0) / (double)count_waiting(sweep);
    struct options *options = &cell->options;
    options->max_seconds_s = fmin(sweep->options->max_seconds_s, fmax(share, 1e-3));
    options->deadline_s = fmin(sweep->options->deadline_s, fmax(left, deadline_least_s));
}

static void show_place(const struct sweep *sweep, size_t turn)
{
    char place[48];
    snprintf(place, sizeof(place), "%zu of %zu: ", turn + 1, sweep_cell_count(sweep));
    progress_overall(place, fmax(left_s(sweep), 0));
}

/* ---- One cell ---------------------------------------------------------------------------- */

struct observed {
    struct sweep *sweep;
    struct sweep_cell *cell;
    double began_s;
};

static enum ab_status note_sample(void *state, const struct measurement *m, size_t index,
                                  size_t round, struct ab_error *error)
{
    struct observed *observed = state;
    if (round == 0)
        observed->cell->least_s = running_s() - observed->began_s;
    return sweep_journal_row(observed->sweep, m, &m->alternatives[index], round, error);
}

static enum ab_status note_failure(void *state, const struct measurement *m, size_t index,
                                   struct ab_error *error)
{
    const struct observed *observed = state;
    return journal_failure(observed->sweep->journal, m, &m->alternatives[index], error);
}

static void complain_about(struct sweep *sweep, const struct sweep_cell *cell, const char *backend,
                           const char *message)
{
    char bytes[FORMAT_BYTES];
    progress_clear();
    fprintf(stderr, "accelbench: %s of %s%s%s: %s\n", cell->kernel->kernel->name,
            format_bytes(cell->bytes, bytes), *backend == '\0' ? "" : " on ", backend, message);
    sweep->failures++;
}

static void complain_about_alternatives(struct sweep *sweep, const struct sweep_cell *cell)
{
    for (size_t i = 0; i < cell->measurement.count; i++) {
        const struct alternative *a = &cell->measurement.alternatives[i];
        if (a->error.status != AB_OK && !alternative_is_dash(a) && !a->is_limit)
            complain_about(sweep, cell, a->entry->name, a->error.message);
    }
}

/* An input that cannot be made costs its cell; what the status is about ends the sweep. */
static enum ab_status measure_cell(struct sweep *sweep, struct sweep_cell *cell,
                                   struct ab_error *error)
{
    struct measurement *m = &cell->measurement;
    const size_t index = (size_t)(cell - sweep->cells);
    struct observed observed = {sweep, cell, running_s()};
    const struct measure_observer observer = {note_sample, &observed, note_failure};
    allot_time(sweep, cell);
    enum ab_status status = measurement_plan_like(m, &cell->kernel->plan, &cell->options, error);
    if (status != AB_OK)
        return status;
    status = measurement_make_input(m, &cell->error);
    cell->make_s = running_s() - observed.began_s;
    if (status != AB_OK) {
        cell->state = CELL_FAILED;
        complain_about(sweep, cell, "", cell->error.message);
        return AB_OK;
    }
    status = sweep_journal_cell(sweep, index, error);
    if (status == AB_OK)
        status = measurement_run(m, &observer, error);
    measurement_free_input(m);
    if (status == AB_OK || measurement_has_results(m))
        cell->state = status == AB_OK ? CELL_MEASURED : CELL_CUT_OFF;
    complain_about_alternatives(sweep, cell);
    return status == AB_OK ? sweep_journal_done(sweep, index, error) : status;
}

static enum ab_status measure_cells(struct sweep *sweep, struct ab_error *error)
{
    for (size_t turn = 0; turn < sweep_cell_count(sweep); turn++) {
        struct sweep_cell *cell = sweep_cell_in_turn(sweep, turn);
        if (cell->state != CELL_WAITING)
            continue;
        if (interrupt_signal() != 0)
            return ab_fail(error, AB_INTERRUPTED, "interrupted");
        show_place(sweep, turn);
        /* What does not fit this machine fails at once, and more time does not help it. */
        if (expected_least_s(sweep, cell) > left_s(sweep) &&
            cell->bytes <= memory_available_bytes()) {
            cell->state = CELL_NOT_REACHED;
            continue;
        }
        enum ab_status status = measure_cell(sweep, cell, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

/* The journal lies beside what --out may be a link to. */
static enum ab_status check_html_is_no_journal(const struct options *options,
                                               struct ab_error *error)
{
    char *target = NULL;
    if (options->html == NULL || options->out == NULL)
        return AB_OK;
    if (text_find_target(options->out, &target, error) != AB_OK)
        return error->status;
    struct text journal = {0};
    text_add(&journal, "%s.journal", target);
    if (!journal.failed && same_file(options->html, journal.data))
        ab_fail(error, AB_USAGE, "--html: %s is the journal of --out; name another file",
                options->html);
    text_free(&journal);
    free(target);
    return error->status;
}

static enum ab_status check_files(const struct options *options, struct ab_error *error)
{
    if (check_html_is_no_journal(options, error) != AB_OK)
        return error->status;
    return options->html == NULL ? AB_OK : text_check_file(options->html, error);
}

static enum ab_status begin(struct sweep *sweep, struct ab_error *error)
{
    enum ab_status status = sweep_plan(sweep, sweep->options->sizes, error);
    if (status == AB_OK)
        status = journal_open(sweep->journal, sweep->options->out, error);
    return status == AB_OK ? sweep_journal_begin(sweep, error) : status;
}

/* An interrupted run writes the file after the last line of its journal; another's is older. */
static bool is_of_journal(const char *file, const struct journal *journal)
{
    struct stat written, last_line;
    return stat(file, &written) == 0 && fstat(journal->file, &last_line) == 0 &&
           (written.st_mtim.tv_sec > last_line.st_mtim.tv_sec ||
            (written.st_mtim.tv_sec == last_line.st_mtim.tv_sec &&
             written.st_mtim.tv_nsec >= last_line.st_mtim.tv_nsec));
}

static enum ab_status go_on(struct sweep *sweep, struct ab_error *error)
{
    struct sweep_past past = {0};
    char *sizes = NULL;
    size_t good_bytes = 0;
    enum ab_status status = journal_resume(sweep->journal, sweep->options->out, &past.lines, error);
    sweep->file_is_ours = status == AB_OK && is_of_journal(sweep->options->out, sweep->journal);
    past.name = sweep->journal->name.data;
    if (status == AB_OK)
        status = sweep_past_sizes(&past, &sizes, error);
    if (status == AB_OK)
        status =
            sweep_plan(sweep, sweep->options->sizes == NULL ? sizes : sweep->options->sizes, error);
    if (status == AB_OK)
        status = sweep_past_restore(sweep, &past, &good_bytes, error);
    if (status == AB_OK)
        status = journal_keep(sweep->journal, good_bytes, error);
    for (size_t i = 0; status == AB_OK && i < sweep_cell_count(sweep); i++)
        if (sweep->cells[i].state == CELL_MEASURED)
            complain_about_alternatives(sweep, &sweep->cells[i]);
    free(sizes);
    text_free(&past.lines);
    return status;
}

static bool has_results(const struct sweep *sweep)
{
    for (size_t i = 0; sweep->cells != NULL && i < sweep_cell_count(sweep); i++)
        if (cell_has_results(&sweep->cells[i]))
            return true;
    return false;
}

static size_t count_finished(const struct sweep *sweep)
{
    size_t count = 0;
    for (size_t i = 0; sweep->cells != NULL && i < sweep_cell_count(sweep); i++)
        count += sweep->cells[i].state == CELL_MEASURED || sweep->cells[i].state == CELL_FAILED;
    return count;
}

/* Once all that was measured is written: was it all, and was it right? */
static enum ab_status judge(const struct sweep *sweep, struct ab_error *error)
{
    size_t missed = 0;
    for (size_t i = 0; i < sweep_cell_count(sweep); i++)
        missed += sweep->cells[i].state == CELL_NOT_REACHED;
    if (sweep->failures > 0)
        return ab_fail(error, AB_WORKER, "sweep: %zu failed, as said above", sweep->failures);
    if (missed == sweep_cell_count(sweep))
        return ab_fail(error, AB_SYSTEM, "sweep: nothing could be measured within --budget");
    return AB_OK;
}

enum ab_status sweep_run(const struct options *options, int argc, char **argv,
                         struct ab_error *error)
{
    struct report_context context;
    struct journal journal = {.file = -1};
    struct sweep sweep = {
        .options = options, .context = &context, .journal = &journal, .started_s = running_s()};
    progress_start(options->quiet);
    report_context_init(&context, argc, argv);
    enum ab_status status = check_files(options, error);
    if (status == AB_OK)
        status = options->resume ? go_on(&sweep, error) : begin(&sweep, error);
    const size_t finished_before = count_finished(&sweep);
    if (status == AB_OK)
        status = measure_cells(&sweep, error);
    progress_clear();
    /* What the file has of a size that was cut off is more than what came before this end. */
    const bool keep_file =
        sweep.file_is_ours && status == AB_INTERRUPTED && count_finished(&sweep) == finished_before;
    if (keep_file) /* it stays the newer one of the two */
        utimensat(AT_FDCWD, options->out, NULL, 0);
    if (has_results(&sweep)) {
        struct ab_error write_error = {0};
        enum ab_status written = sweep_write(&sweep, keep_file, &write_error);
        if (written != AB_OK && status != AB_OK && written != status)
            fprintf(stderr, "accelbench: %s\n", write_error.message);
        if (status == AB_OK && written != AB_OK)
            status = ab_fail(error, written, "%s", write_error.message);
    }
    if (status == AB_OK)
        status = judge(&sweep, error);
    sweep_free(&sweep);
    journal_close(&journal);
    return status;
}
