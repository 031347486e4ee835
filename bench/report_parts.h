/* What the files of the JSON report share. */
#ifndef ACCELBENCH_BENCH_REPORT_PARTS_H
#define ACCELBENCH_BENCH_REPORT_PARTS_H

#include "bench/report.h"

/* The top-level member "accelbench". */
void report_json_summaries(const struct report_document *document, struct json_writer *json);

/* The member "limits": how fast each backend read this input, by the backend's name. */
void report_json_limits(const struct measurement *m, struct json_writer *json);

/* [low, high], or null where there is no interval. */
void report_json_interval(const char *key, struct interval interval, struct json_writer *json);

#endif
