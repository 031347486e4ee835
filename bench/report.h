/* Writers of results. Each builds its text in memory; nothing is written before it is whole. */
#ifndef ACCELBENCH_BENCH_REPORT_H
#define ACCELBENCH_BENCH_REPORT_H

#include "bench/console_style.h"
#include "bench/diagnosis.h"
#include "bench/measure.h"
#include "bench/row.h"
#include "bench/shim/report.h"
#include "bench/text.h"
#include "common/json.h"
#include "common/machine.h"

/* Where and by what the results were made. */
struct report_context {
    int argc;
    char **argv;
    struct machine machine;
    char date[DATE_BYTES];
    struct result_cache caches[MACHINE_CACHES_MAX]; /* the machine's */
    bool aslr;
    struct diagnosis diagnoses[DIAGNOSES_MAX]; /* what may spoil a measurement here */
    size_t diagnosis_count;
};

void report_context_init(struct report_context *context, int argc, char **argv);

/* What stands in one document: one measurement or, in a sweep, several. */
struct report_document {
    const struct report_context *context;
    const struct measurement *const *measurements; /* in the order of the rows */
    size_t count;
    uint64_t seed;
    /* Sweeps: further members of context.accelbench, and the elements of break_even. */
    struct extension more, break_even;
};

/* The whole JSON document. */
enum ab_status report_json(const struct report_document *document, struct json_writer *json,
                           struct ab_error *error);
/* Parts of it. */
struct result_context report_result_context(const struct report_context *context);
struct extension row_extension(const struct row *row);
/* The members of context.accelbench, but for what belongs to one measurement. */
void report_json_members(const struct report_context *context, uint64_t seed,
                         struct json_writer *json);
/* The member "context", of one measurement. */
void report_json_context(const struct report_context *context, const struct measurement *m,
                         struct json_writer *json);
/* The same of what is no one measurement. */
void report_json_context_alone(const struct report_context *context, uint64_t seed,
                               struct json_writer *json);
void report_json_row(const struct row *row, struct json_writer *json);

/* Google Benchmark's CSV of several measurements. */
enum ab_status report_csv(const struct measurement *const *measurements, size_t number,
                          struct text *text, struct ab_error *error);

/* The table for people, at most 80 columns wide. */
void report_console(const struct measurement *m, const struct console_style *style,
                    struct text *text);

#endif
