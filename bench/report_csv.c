#include <stdlib.h>

#include "bench/report.h"
#include "bench/shim/report.h"

enum ab_status report_csv(const struct measurement *const *measurements, size_t number,
                          struct text *text, struct ab_error *error)
{
    struct row *rows = NULL;
    size_t count = 0;
    enum ab_status status = rows_of_measurements(measurements, number, &rows, &count, error);
    if (status != AB_OK)
        return status;
    const struct bm_run **runs = calloc(count + 1, sizeof(*runs));
    if (runs == NULL)
        status = ab_fail(error, AB_NO_MEMORY, "no memory for %zu rows", count);
    for (size_t i = 0; i < count && runs != NULL; i++)
        runs[i] = &rows[i].run;
    if (status == AB_OK)
        csv_write(text, runs, count, false);
    free(runs);
    free(rows);
    return status;
}
