#include "bench/shim/instance.h"

#include <inttypes.h>
#include <string.h>

#include "bench/shim/filter.h"
#include "bench/shim/say.h"
#include "bench/text.h"

static void add_args(struct text *name, const struct bm_benchmark *b, const int64_t *args)
{
    char *const *names = b->arg_names.items;
    for (size_t i = 0; args != NULL && i < b->width; i++) {
        text_add(name, "/");
        if (i < b->arg_names.count && *names[i] != '\0')
            text_add(name, "%s:", names[i]);
        text_add(name, "%" PRId64, args[i]);
    }
}

/* What stands in the name behind the arguments: all that the program itself has set. */
static void add_settings(struct text *name, const struct bm_benchmark *b, int threads)
{
    if (b->min_time_s > 0)
        text_add(name, "/min_time:%0.3f", b->min_time_s);
    if (b->min_warmup_s > 0)
        text_add(name, "/min_warmup_time:%0.3f", b->min_warmup_s);
    if (b->iterations > 0)
        text_add(name, "/iterations:%" PRId64, b->iterations);
    if (b->repetitions > 0)
        text_add(name, "/repeats:%d", b->repetitions);
    if (b->process_cpu_time)
        text_add(name, "/process_time");
    if (b->manual_time)
        text_add(name, "/manual_time");
    else if (b->real_time)
        text_add(name, "/real_time");
    if (b->threads.count > 0)
        text_add(name, "/threads:%d", threads);
}

static enum ab_status instance_of(const struct bm_benchmark *b, const int64_t *args, int threads,
                                  struct arena *arena, struct instance *instance,
                                  struct ab_error *error)
{
    struct text name = {0}, family = {0};
    *instance = (struct instance){.benchmark = b, .args = args, .threads = threads};
    text_add(&name, "%s", b->name);
    text_add(&family, "%s", b->name);
    add_args(&name, b, args);
    add_settings(&name, b, threads);
    add_settings(&family, b, threads);
    if (!name.failed && !family.failed) {
        instance->name = arena_text(arena, name.data);
        instance->family_name = arena_text(arena, family.data);
    }
    text_free(&name);
    text_free(&family);
    if (instance->name != NULL && instance->family_name != NULL)
        return AB_OK;
    return ab_fail(error, AB_NO_MEMORY, "no memory for the names of all benchmarks");
}

/* More inputs than anybody asks for knowingly. */
enum { LARGE_FAMILY = 100 };

struct selection {
    struct filter filter;
    struct arena *arena;
    struct instances *instances;
    size_t families; /* begun so far */
};

static enum ab_status select_of(struct selection *selection, const struct bm_benchmark *b,
                                struct ab_error *error)
{
    static const int one_thread = 1;
    static const char disabled[] = "DISABLED_";
    const int *threads = b->threads.count == 0 ? &one_thread : b->threads.items;
    size_t thread_counts = b->threads.count == 0 ? 1 : b->threads.count;
    size_t tuples = b->width == 0 ? 1 : b->args.count / b->width;
    struct instances *instances = selection->instances;
    size_t in_family = 0;
    if (tuples * thread_counts > LARGE_FAMILY)
        say("The number of inputs is very large. %s will be repeated at least %zu times.", b->name,
            tuples * thread_counts);
    for (size_t i = 0; i < tuples * thread_counts; i++) {
        const int64_t *args = b->args.items;
        struct instance instance;
        enum ab_status status =
            instance_of(b, args == NULL ? NULL : args + i / thread_counts * b->width,
                        threads[i % thread_counts], selection->arena, &instance, error);
        if (status != AB_OK)
            return status;
        if (strncmp(instance.name, disabled, sizeof(disabled) - 1) == 0 ||
            !filter_takes(&selection->filter, instance.name))
            continue;
        instance.family_index = selection->families;
        instance.per_family_instance_index = in_family++;
        instances->list[instances->count++] = instance;
        if (strlen(instance.name) > instances->longest_name)
            instances->longest_name = strlen(instance.name);
    }
    selection->families += in_family > 0;
    return AB_OK;
}

enum ab_status instances_select(const char *filter, struct arena *arena,
                                struct instances *instances, struct ab_error *error)
{
    struct selection selection = {.arena = arena, .instances = instances};
    enum ab_status status = filter_compile(&selection.filter, filter, error);
    struct bm_benchmark **all = registered.items;
    size_t most = 1;
    for (size_t i = 0; i < registered.count; i++) {
        expand_axes(all[i]);
        most += (all[i]->width == 0 ? 1 : all[i]->args.count / all[i]->width) *
                (all[i]->threads.count == 0 ? 1 : all[i]->threads.count);
    }
    if (status == AB_OK)
        status = registry_check(error);
    if (status == AB_OK) {
        instances->list = arena_allocate(arena, most * sizeof(*instances->list));
        if (instances->list == NULL)
            status = ab_fail(error, AB_NO_MEMORY, "no memory for %zu benchmarks", most);
    }
    for (size_t i = 0; status == AB_OK && i < registered.count; i++)
        status = select_of(&selection, all[i], error);
    filter_free(&selection.filter);
    return status;
}
