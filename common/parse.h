/* Reading numbers from the command line. Each names the option in its message (AB_USAGE). */
#ifndef ACCELBENCH_COMMON_PARSE_H
#define ACCELBENCH_COMMON_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

/* A whole number with an optional suffix: k M G T are powers of 1000, Ki Mi Gi Ti of 1024. Outside
 * [least, most], negative, overflowing or followed by anything else is refused. */
enum ab_status parse_count(const char *option, const char *text, uint64_t least, uint64_t most,
                           uint64_t *value, struct ab_error *error);

/* The same of bytes, behind which a B may stand: 16KiB. */
enum ab_status parse_bytes(const char *option, const char *text, uint64_t least, uint64_t most,
                           uint64_t *value, struct ab_error *error);

/* Seconds, a decimal number >= least; "0.5", "90". */
enum ab_status parse_seconds(const char *option, const char *text, double least, double *value,
                             struct ab_error *error);

/* The index of `text` in a list that ends with NULL; the message lists the choices. */
enum ab_status parse_choice(const char *option, const char *text, const char *const *choices,
                            size_t *index, struct ab_error *error);

/* a * b; false when it overflows. */
static inline bool multiply(uint64_t a, uint64_t b, uint64_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/* "400.0 MB", "16.4 KB", "12 B": powers of 1000, for people. Returns `text`. */
enum { FORMAT_BYTES = 24 };
const char *format_bytes(uint64_t bytes, char text[FORMAT_BYTES]);

#endif
