/* Problems for backend opencl, and what the tests can say about its devices. */
#ifndef ACCELBENCH_TESTS_OPENCL_PROBLEMS_H
#define ACCELBENCH_TESTS_OPENCL_PROBLEMS_H

#include "life.h"

/* Calls `test` with every technique on every combination of `options` (tests/cases.h), one after
 * the other; `file` may be NULL. Page-locked transfers are chosen. */
typedef void life_test(struct life *life, const char *where);
void with_problem(const char *kernel, const char *options, const char *file, life_test *test);
/* The same with the technique `tuned` only. */
void with_tuned(const char *kernel, const char *options, const char *file, life_test *test);

/* The same with the backend's read limit on so many bytes, read so often in one run. */
void with_read_limit(size_t bytes, uint64_t passes, life_test *test);

/* A life without a failure: the right answer, and nothing left behind. */
void must_pass(struct life *life, const char *where);
void must_be_clean(const char *where);

/* What comes on standard error until listen_end, which returns it; valid until the next one. */
void listen_begin(void);
const char *listen_end(void);

/* Makes a file with that content; the caller unlinks and frees the path. */
char *make_file(const char *text, size_t bytes);

/* Sets ACCELBENCH_OPENCL_WITHOUT and _LARGEST (opencl/device.h); take_back undoes it, and
 * calls_pretend. */
void device_is(const char *without, const char *largest);
int take_back(void **state);

/* To be called first: skips the test, with the reason, where there is no device. */
int need_device(void **state);

#endif
