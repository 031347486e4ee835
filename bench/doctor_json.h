/* Between bench/doctor.c and bench/doctor_json.c only. */
#ifndef ACCELBENCH_BENCH_DOCTOR_JSON_H
#define ACCELBENCH_BENCH_DOCTOR_JSON_H

#include "bench/availability.h"
#include "bench/diagnosis.h"
#include "bench/text.h"

/* What the doctor has found out. */
struct visit {
    struct examination examination;
    struct availability *backends; /* owned */
    struct diagnosis findings[DIAGNOSES_MAX];
    size_t count;
};

/* One object: machine, build, clocks, backends, warnings. */
enum ab_status doctor_write_json(const struct visit *visit, struct text *text,
                                 struct ab_error *error);

#endif
