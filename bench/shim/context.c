#include "bench/shim/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <time.h>
#include <unistd.h>

#include "bench/shim/flags.h"
#include "bench/shim/say.h"
#include "common/cpu_frequency.h"
#include "common/system_file.h"
#include "config.h"

void format_date(char date[DATE_BYTES])
{
    time_t now = time(NULL);
    struct tm local;
    char day[32] = "", zone[8] = "+0000";
    if (localtime_r(&now, &local) != NULL) {
        strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &local);
        strftime(zone, sizeof(zone), "%z", &local);
    }
    snprintf(date, DATE_BYTES, "%s%.3s:%.2s", day, zone, zone + 3);
}

/* How many CPUs a list like "0-3,8" names. */
static int count_listed(const char *list)
{
    int count = 0;
    while (*list != '\0') {
        char *end;
        long first = strtol(list, &end, 10), last = first;
        if (end == list)
            break;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        count += (int)(last - first) + 1;
        list = *end == ',' ? end + 1 : end;
    }
    return count;
}

static bool read_cache(unsigned index, struct result_cache *cache)
{
    static const char *const types[] = {"Data", "Instruction", "Unified"};
    char path[96], text[256];
    uint64_t number;
    const char *const folder = "/sys/devices/system/cpu/cpu0/cache/index";
    *cache = (struct result_cache){0};
    snprintf(path, sizeof(path), "%s%u/type", folder, index);
    if (!system_file_line(path, text, sizeof(text)))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(text, types[i]) == 0)
            cache->type = types[i];
    snprintf(path, sizeof(path), "%s%u/level", folder, index);
    if (system_file_line(path, text, sizeof(text)) && system_number(text, &number))
        cache->level = (int)number;
    snprintf(path, sizeof(path), "%s%u/size", folder, index);
    if (system_file_line(path, text, sizeof(text)) && system_number(text, &number))
        cache->bytes = number * (strchr(text, 'M') != NULL   ? 1048576
                                 : strchr(text, 'K') != NULL ? 1024
                                                             : 1);
    snprintf(path, sizeof(path), "%s%u/shared_cpu_list", folder, index);
    if (system_file_line(path, text, sizeof(text)))
        cache->sharing = count_listed(text);
    return cache->type != NULL;
}

void machine_context_read(struct machine_context *machine, const char *executable,
                          const struct result_pair *custom, size_t custom_count)
{
    *machine = (struct machine_context){0};
    struct result_context *context = &machine->context;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int persona = personality(0xffffffff);
    format_date(machine->date);
    if (gethostname(machine->host_name, sizeof(machine->host_name) - 1) != 0)
        machine->host_name[0] = '\0';
    *context = (struct result_context){
        .date = machine->date,
        .host_name = machine->host_name,
        .executable = executable,
        .cpus = cpus > 0 ? (unsigned)cpus : 1,
        .mhz = cpu_frequency_mhz(),
        .scaling = cpu_frequency_scaling(),
        .aslr = persona < 0 ? -1 : (persona & ADDR_NO_RANDOMIZE) == 0,
        .caches = machine->caches,
        .load_average = machine->load_average,
        .library_version = AB_VERSION,
        .custom = custom,
        .custom_count = custom_count,
    };
#ifndef NDEBUG
    context->debug = true;
#endif
    for (unsigned i = 0; i < CONTEXT_CACHES_MAX; i++)
        if (read_cache(i, &machine->caches[context->cache_count]))
            context->cache_count++;
    if (getloadavg(machine->load_average, 3) == 3)
        context->load_average_count = 3;
}

/* ---- Custom context ---------------------------------------------------------------------- */

struct context_pair {
    char *key, *value; /* owned */
};
static struct list custom_context; /* struct context_pair, in the order of keys */

void bm_add_custom_context(const char *key, const char *value)
{
    if (json_is_context_key(key)) {
        say("context '%s' is a key of every context; choose another", key);
        return;
    }
    struct context_pair *all = custom_context.items;
    size_t place = 0;
    while (place < custom_context.count && strcmp(all[place].key, key) < 0)
        place++;
    if (place < custom_context.count && strcmp(all[place].key, key) == 0) {
        if (strcmp(all[place].value, value) != 0)
            say("context '%s' is '%s' already, and not also '%s'", key, all[place].value, value);
        return;
    }
    struct context_pair pair = {strdup(key), strdup(value)};
    if (pair.key == NULL || pair.value == NULL || list_add(&custom_context, sizeof(pair)) == NULL) {
        free(pair.key);
        free(pair.value);
        say("no memory for context '%s'", key);
        return;
    }
    all = custom_context.items;
    memmove(all + place + 1, all + place, (custom_context.count - 1 - place) * sizeof(*all));
    all[place] = pair;
}

void custom_context_clear(void)
{
    struct context_pair *pairs = custom_context.items;
    for (size_t i = 0; i < custom_context.count; i++) {
        free(pairs[i].key);
        free(pairs[i].value);
    }
    free(custom_context.items);
    custom_context = (struct list){0};
}

const struct result_pair *custom_context_pairs(struct arena *arena, size_t *count)
{
    const struct context_pair *from = custom_context.items;
    struct result_pair *pairs = arena_allocate(arena, (custom_context.count + 1) * sizeof(*pairs));
    *count = pairs == NULL ? 0 : custom_context.count;
    for (size_t i = 0; i < *count; i++)
        pairs[i] = (struct result_pair){from[i].key, from[i].value};
    return pairs;
}
