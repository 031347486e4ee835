/* Environment variables that the program reads. */
#ifndef ACCELBENCH_COMMON_ENVIRONMENT_H
#define ACCELBENCH_COMMON_ENVIRONMENT_H

#ifdef __cplusplus
extern "C" {
#endif

/* The variable's value; NULL where it is not set, or set to nothing, which is the same. */
const char *environment_value(const char *name);

#ifdef __cplusplus
}
#endif

#endif
