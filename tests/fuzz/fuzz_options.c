/* The command line: arguments are the lines of the input. What is refused has a reason in one line;
 * nothing is lost or read twice either way. */
#include <stdlib.h>
#include <string.h>

#include "bench/options.h"
#include "tests/fuzz/everywhere.h"

enum { ARGUMENTS_MAX = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[1024];
    char *arguments[ARGUMENTS_MAX + 1] = {"accelbench"};
    int count = 1;
    struct options options = {0};
    struct ab_error error = {0};
    if (size >= sizeof(text))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *rest = text; count < ARGUMENTS_MAX && rest != NULL;)
        arguments[count++] = strsep(&rest, "\n");
    const enum ab_status status = options_parse(count, arguments, &options, &error);
    if (status != error.status || (status != AB_OK && error.message[0] == '\0') ||
        strchr(error.message, '\n') != NULL)
        abort();
    options_free(&options);
    return 0;
}
