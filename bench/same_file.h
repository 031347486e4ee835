/* Outputs must not replace inputs, or each other. */
#ifndef ACCELBENCH_BENCH_SAME_FILE_H
#define ACCELBENCH_BENCH_SAME_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether two names are of one file, which need not be there yet. "-": standard input. */
bool same_file(const char *a, const char *b);

bool is_one_of(const char *file, const char *const *files, size_t count);

#endif
