#include <inttypes.h>
#include <stdio.h>

#include "bench/limits.h"
#include "bench/report.h"
#include "common/json.h"
#include "common/parse.h"

static void write_read(const struct ceiling *read, struct text *text)
{
    char size[FORMAT_BYTES];
    if (read->absent.status != AB_OK)
        text_add(text, "  %12s %9s", "-", "-");
    else
        text_add(text, "  %12s %9.1f", format_bytes(read->bytes, size),
                 1e-9 * ceiling_bytes_per_second(read));
}

static void write_reads(const struct limits *limits, struct text *text)
{
    const struct ceiling *reads = limits->reads;
    unsigned threads = (unsigned)limits->options->threads;
    size_t levels = threads > 1 ? limits->read_count / 2 : limits->read_count;
    text_add(text, "\n  Read bandwidth, %s loads, median of %d rounds\n\n",
             cpu_isa_name(limits->isa), LIMITS_ROUNDS);
    char heading[32];
    snprintf(heading, sizeof(heading), "all %u threads", threads);
    text_add(text, "  %-8s  %22s%s%22s\n", "", "one core", threads > 1 ? "  " : "\n",
             threads > 1 ? heading : "");
    text_add(text, "  %-8s", "level");
    for (size_t column = 0; column < limits->read_count / levels; column++)
        text_add(text, "  %12s %9s", "working set", "GB/s");
    text_add(text, "\n");
    for (size_t level = 0; level < levels; level++) {
        text_add(text, "  %-8s", reads[level].level);
        for (size_t i = level; i < limits->read_count; i += levels)
            write_read(&reads[i], text);
        text_add(text, "\n");
    }
    text_add(text, "\n");
    for (size_t i = 0; i < limits->read_count; i++)
        if (reads[i].absent.status != AB_OK) {
            char reason[sizeof(reads[i].absent.message) + 64];
            snprintf(reason, sizeof(reason), "%s, %u worker%s: %s", reads[i].level,
                     reads[i].workers, reads[i].workers == 1 ? "" : "s", reads[i].absent.message);
            text_add(text, "  ");
            text_add_wrapped(text, 2, reason);
        }
    text_add(text, "  ");
    text_add_wrapped(text, 2,
                     "A working set, of all threads together, is half of the caches that a core "
                     "has to itself, a quarter (or, to be larger than the caches in front, half) "
                     "of those that cores share, and in memory at least 400 MB and four times "
                     "the last-level caches.");
}

static void write_forks(const struct limits *limits, struct text *text)
{
    text_add(text, "\n  Starting %u threads and waiting for them: matrix_sum of one element\n\n",
             limits->forks[0].workers);
    for (size_t i = 0; i < LIMITS_FORKS; i++) {
        const struct ceiling *fork = &limits->forks[i];
        text_add(text, "  %-8s", fork->level);
        if (fork->absent.status == AB_OK) {
            text_add(text, "  %9.2f us\n", 1e-3 * ceiling_ns(fork));
        } else {
            text_add(text, "  -  ");
            text_add_wrapped(text, 15, fork->absent.message);
        }
    }
}

static void write_console(const struct limits *limits, struct text *text)
{
    write_reads(limits, text);
    write_forks(limits, text);
    device_limits_write_console(limits->devices, limits->device_count, text);
    text_add(text, "\n  Clock\n\n  %-8s  %9" PRIu64 " ns\n  %-8s  %9" PRIu64 " ns\n\n", "step",
             limits->clock.step_ns, "reading", limits->clock.overhead_ns);
}

static void write_json_read(const struct ceiling *read, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_string(json, "level", read->level);
    json_unsigned(json, "bytes", read->bytes);
    json_unsigned(json, "workers", read->workers);
    json_number(json, "bytes_per_second", ceiling_bytes_per_second(read));
    if (read->absent.status != AB_OK)
        json_string(json, "reason", read->absent.message);
    json_end_object(json);
}

static enum ab_status write_json(const struct limits *limits, const struct report_context *context,
                                 uint64_t seed, struct text *text, struct ab_error *error)
{
    struct json_writer json = {0};
    json_begin_object(&json, NULL);
    report_json_context_alone(context, seed, &json);
    json_begin_object(&json, "limits");
    json_string(&json, "isa", cpu_isa_name(limits->isa));
    json_integer(&json, "rounds", LIMITS_ROUNDS);
    json_begin_array(&json, "read_bandwidth");
    for (size_t i = 0; i < limits->read_count; i++)
        write_json_read(&limits->reads[i], &json);
    json_end_array(&json);
    json_begin_object(&json, "fork_join_ns");
    for (size_t i = 0; i < LIMITS_FORKS; i++)
        json_number(&json, limits->forks[i].level, ceiling_ns(&limits->forks[i]));
    json_end_object(&json);
    device_limits_write_json(limits->devices, limits->device_count, &json);
    json_begin_object(&json, "clock");
    json_unsigned(&json, "step_ns", limits->clock.step_ns);
    json_unsigned(&json, "overhead_ns", limits->clock.overhead_ns);
    json_end_object(&json);
    json_end_object(&json);
    json_end_object(&json);
    return text_add_json(text, &json, error);
}

enum ab_status limits_run(const struct options *options, struct text *text, struct ab_error *error)
{
    if (options->format == FORMAT_CSV)
        return ab_fail(error, AB_USAGE, "limits has no csv; use --format console or json");
    struct limits limits;
    struct report_context context;
    report_context_init(&context, options->argc, options->argv);
    enum ab_status status = limits_measure(&limits, options, error);
    if (status != AB_OK)
        return status;
    if (options->format == FORMAT_JSON)
        status = write_json(&limits, &context, options->seed, text, error);
    else
        write_console(&limits, text);
    limits_free(&limits);
    return status;
}
