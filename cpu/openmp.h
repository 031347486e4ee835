/* For the kernels of the openmp backend. */
#ifndef ACCELBENCH_CPU_OPENMP_H
#define ACCELBENCH_CPU_OPENMP_H

#include "common/accelbench.h"

/* To be called before the parallel region: brings the calling thread, the team's first, to its
 * place. */
void openmp_begin(const struct job *job);

#endif
