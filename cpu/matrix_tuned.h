/* The technique `tuned` of matrix_sum and traversal on the CPU backends: used as that of
 * cpu/matrix_slice.h is, with other hooks. Parts are summed with the widest vectors that this CPU
 * has (cpu/isa.h); a traversal keeps exactly to the stated order. */
#ifndef ACCELBENCH_CPU_MATRIX_TUNED_H
#define ACCELBENCH_CPU_MATRIX_TUNED_H

#include "cpu/matrix_slice.h"

/* technique->prepare; AB_USAGE as in cpu_isa_choose. Released by matrix_scratch_release. */
enum ab_status matrix_sum_prepare_tuned(struct job *job, struct ab_error *error);
enum ab_status traversal_prepare_tuned(struct job *job, struct ab_error *error);

/* Bound of both: f32 is summed up in short blocks of its own type, and those in double. */
double matrix_tuned_relative_error(const struct job *job);

#endif
