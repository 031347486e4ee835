#include "bench/help.h"

#include <string.h>

#include "bench/option_table.h"
#include "bench/options.h"
#include "bench/text.h"

static const struct help_term exit_status[] = {
    {"0", "done and right"},
    {"1", "a failure or a wrong result"},
    {"2", "wrong command line or environment"},
    {"3", "a backend, device or technique that was named is not available"},
    {"4", "compare: a rule of --fail-on was met"},
    {"130, 143", "interrupted (SIGHUP: 129), with what was measured written"},
    {0},
};

static const struct help_term environment[] = {
    {"ACCELBENCH_MEMORY_LIMIT", "caps the memory that a run may take, as in 4Gi"},
    {"ACCELBENCH_ISA",
     "the instructions of tuned techniques on CPUs: portable, avx2, avx512 or avx512vnni (default "
     "the best that the CPU has)"},
    {"ACCELBENCH_CUDA_MEMORY_LIMIT", "bytes of a GPU's memory that cuda takes"},
    {"OMP_PROC_BIND", "where the threads of openmp are bound (default spread over the cores)"},
    {"POCL_AFFINITY",
     "0: the threads of PoCL are free to move (default 1, bound, where all CPUs may be used)"},
    {"NO_COLOR", "if not empty, --color auto means never"},
    {0},
};

const struct help_note help_notes[] = {
    {"Flags of Google Benchmark",
     "--benchmark_...; without KERNEL all kernels run: list_tests, filter=REGEX, repetitions=N "
     "(rounds), min_time=S (of a sample), seed=N, dry_run, format=FORMAT, out=FILE, "
     "out_format=FORMAT, report_aggregates_only, display_aggregates_only, time_unit=UNIT, "
     "context=KEY=VALUE, color=WHEN, counters_tabular, strict; enable_random_interleaving is what "
     "rounds always do",
     NULL},
    {"Numbers", "k M G T at the end are powers of 1000, Ki Mi Gi Ti of 1024", NULL},
    {"Exit status", NULL, exit_status},
    {"Environment", "one of the program's own that is set to nothing counts as not set",
     environment},
    {0},
};

enum { HELP_COLUMN = 28, SUMMARY_COLUMN = 42 };

/* "  name META   help", wrapped to 80 columns with the help in a column of its own. */
static void add_term(struct text *text, const char *dashes, const char *name, const char *metavar,
                     const char *help)
{
    size_t start = text->length;
    text_add(text, "  %s%s%s%s", dashes, name, metavar == NULL ? "" : " ",
             metavar == NULL ? "" : metavar);
    size_t column = text->length - start;
    if (column >= HELP_COLUMN) {
        text_add(text, "\n");
        column = 0;
    }
    text_add(text, "%*s", (int)(HELP_COLUMN - column), "");
    text_add_wrapped(text, HELP_COLUMN, help);
}

static void add_usage(struct text *text, const char *command, const char *words,
                      const char *summary)
{
    size_t start = text->length;
    text_add(text, "  accelbench %s%s%s", command, *command == '\0' || words == NULL ? "" : " ",
             words == NULL ? "" : words);
    text_add(text, "%*s%s\n", SUMMARY_COLUMN - (int)(text->length - start), "", summary);
}

void options_help(struct text *text)
{
    text_add(text, "accelbench measures what a CPU is good at and what a GPU is great at.\n\n");
    add_usage(text, "", "[OPTIONS] KERNEL [FILE...]", "measure a kernel on its backends");
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        add_usage(text, c->name, c->usage, c->summary);
    add_usage(text, "", "--benchmark_... [KERNEL]", "as a program of Google Benchmark");
    text_add(text, "\nKernels\n");
    for (size_t i = 0; i < kernel_count(); i++)
        text_add(text, "  %-12s %s\n", kernel_at(i)->name, kernel_at(i)->summary);
    for (const struct known_option *k = known_options; k->name != NULL; k++) {
        char dashes[OPTION_DASHES];
        if (k->heading != NULL)
            text_add(text, "\n%s\n", k->heading);
        add_term(text, option_dashes(k, dashes), k->name, k->metavar, k->help);
    }
    for (size_t i = 0; i < kernel_count(); i++) {
        text_add(text, "\nOnly for %s\n", kernel_at(i)->name);
        for (const struct kernel_option *o = kernel_at(i)->options; o->name != NULL; o++)
            add_term(text, "--", o->name, o->metavar, o->help);
    }
    for (const struct help_note *note = help_notes; note->heading != NULL; note++) {
        text_add(text, "\n%s\n", note->heading);
        if (note->text != NULL) {
            text_add(text, "  ");
            text_add_wrapped(text, 2, note->text);
        }
        for (const struct help_term *t = note->terms; t != NULL && t->name != NULL; t++)
            add_term(text, "", t->name, NULL, t->meaning);
    }
}
