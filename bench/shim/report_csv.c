/* Google Benchmark's CSV: its columns, in its order. */
#include <stdlib.h>
#include <string.h>

#include "bench/shim/aggregate.h"
#include "bench/shim/report.h"

static const char columns[] = "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,"
                              "items_per_second,label,error_occurred,error_message";

void csv_add_quoted(struct text *text, const char *value)
{
    text_add(text, "\"");
    for (const char *c = value; *c != '\0'; c++)
        text_add(text, *c == '"' ? "\"\"" : "%c", *c);
    text_add(text, "\"");
}

static const char *const rates[] = {"bytes_per_second", "items_per_second"};

/* The counters that have columns of their own at the end. */
struct column_names {
    const char **names; /* owned, the names are borrowed; sorted */
    size_t count, capacity;
    bool failed;
};

static void add_column(struct column_names *all, const char *name)
{
    size_t place = 0;
    while (place < all->count && strcmp(all->names[place], name) < 0)
        place++;
    if (all->failed || (place < all->count && strcmp(all->names[place], name) == 0) ||
        strcmp(name, rates[0]) == 0 || strcmp(name, rates[1]) == 0)
        return;
    if (all->count == all->capacity) {
        size_t capacity = 2 * all->capacity + 8;
        const char **names = realloc(all->names, capacity * sizeof(*names));
        all->failed = names == NULL;
        if (all->failed)
            return;
        all->names = names;
        all->capacity = capacity;
    }
    memmove(all->names + place + 1, all->names + place, (all->count - place) * sizeof(*all->names));
    all->names[place] = name;
    all->count++;
}

static void add_number(struct text *text, double value, bool strict)
{
    text_add(text, strict ? "%g" : "%.17g", value);
}

static void add_counter(struct text *text, const struct bm_run *run, const char *name, bool strict)
{
    for (size_t i = 0; i < run->counter_count; i++)
        if (strcmp(run->counters[i].name, name) == 0)
            add_number(text, run->counters[i].value, strict);
}

static void add_row(struct text *text, const struct bm_run *run, const struct column_names *own,
                    bool strict)
{
    csv_add_quoted(text, run->name);
    if (run->outcome != BM_DONE) {
        text_add(text, ",,,,,,,,%s,", run->outcome == BM_FAILED ? "true" : "false");
        csv_add_quoted(text, run->message);
        /* Upstream ends such a row here, which some readers take for a broken file. */
        for (size_t i = 0; !strict && i < own->count; i++)
            text_add(text, ",");
        text_add(text, "\n");
        return;
    }
    text_add(text, ",");
    if (run->big_o == BM_O_NONE)
        text_add(text, "%lld", (long long)run->iterations);
    text_add(text, ",");
    add_number(text, run->real_time, strict);
    text_add(text, ",");
    add_number(text, run->cpu_time, strict);
    text_add(text, ",");
    if (run->aggregate_name == NULL || run->aggregate_unit == BM_STATISTIC_TIME)
        text_add(text, "%s",
                 run->big_o == BM_O_NONE ? time_unit_name(run->time_unit) : big_o_name(run->big_o));
    for (size_t i = 0; i < 2; i++) {
        text_add(text, ",");
        add_counter(text, run, rates[i], strict);
    }
    text_add(text, ",");
    if (run->label != NULL && *run->label != '\0')
        csv_add_quoted(text, run->label);
    text_add(text, ",,");
    for (size_t i = 0; i < own->count; i++) {
        text_add(text, ",");
        add_counter(text, run, own->names[i], strict);
    }
    text_add(text, "\n");
}

void csv_write(struct text *text, const struct bm_run *const *runs, size_t count, bool strict)
{
    struct column_names own = {0};
    for (size_t i = 0; i < count; i++) {
        /* Upstream writes the header with the first benchmark, and drops what only others have. */
        if (strict && strcmp(runs[i]->run_name, runs[0]->run_name) != 0)
            break;
        for (size_t c = 0; c < runs[i]->counter_count; c++)
            add_column(&own, runs[i]->counters[c].name);
    }
    text_add(text, "%s", columns);
    for (size_t i = 0; i < own.count; i++) {
        text_add(text, ",");
        csv_add_quoted(text, own.names[i]);
    }
    text_add(text, "\n");
    for (size_t i = 0; i < count; i++)
        add_row(text, runs[i], &own, strict);
    text->failed = text->failed || own.failed;
    free(own.names);
}
