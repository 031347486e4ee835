#include "bench/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/availability.h"
#include "common/json.h"

static void write_technique(const char *backend, const char *name, const char *words,
                            struct text *text)
{
    enum { WORDS_COLUMN = 31 };
    text_add(text, "    %-8s  %-15s  ", backend, name);
    text_add_wrapped(text, WORDS_COLUMN, words);
}

static void write_cell(const char *backend, const struct implementation *cell, struct text *text)
{
    const struct technique *first = techniques_of(cell);
    if (first->name == NULL)
        write_technique(backend, "-", cell == NULL ? "not built, see below" : cell->absent, text);
    for (const struct technique *t = first; t->name != NULL; t++)
        write_technique(t == first ? backend : "", t->name, t->summary, text);
}

static void write_kernel(const struct kernel *kernel, struct text *text)
{
    text_add(text, "\n  %s: %s\n", kernel->name, kernel->summary);
    for (size_t b = 0; b < backend_count(); b++)
        write_cell(backend_at(b)->name, find_implementation(kernel, backend_at(b)), text);
}

static void write_backend(const struct availability *a, struct text *text)
{
    enum { WORDS_COLUMN = 17 };
    char words[AVAILABILITY_WORDS_BYTES];
    availability_words(a, words);
    text_add(text, "  %-8s  %-3s  ", a->entry->name, a->error.status == AB_OK ? "yes" : "no");
    text_add_wrapped(text, WORDS_COLUMN, words);
}

/* All that --device chooses from. */
static void write_devices(const struct availability *list, struct text *text)
{
    enum { WORDS_COLUMN = 17 };
    bool any = false;
    for (size_t b = 0; b < backend_count(); b++) {
        const struct device_list *devices = &list[b].opening.devices;
        for (unsigned i = 0; i < devices->count; i++) {
            char words[AVAILABILITY_WORDS_BYTES];
            snprintf(words, sizeof(words), "%s: %s", devices->entries[i].name,
                     devices->entries[i].detail);
            text_add(text, "%s  %s:%-*u  ", any ? "" : "\n  Devices (--device)\n\n",
                     list[b].entry->name, 12 - (int)strlen(list[b].entry->name), i);
            text_add_wrapped(text, WORDS_COLUMN, words);
            any = true;
        }
    }
}

static void write_console(const struct availability *list, struct text *text)
{
    text_add(text, "\n  Kernels, and the techniques of each backend\n");
    for (size_t k = 0; k < kernel_count(); k++)
        write_kernel(kernel_at(k), text);
    text_add(text, "\n  Backends\n\n");
    for (size_t b = 0; b < backend_count(); b++)
        write_backend(&list[b], text);
    write_devices(list, text);
    text_add(text, "\n");
}

static void write_json_kernel(const struct kernel *kernel, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_string(json, "name", kernel->name);
    json_string(json, "summary", kernel->summary);
    json_begin_object(json, "techniques");
    for (size_t b = 0; b < backend_count(); b++) {
        const struct implementation *cell = find_implementation(kernel, backend_at(b));
        json_begin_array(json, backend_at(b)->name);
        for (const struct technique *t = techniques_of(cell); t->name != NULL; t++)
            json_string(json, NULL, t->name);
        json_end_array(json);
    }
    json_end_object(json);
    json_end_object(json);
}

static enum ab_status write_json(const struct availability *list, struct text *text,
                                 struct ab_error *error)
{
    struct json_writer json = {0};
    json_begin_object(&json, NULL);
    json_begin_array(&json, "kernels");
    for (size_t k = 0; k < kernel_count(); k++)
        write_json_kernel(kernel_at(k), &json);
    json_end_array(&json);
    json_begin_array(&json, "backends");
    for (size_t b = 0; b < backend_count(); b++)
        availability_write_json(&list[b], &json);
    json_end_array(&json);
    json_end_object(&json);
    return text_add_json(text, &json, error);
}

enum ab_status list_write(const struct options *options, struct text *text, struct ab_error *error)
{
    if (options->format == FORMAT_CSV)
        return ab_fail(error, AB_USAGE, "list has no csv; use --format console or json");
    struct availability *list = NULL;
    enum ab_status status = availability_probe(options, &list, error);
    if (status == AB_OK && options->format == FORMAT_JSON)
        status = write_json(list, text, error);
    else if (status == AB_OK)
        write_console(list, text);
    free(list);
    return status;
}
