#include "common/machine_cpus.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/system_file.h"

enum { LIST_BYTES = 4096 };

static bool read_line(char *text, size_t size, const char *root, const char *format, va_list values)
{
    char path[PATH_MAX], line[LIST_BYTES];
    int length = snprintf(path, sizeof(path), "%s", root);
    if (length < 0 || (size_t)length >= sizeof(path))
        return false;
    vsnprintf(path + length, sizeof(path) - (size_t)length, format, values);
    if (!system_file_line(path, line, sizeof(line)))
        return false;
    line[strcspn(line, "\n")] = '\0';
    size_t used = strlen(line);
    while (used > 0 && line[used - 1] == ' ')
        line[--used] = '\0';
    snprintf(text, size, "%s", line);
    return true;
}

bool machine_line(char *text, size_t size, const char *root, const char *path, ...)
{
    va_list values;
    va_start(values, path);
    bool found = read_line(text, size, root, path, values);
    va_end(values);
    return found;
}

bool machine_number(uint64_t *number, const char *root, const char *path, ...)
{
    char text[64];
    va_list values;
    va_start(values, path);
    bool found = read_line(text, sizeof(text), root, path, values);
    va_end(values);
    return found && system_number(text, number);
}

/* The numbers of "0-3,8,10-11", one after another. */
struct number_list {
    const char *rest;
    unsigned long next, last;
    bool in_range;
};

static bool list_next(struct number_list *list, unsigned *number)
{
    if (!list->in_range) {
        char *end;
        list->next = list->last = strtoul(list->rest, &end, 10);
        if (end == list->rest)
            return false;
        if (*end == '-')
            list->last = strtoul(end + 1, &end, 10);
        list->rest = *end == ',' ? end + 1 : end;
        list->in_range = true;
    }
    *number = (unsigned)list->next;
    list->in_range = list->next++ < list->last;
    return true;
}

static bool list_meets(const char *text, const cpu_set_t *mask, size_t mask_bytes)
{
    struct number_list list = {.rest = text};
    unsigned cpu;
    while (list_next(&list, &cpu))
        if (CPU_ISSET_S(cpu, mask_bytes, mask))
            return true;
    return false;
}

/* What is gathered on the way through the CPUs. */
struct survey {
    const char *root;
    const cpu_set_t *mask;
    size_t mask_bytes;
    struct machine_state *state;
    bool any_allowed, siblings_unknown;
    uint64_t capacity; /* of the first allowed CPU; 0: unknown */
};

static void add_governor(const char *governor, struct machine_state *state)
{
    size_t used = strlen(state->governor);
    if (strstr(state->governor, governor) == NULL)
        snprintf(state->governor + used, sizeof(state->governor) - used, "%s%s",
                 used > 0 ? ", " : "", governor);
}

/* A core counts where its first hardware thread is met: the first of all, and the first that is
 * allowed. */
static void survey_core(struct survey *s, unsigned cpu, bool is_allowed)
{
    char text[LIST_BYTES];
    if (!machine_line(text, sizeof(text), s->root,
                      "/sys/devices/system/cpu/cpu%u/topology/thread_siblings_list", cpu)) {
        s->siblings_unknown = true;
        return;
    }
    struct number_list list = {.rest = text};
    unsigned sibling, outside = 0;
    bool is_first = true, is_first_allowed = is_allowed;
    while (list_next(&list, &sibling)) {
        bool sibling_allowed = CPU_ISSET_S(sibling, s->mask_bytes, s->mask);
        outside += !sibling_allowed;
        is_first = is_first && sibling >= cpu;
        is_first_allowed = is_first_allowed && (sibling >= cpu || !sibling_allowed);
    }
    s->state->cores += is_first;
    s->state->cores_allowed += is_first_allowed;
    if (is_first_allowed)
        s->state->siblings_outside += outside;
}

static void survey_allowed(struct survey *s, unsigned cpu)
{
    char governor[32];
    if (machine_line(governor, sizeof(governor), s->root,
                     "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor", cpu))
        add_governor(governor, s->state);
    uint64_t capacity;
    if (!machine_number(&capacity, s->root, "/sys/devices/system/cpu/cpu%u/cpu_capacity", cpu))
        return;
    if (s->capacity == 0) {
        s->capacity = capacity;
        s->state->mixed_cores = 0;
    } else if (capacity != s->capacity) {
        s->state->mixed_cores = 1;
    }
}

/* A package counts where its first CPU is met. */
static void survey_package(struct survey *s, unsigned cpu)
{
    char text[LIST_BYTES];
    struct number_list list = {.rest = text};
    unsigned first;
    if (machine_line(text, sizeof(text), s->root,
                     "/sys/devices/system/cpu/cpu%u/topology/core_siblings_list", cpu) &&
        list_next(&list, &first) && first == cpu)
        s->state->packages++;
}

/* Hybrid x86 CPUs have two kinds of core, each with a list of its own. */
static void survey_hybrid(struct survey *s)
{
    char core[LIST_BYTES], atom[LIST_BYTES];
    if (machine_line(core, sizeof(core), s->root, "/sys/devices/cpu_core/cpus") &&
        machine_line(atom, sizeof(atom), s->root, "/sys/devices/cpu_atom/cpus"))
        s->state->mixed_cores =
            list_meets(core, s->mask, s->mask_bytes) && list_meets(atom, s->mask, s->mask_bytes);
}

static void survey_numa(struct survey *s)
{
    static const char folder[] = "/sys/devices/system/node";
    struct machine_state *state = s->state;
    char nodes[LIST_BYTES], cpus[LIST_BYTES];
    if (!machine_line(nodes, sizeof(nodes), s->root, "%s/online", folder))
        return;
    struct number_list list = {.rest = nodes};
    for (unsigned node; list_next(&list, &node);) {
        state->numa_nodes++;
        if (!machine_line(cpus, sizeof(cpus), s->root, "%s/node%u/cpulist", folder, node) ||
            !list_meets(cpus, s->mask, s->mask_bytes))
            continue;
        char text[LIST_BYTES];
        if (state->numa_nodes_allowed++ > 0 ||
            !machine_line(text, sizeof(text), s->root, "%s/node%u/distance", folder, node))
            continue;
        char *end = text;
        for (char *at = text; *at != '\0'; at = *end == ' ' ? end + 1 : end) {
            unsigned long distance = strtoul(at, &end, 10);
            if (end == at)
                break;
            if (distance > state->numa_distance && distance < 256)
                state->numa_distance = (unsigned)distance;
        }
    }
    uint64_t balancing;
    if (machine_number(&balancing, s->root, "/proc/sys/kernel/numa_balancing"))
        state->numa_balancing = balancing != 0;
}

void machine_cpus_read(const char *root, const cpu_set_t *mask, size_t mask_bytes,
                       struct machine_state *state, unsigned *first)
{
    struct survey s = {.root = root, .mask = mask, .mask_bytes = mask_bytes, .state = state};
    char online[LIST_BYTES];
    if (!machine_line(online, sizeof(online), root, "/sys/devices/system/cpu/online"))
        return;
    struct number_list list = {.rest = online};
    for (unsigned cpu; list_next(&list, &cpu);) {
        bool is_allowed = CPU_ISSET_S(cpu, mask_bytes, mask);
        survey_core(&s, cpu, is_allowed);
        survey_package(&s, cpu);
        if (!is_allowed)
            continue;
        if (!s.any_allowed)
            *first = cpu;
        s.any_allowed = true;
        survey_allowed(&s, cpu);
    }
    if (s.siblings_unknown)
        state->cores = state->cores_allowed = state->siblings_outside = 0;
    survey_hybrid(&s);
    survey_numa(&s);
}
