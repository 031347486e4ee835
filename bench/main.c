#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/cli.h"
#include "common/accelbench.h"
#include "common/environment.h"

/* libgomp binds the first thread as soon as it is loaded where OMP_PROC_BIND is set, and everything
 * that comes from that thread would be left with its CPU: other backends' workers, this program
 * started anew. What the program may use is read before any library comes into its own (no
 * sanitizer has either), and given back to it; backend openmp finds its thread's place itself. */
static unsigned long allowed[1024]; /* a bit a CPU */
static bool allowed_known;

__attribute__((no_sanitize("address", "thread", "undefined"))) static void read_allowed(void)
{
    allowed_known = sched_getaffinity(0, sizeof(allowed), (cpu_set_t *)allowed) == 0;
}

__attribute__((section(".preinit_array"),
               used)) static void (*const before_libraries)(void) = read_allowed;

static void allow_all_again(void)
{
    if (allowed_known) /* where that fails, doctor tells */
        sched_setaffinity(0, sizeof(allowed), (const cpu_set_t *)allowed);
}

/* Sets what backends want their libraries to find; returns whether anything was missing. */
static bool complete_environment(void)
{
    bool changed = false;
    for (size_t i = 0; i < backend_count(); i++) {
        const struct backend *backend = backend_at(i)->backend;
        if (backend == NULL || backend->environment == NULL ||
            environment_set_by_user(backend->environment) != NULL)
            continue;
        for (const struct setting *s = backend->environment; s->name != NULL; s++)
            if (s->value != NULL && environment_value(s->name) == NULL &&
                setenv(s->name, s->value, 1) == 0)
                changed = true;
    }
    return changed;
}

int main(int argc, char **argv)
{
    allow_all_again();
    if (complete_environment())
        execv("/proc/self/exe", argv); /* where that fails, all goes on as it is */
    return accelbench_run(argc, argv);
}
