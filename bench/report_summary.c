#include "bench/report_summary.h"

#include <math.h>
#include <string.h>

#include "bench/units.h"

/* A sentence that is to be read out must end. */
enum { VERDICTS_MAX = 3 };

/* ---- The verdict on a problem ------------------------------------------------------------- */

static const struct point *last_point(const struct problem_view *problem, const struct line *line)
{
    return line_at(line, problem->sizes[problem->size_count - 1]);
}

/* A device must beat the best that the CPU can do; CPU backends are held against the reference. */
static enum against opponent(const struct line *line)
{
    return *line->first->transfer != '\0' ? AGAINST_BEST_CPU : AGAINST_REFERENCE;
}

static const char *name_of_base(const struct problem_view *problem, const struct point *base)
{
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *line = &problem->lines[i];
        if (base >= line->points && base < line->points + line->count)
            return line->name;
    }
    return base->series->backend;
}

/* From which size on the line is surely faster at every size: an index into its points, or its
 * count. */
static size_t ahead_from(const struct line *line, enum against against)
{
    size_t from = line->count;
    while (from > 0 && line->points[from - 1].comparison[against].finding == FINDING_FASTER)
        from--;
    return from;
}

static void add_size(struct text *text, double bytes)
{
    char size[UNIT_TEXT];
    text_add(text, "%s", format_quantity(UNIT_BYTES, bytes, size));
}

static void add_title(struct text *text, const struct problem_view *problem)
{
    char title[TITLE_BYTES];
    text_add(text, "%s", problem_title(problem, title, sizeof(title)));
}

static void add_faster(const struct problem_view *problem, const struct line *line,
                       enum against against, struct text *text)
{
    const struct point *last = last_point(problem, line);
    text_add(text, "%s is %.*f x as fast as %s for ", line->name,
             last->comparison[against].ratio < 9.95 ? 1 : 0, last->comparison[against].ratio,
             name_of_base(problem, last->base[against]));
    add_title(text, problem);
    text_add(text, " (");
    add_size(text, last->bytes);
    text_add(text, ")");
    if (line->count == 1)
        return;
    size_t from = ahead_from(line, against);
    if (from == 0) {
        text_add(text, ", and ahead at every size from ");
        add_size(text, line->points[0].bytes);
        text_add(text, " on");
    } else {
        text_add(text, ", and ahead from ");
        add_size(text, line->points[from].bytes);
        text_add(text, " on");
    }
}

/* Without an opponent: it is the opponent of the others itself, or alone. */
static void add_unopposed(const struct problem_view *problem, const struct line *line,
                          struct text *text)
{
    const struct point *last = last_point(problem, line);
    char rate[UNIT_TEXT];
    text_add(text, problem->line_count > 1 ? "%s is the fastest for " : "%s does ", line->name);
    add_title(text, problem);
    text_add(text, " at %s (", format_quantity(UNIT_RATE, last->rate, rate));
    add_size(text, last->bytes);
    text_add(text, ")");
}

static void add_not_faster(const struct problem_view *problem, const struct line *line,
                           enum against against, struct text *text)
{
    const struct point *last = last_point(problem, line);
    const struct comparison *c = &last->comparison[against];
    const char *base = name_of_base(problem, last->base[against]);
    const bool too_few = isnan(c->ci.low);
    if (too_few)
        text_add(text, "%s was %.3g x as fast as %s for ", line->name, c->ratio, base);
    else if (c->finding == FINDING_EQUIVALENT)
        text_add(text, "%s and %s are equally fast for ", line->name, base);
    else
        text_add(text, "%s is not surely faster than %s for ", line->name, base);
    add_title(text, problem);
    text_add(text, " (");
    add_size(text, last->bytes);
    text_add(text, too_few ? "), in too few rounds for a verdict" : ")");
}

static void add_foreign(const struct problem_view *problem, struct text *text)
{
    const struct line *fastest = &problem->lines[0], *slowest = fastest;
    char least[UNIT_TEXT], most[UNIT_TEXT];
    for (size_t i = 1; i < problem->line_count; i++) {
        const struct line *line = &problem->lines[i];
        if (line->points[0].ns < fastest->points[0].ns)
            fastest = line;
        if (line->points[0].ns > slowest->points[0].ns)
            slowest = line;
    }
    text_add(text, "%s has %zu benchmark%s, from %s (%s)", problem->kernel, problem->line_count,
             problem->line_count == 1 ? "" : "s",
             format_quantity(UNIT_TIME_NS, fastest->points[0].ns, least), fastest->name);
    if (problem->line_count > 1)
        text_add(text, " to %s (%s)", format_quantity(UNIT_TIME_NS, slowest->points[0].ns, most),
                 slowest->name);
}

void summary_of_problem(const struct problem_view *problem, struct text *text)
{
    const struct line *line = fastest_line(problem);
    if (problem->foreign) {
        add_foreign(problem, text);
    } else if (line == NULL) { /* nothing that is end to end at the largest size */
        add_title(text, problem);
        text_add(text, " has nothing to compare");
    } else {
        enum against against = opponent(line);
        const struct point *last = last_point(problem, line);
        if (last->base[against] == NULL)
            add_unopposed(problem, line, text);
        else if (last->comparison[against].finding == FINDING_FASTER)
            add_faster(problem, line, against, text);
        else
            add_not_faster(problem, line, against, text);
    }
}

/* " (1.88 to 1.95)" */
static void add_interval(const struct comparison *comparison, struct text *text)
{
    char low[UNIT_TEXT], high[UNIT_TEXT];
    format_quantity(UNIT_RATIO, comparison->ci.low, low);
    format_quantity(UNIT_RATIO, comparison->ci.high, high);
    text_add(text, " (%.*s to %.*s)", (int)strcspn(low, " "), low, (int)strcspn(high, " "), high);
}

void summary_ratio(const struct comparison *comparison, struct text *text)
{
    char ratio[UNIT_TEXT];
    text_add(text, "%s", format_quantity(UNIT_RATIO, comparison->ratio, ratio));
    if (isnan(comparison->ci.low))
        text_add(text, " (too few rounds)");
    else
        add_interval(comparison, text);
}

/* "row is 14.6 x as fast as column on serial"; `interval`: with it. */
static void add_order(const struct line *line, bool interval, struct text *text)
{
    const char *here = line->first->order, *there = line->other_order->series->order;
    struct comparison c = line->order_comparison;
    char ratio[UNIT_TEXT];
    if (c.ratio < 1) {
        const char *other = here;
        here = there;
        there = other;
        c.ratio = 1 / c.ratio;
        c.ci = (struct interval){1 / c.ci.high, 1 / c.ci.low, c.ci.confidence};
    }
    if (c.finding == FINDING_EQUIVALENT)
        text_add(text, "%s and %s are equally fast on %s", here, there, line->name);
    else if (c.finding == FINDING_NOT_RESOLVED && !isnan(c.ci.low))
        text_add(text, "%s is not surely faster than %s on %s", here, there, line->name);
    else
        text_add(text, "%s %s %s as fast as %s on %s", here, isnan(c.ci.low) ? "was" : "is",
                 format_quantity(UNIT_RATIO, c.ratio, ratio), there, line->name);
    text_add(text, "%s", line->kernel_only ? ", kernel only" : "");
    if (interval && !isnan(c.ci.low) && c.finding != FINDING_EQUIVALENT)
        add_interval(&c, text);
}

void summary_orders(const struct problem_view *problem, struct text *text)
{
    const struct line *last = NULL;
    bool too_few = false;
    for (size_t i = 0; i < problem->line_count; i++) {
        const struct line *line = &problem->lines[i];
        if (line->other_order == NULL)
            continue;
        too_few = too_few || isnan(line->order_comparison.ci.low);
        text_add(text, "%s", last == NULL ? "" : "; ");
        add_order(line, true, text);
        last = line;
    }
    if (last == NULL)
        return;
    text_add(text, ": ");
    add_size(text, last->other_order->bytes);
    text_add(text, ", measured one after the other%s.",
             too_few ? "; where there is no interval, in too few rounds for a verdict" : "");
}

/* What the order does is worth more than who is the fastest in each of them. */
static void add_verdict(const struct problem_view *problem, struct text *text)
{
    const struct line *line = fastest_line(problem);
    if (line == NULL || line->other_order == NULL) {
        summary_of_problem(problem, text);
        return;
    }
    add_order(line, false, text);
    text_add(text, " for %s (", problem->kernel);
    add_size(text, line->other_order->bytes);
    text_add(text,
             isnan(line->order_comparison.ci.low) ? "), in too few rounds for a verdict" : ")");
}

void summary_verdict(const struct findings *findings, struct text *text)
{
    if (findings->problem_count == 0) {
        text_add(text, "Nothing was measured.");
        return;
    }
    if (findings->origin_count == 1 && !findings->problems[0].foreign)
        text_add(text, "On this machine ");
    for (size_t i = 0; i < findings->problem_count && i < VERDICTS_MAX; i++) {
        text_add(text, "%s", i == 0 ? "" : "; ");
        add_verdict(&findings->problems[i], text);
    }
    if (findings->problem_count > VERDICTS_MAX)
        text_add(text, "; %zu more below", findings->problem_count - VERDICTS_MAX);
    text_add(text, ".");
}

/* ---- More about a problem ----------------------------------------------------------------- */

void summary_limits(const struct problem_view *problem, struct text *text)
{
    bool any = false;
    for (size_t i = 0; i < problem->line_count && problem->size_count > 0; i++) {
        const struct line *line = &problem->lines[i];
        const struct point *point = last_point(problem, line);
        if (point == NULL || line->kernel_only || !isfinite(point->limit_rate))
            continue;
        char fraction[UNIT_TEXT];
        text_add(text, "%s%s %s", any ? ", " : "", line->name,
                 format_fraction(point->series->limit_fraction, fraction));
        any = true;
    }
    if (any) {
        text_add(text, " of the speed at which the same backend can read this input (");
        add_size(text, problem->sizes[problem->size_count - 1]);
        text_add(text, ").");
    }
}

void summary_break_even(const struct findings *findings, size_t file,
                        const struct results_break_even *break_even, struct text *text)
{
    const size_t length = strlen(break_even->kernel);
    const bool named = strncmp(break_even->text, break_even->kernel, length) == 0 &&
                       strncmp(break_even->text + length, ": ", 2) == 0;
    if (findings->origin_count > 1)
        text_add(text, "On %s: ", findings_origin(findings, file));
    text_add(text, "%s", break_even->text + (named ? length + 2 : 0));
}

const char *summary_file(const struct results *results)
{
    static const char unnamed[] = "/proc/self/fd/";
    return strncmp(results->file, unnamed, sizeof(unnamed) - 1) == 0 ? "this run" : results->file;
}

bool is_about(const struct results_break_even *break_even, const struct problem_view *problem)
{
    return strcmp(break_even->kernel, problem->kernel) == 0 &&
           strcmp(break_even->labels, problem->labels) == 0 &&
           (problem->shape == NULL || problem->size_count > 1);
}

/* ---- Notes -------------------------------------------------------------------------------- */

struct notes {
    void (*add)(void *state, const char *words);
    void *state;
};

static void add_note(const struct notes *notes, struct text *text)
{
    notes->add(notes->state, text->failed ? "there is no memory to show a note" : text->data);
    text_free(text);
}

static bool was_said(const struct findings *findings, size_t file, size_t warning)
{
    const char *text = findings->files[file].warnings[warning].text;
    for (size_t f = 0; f <= file; f++) {
        const struct results *results = &findings->files[f];
        size_t end = f == file ? warning : results->warning_count;
        for (size_t i = 0; i < end; i++)
            if (strcmp(results->warnings[i].text, text) == 0)
                return true;
    }
    return false;
}

static bool absence_was_said(const struct findings *findings, size_t file, size_t absence)
{
    const struct results_absence *it = &findings->files[file].absences[absence];
    for (size_t f = 0; f <= file; f++) {
        const struct results *results = &findings->files[f];
        size_t end = f == file ? absence : results->absence_count;
        for (size_t i = 0; i < end; i++)
            if (strcmp(results->absences[i].backend, it->backend) == 0 &&
                strcmp(results->absences[i].reason, it->reason) == 0)
                return true;
    }
    return false;
}

static void note_file(const struct findings *findings, size_t file, const struct notes *notes)
{
    const struct results *results = &findings->files[file];
    struct text text = {0};
    for (size_t i = 0; i < results->series_count; i++) {
        if (*results->series[i].failure == '\0')
            continue;
        text_add(&text, "%s failed: %s", results->series[i].name, results->series[i].failure);
        add_note(notes, &text);
    }
    for (size_t i = 0; i < results->absence_count; i++) {
        if (absence_was_said(findings, file, i))
            continue;
        text_add(&text, "%s was not measured: %s", results->absences[i].backend,
                 results->absences[i].reason);
        add_note(notes, &text);
    }
    for (size_t i = 0; i < results->warning_count; i++) {
        const struct results_warning *w = &results->warnings[i];
        if (was_said(findings, file, i))
            continue;
        const char *end = *w->remedy == '\0'                    ? ""
                          : w->text[strlen(w->text) - 1] == '.' ? " Remedy: "
                                                                : ". Remedy: ";
        text_add(&text, "%s%s%s", w->text, end, w->remedy);
        add_note(notes, &text);
    }
    if (results->rows_left_out > 0) {
        text_add(&text, "%s: %zu row%s without a name or a usable time left out", results->file,
                 results->rows_left_out, results->rows_left_out == 1 ? "" : "s");
        add_note(notes, &text);
    }
}

void summary_notes(const struct findings *findings, void (*add)(void *state, const char *words),
                   void *state)
{
    const struct notes notes = {add, state};
    for (size_t file = 0; file < findings->file_count; file++)
        note_file(findings, file, &notes);
}

void summary_environment(const struct results *results, struct text *text)
{
    const struct results_environment *e = &results->environment;
    const char *const parts[] = {e->host, e->cpu,      e->date,      e->version,
                                 e->git,  e->compiler, e->build_type};
    static const char *const before[] = {"host ", "", "", "version ", "", "", ""};
    bool any = results->is_journal;
    text_add(text, "%s", any ? "the journal of a run that has not ended" : "");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (*parts[i] == '\0')
            continue;
        text_add(text, "%s%s%s", any ? ", " : "", before[i], parts[i]);
        any = true;
    }
    if (isfinite(e->cpus))
        text_add(text, "%s%.17g CPUs", any ? ", " : "", e->cpus);
    if (isfinite(e->seed))
        text_add(text, ", seed %.17g", e->seed);
    if (!any && !isfinite(e->cpus))
        text_add(text, "the file does not say where it was made");
}
