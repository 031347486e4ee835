#include "bench/demo_scenes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/probe.h"

static const struct {
    const char *title, *kernel, *techniques;
    double take_s; /* at most, for each measurement */
} scenes[SCENES] = {
    [SCENE_ORDER] = {"Row against column", "traversal", "simple", 8},
    [SCENE_SIZE] = {"The same sum, small and large", "matrix_sum", "simple", 4},
    [SCENE_WORDS] = {"Counting words", "word_count", "simple,tuned", 30},
};

/* A column of the matrix must not fit the caches that are near, and a walk down all of them not
 * take longer than a class waits. */
#define SIDE       "3000"
#define TEXT_BYTES "2Mi"

/* From a cache to memory. */
static const char *const sum_sizes[] = {"10k", "160k", "1M", "10M", "100M"};

const char *scene_title(enum scene scene)
{
    return scenes[scene].title;
}

double scene_seconds(const struct demo *demo, enum scene scene)
{
    return fmin(scenes[scene].take_s, demo->options->max_seconds_s);
}

/* ---- Who plays ------------------------------------------------------------------------------ */

/* A device that is a CPU teaches the first two scenes nothing, unless somebody asks for it. */
static bool plays_device(const struct options *options, const struct availability *a)
{
    if (options->device != NULL)
        return backend_options(options, a->entry->backend).device != NULL;
    return a->opening.device.is_gpu || options->backends != NULL;
}

static void cast_backend(struct demo *demo, const struct availability *a)
{
    if (strcmp(a->entry->name, "serial") == 0) {
        demo->serial = a->entry;
    } else if (a->entry->backend->memory == MEMORY_HOST) {
        if (demo->threads == NULL)
            demo->threads = a->entry;
    } else if (plays_device(demo->options, a) &&
               (demo->device == NULL || (a->opening.device.is_gpu && !demo->device_is_gpu))) {
        demo->device = a->entry;
        demo->device_is_gpu = a->opening.device.is_gpu;
    }
}

static void name_cast(struct demo *demo)
{
    const struct backend_entry *entries[] = {demo->serial, demo->threads, demo->device};
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        const size_t used = strlen(demo->cast);
        if (entries[i] != NULL)
            snprintf(demo->cast + used, sizeof(demo->cast) - used, "%s%s", used == 0 ? "" : ",",
                     entries[i]->name);
    }
}

static enum ab_status choose_cast(struct demo *demo, struct ab_error *error)
{
    const struct options *options = demo->options;
    struct device_search search = {.options = options};
    for (size_t i = 0; i < backend_count(); i++) {
        const struct availability *a = &demo->backends[i];
        if (!options_want_backend(options, a->entry->name))
            continue;
        if (a->error.status == AB_OK)
            cast_backend(demo, a);
        else if (options->backends != NULL)
            ab_fail(error, a->error.status, "%s is not available: %s", a->entry->name,
                    a->error.message);
        if (a->entry->backend != NULL && a->entry->backend->memory == MEMORY_DEVICE)
            device_search_add(&search, a->entry, &a->error);
    }
    name_cast(demo);
    return device_search_end(&search, error);
}

/* ---- What is measured ----------------------------------------------------------------------- */

static void add_take(struct demo *demo, enum scene scene, const struct setting *settings,
                     size_t count)
{
    struct take *take = &demo->takes[scene][demo->take_counts[scene]++];
    memcpy(take->settings, settings, count * sizeof(*settings));
    take->options = *demo->options;
    take->options.kernel = find_kernel(scenes[scene].kernel);
    take->options.techniques = scenes[scene].techniques;
    take->options.settings = take->settings;
    take->options.setting_count = count;
    take->options.max_seconds_s = scene_seconds(demo, scene);
    if (scene != SCENE_WORDS)
        take->options.backends = demo->cast;
}

static void plan_takes(struct demo *demo)
{
    static const char *const orders[] = {[TAKE_ROWS] = "row", [TAKE_COLUMNS] = "column"};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        const struct setting settings[] = {{"order", orders[i]}, {"rows", SIDE}, {"cols", SIDE}};
        add_take(demo, SCENE_ORDER, settings, 3);
    }
    for (size_t i = 0; i < sizeof(sum_sizes) / sizeof(sum_sizes[0]); i++)
        add_take(demo, SCENE_SIZE, &(struct setting){"size", sum_sizes[i]}, 1);
    add_take(demo, SCENE_WORDS, &(struct setting){"size", TEXT_BYTES}, 1);
    for (size_t i = 0; i < SCENES; i++)
        demo->predictions[i] = -1;
}

enum ab_status demo_plan(struct demo *demo, const struct options *options, struct ab_error *error)
{
    demo->options = options;
    demo->html = options->html;
    enum ab_status status = availability_probe(options, &demo->backends, error);
    if (status == AB_OK)
        status = choose_cast(demo, error);
    if (status == AB_OK)
        plan_takes(demo);
    return status;
}

void demo_free(struct demo *demo)
{
    for (size_t s = 0; s < SCENES; s++)
        for (size_t t = 0; t < demo->take_counts[s]; t++)
            measurement_free(&demo->takes[s][t].measurement);
    free(demo->backends);
    *demo = (struct demo){0};
}

/* ---- Questions ------------------------------------------------------------------------------ */

#define SAY(place, ...) snprintf(place, sizeof(place), __VA_ARGS__)

static void count_threads(const struct demo *demo, char words[32])
{
    const unsigned long long threads = demo->options->threads;
    snprintf(words, 32, "%llu thread%s", threads, threads == 1 ? "" : "s");
}

static void ask_about_order(struct question *q)
{
    SAY(q->words, "Both loops add up the same numbers. Which one is faster on the CPU?");
    SAY(q->choices[0], "along the rows, the first one");
    SAY(q->choices[1], "down the columns, the second one");
    SAY(q->choices[2], "no difference");
}

static void ask_about_size(const struct demo *demo, struct question *q)
{
    char threads[32];
    count_threads(demo, threads);
    if (demo->device_is_gpu)
        SAY(q->words, "A GPU adds up the numbers. When does it beat the CPU, copying included?");
    else if (demo->threads != NULL && demo->serial != NULL)
        SAY(q->words, "Now %s share this loop (%s). When do they beat one core?", threads,
            demo->threads->name);
    else
        return;
    SAY(q->choices[0], "at every size, 10 KB and 100 MB alike");
    SAY(q->choices[1], "from some size on");
    SAY(q->choices[2], "never");
}

static void ask_about_words(const struct demo *demo, struct question *q)
{
    char threads[32];
    count_threads(demo, threads);
    if (demo->threads == NULL || demo->serial == NULL)
        return;
    SAY(q->words, "This is the simple loop. Which makes counting faster?");
    SAY(q->choices[0], "%s with this loop", threads);
    SAY(q->choices[1], "one core with better code");
    SAY(q->choices[2], "both the same");
}

void scene_question(const struct demo *demo, enum scene scene, struct question *question)
{
    *question = (struct question){0};
    if (scene == SCENE_ORDER)
        ask_about_order(question);
    else if (scene == SCENE_SIZE)
        ask_about_size(demo, question);
    else
        ask_about_words(demo, question);
}
