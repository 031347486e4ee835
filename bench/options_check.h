/* What can only be judged once the whole command line is read: for bench/options.c. */
#ifndef ACCELBENCH_BENCH_OPTIONS_CHECK_H
#define ACCELBENCH_BENCH_OPTIONS_CHECK_H

#include <stdint.h>

#include "bench/options.h"

/* `given`: bit i is set where known_options[i] was. AB_USAGE names the option, or the word, and the
 * remedy. "--backend all" is as if left out. */
enum ab_status options_check(struct options *options, uint64_t given, struct ab_error *error);

/* AB_USAGE where a sample takes longer than all may; `name`: what asked for it, "--min-time". */
enum ab_status options_check_sample(const struct options *options, const char *name,
                                    double sample_s, struct ab_error *error);

#endif
