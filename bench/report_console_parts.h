/* What the files of the table for people share. */
#ifndef ACCELBENCH_BENCH_REPORT_CONSOLE_PARTS_H
#define ACCELBENCH_BENCH_REPORT_CONSOLE_PARTS_H

#include "bench/report.h"

enum { NAME_MAX_COLUMNS = 24 };

struct console_table {
    const struct measurement *m;
    const struct console_style *style;
    struct text *text;
    const struct alternative *baseline, *serial; /* NULL: no such column */
    const struct technique *technique;           /* the first one */
    bool any_measured, any_failed;
    bool techniques_differ;
    bool limits; /* a column that says how near each comes to its read limit */
    int name_columns;
    int bar_columns;  /* 0: no room for bars */
    double best_rate; /* largest GB/s: the full bar */
};

/* The backend, and its technique where they differ. */
void console_alternative_name(const struct console_table *t, const struct alternative *a,
                              char name[NAME_MAX_COLUMNS + 1]);

/* Three digits and a unit. */
void console_add_time(struct text *text, double ns);

/* Sentences below the table: verdicts, and what else to know of the times. */
void console_add_notes(const struct console_table *t);

/* The kernel's answer, once: it is the same for all that are verified, but for rounding. */
void console_add_result(const struct measurement *m, struct text *text);

#endif
