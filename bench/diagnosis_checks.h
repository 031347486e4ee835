/* Shared by bench/diagnosis.c and the files of checks only. */
#ifndef ACCELBENCH_BENCH_DIAGNOSIS_CHECKS_H
#define ACCELBENCH_BENCH_DIAGNOSIS_CHECKS_H

#include <stdbool.h>

#include "bench/diagnosis.h"

/* Looks for one thing. True: found, and the diagnosis is filled in. */
typedef bool diagnosis_check(const struct examination *examination, struct diagnosis *diagnosis);

/* Each ends with NULL; in the order in which findings that are equally serious are shown. */
extern diagnosis_check *const cpu_checks[];
extern diagnosis_check *const system_checks[];

/* Starts a diagnosis. */
void diagnosis_start(struct diagnosis *diagnosis, const char *code, enum severity severity,
                     const char *text, ...) __attribute__((format(printf, 4, 5)));
void diagnosis_remedy(struct diagnosis *diagnosis, const char *remedy, ...)
    __attribute__((format(printf, 2, 3)));
void diagnosis_command(struct diagnosis *diagnosis, const char *command, ...)
    __attribute__((format(printf, 2, 3)));

#endif
