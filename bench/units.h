/* Numbers for people: three digits and a unit, "12.3 us", "1.92 GB/s". Powers of 1000. What is not
 * known (NAN) is a dash. Each returns `text`. */
#ifndef ACCELBENCH_BENCH_UNITS_H
#define ACCELBENCH_BENCH_UNITS_H

enum { UNIT_TEXT = 32 };

enum unit { UNIT_TIME_NS, UNIT_BYTES, UNIT_RATE, UNIT_RATIO };

const char *format_quantity(enum unit unit, double value, char text[UNIT_TEXT]);

/* A fraction of a limit: "85 %", "0.5 %", and what noise takes above it ">100 %". */
const char *format_fraction(double fraction, char text[UNIT_TEXT]);

/* Without zeros behind the point, for the marks of an axis: "10 MB", "0.5 x". */
const char *format_mark(enum unit unit, double value, char text[UNIT_TEXT]);

/* For a column of rates in GB/s: two decimals, and of a small rate as many as leave two digits. */
int rate_decimals(double rate_gbs);

#endif
