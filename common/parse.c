#include "common/parse.h"

#include <stdio.h>
#include <string.h>

/* Plain loops over digits instead of strtoull and strtod: those skip blanks, accept signs, hex,
 * "inf" and exponents, and read the decimal point of a locale. */

enum { QUOTE_BYTES = 64, LIST_BYTES = 256 };

/* The text as it can stand in a one-line message: cut, and without control characters. */
static const char *quote(const char *text, char quoted[QUOTE_BYTES])
{
    size_t length = strnlen(text, QUOTE_BYTES);
    const char *dots = "";
    if (length > QUOTE_BYTES - 6) {
        length = QUOTE_BYTES - 6;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--; /* never through the middle of a UTF-8 sequence */
        dots = "...";
    }
    snprintf(quoted, QUOTE_BYTES, "\"%.*s%s\"", (int)length, text, dots);
    for (char *c = quoted; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    return quoted;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const struct suffix {
    const char *text;
    uint64_t factor;
} suffixes[] = {
    {"", 1},
    {"k", 1000ull},
    {"M", 1000ull * 1000},
    {"G", 1000ull * 1000 * 1000},
    {"T", 1000ull * 1000 * 1000 * 1000},
    {"Ki", 1ull << 10},
    {"Mi", 1ull << 20},
    {"Gi", 1ull << 30},
    {"Ti", 1ull << 40},
};

/* 0: there is no such suffix. */
static uint64_t suffix_factor(const char *text, bool of_bytes)
{
    size_t length = strlen(text);
    if (of_bytes && length > 0 && text[length - 1] == 'B')
        length--;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        if (strlen(suffixes[i].text) == length && memcmp(suffixes[i].text, text, length) == 0)
            return suffixes[i].factor;
    return 0;
}

static void describe_range(uint64_t least, uint64_t most, char text[QUOTE_BYTES])
{
    if (most == UINT64_MAX)
        snprintf(text, QUOTE_BYTES, "at least %llu", (unsigned long long)least);
    else
        snprintf(text, QUOTE_BYTES, "from %llu to %llu", (unsigned long long)least,
                 (unsigned long long)most);
}

static enum ab_status parse_number(const char *option, const char *text, bool of_bytes,
                                   uint64_t least, uint64_t most, uint64_t *value,
                                   struct ab_error *error)
{
    char quoted[QUOTE_BYTES], range[QUOTE_BYTES];
    describe_range(least, most, range);

    uint64_t number = 0;
    bool fits = true;
    const char *c = text;
    for (; is_digit(*c); c++)
        fits = fits && multiply(number, 10, &number) &&
               !__builtin_add_overflow(number, (uint64_t)(*c - '0'), &number);
    uint64_t factor = suffix_factor(c, of_bytes);
    if (c == text || factor == 0)
        return ab_fail(error, AB_USAGE,
                       "%s: %s is not a whole number (%s; suffixes k M G T are powers of 1000, "
                       "Ki Mi Gi Ti of 1024)",
                       option, quote(text, quoted), range);
    if (!fits || !multiply(number, factor, &number))
        return ab_fail(error, AB_USAGE, "%s: %s is more than 64 bits hold: it must be %s", option,
                       quote(text, quoted), range);
    if (number < least || number > most)
        return ab_fail(error, AB_USAGE, "%s: %s is out of range: it must be %s", option,
                       quote(text, quoted), range);
    *value = number;
    return AB_OK;
}

enum ab_status parse_count(const char *option, const char *text, uint64_t least, uint64_t most,
                           uint64_t *value, struct ab_error *error)
{
    return parse_number(option, text, false, least, most, value, error);
}

enum ab_status parse_bytes(const char *option, const char *text, uint64_t least, uint64_t most,
                           uint64_t *value, struct ab_error *error)
{
    return parse_number(option, text, true, least, most, value, error);
}

enum ab_status parse_seconds(const char *option, const char *text, double least, double *value,
                             struct ab_error *error)
{
    /* Up to 15 digits a double holds their whole number and the power of ten exactly, so that the
     * one division rounds correctly. */
    enum { DIGITS_MAX = 15 };
    char quoted[QUOTE_BYTES];

    uint64_t number = 0;
    double scale = 1;
    int digits = 0;
    bool in_fraction = false;
    const char *c = text;
    for (; is_digit(*c) || (*c == '.' && !in_fraction); c++) {
        if (*c == '.') {
            in_fraction = true;
            continue;
        }
        digits++;
        if (digits > DIGITS_MAX)
            return ab_fail(error, AB_USAGE, "%s: %s has more than %d digits", option,
                           quote(text, quoted), DIGITS_MAX);
        number = number * 10 + (uint64_t)(*c - '0');
        if (in_fraction)
            scale *= 10;
    }
    if (*c != '\0' || digits == 0 || c[-1] == '.')
        return ab_fail(error, AB_USAGE,
                       "%s: %s is not a number of seconds such as 0.5 or 90 (at least %g)", option,
                       quote(text, quoted), least);
    double seconds = (double)number / scale;
    if (seconds < least)
        return ab_fail(error, AB_USAGE, "%s: %s is out of range: it must be at least %g seconds",
                       option, quote(text, quoted), least);
    *value = seconds;
    return AB_OK;
}

enum ab_status parse_choice(const char *option, const char *text, const char *const *choices,
                            size_t *index, struct ab_error *error)
{
    char quoted[QUOTE_BYTES], list[LIST_BYTES] = "";
    size_t used = 0;
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], text) == 0) {
            *index = i;
            return AB_OK;
        }
        int added =
            snprintf(list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ", choices[i]);
        if (added > 0 && (size_t)added < sizeof(list) - used)
            used += (size_t)added;
    }
    return ab_fail(error, AB_USAGE, "%s: %s is not one of: %s", option, quote(text, quoted), list);
}

const char *format_bytes(uint64_t bytes, char text[FORMAT_BYTES])
{
    static const char units[] = "KMGTPE";
    if (bytes < 1000) {
        snprintf(text, FORMAT_BYTES, "%u B", (unsigned)bytes);
        return text;
    }
    /* Tenths are rounded before the unit is chosen: 999 950 is 1.0 MB, not 1000.0 KB. */
    uint64_t tenth = 100;
    unsigned tenths = 0;
    size_t unit = 0;
    for (;; unit++, tenth *= 1000) {
        uint64_t rounded = bytes / tenth + (bytes % tenth >= tenth / 2);
        if (rounded < 10000 || units[unit + 1] == '\0') {
            tenths = (unsigned)rounded;
            break;
        }
    }
    snprintf(text, FORMAT_BYTES, "%u.%u %cB", tenths / 10, tenths % 10, units[unit]);
    return text;
}
