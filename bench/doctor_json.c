#include "bench/doctor_json.h"

/* Unknown is null in all of these. */
static void write_text(struct json_writer *json, const char *key, const char *value)
{
    json_string(json, key, value[0] == '\0' ? NULL : value);
}

static void write_count(struct json_writer *json, const char *key, uint64_t value)
{
    if (value == 0)
        json_null(json, key);
    else
        json_unsigned(json, key, value);
}

static void write_switch(struct json_writer *json, const char *key, int value)
{
    if (value < 0)
        json_null(json, key);
    else
        json_boolean(json, key, value != 0);
}

static void write_share(struct json_writer *json, const char *key, double value)
{
    if (value < 0)
        json_null(json, key);
    else
        json_number(json, key, value);
}

static void write_cpus(const struct machine *machine, const struct machine_state *state,
                       struct json_writer *json)
{
    write_text(json, "cpu", machine->cpu_model);
    write_count(json, "packages", state->packages);
    write_count(json, "cores", state->cores);
    write_count(json, "cpus", machine->cpus_online);
    write_count(json, "cpus_allowed", machine->cpus_allowed);
    write_count(json, "cores_allowed", state->cores_allowed);
    if (machine->cpu_quota > 0)
        json_number(json, "cpu_quota", machine->cpu_quota);
    else
        json_null(json, "cpu_quota");
    json_unsigned(json, "default_threads", default_threads());
    write_switch(json, "mixed_cores", state->mixed_cores);
    json_begin_array(json, "caches");
    for (unsigned i = 0; i < machine->cache_count; i++) {
        json_begin_object(json, NULL);
        json_string(json, "type", machine->caches[i].type);
        json_integer(json, "level", machine->caches[i].level);
        json_unsigned(json, "size", machine->caches[i].bytes);
        json_integer(json, "num_sharing", machine->caches[i].sharing);
        json_end_object(json);
    }
    json_end_array(json);
    write_text(json, "governor", state->governor);
    write_switch(json, "boost", state->boost);
    write_count(json, "mhz", machine->mhz);
    write_count(json, "mhz_now", state->mhz_now);
    write_count(json, "mhz_min", state->mhz_min);
    write_count(json, "mhz_base", state->mhz_base);
    write_count(json, "mhz_max", state->mhz_max);
    write_count(json, "mhz_cap", state->mhz_cap);
    write_switch(json, "on_battery", state->on_battery);
}

static void write_memory(const struct machine *machine, const struct machine_state *state,
                         struct json_writer *json)
{
    write_count(json, "memory_bytes", machine->memory_bytes);
    write_count(json, "memory_available_bytes", state->memory_available_bytes);
    json_unsigned(json, "swap_bytes", state->swap_bytes);
    json_unsigned(json, "swap_used_bytes", state->swap_used_bytes);
    write_count(json, "numa_nodes", state->numa_nodes);
    write_count(json, "numa_nodes_allowed", state->numa_nodes_allowed);
    write_count(json, "page_bytes", state->page_bytes);
    write_count(json, "huge_page_bytes", state->huge_page_bytes);
    json_unsigned(json, "huge_pages_reserved", state->huge_pages);
    write_text(json, "thp", state->thp);
    write_text(json, "thp_defrag", state->thp_defrag);
    write_switch(json, "thp_of_process", state->thp_of_process);
    write_switch(json, "aslr", state->aslr);
}

static void write_machine(const struct machine *machine, const struct machine_state *state,
                          struct json_writer *json)
{
    json_begin_object(json, "machine");
    write_text(json, "host_name", machine->host_name);
    write_text(json, "kernel", state->kernel);
    write_text(json, "architecture", state->architecture);
    write_switch(json, "virtual", state->is_virtual);
    write_text(json, "hypervisor", state->hypervisor);
    write_cpus(machine, state, json);
    write_memory(machine, state, json);
    json_begin_array(json, "load_avg");
    for (unsigned i = 0; i < machine->load_average_count; i++)
        json_number(json, NULL, machine->load_average[i]);
    json_end_array(json);
    write_share(json, "busy", state->busy);
    write_share(json, "steal", state->steal);
    write_share(json, "steal_since_boot", state->steal_since_boot);
    json_end_object(json);
}

enum ab_status doctor_write_json(const struct visit *visit, struct text *text,
                                 struct ab_error *error)
{
    const struct examination *e = &visit->examination;
    struct json_writer json = {0};
    json_begin_object(&json, NULL);
    write_machine(e->machine, e->state, &json);
    build_write_json(e->build, "build", &json);
    json_begin_object(&json, "clocks");
    json_string(&json, "source", "CLOCK_MONOTONIC_RAW");
    write_text(&json, "kernel_source", e->state->clock_source);
    json_unsigned(&json, "step_ns", e->clock.step_ns);
    json_unsigned(&json, "overhead_ns", e->clock.overhead_ns);
    json_end_object(&json);
    json_begin_array(&json, "backends");
    for (size_t i = 0; i < backend_count(); i++)
        availability_write_json(&visit->backends[i], &json);
    json_end_array(&json);
    diagnoses_write_json(visit->findings, visit->count, &json);
    json_end_object(&json);
    return text_add_json(text, &json, error);
}
