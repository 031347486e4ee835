#include "bench/shim/flag_value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool flag_is_true(const char *value)
{
    if (*value != '\0' && value[1] == '\0')
        return isalnum((unsigned char)*value) && strchr("0fFnN", *value) == NULL;
    return strcasecmp(value, "false") != 0 && strcasecmp(value, "no") != 0 &&
           strcasecmp(value, "off") != 0;
}

bool flag_integer(const char *value, int64_t least, int64_t most, int64_t *to)
{
    char *end;
    errno = 0;
    long long read = strtoll(value, &end, 10);
    if (end == value || *end != '\0' || isspace((unsigned char)*value) || errno != 0 ||
        read < least || read > most)
        return false;
    *to = read;
    return true;
}

bool flag_seconds(const char *value, char suffix, double *to)
{
    char *end;
    double read = strtod(value, &end);
    if (end == value || isspace((unsigned char)*value) || !(read >= 0) || isinf(read))
        return false;
    if (*end == suffix && suffix != '\0')
        end++;
    *to = read;
    return *end == '\0';
}
