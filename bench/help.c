#include <string.h>

#include "bench/option_table.h"
#include "bench/options.h"
#include "bench/text.h"

/* "  --name META   help", wrapped to 80 columns with the help in a column of its own. */
static void add_option(struct text *text, const char *name, const char *metavar, const char *help)
{
    enum { HELP_COLUMN = 28 };
    size_t start = text->length;
    text_add(text, "  --%s%s%s", name, metavar == NULL ? "" : " ", metavar == NULL ? "" : metavar);
    size_t column = text->length - start;
    if (column >= HELP_COLUMN) {
        text_add(text, "\n");
        column = 0;
    }
    text_add(text, "%*s", (int)(HELP_COLUMN - column), "");
    text_add_wrapped(text, HELP_COLUMN, help);
}

void options_help(struct text *text)
{
    text_add(text,
             "accelbench measures what a CPU is good at and what a GPU is great at.\n"
             "\n"
             "  accelbench [OPTIONS] KERNEL [FILE...]   measure a kernel on its backends\n"
             "  accelbench sweep [OPTIONS] [KERNEL...]  sizes x backends: who wins from where on\n"
             "  accelbench list                         kernels, backends, techniques\n"
             "  accelbench doctor                       what would spoil a measurement here\n"
             "  accelbench limits                       how fast this machine can read\n"
             "  accelbench report RESULTS...            what result files say; --html FILE\n"
             "  accelbench compare A B                  a verdict per row of two result files\n"
             "  accelbench aa                           the harness judging itself\n"
             "  accelbench --benchmark_... [KERNEL]     as a program of Google Benchmark\n"
             "\n"
             "Kernels\n");
    for (size_t i = 0; i < kernel_count(); i++)
        text_add(text, "  %-12s %s\n", kernel_at(i)->name, kernel_at(i)->summary);
    for (const struct known_option *k = known_options; k->name != NULL; k++) {
        if (k->heading != NULL)
            text_add(text, "\n%s\n", k->heading);
        add_option(text, k->name, k->metavar, k->help);
    }
    for (size_t i = 0; i < kernel_count(); i++) {
        text_add(text, "\nOnly for %s\n", kernel_at(i)->name);
        for (const struct kernel_option *o = kernel_at(i)->options; o->name != NULL; o++)
            add_option(text, o->name, o->metavar, o->help);
    }
    text_add(text,
             "\nFlags of Google Benchmark, --benchmark_...; without KERNEL all kernels run\n  ");
    text_add_wrapped(text, 2,
                     "list_tests, filter=REGEX, repetitions=N (rounds), min_time=S (of a sample), "
                     "seed=N, dry_run, format=FORMAT, out=FILE, out_format=FORMAT, "
                     "report_aggregates_only, display_aggregates_only, time_unit=UNIT, "
                     "context=KEY=VALUE, color=WHEN, counters_tabular, strict; "
                     "enable_random_interleaving is what rounds always do");
    text_add(text,
             "\n"
             "Numbers may end in k M G T (powers of 1000) or Ki Mi Gi Ti (of 1024).\n"
             "Exit status: 0 done and right; 1 a failure or a wrong result; 2 wrong command\n"
             "line; 3 a backend named by --backend is not available; 4 a rule of --fail-on was\n"
             "met; 130 or 143 interrupted, with what was measured written.\n"
             "Environment: ACCELBENCH_MEMORY_LIMIT caps the memory that a run may take.\n");
}
