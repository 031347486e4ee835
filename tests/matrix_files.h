/* For the tests of matrices from files: one file at a time, in a folder of the test's own. */
#ifndef ACCELBENCH_TESTS_MATRIX_FILES_H
#define ACCELBENCH_TESTS_MATRIX_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "common/accelbench.h"
#include "common/matrix.h"

enum { PATH_BYTES = 64 };

extern char folder[];
extern char path[PATH_BYTES]; /* of the file that write_file wrote last; set it for other files */

/* For cmocka_run_group_tests. */
int make_folder(void **state);
int remove_folder(void **state);

void write_file(const char *name, const void *bytes, size_t length);

/* Configures and makes the problem of the file at `path`; unload it whatever load returns. */
enum ab_status load(struct problem *problem, const char *dtype, struct ab_error *error);
void unload(struct problem *problem);

/* Loading fails with one line that names the file and contains `telling`. `dtype` is what --dtype
 * says, or NULL. */
void assert_refused_as(enum ab_status wanted, const char *dtype, const char *telling);
void assert_refused(const char *dtype, const char *telling); /* as AB_INPUT */

/* Loading gives exactly these elements. */
void assert_read(const char *dtype, enum dtype found, uint64_t rows, uint64_t cols,
                 const void *elements);

#endif
