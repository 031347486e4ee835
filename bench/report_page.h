/* The parts of the HTML page. */
#ifndef ACCELBENCH_BENCH_REPORT_PAGE_H
#define ACCELBENCH_BENCH_REPORT_PAGE_H

#include <stddef.h>

#include "bench/findings.h"
#include "bench/text.h"

/* bench/report_page_style.css and bench/report_page_script.js, and their hashes. */
struct embedded_text {
    const unsigned char *text;
    size_t bytes;
};

extern const struct embedded_text report_page_style, report_page_script;
extern const char report_page_style_sha256[], report_page_script_sha256[];

/* The charts of a problem, each a figure. `index` makes their names unique on the page. */
void report_page_charts(const struct findings *findings, size_t index, struct text *text);

#endif
