/* Google Benchmark's table. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/shim/aggregate.h"
#include "bench/shim/report.h"

enum { NAME_COLUMNS_MIN = 10, COUNTER_COLUMNS_MIN = 10, NUMBER_BYTES = 48 };

int console_name_columns(size_t longest_name, size_t longest_statistic)
{
    size_t columns = longest_name > NAME_COLUMNS_MIN ? longest_name : NAME_COLUMNS_MIN;
    return (int)(columns + (longest_statistic > 0 ? 1 + longest_statistic : 0));
}

void console_add_name(struct text *text, const char *name)
{
    for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++) {
        if (*c == '\n')
            text_add(text, "\\n");
        else if (*c < 0x20 || *c == 0x7F)
            text_add(text, "\\x%02x", *c);
        else if (*c == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F)
            text_add(text, "\\u%04x", *++c);
        else
            text_add_bytes(text, c, 1);
    }
}

static void add_name(struct text *text, const char *name, bool strict)
{
    if (strict)
        text_add(text, "%s", name);
    else
        console_add_name(text, name);
}

void console_write_context(struct text *text, const struct result_context *context, bool strict)
{
    text_add(text, "%s\n", context->date);
    if (context->executable != NULL) {
        text_add(text, "Running ");
        add_name(text, context->executable, strict);
        text_add(text, "\n");
    }
    text_add(text, "Run on (%u X %u MHz CPU %s)\n", context->cpus, context->mhz,
             context->cpus > 1 ? "s" : "");
    if (context->cache_count > 0)
        text_add(text, "CPU Caches:\n");
    for (size_t i = 0; i < context->cache_count; i++) {
        const struct result_cache *cache = &context->caches[i];
        text_add(text, "  L%d %s %llu KiB", cache->level, cache->type,
                 (unsigned long long)cache->bytes / 1024);
        if (cache->sharing != 0)
            text_add(text, " (x%u)", context->cpus / (unsigned)cache->sharing);
        text_add(text, "\n");
    }
    for (size_t i = 0; i < context->load_average_count; i++)
        text_add(text, "%s%.2f", i == 0 ? "Load Average: " : ", ", context->load_average[i]);
    if (context->load_average_count > 0)
        text_add(text, "\n");
    for (size_t i = 0; i < context->custom_count; i++) {
        add_name(text, context->custom[i].key, strict);
        text_add(text, ": ");
        add_name(text, context->custom[i].value, strict);
        text_add(text, "\n");
    }
    if (context->scaling == 1)
        text_add(text, "***WARNING*** CPU scaling is enabled, the benchmark real time measurements "
                       "may be noisy and will incur extra overhead.\n");
    if (context->aslr == 1)
        text_add(text, "***WARNING*** ASLR is enabled, the results may have unreproducible noise "
                       "in them.\n");
    if (context->debug)
        text_add(text, "***WARNING*** Library was built as DEBUG. Timings may be affected.\n");
}

/* ---- Numbers ----------------------------------------------------------------------------- */

static void format_time(double time, char text[NUMBER_BYTES])
{
    if (time > 9999999999)
        snprintf(text, NUMBER_BYTES, "%1.4e", time);
    else
        snprintf(text, NUMBER_BYTES, "%10.*f",
                 time < 1     ? 3
                 : time < 10  ? 2
                 : time < 100 ? 1
                              : 0,
                 time);
}

/* "1.5k", "3.2Mi", "20m": %g of what the prefix leaves. */
static void format_counter(double value, bool is_1024, char text[NUMBER_BYTES])
{
    static const char big[] = "kMGTPEZY", small[] = "munpfazy";
    const double one_k = is_1024 ? 1024 : 1000, magnitude = fabs(value);
    double scaled = magnitude;
    const char *sign = value < 0 ? "-" : "";
    if (magnitude > one_k - 1) {
        for (size_t i = 0; i < sizeof(big) - 1; i++) {
            scaled /= one_k;
            if (scaled <= one_k - 1) {
                snprintf(text, NUMBER_BYTES, "%s%g%c%s", sign, scaled,
                         is_1024 && i == 0 ? 'K' : big[i], is_1024 ? "i" : "");
                return;
            }
        }
    } else if (magnitude < 0.01) {
        for (size_t i = 0; i < sizeof(small) - 1; i++) {
            scaled *= one_k;
            if (scaled >= 1) {
                snprintf(text, NUMBER_BYTES, "%s%g%c", sign, scaled, small[i]);
                return;
            }
        }
    }
    snprintf(text, NUMBER_BYTES, "%s%g", sign, magnitude);
}

/* ---- Rows -------------------------------------------------------------------------------- */

enum color { RED = 31, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

static void begin_color(const struct console *console, struct text *text, enum color color)
{
    if (console->color)
        text_add(text, "\033[0;%dm", color);
}

/* Upstream ends what has no colour as well. */
static void end_color(const struct console *console, struct text *text)
{
    if (console->color)
        text_add(text, "\033[m");
}

static bool has_other_counters(const struct bm_run *a, const struct bm_run *b)
{
    if (a->counter_count != b->counter_count)
        return true;
    for (size_t i = 0; i < a->counter_count; i++)
        if (strcmp(a->counters[i].name, b->counters[i].name) != 0)
            return true;
    return false;
}

static void write_column(const struct console *console, struct text *heading, const char *name)
{
    struct text shown = {0};
    add_name(&shown, name, console->strict);
    text_add(heading, " %10s", shown.data == NULL ? "" : shown.data);
    heading->failed = heading->failed || shown.failed;
    text_free(&shown);
}

static void write_heading(const struct console *console, struct text *text)
{
    struct text heading = {0};
    text_add(&heading, "%-*s %13s %15s %12s", console->name_columns, "Benchmark", "Time", "CPU",
             "Iterations");
    if (console->heading->counter_count > 0 && !console->tabular)
        text_add(&heading, " UserCounters...");
    for (size_t i = 0; console->tabular && i < console->heading->counter_count; i++)
        write_column(console, &heading, console->heading->counters[i].name);
    char line[128];
    memset(line, '-', sizeof(line));
    for (int both = 0; both < 2; both++) {
        for (size_t left = heading.length; left > 0;) {
            size_t length = left < sizeof(line) ? left : sizeof(line);
            text_add_bytes(text, line, length);
            left -= length;
        }
        text_add(text, "\n");
        if (both == 0)
            text_add(text, "%s\n", heading.failed ? "" : heading.data);
    }
    text->failed = text->failed || heading.failed;
    text_free(&heading);
}

static void write_name(const struct console *console, struct text *text, const struct bm_run *run)
{
    begin_color(console, text, run->big_o != BM_O_NONE ? BLUE : GREEN);
    size_t begun = text->length;
    add_name(text, run->name, console->strict);
    int columns = text->failed ? 0 : (int)(text->length - begun);
    text_add(text, "%*s ", columns < console->name_columns ? console->name_columns - columns : 0,
             "");
    end_color(console, text);
}

static void write_times(struct text *text, const struct bm_run *run)
{
    const char *unit = time_unit_name(run->time_unit);
    bool percentage = run->aggregate_name != NULL && run->aggregate_unit == BM_STATISTIC_PERCENTAGE;
    if (run->big_o != BM_O_NONE && !percentage) {
        unit = big_o_name(run->big_o);
        text_add(text, "%10.2f %-4s %10.2f %-4s ", run->real_time, unit, run->cpu_time, unit);
    } else if (percentage) {
        int decimals = run->big_o != BM_O_NONE ? 0 : 2;
        text_add(text, "%10.*f %-4s %10.*f %-4s ", decimals, 100 * run->real_time, "%", decimals,
                 100 * run->cpu_time, "%");
    } else {
        char real[NUMBER_BYTES], cpu[NUMBER_BYTES];
        format_time(run->real_time, real);
        format_time(run->cpu_time, cpu);
        text_add(text, "%s %-4s %s %-4s ", real, unit, cpu, unit);
    }
}

static void write_counter(const struct console *console, struct text *text,
                          const struct bm_run *run, const struct bm_counter *counter)
{
    char number[NUMBER_BYTES];
    const char *unit = "";
    if (run->aggregate_name != NULL && run->aggregate_unit == BM_STATISTIC_PERCENTAGE) {
        snprintf(number, sizeof(number), "%.2f", 100 * counter->value);
        unit = "%";
    } else {
        format_counter(counter->value, (counter->flags & BM_COUNTER_1024) != 0, number);
        if ((counter->flags & BM_COUNTER_RATE) != 0)
            unit = (counter->flags & BM_COUNTER_INVERT) != 0 ? "s" : "/s";
    }
    struct text name = {0};
    add_name(&name, counter->name, console->strict);
    size_t columns = name.length < COUNTER_COLUMNS_MIN ? COUNTER_COLUMNS_MIN : name.length;
    if (console->tabular)
        text_add(text, " %*s%s", (int)(columns - strlen(unit)), number, unit);
    else
        text_add(text, " %s=%s%s", name.data == NULL ? "" : name.data, number, unit);
    text->failed = text->failed || name.failed;
    text_free(&name);
}

void console_write_run(struct console *console, struct text *text, const struct bm_run *run)
{
    if (console->heading == NULL ||
        (console->tabular && has_other_counters(console->heading, run))) {
        console->heading = run;
        write_heading(console, text);
    }
    write_name(console, text, run);
    if (run->outcome != BM_DONE) {
        begin_color(console, text, run->outcome == BM_FAILED ? RED : WHITE);
        text_add(text, run->outcome == BM_FAILED ? "ERROR OCCURRED: '" : "SKIPPED: '");
        add_name(text, run->message, console->strict);
        text_add(text, "'");
        end_color(console, text);
        text_add(text, "\n");
        end_color(console, text);
        return;
    }
    begin_color(console, text, YELLOW);
    write_times(text, run);
    end_color(console, text);
    if (run->big_o == BM_O_NONE) {
        begin_color(console, text, CYAN);
        text_add(text, "%10lld", (long long)run->iterations);
        end_color(console, text);
    }
    for (size_t i = 0; i < run->counter_count; i++) {
        write_counter(console, text, run, &run->counters[i]);
        end_color(console, text);
    }
    if (run->label != NULL && *run->label != '\0') {
        text_add(text, " ");
        add_name(text, run->label, console->strict);
        end_color(console, text);
    }
    text_add(text, "\n");
    end_color(console, text);
}
