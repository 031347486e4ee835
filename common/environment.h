/* Environment variables that the program reads. */
#ifndef ACCELBENCH_COMMON_ENVIRONMENT_H
#define ACCELBENCH_COMMON_ENVIRONMENT_H

#ifdef __cplusplus
extern "C" {
#endif

/* The variable's value; NULL where it is not set, or set to nothing, which is the same. */
const char *environment_value(const char *name);

/* Of a list as a backend's `environment` in common/accelbench.h: the first variable that stands
 * there without a value and is set, or NULL. Accepts NULL. */
struct setting;
const char *environment_set_by_user(const struct setting *list);

#ifdef __cplusplus
}
#endif

#endif
