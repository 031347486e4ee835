#include "bench/demo_results.h"

#include <unistd.h>

#include "bench/report_command.h"

static size_t collect(const struct demo *demo,
                      const struct measurement *measurements[SCENES * TAKES_MAX])
{
    size_t count = 0;
    for (size_t s = 0; s < SCENES; s++)
        for (size_t t = 0; t < demo->take_counts[s]; t++)
            if (demo->takes[s][t].measurement.rounds_done > 0)
                measurements[count++] = &demo->takes[s][t].measurement;
    return count;
}

static enum ab_status write_json(const struct report_document *document, const char *file,
                                 struct ab_error *error)
{
    struct json_writer json = {0};
    struct text text = {0};
    enum ab_status status = report_json(document, &json, error);
    if (status == AB_OK) {
        text_add_bytes(&text, json.text, json.length);
        text_add(&text, "\n");
        status = text_write_file(&text, file, error);
    }
    text_free(&text);
    json_free(&json);
    return status;
}

static enum ab_status write_html(const char *results, const char *file, struct ab_error *error)
{
    struct text html = {0};
    enum ab_status status = report_html_of_files(&results, 1, NULL, &html, error);
    if (status == AB_OK)
        status = text_write_file(&html, file, error);
    text_free(&html);
    return status;
}

/* The page is made from a file of results; one that nobody asked for is removed again. */
static enum ab_status write_files(const struct demo *demo, const struct report_document *document,
                                  struct ab_error *error)
{
    const char *out = demo->options->out;
    struct text temporary = {0};
    if (out == NULL)
        text_add(&temporary, "%s.results-%ld", demo->html, (long)getpid());
    if (temporary.failed)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the name of a temporary file");
    const char *results = out != NULL ? out : temporary.data;
    enum ab_status status = write_json(document, results, error);
    if (status == AB_OK && demo->html != NULL)
        status = write_html(results, demo->html, error);
    if (out == NULL)
        unlink(results);
    text_free(&temporary);
    return status;
}

enum ab_status demo_write_results(const struct demo *demo, int argc, char **argv,
                                  struct ab_error *error)
{
    const struct measurement *measurements[SCENES * TAKES_MAX];
    const size_t count = collect(demo, measurements);
    if (count == 0 || (demo->options->out == NULL && demo->html == NULL))
        return AB_OK;
    struct report_context context;
    report_context_init(&context, argc, argv);
    const struct report_document document = {.context = &context,
                                             .measurements = measurements,
                                             .count = count,
                                             .seed = demo->options->seed};
    return write_files(demo, &document, error);
}
