#include "bench/units.h"

#include <math.h>
#include <stdio.h>

struct scale {
    const char *name;
    double factor;
};

/* From the largest on; the last one takes what is smaller still. */
static const struct scale scales[][7] = {
    [UNIT_TIME_NS] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}},
    [UNIT_BYTES] = {{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}},
    [UNIT_RATE] = {{"TB/s", 1e12}, {"GB/s", 1e9}, {"MB/s", 1e6}, {"KB/s", 1e3}, {"B/s", 1}},
    [UNIT_RATIO] = {{"x", 1}},
};

/* 999.6 MB is 1.00 GB: the unit is that of the number as it will stand there. */
static const struct scale *scale_of(enum unit unit, double value)
{
    const struct scale *scale = scales[unit];
    while (scale[1].name != NULL && fabs(value) < 0.9995 * scale->factor)
        scale++;
    return scale;
}

const char *format_quantity(enum unit unit, double value, char text[UNIT_TEXT])
{
    const struct scale *scale = scale_of(unit, value);
    double scaled = value / scale->factor;
    int decimals = fabs(scaled) < 9.995 ? 2 : fabs(scaled) < 99.95 ? 1 : 0;
    if (unit == UNIT_BYTES && scaled == floor(scaled))
        decimals = 0;
    if (!isfinite(value))
        snprintf(text, UNIT_TEXT, "-");
    else if (fabs(scaled) >= 1e6)
        snprintf(text, UNIT_TEXT, "%.3g %s", scaled, scale->name);
    else if (unit == UNIT_RATIO && fabs(scaled) < 0.00995) /* other units have a smaller one */
        snprintf(text, UNIT_TEXT, "%.2g %s", scaled, scale->name);
    else
        snprintf(text, UNIT_TEXT, "%.*f %s", decimals, scaled, scale->name);
    return text;
}

const char *format_fraction(double fraction, char text[UNIT_TEXT])
{
    if (!isfinite(fraction))
        snprintf(text, UNIT_TEXT, "-");
    else if (fraction > 1.05) /* noise, or a loop that suits this CPU better */
        snprintf(text, UNIT_TEXT, ">100 %%");
    else
        snprintf(text, UNIT_TEXT, "%.*f %%", fraction < 0.0995 ? 1 : 0, 100 * fraction);
    return text;
}

const char *format_mark(enum unit unit, double value, char text[UNIT_TEXT])
{
    const struct scale *scale = scale_of(unit, value);
    snprintf(text, UNIT_TEXT, "%.3g %s", value / scale->factor, scale->name);
    return text;
}

int rate_decimals(double rate_gbs)
{
    enum { DECIMALS_MOST = 5 };
    double least = 0.0995;
    int decimals = 2;
    while (rate_gbs > 0 && rate_gbs < least && decimals < DECIMALS_MOST) {
        decimals++;
        least /= 10;
    }
    return decimals;
}
