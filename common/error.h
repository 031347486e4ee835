/* Status codes and the one error record that travels with them.
 *
 * A function that can fail returns enum ab_status and takes a struct ab_error as its last
 * parameter. The record keeps the first failure: later ones, such as those of clean-up, do not
 * overwrite the cause. A record starts as {0}.
 */
#ifndef ACCELBENCH_COMMON_ERROR_H
#define ACCELBENCH_COMMON_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ab_status {
    AB_OK,
    AB_USAGE,        /* wrong command line or environment */
    AB_INPUT,        /* bad input */
    AB_NOT_BUILT,    /* left out of this build */
    AB_NO_DEVICE,    /* built, but no usable driver or device */
    AB_UNSUPPORTED,  /* cannot run this problem */
    AB_NO_MEMORY,    /* out of memory */
    AB_SYSTEM,       /* the operating system refused */
    AB_API,          /* a driver call failed */
    AB_WORKER,       /* a worker process died or hung */
    AB_WRONG_RESULT, /* differs from the expected answer */
    AB_INTERRUPTED,  /* by a signal */
    AB_RULE_MET      /* a rule of --fail-on */
};

struct ab_error {
    enum ab_status status; /* AB_OK: nothing has failed */
    char message[480];     /* one line: what, where, remedy; no newline, cut if longer */
};

/* Records a failure unless one is recorded already; returns `status` either way. */
enum ab_status ab_fail(struct ab_error *error, enum ab_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As ab_fail, and appends ": " and the text of errno as it was on entry. */
enum ab_status ab_fail_errno(struct ab_error *error, enum ab_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#ifdef __clang_analyzer__ /* it cannot see for itself that these return the status */
#define ab_fail(error, status, ...)       ((ab_fail)(error, status, __VA_ARGS__), (status))
#define ab_fail_errno(error, status, ...) ((ab_fail_errno)(error, status, __VA_ARGS__), (status))
#endif

#ifdef __cplusplus
}
#endif

#endif
