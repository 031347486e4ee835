/* What is said on standard error. */
#ifndef ACCELBENCH_BENCH_SHIM_SAY_H
#define ACCELBENCH_BENCH_SHIM_SAY_H

/* One line, without its end; control characters in it are escaped. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
