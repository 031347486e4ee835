#include "bench/shim/counter.h"

#include <stdlib.h>
#include <string.h>

/* The counter of that name; a new one of value 0 stands where the order of names wants it. */
static struct bm_counter *find_or_add(struct counters *counters, const char *name)
{
    struct bm_counter *all = counters->list.items;
    size_t place = 0;
    while (place < counters->list.count && strcmp(all[place].name, name) < 0)
        place++;
    if (place < counters->list.count && strcmp(all[place].name, name) == 0)
        return &all[place];
    char *own_name = strdup(name);
    if (own_name == NULL)
        return NULL;
    if (list_add(&counters->list, sizeof(struct bm_counter)) == NULL) {
        free(own_name);
        return NULL;
    }
    all = counters->list.items;
    memmove(all + place + 1, all + place, (counters->list.count - 1 - place) * sizeof(*all));
    all[place] = (struct bm_counter){.name = own_name};
    return &all[place];
}

bool counters_set(struct counters *counters, const char *name, double value, int flags)
{
    struct bm_counter *counter = find_or_add(counters, name);
    if (counter == NULL)
        return false;
    counter->value = value;
    counter->flags = flags;
    return true;
}

bool counters_add(struct counters *counters, const struct counters *more)
{
    const struct bm_counter *from = more->list.items;
    for (size_t i = 0; i < more->list.count; i++) {
        size_t before = counters->list.count;
        struct bm_counter *counter = find_or_add(counters, from[i].name);
        if (counter == NULL)
            return false;
        if (counters->list.count > before)
            counter->flags = from[i].flags;
        counter->value += from[i].value;
    }
    return true;
}

void counters_finish(struct counters *counters, int64_t iterations, double seconds, int threads)
{
    struct bm_counter *all = counters->list.items;
    for (size_t i = 0; i < counters->list.count; i++) {
        struct bm_counter *c = &all[i];
        if ((c->flags & BM_COUNTER_RATE) != 0)
            c->value /= seconds;
        if ((c->flags & BM_COUNTER_AVG_THREADS) != 0)
            c->value /= threads;
        if ((c->flags & BM_COUNTER_ITERATION_INVARIANT) != 0)
            c->value *= (double)iterations;
        if ((c->flags & BM_COUNTER_AVG_ITERATIONS) != 0)
            c->value /= (double)iterations;
        if ((c->flags & BM_COUNTER_INVERT) != 0)
            c->value = 1 / c->value;
    }
}

void counters_free(struct counters *counters)
{
    struct bm_counter *all = counters->list.items;
    for (size_t i = 0; i < counters->list.count; i++)
        free((char *)all[i].name);
    free(counters->list.items);
    counters->list = (struct list){0};
}
