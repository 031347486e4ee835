#include "bench/shim/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/shim/report.h"

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *line = length < 0 ? NULL : malloc((size_t)length + 1);
    struct text escaped = {0};
    if (line != NULL) {
        va_start(arguments, format);
        vsnprintf(line, (size_t)length + 1, format, arguments);
        va_end(arguments);
        console_add_name(&escaped, line);
    }
    fprintf(stderr, "%s\n",
            escaped.data == NULL || escaped.failed ? "no memory for a message" : escaped.data);
    text_free(&escaped);
    free(line);
}
