#include "bench/shim/registry.h"

#include <stdlib.h>
#include <string.h>

struct list registered;

/* What a registration without memory is described in: nothing comes of it. */
static struct bm_benchmark nowhere;
static bool out_of_memory;

void *list_add(struct list *list, size_t element_bytes)
{
    /* Full at every power of two. */
    if ((list->count & (list->count - 1)) == 0) {
        size_t capacity = list->count == 0 ? 1 : 2 * list->count;
        void *items = capacity > SIZE_MAX / element_bytes
                          ? NULL
                          : realloc(list->items, capacity * element_bytes);
        if (items == NULL)
            return NULL;
        list->items = items;
    }
    void *added = (char *)list->items + list->count * element_bytes;
    memset(added, 0, element_bytes);
    list->count++;
    return added;
}

static void benchmark_free(struct bm_benchmark *b)
{
    for (size_t i = 0; i < b->axes.count; i++)
        free(((struct axis *)b->axes.items)[i].values.items);
    for (size_t i = 0; i < b->arg_names.count; i++)
        free(((char **)b->arg_names.items)[i]);
    for (size_t i = 0; i < b->statistics.count; i++)
        free(((struct statistic *)b->statistics.items)[i].name);
    free(b->axes.items);
    free(b->args.items);
    free(b->arg_names.items);
    free(b->statistics.items);
    free(b->threads.items);
    free(b->name);
    *b = (struct bm_benchmark){0};
}

void registry_clear(void)
{
    for (size_t i = 0; i < registered.count; i++) {
        struct bm_benchmark *b = ((struct bm_benchmark **)registered.items)[i];
        benchmark_free(b);
        free(b);
    }
    free(registered.items);
    registered = (struct list){0};
    benchmark_free(&nowhere);
    out_of_memory = false;
}

static struct bm_benchmark *register_nowhere(void)
{
    out_of_memory = true;
    benchmark_free(&nowhere);
    return &nowhere;
}

struct bm_benchmark *bm_register(const char *name, bm_function *function)
{
    struct bm_benchmark *b = calloc(1, sizeof(*b));
    char *own_name = strdup(name == NULL ? "" : name);
    struct bm_benchmark **added = NULL;
    if (b != NULL && own_name != NULL)
        added = list_add(&registered, sizeof(struct bm_benchmark *));
    if (added == NULL) {
        free(b);
        free(own_name);
        return register_nowhere();
    }
    *added = b;
    *b = (struct bm_benchmark){.name = own_name, .function = function, .range_multiplier = 8};
    if (name == NULL || *name == '\0')
        ab_fail(&b->error, AB_USAGE, "a benchmark is registered without a name");
    if (function == NULL)
        ab_fail(&b->error, AB_USAGE, "%s: it is registered without a function", own_name);
    return b;
}

/* A compiler may call constructors of one translation unit in any order. */
struct bm_benchmark *bm_register_in_order_(const char *name, bm_function *function,
                                           const char *translation_unit, int order)
{
    struct bm_benchmark *b = bm_register(name, function);
    if (b == &nowhere)
        return b;
    b->translation_unit = translation_unit;
    b->order = order;
    struct bm_benchmark **all = registered.items;
    size_t place = registered.count - 1;
    while (place > 0 && all[place - 1]->translation_unit == translation_unit &&
           all[place - 1]->order > order) {
        all[place] = all[place - 1];
        place--;
    }
    all[place] = b;
    return b;
}

enum ab_status registry_check(struct ab_error *error)
{
    if (out_of_memory)
        return ab_fail(error, AB_NO_MEMORY, "no memory to register all benchmarks");
    for (size_t i = 0; i < registered.count; i++) {
        const struct bm_benchmark *b = ((struct bm_benchmark **)registered.items)[i];
        if (b->error.status != AB_OK) {
            *error = b->error;
            return error->status;
        }
    }
    return AB_OK;
}
