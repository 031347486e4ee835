#include "common/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#undef ab_fail /* macros where the analyzer reads error.h */
#undef ab_fail_errno

/* Names of files and arguments come from elsewhere: none may break the line or command the
 * terminal (C0, DEL and, as UTF-8, U+0080 to U+009F). */
static void remove_controls(char *message)
{
    for (unsigned char *c = (unsigned char *)message; *c != '\0'; c++) {
        if (*c < 0x20 || *c == 0x7F)
            *c = '?';
        else if (*c == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F)
            c[0] = c[1] = '?';
    }
}

static void record(struct ab_error *error, enum ab_status status, int error_number,
                   const char *format, va_list arguments)
{
    if (error->status != AB_OK)
        return;
    error->status = status;
    int used = vsnprintf(error->message, sizeof(error->message), format, arguments);
    if (error_number != 0 && used >= 0 && (size_t)used < sizeof(error->message))
        snprintf(error->message + used, sizeof(error->message) - (size_t)used, ": %s",
                 strerror(error_number));
    remove_controls(error->message);
}

enum ab_status ab_fail(struct ab_error *error, enum ab_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    record(error, status, 0, format, arguments);
    va_end(arguments);
    return status;
}

enum ab_status ab_fail_errno(struct ab_error *error, enum ab_status status, const char *format, ...)
{
    int error_number = errno;
    va_list arguments;
    va_start(arguments, format);
    record(error, status, error_number, format, arguments);
    va_end(arguments);
    return status;
}
