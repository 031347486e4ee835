/* The inputs that kernels name as their edge cases, one after the other. */
#ifndef ACCELBENCH_TESTS_CASES_H
#define ACCELBENCH_TESTS_CASES_H

#include "common/accelbench.h"

typedef void case_visitor(const struct kernel *kernel, const struct settings *settings,
                          const char *where, void *state);

/* Visits every combination of every line of `cases` (see struct kernel), on one input file, or on
 * generated input when `file` is NULL. */
void for_each_case(const struct kernel *kernel, const char *const *cases, const char *file,
                   case_visitor *visit, void *state);

/* The same for kernel->file_cases on every file in <folder>/<kernel's name>/. */
void for_each_file_case(const struct kernel *kernel, const char *folder, case_visitor *visit,
                        void *state);

/* Input and expected answer, as the harness makes them. */
enum ab_status case_problem(const struct kernel *kernel, const struct settings *settings,
                            struct problem *problem, struct ab_error *error);
void case_free(struct problem *problem);

#endif
