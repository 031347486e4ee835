#include "bench/series_filter.h"

#include "bench/row.h"

static bool takes(const struct filter *filter, const struct measurement *m,
                  const struct alternative *a, enum phase phase)
{
    char name[ROW_NAME_BYTES];
    series_name(m, a, phase, name);
    return filter_takes(filter, name);
}

static bool has_rows(const struct alternative *a)
{
    return alternative_takes_part(a) && !a->is_limit;
}

static bool has_phase(const struct alternative *a, enum phase phase)
{
    return phase == PHASE_E2E ||
           (phase == PHASE_KERNEL && a->entry->backend->memory == MEMORY_DEVICE);
}

/* In the order in which the rows come. */
static const enum phase phases[] = {PHASE_E2E, PHASE_KERNEL};
enum { PHASES = sizeof(phases) / sizeof(phases[0]) };

struct names {
    struct list *list; /* const char * */
    struct arena *arena;
};

static enum ab_status add_names(const struct names *names, const struct filter *filter,
                                const struct measurement *m, struct ab_error *error)
{
    for (size_t i = 0; i < m->count; i++)
        for (size_t p = 0; p < PHASES; p++) {
            const struct alternative *a = &m->alternatives[i];
            char name[ROW_NAME_BYTES];
            if (!has_rows(a) || !has_phase(a, phases[p]) || !takes(filter, m, a, phases[p]))
                continue;
            series_name(m, a, phases[p], name);
            const char *kept = arena_text(names->arena, name);
            const char **added = kept == NULL ? NULL : list_add(names->list, sizeof(const char *));
            if (added == NULL)
                return ab_fail(error, AB_NO_MEMORY, "no memory for the names of all rows");
            *added = kept;
        }
    return AB_OK;
}

enum ab_status series_names(const struct options *options, const struct filter *filter,
                            struct arena *arena, struct list *names, struct ab_error *error)
{
    struct names all = {names, arena};
    struct measurement m = {0};
    enum ab_status status = measurement_plan(&m, options, error);
    /* Names follow from the settings, but where a file shows its size only on reading. */
    if (status == AB_OK && options->file_count > 0) {
        status = measurement_make_input(&m, error);
    } else if (status == AB_OK) {
        struct settings settings = options_settings(options);
        m.problem.kernel = options->kernel;
        status = options->kernel->configure(&settings, &m.problem, error);
    }
    if (status == AB_OK)
        status = add_names(&all, filter, &m, error);
    measurement_free(&m);
    return status;
}

static void leave_out(struct alternative *a)
{
    ab_fail(&a->error, AB_UNSUPPORTED, "left out by --benchmark_filter");
}

bool series_select(struct measurement *m, const struct filter *filter)
{
    bool any = false;
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *a = &m->alternatives[i];
        bool wanted = false;
        if (!has_rows(a))
            continue;
        for (size_t p = 0; p < PHASES; p++)
            wanted = wanted || (has_phase(a, phases[p]) && takes(filter, m, a, phases[p]));
        if (!wanted)
            leave_out(a);
        any = any || wanted;
    }
    for (size_t i = 0; i < m->count; i++) {
        struct alternative *limit = &m->alternatives[i];
        bool used = !limit->is_limit;
        for (size_t j = 0; j < m->count; j++)
            used = used || (m->alternatives[j].limit == limit && has_rows(&m->alternatives[j]));
        if (!used)
            leave_out(limit);
    }
    return any;
}
