#include "common/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

const char *ab_status_text(enum ab_status status)
{
    static const char *const text[] = {
#define AB_TEXT(name, words) [AB_##name] = words,
        AB_STATUS_LIST(AB_TEXT)
#undef AB_TEXT
    };
    return text[status];
}
