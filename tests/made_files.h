/* For the tests of what reads the system: files of a case's own under a root of its own, which
 * stand for what the kernel would show under /proc and /sys. */
#ifndef ACCELBENCH_TESTS_MADE_FILES_H
#define ACCELBENCH_TESTS_MADE_FILES_H

/* The folder, without a slash at its end; of the case that runs. */
extern char made_root[64];

/* cmocka's set-up and tear-down: makes an empty root, and removes it with all that is in it. */
int make_root(void **state);
int remove_root(void **state);

/* Writes a file below the root, with the folders on its way: put("/proc/stat", "..."). */
void put(const char *name, const char *text);

#endif
