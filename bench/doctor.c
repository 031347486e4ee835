#include "bench/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/availability.h"
#include "bench/diagnosis.h"
#include "bench/doctor_json.h"
#include "bench/interrupt.h"
#include "common/parse.h"

/* One tick of a CPU is 10 ms: a second shows 1 % of one. */
static const double watch_s = 1;

enum { PART_BYTES = 160, LINE_BYTES = 600 };

/* ---- On the screen ----------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void line(struct text *text, const char *label,
                                                       const char *format, ...)
{
    enum { COLUMN = 18 };
    char words[LINE_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(words, sizeof(words), format, values);
    va_end(values);
    text_add(text, "  %-*s", COLUMN - 2, label);
    text_add_wrapped(text, COLUMN, words);
}

static const char *or_unknown(const char *value)
{
    return value[0] == '\0' ? "unknown" : value;
}

static const char *switch_word(int value)
{
    return value < 0 ? "unknown" : value == 0 ? "off" : "on";
}

/* "2", or "unknown" for 0. */
static const char *count_word(unsigned count, char text[PART_BYTES])
{
    if (count == 0)
        return "unknown";
    snprintf(text, PART_BYTES, "%u", count);
    return text;
}

/* "32 KiB": caches and pages have sizes in powers of 1024. */
static const char *binary_size(uint64_t bytes, char text[PART_BYTES])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    size_t unit = 0;
    while (unit + 1 < sizeof(units) / sizeof(units[0]) && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, PART_BYTES, "%llu %s", (unsigned long long)bytes, units[unit]);
    return bytes == 0 ? "unknown" : text;
}

static const char *share_word(double share, char text[PART_BYTES])
{
    if (share < 0)
        return "unknown";
    snprintf(text, PART_BYTES, "%.1f %%", 100 * share);
    return text;
}

static void write_cpus(const struct examination *e, struct text *text)
{
    const struct machine *machine = e->machine;
    const struct machine_state *state = e->state;
    char packages[PART_BYTES], cores[PART_BYTES], quota[PART_BYTES] = "no quota";
    line(text, "CPU", "%s; packages %s, cores %s, CPUs %u", or_unknown(machine->cpu_model),
         count_word(state->packages, packages), count_word(state->cores, cores),
         machine->cpus_online);
    if (machine->cpu_quota > 0)
        snprintf(quota, sizeof(quota), "quota %.2f CPUs", machine->cpu_quota);
    line(text, "To be used", "CPUs %s, on cores %s; %s; %u threads by default",
         count_word(machine->cpus_allowed, packages), count_word(state->cores_allowed, cores),
         quota, default_threads());

    char mhz[PART_BYTES], now[PART_BYTES], base[PART_BYTES], most[PART_BYTES];
    line(text, "Frequency",
         "%s MHz by the kernel (now %s, base %s, most %s); governor %s; boost %s",
         count_word(machine->mhz, mhz), count_word(state->mhz_now, now),
         count_word(state->mhz_base, base), count_word(state->mhz_max, most),
         or_unknown(state->governor), switch_word(state->boost));

    char caches[LINE_BYTES] = "";
    size_t used = 0;
    for (unsigned i = 0; i < machine->cache_count && used < sizeof(caches); i++) {
        char size[PART_BYTES];
        used += (size_t)snprintf(
            caches + used, sizeof(caches) - used, "%sL%d %s %s (x%d)", i == 0 ? "" : ", ",
            machine->caches[i].level, machine->caches[i].type,
            binary_size(machine->caches[i].bytes, size), machine->caches[i].sharing);
    }
    line(text, "Caches", "%s", or_unknown(caches));
}

static void write_memory(const struct examination *e, struct text *text)
{
    const struct machine_state *state = e->state;
    char total[FORMAT_BYTES], available[FORMAT_BYTES], swap[FORMAT_BYTES], used[FORMAT_BYTES];
    char nodes[PART_BYTES], page[PART_BYTES], huge[PART_BYTES];
    line(text, "Memory", "%s, available %s; swap %s, used %s; nodes %s",
         e->machine->memory_bytes == 0 ? "unknown" : format_bytes(e->machine->memory_bytes, total),
         state->memory_available_bytes == 0
             ? "unknown"
             : format_bytes(state->memory_available_bytes, available),
         format_bytes(state->swap_bytes, swap), format_bytes(state->swap_used_bytes, used),
         count_word(state->numa_nodes, nodes));
    line(text, "Pages", "%s; transparent huge pages %s, defragmentation %s; %llu reserved of %s",
         binary_size(state->page_bytes, page),
         state->thp_of_process == 0 ? "off for this process" : or_unknown(state->thp),
         or_unknown(state->thp_defrag), (unsigned long long)state->huge_pages,
         binary_size(state->huge_page_bytes, huge));
}

static void write_system(const struct examination *e, struct text *text)
{
    const struct machine_state *state = e->state;
    char step[PART_BYTES], busy[PART_BYTES], steal[PART_BYTES], since_boot[PART_BYTES];
    const char *virtual = state->is_virtual < 0    ? "virtual or not: unknown"
                          : state->is_virtual == 0 ? "not virtual"
                                                   : "virtual machine";
    line(text, "System", "%s, %s; %s%s%s; address randomization %s", or_unknown(state->kernel),
         or_unknown(state->architecture), virtual, state->is_virtual == 1 ? ": " : "",
         state->is_virtual == 1 ? or_unknown(state->hypervisor) : "", switch_word(state->aslr));
    snprintf(step, sizeof(step), "step %llu ns, a reading %llu ns",
             (unsigned long long)e->clock.step_ns, (unsigned long long)e->clock.overhead_ns);
    line(text, "Clock", "CLOCK_MONOTONIC_RAW from %s; %s", or_unknown(state->clock_source), step);
    if (e->machine->load_average_count > 0)
        line(text, "Load", "%.2f, %.2f, %.2f in 1, 5, 15 minutes", e->machine->load_average[0],
             e->machine->load_average[1], e->machine->load_average[2]);
    line(text, "Other work",
         "CPU time used by others just now %s, stolen by the hypervisor %s "
         "(since the start %s)",
         share_word(state->busy, busy), share_word(state->steal, steal),
         share_word(state->steal_since_boot, since_boot));
}

static void write_backends(const struct availability *list, struct text *text)
{
    for (size_t i = 0; i < backend_count(); i++) {
        const struct availability *a = &list[i];
        const struct device_list *devices = &a->opening.devices;
        char words[AVAILABILITY_WORDS_BYTES];
        availability_words(a, words);
        line(text, a->entry->name, "%s%s", a->error.status == AB_OK ? "" : "no: ", words);
        for (unsigned d = 0; d < devices->count; d++)
            line(text, "", "%s:%u: %s: %s", a->entry->name, d, devices->entries[d].name,
                 devices->entries[d].detail);
    }
}

static void write_findings(const struct diagnosis *list, size_t count, struct text *text)
{
    enum { INDENT = 4 };
    for (size_t i = 0; i < count; i++) {
        const struct diagnosis *d = &list[i];
        text_add(text, "  %s: %s\n%*s", severity_name(d->severity), d->code, INDENT, "");
        text_add_wrapped(text, INDENT, d->text);
        char remedy[sizeof(d->remedy) + sizeof("Remedy: .")];
        bool has_command = d->command[0] != '\0';
        snprintf(remedy, sizeof(remedy), "Remedy: %s%s", d->remedy, has_command ? ":" : ".");
        text_add(text, "%*s", INDENT, "");
        text_add_wrapped(text, INDENT, remedy);
        /* Never broken into lines, so that it can be copied. */
        if (has_command)
            text_add(text, "%*s%s\n", INDENT, "", d->command);
        text_add(text, "\n");
    }
    if (count == 0) {
        text_add(text, "  Nothing found that would spoil a measurement.\n\n");
        return;
    }
    text_add(text, "  %zu finding%s:", count, count == 1 ? "" : "s");
    for (enum severity severity = SEVERITY_SERIOUS; severity <= SEVERITY_NOTE; severity++) {
        size_t of_severity = 0;
        for (size_t i = 0; i < count; i++)
            of_severity += list[i].severity == severity;
        text_add(text, "%s %zu %s", severity == SEVERITY_SERIOUS ? "" : ",", of_severity,
                 severity_name(severity));
    }
    text_add(text, ".\n\n");
}

static void write_console(const struct visit *visit, struct text *text)
{
    const struct examination *e = &visit->examination;
    text_add(text, "\n  Machine\n\n");
    write_cpus(e, text);
    write_memory(e, text);
    write_system(e, text);
    text_add(text, "\n  Build\n\n");
    line(text, "Version", "%s%s%s", e->build->version, e->build->git[0] == '\0' ? "" : ", ",
         e->build->git);
    line(text, "Compiler", "%s", e->build->compiler);
    line(text, "Flags", "%s: %s%s%s", e->build->type, e->build->flags,
         e->build->sanitizers[0] == '\0' ? "" : " -fsanitize=", e->build->sanitizers);
    text_add(text, "\n  Backends\n\n");
    write_backends(visit->backends, text);
    text_add(text, "\n  What may spoil a measurement here\n\n");
    write_findings(visit->findings, visit->count, text);
}

/* ---- The command ------------------------------------------------------------------------- */

enum ab_status doctor_run(const struct options *options, struct text *text, struct ab_error *error)
{
    if (options->format == FORMAT_CSV)
        return ab_fail(error, AB_USAGE, "doctor has no csv; use --format console or json");
    struct machine machine;
    struct machine_state state;
    machine_describe(&machine);
    machine_state_read("", &state);
    machine_state_watch(watch_s, &state);
    if (interrupt_signal() != 0)
        return ab_fail(error, AB_INTERRUPTED, "interrupted");

    struct visit visit = {.examination = {.machine = &machine,
                                          .state = &state,
                                          .build = &this_build,
                                          .surroundings = surroundings_read(),
                                          .clock = clock_calibrate(&system_clock)}};
    enum ab_status status = availability_probe(options, &visit.backends, error);
    if (status != AB_OK)
        return status;
    visit.count = diagnose(&visit.examination, visit.findings, DIAGNOSES_MAX);
    if (options->format == FORMAT_JSON)
        status = doctor_write_json(&visit, text, error);
    else
        write_console(&visit, text);
    free(visit.backends);
    return status;
}
