/* The forms in which `accelbench report` shows its findings. */
#ifndef ACCELBENCH_BENCH_REPORT_FILES_H
#define ACCELBENCH_BENCH_REPORT_FILES_H

#include "bench/console_style.h"
#include "bench/findings.h"

/* For a terminal, at most 80 columns wide. */
void report_files_console(const struct findings *findings, const struct console_style *style,
                          struct text *text);
void report_files_markdown(const struct findings *findings, struct text *text);
/* A line a point, all numbers in full. */
void report_files_csv(const struct findings *findings, struct text *text);
/* One page that needs nothing else: no network, and no JavaScript to be read. */
void report_files_html(const struct findings *findings, struct text *text);

#endif
