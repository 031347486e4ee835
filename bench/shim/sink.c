#include "bench/shim/sink.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(struct sink *sink, FILE *file, const char *data, size_t length)
{
    if (length > 0 && fwrite(data, 1, length, file) != length)
        ab_fail_errno(&sink->error, AB_SYSTEM, "cannot write to %s", sink->name);
}

static void put_text(struct sink *sink, FILE *file, struct text *text)
{
    if (text->failed)
        ab_fail(&sink->error, AB_NO_MEMORY, "no memory for the text of %s", sink->name);
    else
        put(sink, file, text->data, text->length);
    text_free(text);
}

static void put_json(struct sink *sink)
{
    if (sink->json.failed)
        ab_fail(&sink->error, AB_NO_MEMORY, "no memory for the text of %s", sink->name);
    else
        put(sink, sink->file, sink->json.text, sink->json.length);
    sink->json.length = 0;
}

static void flush(struct sink *sink)
{
    if (sink->file != NULL && fflush(sink->file) != 0)
        ab_fail_errno(&sink->error, AB_SYSTEM, "cannot write to %s", sink->name);
}

static void begin(struct sink *sink, const struct result_context *context,
                  struct extension extension)
{
    sink->begun = true;
    if (sink->format == REPORT_JSON) {
        json_begin_object(&sink->json, NULL);
        json_write_context(&sink->json, context, extension);
        json_begin_array(&sink->json, "benchmarks");
        put_json(sink);
    } else if (sink->format == REPORT_CONSOLE || !sink->is_file || sink->strict) {
        /* A preamble in a CSV file is upstream's, and no reader of CSV expects it. */
        struct text text = {0};
        console_write_context(&text, context, sink->strict);
        put_text(sink, sink->is_file ? sink->file : stderr, &text);
    }
    flush(sink);
}

/* Results replace what was in the file; that a device cannot be shortened does not matter. */
static void begin_file(struct sink *sink)
{
    struct stat about;
    const int file = fileno(sink->file);
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && ftruncate(file, 0) != 0)
        ab_fail_errno(&sink->error, AB_SYSTEM, "cannot write to %s", sink->name);
    begin(sink, &sink->context, sink->extension);
}

static bool holds_something(const struct sink *sink)
{
    struct stat about;
    return fstat(fileno(sink->file), &about) == 0 && about.st_size > 0;
}

static void add_row(struct sink *sink, const struct bm_run *run, struct extension extension)
{
    if (sink->format == REPORT_JSON) {
        json_write_run(&sink->json, run, extension, sink->strict);
        put_json(sink);
    } else if (sink->format == REPORT_CONSOLE) {
        struct text text = {0};
        console_write_run(&sink->console, &text, run);
        put_text(sink, sink->file, &text);
    } else {
        const struct bm_run **added = list_add(&sink->rows, sizeof(*added));
        if (added == NULL)
            ab_fail(&sink->error, AB_NO_MEMORY, "no memory for the text of %s", sink->name);
        else
            *added = run;
    }
}

static void end(struct sink *sink)
{
    if (sink->format == REPORT_JSON) {
        json_end_array(&sink->json);
        json_end_object(&sink->json);
        put_json(sink);
        put(sink, sink->file, "\n", 1);
    } else if (sink->format == REPORT_CSV) {
        struct text text = {0};
        csv_write(&text, (const struct bm_run *const *)sink->rows.items, sink->rows.count,
                  sink->strict);
        put_text(sink, sink->file, &text);
    }
}

static void finish(struct sink *sink, struct ab_error *error)
{
    if (sink->may_begin && !sink->begun && !holds_something(sink))
        begin_file(sink);
    if (sink->begun)
        end(sink);
    flush(sink);
    json_free(&sink->json);
    free(sink->rows.items);
    sink->rows = (struct list){0};
    if (sink->is_file && sink->file != NULL && fclose(sink->file) != 0)
        ab_fail_errno(&sink->error, AB_SYSTEM, "cannot write to %s", sink->name);
    if (sink->error.status != AB_OK)
        ab_fail(error, sink->error.status, "%s", sink->error.message);
}

/* ---- Both -------------------------------------------------------------------------------- */

void sinks_init(struct sinks *sinks)
{
    *sinks = (struct sinks){
        .display = {.file = stdout,
                    .name = "standard output",
                    .format = flags.format,
                    .strict = flags.strict,
                    .console = {.color = flags.color,
                                .tabular = flags.counters_tabular,
                                .strict = flags.strict}},
        .file = {.name = flags.out,
                 .format = flags.out_format,
                 .strict = flags.strict,
                 .is_file = true,
                 .console = {.tabular = flags.counters_tabular, .strict = flags.strict}},
    };
}

enum ab_status sinks_open_file(struct sinks *sinks, struct ab_error *error)
{
    if (*flags.out == '\0')
        return AB_OK;
    sinks->file.file = fopen(flags.out, "ae");
    if (sinks->file.file == NULL)
        return ab_fail_errno(error, AB_SYSTEM, "--benchmark_out: cannot write '%s'", flags.out);
    return AB_OK;
}

void sinks_begin(struct sinks *sinks, const struct result_context *context,
                 struct extension extension, int name_columns)
{
    sinks->display.console.name_columns = name_columns;
    sinks->file.console.name_columns = name_columns;
    begin(&sinks->display, context, extension);
    sinks->file.context = *context;
    sinks->file.extension = extension;
    sinks->file.may_begin = sinks->file.file != NULL;
}

void sinks_row(struct sinks *sinks, const struct bm_run *run, struct extension extension,
               bool on_display, bool in_file)
{
    if (on_display)
        add_row(&sinks->display, run, extension);
    if (!in_file || sinks->file.file == NULL)
        return;
    if (!sinks->file.begun)
        begin_file(&sinks->file);
    add_row(&sinks->file, run, extension);
}

void sinks_flush(struct sinks *sinks)
{
    flush(&sinks->display);
    flush(&sinks->file);
}

enum ab_status sinks_end(struct sinks *sinks, struct ab_error *error)
{
    struct ab_error own = {0};
    finish(&sinks->display, &own);
    finish(&sinks->file, &own);
    return own.status == AB_OK ? AB_OK : ab_fail(error, own.status, "%s", own.message);
}

void sinks_list(struct sinks *sinks, const char *const *names, size_t count)
{
    struct sink *sink = &sinks->display;
    struct text text = {0};
    if (sink->format == REPORT_JSON) {
        json_begin_object(&sink->json, NULL);
        json_begin_array(&sink->json, "benchmarks");
    } else if (sink->format == REPORT_CSV) {
        text_add(&text, "name\n");
    }
    for (size_t i = 0; i < count; i++) {
        if (sink->format == REPORT_JSON) {
            json_begin_object(&sink->json, NULL);
            json_string(&sink->json, "name", names[i]);
            json_end_object(&sink->json);
        } else if (sink->format == REPORT_CSV) {
            csv_add_quoted(&text, names[i]);
            text_add(&text, "\n");
        } else {
            if (sink->strict)
                text_add(&text, "%s", names[i]);
            else
                console_add_name(&text, names[i]);
            text_add(&text, "\n");
        }
    }
    if (sink->format == REPORT_JSON) {
        json_end_array(&sink->json);
        json_end_object(&sink->json);
        put_json(sink);
        text_add(&text, "\n");
    }
    put_text(sink, sink->file, &text);
}
