/* Reading the small text files in which the kernel describes itself (/proc, /sys). A file that is
 * missing or unreadable is no error: what it would say is unknown. */
#ifndef ACCELBENCH_COMMON_SYSTEM_FILE_H
#define ACCELBENCH_COMMON_SYSTEM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first line, without its line break, cut to `size`. False: there is none. */
bool system_file_line(const char *path, char *text, size_t size);

/* What the first line "key value", "key: value" or "key\t: value" holds, cut to `size`. */
bool system_file_value(const char *path, const char *key, char *text, size_t size);

/* The decimal number that text begins with; false for "max", "-1" or one that overflows. */
bool system_number(const char *text, uint64_t *number);

#endif
