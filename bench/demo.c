#include "bench/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/demo_pages.h"
#include "bench/demo_results.h"
#include "bench/interrupt.h"
#include "bench/progress.h"
#include "bench/screen.h"

struct performance {
    struct demo demo;
    struct console_style style;
    bool waits; /* for keys, at a terminal */
    bool over;  /* KEY_QUIT was pressed */
};

static const char next_prompt[] = "space: go on   q: quit";
static const char predict_prompt[] = "A, B or C: what you predict   space: go on   q: quit";
static const char end_prompt[] = "space: the end";

/* What a class is offered that nobody asked for on the command line. */
#define PAGE_FILE "accelbench-demo.html"
static const char page_prompt[] =
    "p: write a page with all the figures, " PAGE_FILE "   space: the end";

/* ---- Pages ---------------------------------------------------------------------------------- */

/* Shows a page and waits for a key; frees the page. */
static enum ab_status show(struct performance *p, struct text *page, const char *prompt,
                           const char *letters, int *key, struct ab_error *error)
{
    if (!p->waits)
        text_add(page, "\n");
    enum ab_status status = screen_show(page, prompt, error);
    text_free(page);
    if (status == AB_OK)
        status = screen_key(letters, key, error);
    p->over = status == AB_OK && *key == KEY_QUIT;
    return status;
}

static enum ab_status show_welcome(struct performance *p, struct ab_error *error)
{
    struct text page = {0};
    char prompt[160];
    int key, columns, rows;
    page_welcome(&p->demo, &p->style, &page);
    snprintf(prompt, sizeof(prompt), "%s", next_prompt);
    if (p->waits && screen_size(&columns, &rows) &&
        (columns < SCREEN_COLUMNS || rows < SCREEN_ROWS))
        snprintf(prompt, sizeof(prompt), "%d x %d is small: pages need %d x %d.  %s", columns, rows,
                 SCREEN_COLUMNS, SCREEN_ROWS, next_prompt);
    return show(p, &page, prompt, "", &key, error);
}

static enum ab_status ask(struct performance *p, enum scene scene, struct ab_error *error)
{
    struct question question;
    struct text page = {0};
    int key = KEY_NEXT;
    scene_question(&p->demo, scene, &question);
    const bool predicts = question.words[0] != '\0';
    page_question(&p->demo, scene, &p->style, &page);
    enum ab_status status =
        show(p, &page, predicts ? predict_prompt : next_prompt, predicts ? "abc" : "", &key, error);
    if (key >= 'a' && key <= 'c')
        p->demo.predictions[scene] = key - 'a';
    return status;
}

/* ---- Measuring ------------------------------------------------------------------------------ */

static enum ab_status stop_on_quit(void *state, const struct measurement *measurement,
                                   size_t alternative, size_t round, struct ab_error *error)
{
    struct performance *p = state;
    (void)measurement, (void)alternative, (void)round;
    p->over = screen_quit_pressed();
    return p->over ? ab_fail(error, AB_INTERRUPTED, "quit") : AB_OK;
}

/* They are for tables, and their slots would be taken from those that a class waits for. */
static void drop_limits(struct measurement *m)
{
    while (m->count > 0 && m->alternatives[m->count - 1].is_limit)
        m->count--;
    for (size_t i = 0; i < m->count; i++)
        m->alternatives[i].limit = NULL;
}

static enum ab_status measure(struct performance *p, struct take *take)
{
    const struct measure_observer observer = {.sampled = stop_on_quit, .state = p};
    struct measurement *m = &take->measurement;
    enum ab_status status = measurement_plan(m, &take->options, &take->error);
    drop_limits(m);
    if (status == AB_OK)
        status = measurement_make_input(m, &take->error);
    if (status == AB_OK)
        status = interrupt_signal() != 0 ? ab_fail(&take->error, AB_INTERRUPTED, "interrupted")
                                         : measurement_run(m, &observer, &take->error);
    return status;
}

static enum ab_status show_measuring(struct performance *p, enum scene scene, size_t take,
                                     struct ab_error *error)
{
    struct text page = {0};
    if (!p->waits)
        return AB_OK;
    page_measuring(&p->demo, scene, take, &p->style, &page);
    enum ab_status status = screen_show(&page, NULL, error);
    text_free(&page);
    return status;
}

/* A take that fails is said on its page. What the user asked for and cannot be, and an
 * interruption, end the demo. */
static enum ab_status measure_scene(struct performance *p, enum scene scene, struct ab_error *error)
{
    for (size_t i = 0; i < p->demo.take_counts[scene] && !p->over; i++) {
        struct take *take = &p->demo.takes[scene][i];
        if (show_measuring(p, scene, i, error) != AB_OK)
            return error->status;
        progress_start(p->demo.options->quiet);
        enum ab_status status = measure(p, take);
        progress_clear();
        if (!p->over && (status == AB_USAGE || status == AB_INTERRUPTED))
            return ab_fail(error, status, "%s", take->error.message);
    }
    return AB_OK;
}

static enum ab_status play(struct performance *p, enum scene scene, struct ab_error *error)
{
    struct text page = {0};
    int key;
    enum ab_status status = ask(p, scene, error);
    if (status != AB_OK || p->over)
        return status;
    status = measure_scene(p, scene, error);
    if (status != AB_OK || p->over)
        return status;
    page_picture(&p->demo, scene, &p->style, &page);
    return show(p, &page, next_prompt, "", &key, error);
}

/* ---- The whole ------------------------------------------------------------------------------ */

/* A backend that failed had its line on the page, and the exit status tells scripts. */
static enum ab_status first_failure(const struct demo *demo, struct ab_error *error)
{
    for (size_t s = 0; s < SCENES; s++)
        for (size_t t = 0; t < demo->take_counts[s]; t++) {
            const struct take *take = &demo->takes[s][t];
            const struct measurement *m = &take->measurement;
            const char *kernel = take->options.kernel->name;
            if (take->error.status != AB_OK)
                return ab_fail(error, take->error.status, "%s: %s", kernel, take->error.message);
            for (size_t i = 0; i < m->count; i++) {
                const struct alternative *a = &m->alternatives[i];
                if (a->error.status != AB_OK && !alternative_is_dash(a))
                    return ab_fail(error, a->error.status, "%s on %s: %s", kernel, a->entry->name,
                                   a->error.message);
            }
        }
    return AB_OK;
}

static enum ab_status perform(struct performance *p, struct ab_error *error)
{
    struct text page = {0};
    int key;
    enum ab_status status = show_welcome(p, error);
    for (int scene = 0; scene < SCENES && status == AB_OK && !p->over; scene++)
        status = play(p, (enum scene)scene, error);
    if (status != AB_OK || p->over)
        return status;
    const bool offers = p->waits && p->demo.html == NULL;
    page_closing(&p->demo, !offers, &p->style, &page);
    status = show(p, &page, offers ? page_prompt : end_prompt, offers ? "p" : "", &key, error);
    if (status == AB_OK && key == 'p')
        p->demo.html = PAGE_FILE;
    return status == AB_OK ? first_failure(&p->demo, error) : status;
}

/* Nobody wants to hear it after the demo. */
static enum ab_status check_files(const struct options *options, struct ab_error *error)
{
    const char *const files[] = {options->out, options->html};
    for (size_t i = 0; i < 2; i++)
        if (files[i] != NULL && text_check_file(files[i], error) != AB_OK)
            return error->status;
    return AB_OK;
}

static enum ab_status write_results(const struct demo *demo, int argc, char **argv,
                                    struct ab_error *error)
{
    struct text words = {0};
    enum ab_status status = demo_write_results(demo, argc, argv, error);
    if (status == AB_OK && demo->html != demo->options->html) {
        text_add(&words, "The page with all the figures: %s\n", demo->html);
        status = text_write(&words, STDOUT_FILENO, "standard output", error);
    }
    text_free(&words);
    return status;
}

enum ab_status demo_run(const struct options *options, int argc, char **argv,
                        struct ab_error *error)
{
    if (check_files(options, error) != AB_OK)
        return error->status;
    struct performance *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the demo");
    p->style = console_style(options, STDOUT_FILENO);
    enum ab_status status = demo_plan(&p->demo, options, error);
    if (status == AB_OK) {
        p->waits = screen_open(!options->no_wait);
        status = perform(p, error);
        screen_close();
        /* What was measured before somebody quit is worth as much as before. */
        struct ab_error write_error = {0};
        enum ab_status written = write_results(&p->demo, argc, argv, &write_error);
        if (status == AB_OK && written != AB_OK)
            status = ab_fail(error, written, "%s", write_error.message);
    }
    demo_free(&p->demo);
    free(p);
    return status;
}
