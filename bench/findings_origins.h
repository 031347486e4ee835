/* Which files of a report count as one, as they are from one machine and build. */
#ifndef ACCELBENCH_BENCH_FINDINGS_ORIGINS_H
#define ACCELBENCH_BENCH_FINDINGS_ORIGINS_H

#include "bench/findings.h"

/* Sets the origins, of which there is one a file, and their number. */
void find_origins(struct findings *findings);

#endif
