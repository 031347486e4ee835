#include "bench/diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/diagnosis_checks.h"
#include "common/environment.h"

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {
        [SEVERITY_SERIOUS] = "serious", [SEVERITY_WARNING] = "warning", [SEVERITY_NOTE] = "note"};
    return names[severity];
}

void diagnosis_start(struct diagnosis *diagnosis, const char *code, enum severity severity,
                     const char *text, ...)
{
    *diagnosis = (struct diagnosis){.code = code, .severity = severity};
    va_list values;
    va_start(values, text);
    vsnprintf(diagnosis->text, sizeof(diagnosis->text), text, values);
    va_end(values);
}

void diagnosis_remedy(struct diagnosis *diagnosis, const char *remedy, ...)
{
    va_list values;
    va_start(values, remedy);
    vsnprintf(diagnosis->remedy, sizeof(diagnosis->remedy), remedy, values);
    va_end(values);
}

void diagnosis_command(struct diagnosis *diagnosis, const char *command, ...)
{
    va_list values;
    va_start(values, command);
    vsnprintf(diagnosis->command, sizeof(diagnosis->command), command, values);
    va_end(values);
}

/* Behind all that are as serious: what the checks have put in order stays so. */
static size_t insert(const struct diagnosis *diagnosis, struct diagnosis *list, size_t count,
                     size_t most)
{
    size_t place = count;
    while (place > 0 && list[place - 1].severity > diagnosis->severity)
        place--;
    if (place == most)
        return count;
    size_t moved = (count < most ? count : most - 1) - place;
    memmove(&list[place + 1], &list[place], moved * sizeof(*list));
    list[place] = *diagnosis;
    return count < most ? count + 1 : most;
}

size_t diagnose(const struct examination *examination, struct diagnosis *list, size_t most)
{
    diagnosis_check *const *const groups[] = {cpu_checks, system_checks};
    struct diagnosis found;
    size_t count = 0;
    for (size_t group = 0; group < sizeof(groups) / sizeof(groups[0]); group++)
        for (diagnosis_check *const *check = groups[group]; *check != NULL; check++)
            if ((*check)(examination, &found))
                count = insert(&found, list, count, most);
    return count;
}

struct surroundings surroundings_read(void)
{
    return (struct surroundings){.isa = environment_value("ACCELBENCH_ISA"),
                                 .openmp_wait = environment_value("OMP_WAIT_POLICY"),
                                 .openmp_threads = environment_value("OMP_NUM_THREADS")};
}

size_t diagnose_here(const struct machine *machine, struct clock_calibration clock,
                     struct diagnosis list[DIAGNOSES_MAX])
{
    struct machine_state state;
    machine_state_read("", &state);
    struct examination examination = {.machine = machine,
                                      .state = &state,
                                      .build = &this_build,
                                      .surroundings = surroundings_read(),
                                      .clock = clock};
    return diagnose(&examination, list, DIAGNOSES_MAX);
}

void diagnosis_write_json(const struct diagnosis *diagnosis, struct json_writer *json)
{
    char remedy[sizeof(diagnosis->remedy) + sizeof(diagnosis->command) + 2];
    bool has_command = diagnosis->command[0] != '\0';
    snprintf(remedy, sizeof(remedy), "%s%s%s", diagnosis->remedy, has_command ? ": " : "",
             diagnosis->command);
    json_begin_object(json, NULL);
    json_string(json, "code", diagnosis->code);
    json_string(json, "severity", severity_name(diagnosis->severity));
    json_string(json, "text", diagnosis->text);
    json_string(json, "remedy", remedy);
    json_end_object(json);
}

void diagnoses_write_json(const struct diagnosis *list, size_t count, struct json_writer *json)
{
    json_begin_array(json, "warnings");
    for (size_t i = 0; i < count; i++)
        diagnosis_write_json(&list[i], json);
    json_end_array(json);
}
