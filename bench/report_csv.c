/* Google Benchmark's CSV: its columns, in its order. */
#include <stdlib.h>

#include "bench/report.h"

static void add_quoted(struct text *text, const char *value)
{
    text_add(text, "\"");
    for (const char *c = value; *c != '\0'; c++)
        text_add(text, *c == '"' ? "\"\"" : "%c", *c);
    text_add(text, "\"");
}

static void add_row(struct text *text, const struct row *row)
{
    char name[ROW_NAME_BYTES];
    row_name(row, name);
    add_quoted(text, name);
    if (row->failed) {
        text_add(text, ",,,,,,,,true,");
        add_quoted(text, row->alternative->error.message);
    } else {
        text_add(text, ",%llu,%.17g,%.17g,%s,%.17g,%.17g,", (unsigned long long)row->iterations,
                 row->real_ns, row->cpu_ns, row->aggregate == AGGREGATE_CV ? "" : "ns",
                 row->bytes_per_second, row->items_per_second);
        add_quoted(text, row->alternative->device.name);
        text_add(text, ",,");
    }
    text_add(text, "\n");
}

enum ab_status report_csv(const struct measurement *m, struct text *text, struct ab_error *error)
{
    struct row *rows = NULL;
    size_t count = 0;
    enum ab_status status = rows_of_measurement(m, &rows, &count, error);
    if (status != AB_OK)
        return status;
    text_add(text, "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,"
                   "items_per_second,label,error_occurred,error_message\n");
    for (size_t i = 0; i < count; i++)
        add_row(text, &rows[i]);
    free(rows);
    return AB_OK;
}
