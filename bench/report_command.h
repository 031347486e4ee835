/* `accelbench report`: what result files say. */
#ifndef ACCELBENCH_BENCH_REPORT_COMMAND_H
#define ACCELBENCH_BENCH_REPORT_COMMAND_H

#include "bench/options.h"
#include "bench/report.h"

enum ab_status report_run(const struct options *options, int argc, char **argv,
                          struct ab_error *error);

/* The same for other commands: a report on files that they have just written. `baseline` as
 * --baseline, or NULL. */
enum ab_status report_console_of_files(const char *const *files, size_t count, const char *baseline,
                                       const struct console_style *style, struct text *text,
                                       struct ab_error *error);
enum ab_status report_html_of_files(const char *const *files, size_t count, const char *baseline,
                                    struct text *html, struct ab_error *error);

#endif
