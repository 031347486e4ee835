/* Reading the values of flags. False: the text is no such value. */
#ifndef ACCELBENCH_BENCH_SHIM_FLAG_VALUE_H
#define ACCELBENCH_BENCH_SHIM_FLAG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* As upstream: one character is false for 0, f, n and all that is no letter or digit; more are
 * false for "false", "no" and "off"; nothing is true. */
bool flag_is_true(const char *value);

bool flag_integer(const char *value, int64_t least, int64_t most, int64_t *to);

/* Digits, a point, an exponent, and behind them `suffix`, or not ('\0': there is none). To be
 * called in the C locale: a host program's own does not change what a point is. */
bool flag_seconds(const char *value, char suffix, double *to);

#endif
