#include "bench/demo_pages.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/demo_pictures.h"
#include "bench/excerpts.h"
#include "bench/screen.h"
#include "common/parse.h"

enum { LINE_COLUMNS = SCREEN_COLUMNS - 1, NAME_COLUMNS = 9 };

static void add_title(enum scene scene, const char *about, const struct console_style *style,
                      struct text *page)
{
    char title[LINE_COLUMNS + 1];
    snprintf(title, sizeof(title), "%d of %d  %s", (int)scene + 1, SCENES, scene_title(scene));
    text_add(page, "  ");
    text_add_colored(page, style, STYLE_BOLD, title);
    const int gap = LINE_COLUMNS - 2 - (int)(strlen(title) + strlen(about));
    if (*about != '\0')
        text_add(page, "%*s%s", gap > 1 ? gap : 1, "", about);
    text_add(page, "\n\n");
}

void page_welcome(const struct demo *demo, const struct console_style *style, struct text *page)
{
    text_add(page, "\n  ");
    text_add_colored(page, style, STYLE_BOLD,
                     "A CPU is good at everything, a GPU is great at something.");
    text_add(page, "\n  Is that so? Three small experiments on this machine:\n\n");
    for (size_t scene = 0; scene < SCENES; scene++)
        text_add(page, "    %zu  %s\n", scene + 1, scene_title((enum scene)scene));
    text_add(page, "\n  Who takes part\n");
    for (size_t i = 0; i < backend_count(); i++) {
        char words[AVAILABILITY_WORDS_BYTES];
        const struct availability *a = &demo->backends[i];
        if (!options_want_backend(demo->options, a->entry->name))
            continue;
        availability_words(a, words);
        text_add(page, "    %-*s%s", NAME_COLUMNS, a->entry->name,
                 a->error.status == AB_OK ? "" : "-  ");
        text_add_cut(page, 4 + NAME_COLUMNS + (a->error.status == AB_OK ? 0 : 3), words);
    }
    text_add(page,
             "\n  Every answer is checked. What is said is what was measured, here and now.\n");
}

/* Code, set off from the rest. */
static void add_code(const char *code, const struct console_style *style, struct text *page)
{
    for (const char *line = code; *line != '\0';) {
        const int length = (int)strcspn(line, "\n");
        char words[SCREEN_COLUMNS];
        snprintf(words, sizeof(words), "%.*s", length, line);
        text_add(page, "  ");
        text_add_colored(page, style, STYLE_CYAN, words);
        text_add(page, "\n");
        line += length + 1;
    }
    text_add(page, "\n");
}

void page_question(const struct demo *demo, enum scene scene, const struct console_style *style,
                   struct text *page)
{
    static const struct {
        const char *code[2], *note;
    } slides[SCENES] = {
        [SCENE_ORDER] = {{excerpt_rows, excerpt_columns},
                         "KEEP_ORDER() keeps the compiler from exchanging the loops."},
        [SCENE_SIZE] = {{excerpt_sum, NULL}, "x holds 32-bit integers, TOTAL is a 64-bit one."},
        [SCENE_WORDS] = {{excerpt_words, NULL},
                         "Each word is looked up in a table, and its count goes up by 1."},
    };
    struct question question;
    scene_question(demo, scene, &question);
    add_title(scene, "the code that runs (simple)", style, page);
    for (size_t i = 0; i < 2 && slides[scene].code[i] != NULL; i++)
        add_code(slides[scene].code[i], style, page);
    text_add(page, "  %s\n\n", slides[scene].note);
    if (question.words[0] == '\0')
        return;
    text_add(page, "  ");
    text_add_colored(page, style, STYLE_BOLD, question.words);
    text_add(page, "\n");
    for (int i = 0; i < CHOICES_MAX; i++)
        text_add(page, "    %c  %s\n", 'A' + i, question.choices[i]);
}

void page_measuring(const struct demo *demo, enum scene scene, size_t take,
                    const struct console_style *style, struct text *page)
{
    add_title(scene, "", style, page);
    text_add(page, "  Measuring");
    if (demo->take_counts[scene] > 1)
        text_add(page, " %zu of %zu", take + 1, demo->take_counts[scene]);
    text_add(page, ", %.0f s at most; all in turns, so that noise hits all.\n\n",
             ceil(scene_seconds(demo, scene)));
}

/* How the class did. */
static void add_outcome(const struct demo *demo, enum scene scene,
                        const struct console_style *style, struct text *page)
{
    const int said = demo->predictions[scene], truth = scene_answer(demo, scene);
    if (said < 0)
        return;
    char words[80];
    if (truth < 0)
        snprintf(words, sizeof(words), "You said %c; this run cannot tell.", 'A' + said);
    else if (said == truth)
        snprintf(words, sizeof(words), "You said %c, and %c it is.", 'A' + said, 'A' + truth);
    else
        snprintf(words, sizeof(words), "You said %c; it is %c.", 'A' + said, 'A' + truth);
    text_add(page, "  ");
    text_add_colored(page, style, STYLE_BOLD, words);
    text_add(page, "\n");
}

static void add_indented(struct text *page, const struct text *lines)
{
    for (const char *line = lines->data == NULL ? "" : lines->data; *line != '\0';) {
        const int length = (int)strcspn(line, "\n");
        text_add(page, "  %.*s\n", length, line);
        line += length + 1;
    }
    page->failed = page->failed || lines->failed;
}

void page_picture(const struct demo *demo, enum scene scene, const struct console_style *style,
                  struct text *page)
{
    static void (*const explain[SCENES])(const struct demo *, struct text *) = {
        [SCENE_ORDER] = explain_order, [SCENE_SIZE] = explain_size, [SCENE_WORDS] = explain_words};
    const struct problem *problem = &demo->takes[scene][0].measurement.problem;
    char about[FORMAT_BYTES + 128] = "", bytes[FORMAT_BYTES];
    if (scene != SCENE_SIZE && problem->input.bytes > 0)
        snprintf(about, sizeof(about), "%s  %s", problem->summary,
                 format_bytes(problem->input.bytes, bytes));
    add_title(scene, about, style, page);
    scene_picture(demo, scene, style, page);
    struct text words = {0};
    explain[scene](demo, &words);
    text_add(page, "\n");
    add_indented(page, &words);
    text_free(&words);
    add_outcome(demo, scene, style, page);
}

void page_closing(const struct demo *demo, bool last, const struct console_style *style,
                  struct text *page)
{
    struct text sentence = {0};
    text_add(page, "\n  ");
    text_add_colored(page, style, STYLE_BOLD, "What this run shows");
    text_add(page, "\n\n  ");
    closing_sentence(demo, &sentence);
    text_take_wrapped(page, 2, &sentence);
    text_add(page, "\n  Other machines give other numbers: measure yours.\n");
    if (demo->html != NULL)
        text_add(page, "\n  The page with all the figures comes now: %.50s\n", demo->html);
    else if (last)
        text_add(page, "\n  A page with all the figures: accelbench demo --html demo.html\n");
}
