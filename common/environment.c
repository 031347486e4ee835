#include "common/environment.h"

#include <stdlib.h>

#include "common/accelbench.h"

const char *environment_value(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || *value == '\0' ? NULL : value;
}

const char *environment_set_by_user(const struct setting *list)
{
    for (const struct setting *s = list; s != NULL && s->name != NULL; s++)
        if (s->value == NULL && environment_value(s->name) != NULL)
            return s->name;
    return NULL;
}
