/* Stands between backend opencl and the loader: counts what is made and released, and makes calls
 * fail that would not. */
#ifndef ACCELBENCH_TESTS_OPENCL_CALLS_H
#define ACCELBENCH_TESTS_OPENCL_CALLS_H

#include <stdbool.h>

#include "opencl/api.h"

/* Entry points, in the order of OPENCL_CALLS. */
#define CALL_INDEX(name) CALL_##name,
enum call { OPENCL_CALLS(CALL_INDEX) CALL_COUNT };
#undef CALL_INDEX

/* Loads OpenCL and places itself before it, once. */
enum ab_status calls_watch(struct ab_error *error);

/* The `nth` call of that entry point from now on returns `code`, 1 being the next; 0: none does. A
 * call that releases something releases it all the same. */
void calls_fail(enum call call, unsigned nth, cl_int code);
bool calls_failed(void); /* whether it has come to that */

/* Whether a message of one line tells of that call with its code and a place in the sources. */
bool calls_told(const char *message, enum call call, cl_int code);

/* From now on every device answers this to that question; value NULL: what is true. */
void calls_pretend(cl_device_info question, const void *value, size_t bytes);

/* From now on clEnqueueFillBuffer becomes clEnqueueWriteBuffer. */
void calls_fill_by_writing(void);

/* "clFinish" */
const char *calls_name(enum call call);
/* How many calls of it there were since calls_forget. */
unsigned calls_made(enum call call);
void calls_forget(void);

/* Contexts, queues, buffers, programs, kernels, events and mappings that exist, in words: "" for
 * none, "2 events". */
const char *calls_left(void);

#endif
