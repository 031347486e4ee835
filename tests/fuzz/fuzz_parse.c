/* Numbers of the command line: what is taken is within its limits and reads the same when written
 * in plain digits; what is refused has a reason in one line. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "tests/fuzz/everywhere.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_reason(const struct ab_error *error)
{
    require(error->status == AB_USAGE && error->message[0] != '\0');
    require(strchr(error->message, '\n') == NULL);
}

static void check_count(const char *text, uint64_t least, uint64_t most)
{
    struct ab_error error = {0};
    uint64_t value = 0, again = 0;
    if (parse_count("--rows", text, least, most, &value, &error) != AB_OK) {
        require_reason(&error);
        return;
    }
    char digits[32];
    snprintf(digits, sizeof(digits), "%" PRIu64, value);
    require(least <= value && value <= most);
    require(parse_count("--rows", digits, least, most, &again, &error) == AB_OK && again == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[256];
    struct ab_error error = {0};
    double seconds = -1;
    if (size >= sizeof(text))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    check_count(text, 0, UINT64_MAX);
    check_count(text, 1, 1000000);
    if (parse_seconds("--min-time", text, 0.5, &seconds, &error) == AB_OK)
        require(isfinite(seconds) && seconds >= 0.5);
    else
        require_reason(&error);
    return 0;
}
