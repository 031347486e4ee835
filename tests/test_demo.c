/* What the demo says and draws, on measurements whose truth is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/demo_pages.h"
#include "bench/excerpts.h"
#include "bench/screen.h"
#include "tests/fake.h"

enum { ROUNDS = 30, TURNS = 1 };

static const struct backend_entry serial = {"serial", &fake_host, ""};
static const struct backend_entry openmp = {"openmp", &fake_host, ""};
static const struct backend_entry cuda = {"cuda", &fake_device, ""};

static const struct technique simple = {.name = "simple"}, tuned = {.name = "tuned"};

static const size_t sizes[] = {10000, 160000, 1000000, 10000000, 100000000};

/* ---- Making demos --------------------------------------------------------------------------- */

static void set_up(struct demo *demo, struct options *options, bool gpu)
{
    *options = (struct options){.threads = 2, .max_seconds_s = 60};
    *demo = (struct demo){.options = options,
                          .serial = &serial,
                          .threads = &openmp,
                          .device = gpu ? &cuda : NULL,
                          .device_is_gpu = gpu,
                          .take_counts = {2, 5, 1},
                          .predictions = {-1, -1, -1}};
    for (size_t s = 0; s < SCENES; s++)
        for (size_t t = 0; t < demo->take_counts[s]; t++) {
            struct take *take = &demo->takes[s][t];
            struct measurement *m = &take->measurement;
            take->options = *options;
            m->options = &take->options;
            m->turns = TURNS;
            m->problem.input.bytes = s == SCENE_SIZE ? sizes[t] : 36000000;
            snprintf(m->problem.summary, sizeof(m->problem.summary), "3000 x 3000 i32");
            m->alternatives = calloc(16, sizeof(*m->alternatives));
            assert_non_null(m->alternatives);
        }
}

/* Times around e2e_ns (and kernel_ns, NAN: none), as far apart as `spread` says. */
static struct alternative *add(struct take *take, const struct backend_entry *entry,
                               const struct technique *technique, double e2e_ns, double kernel_ns,
                               double spread)
{
    struct measurement *m = &take->measurement;
    struct alternative *a = &m->alternatives[m->count++];
    *a = (struct alternative){.entry = entry, .technique = technique, .samples = ROUNDS};
    a->rounds = calloc(ROUNDS, sizeof(*a->rounds));
    a->turns_ns = calloc(ROUNDS, sizeof(*a->turns_ns));
    assert_true(a->rounds != NULL && a->turns_ns != NULL);
    m->rounds_done = m->rounds_planned = ROUNDS;
    for (size_t round = 0; round < ROUNDS; round++) {
        /* in an order of its own for each alternative, so that ratios spread as times do */
        const size_t place = (round * 7 + m->count * 11) % ROUNDS;
        const double factor = 1 + spread * ((double)place / (ROUNDS - 1) - 0.5);
        a->turns_ns[round] = e2e_ns * factor;
        for (size_t phase = 0; phase < PHASE_COUNT; phase++)
            a->rounds[round].sample.phase_ns[phase] = NAN;
        a->rounds[round].sample.phase_ns[PHASE_E2E] = e2e_ns * factor;
        a->rounds[round].sample.phase_ns[PHASE_KERNEL] = kernel_ns * factor;
    }
    return a;
}

static void add_order(struct demo *demo, const struct backend_entry *entry, double rows_ns,
                      double columns_ns, double spread)
{
    add(&demo->takes[SCENE_ORDER][TAKE_ROWS], entry, &simple, rows_ns, rows_ns, spread);
    add(&demo->takes[SCENE_ORDER][TAKE_COLUMNS], entry, &simple, columns_ns, columns_ns, spread);
}

/* One time a byte on serial; each contender has a cost of its own at every size. */
static void add_sizes(struct demo *demo, const struct backend_entry *entry, double each_ns,
                      double per_byte_ns, double kernel_per_byte_ns, double spread)
{
    for (size_t t = 0; t < demo->take_counts[SCENE_SIZE]; t++)
        add(&demo->takes[SCENE_SIZE][t], entry, &simple, each_ns + per_byte_ns * (double)sizes[t],
            each_ns + kernel_per_byte_ns * (double)sizes[t], spread);
}

static void add_words(struct demo *demo, const struct backend_entry *entry, double simple_ns,
                      double tuned_ns, double spread)
{
    add(&demo->takes[SCENE_WORDS][0], entry, &simple, simple_ns, NAN, spread);
    add(&demo->takes[SCENE_WORDS][0], entry, &tuned, tuned_ns, NAN, spread);
}

/* ---- What is said --------------------------------------------------------------------------- */

static void assert_says(void (*say)(const struct demo *, struct text *), const struct demo *demo,
                        const char *expected)
{
    struct text text = {0};
    say(demo, &text);
    assert_false(text.failed);
    assert_string_equal(text.data, expected);
    text_free(&text);
}

static void assert_answers(const struct demo *demo, int order, int size, int words)
{
    assert_int_equal(scene_answer(demo, SCENE_ORDER), order);
    assert_int_equal(scene_answer(demo, SCENE_SIZE), size);
    assert_int_equal(scene_answer(demo, SCENE_WORDS), words);
}

static void test_no_gpu(void **state)
{
    (void)state;
    struct demo demo;
    struct options options;
    set_up(&demo, &options, false);
    add_order(&demo, &serial, 4e6, 16e6, 0.002);
    add_order(&demo, &openmp, 2e6, 8e6, 0.002);
    add_sizes(&demo, &serial, 0, 0.1, 0.1, 0.002);
    add_sizes(&demo, &openmp, 40000, 0.05, 0.05, 0.002);
    add_words(&demo, &serial, 40e6, 10e6, 0.002);
    add_words(&demo, &openmp, 20e6, 5e6, 0.002);
    assert_says(explain_order, &demo,
                "serial: rows are 4.00 x as fast: a row's neighbours come in one cache line.\n"
                "On a GPU the columns should win, a thread for each: not measured here.\n");
    assert_says(explain_size, &demo,
                "openmp beats serial from 1.0 MB on, of these sizes.\n"
                "Waking threads costs the same at every size: a short sum cannot pay it.\n");
    assert_says(explain_words, &demo,
                "Better code on one core is 2.00 x as fast as 2 threads with the loop.\n"
                "openmp tuned is 8.00 x as fast as the simple loop on one core.\n");
    assert_says(closing_sentence, &demo,
                "Here walking along the rows was 4.00 x as fast as down the columns on the CPU, "
                "openmp was 1.98 x as "
                "fast as serial at summing 100.0 MB, better code counted words 4.00 x as fast on "
                "the same core; no GPU was measured.");
    assert_answers(&demo, 0, 1, 1);
    demo_free(&demo);
}

static void test_gpu_faster(void **state)
{
    (void)state;
    struct demo demo;
    struct options options;
    set_up(&demo, &options, true);
    add_order(&demo, &serial, 4e6, 16e6, 0.002);
    add_order(&demo, &cuda, 5e6, 0.5e6, 0.002);
    add_sizes(&demo, &serial, 0, 0.1, 0.1, 0.002);
    add_sizes(&demo, &openmp, 20000, 0.05, 0.05, 0.002);
    add_sizes(&demo, &cuda, 20000, 0.025, 0.001, 0.002);
    add_words(&demo, &serial, 40e6, 10e6, 0.002);
    add_words(&demo, &openmp, 20e6, 5e6, 0.002);
    add_words(&demo, &cuda, 10e6, 1e6, 0.002);
    assert_says(explain_order, &demo,
                "serial: rows are 4.00 x as fast: a row's neighbours come in one cache line.\n"
                "cuda: columns are 10.0 x as fast: threads side by side read side by side.\n");
    assert_says(explain_size, &demo,
                "openmp beats serial from 1.0 MB on, of these sizes.\n"
                "cuda beats the CPU: with copying from 1.0 MB on, without from 1.0 MB on.\n");
    assert_says(explain_words, &demo,
                "Better code on one core is 2.00 x as fast as 2 threads with the loop.\n"
                "The GPU (cuda), copying included, is 5.00 x as fast as openmp tuned.\n");
    assert_says(closing_sentence, &demo,
                "Here walking along the rows was 4.00 x as fast as down the columns on the CPU, a "
                "thread for each "
                "column was 10.0 x as fast on the GPU, openmp was 1.99 x as fast as serial at "
                "summing 100.0 MB, cuda was 1.99 x as fast as openmp at summing 100.0 MB with "
                "copying, cuda was 41.8 x as fast as openmp at summing 100.0 MB without copying, "
                "better code counted words 4.00 x as fast on the same core.");
    assert_answers(&demo, 0, 1, 1);
    demo_free(&demo);
}

static void test_gpu_slower(void **state)
{
    (void)state;
    struct demo demo;
    struct options options;
    set_up(&demo, &options, true);
    add_order(&demo, &serial, 4e6, 4e6, 0.002);
    add_order(&demo, &cuda, 0.5e6, 1e6, 0.002);
    add_sizes(&demo, &serial, 0, 0.1, 0.1, 0.002);
    add_sizes(&demo, &openmp, 0, 0.05, 0.05, 0.002);
    add_sizes(&demo, &cuda, 20000, 0.2, 0.01, 0.002);
    add_words(&demo, &serial, 40e6, 40e6, 0.002);
    add_words(&demo, &openmp, 20e6, 20e6, 0.002);
    add_words(&demo, &cuda, 100e6, 80e6, 0.002);
    assert_says(explain_order, &demo,
                "serial: no difference: its caches hold what a column leaves behind.\n"
                "cuda: rows are 2.00 x as fast here too, a thread for each row.\n");
    assert_says(explain_size, &demo,
                "openmp beats serial at every size measured here.\n"
                "cuda beats the CPU: with copying at no size, without from 1.0 MB on.\n");
    assert_says(explain_words, &demo,
                "2 threads with the loop are 2.00 x as fast as better code on one core.\n"
                "openmp simple is 4.00 x as fast as the GPU (cuda), copying included.\n");
    assert_answers(&demo, 2, 2, 0);
    struct text text = {0};
    closing_sentence(&demo, &text);
    assert_non_null(strstr(text.data, "a thread for each row was 2.00 x as fast on the GPU"));
    assert_non_null(strstr(text.data, "x as fast as cuda at summing 100.0 MB with copying"));
    assert_null(strstr(text.data, "walking")); /* no difference there */
    assert_null(strstr(text.data, "better code"));
    assert_null(strstr(text.data, "no GPU"));
    text_free(&text);
    demo_free(&demo);
}

/* Nothing is claimed of what the noise hides, or of what too few rounds say. */
static void test_not_resolved(void **state)
{
    (void)state;
    struct demo demo;
    struct options options;
    set_up(&demo, &options, false);
    add_order(&demo, &serial, 4e6, 4.4e6, 1.5);
    add_sizes(&demo, &serial, 0, 0.1, 0.1, 1.5);
    add_sizes(&demo, &openmp, 0, 0.09, 0.09, 1.5);
    add_words(&demo, &serial, 40e6, 38e6, 1.5);
    add_words(&demo, &openmp, 39e6, 37e6, 1.5);
    assert_says(explain_order, &demo,
                "serial: not resolved, the noise hides the difference.\n"
                "On a GPU the columns should win, a thread for each: not measured here.\n");
    assert_says(explain_size, &demo,
                "openmp against serial: not resolved in this run.\n"
                "Waking threads costs the same at every size; the work grows with it.\n");
    assert_says(explain_words, &demo,
                "Better code or more threads: not resolved, the noise hides the difference.\n"
                "Nothing here certainly beats the simple loop on one core.\n");
    assert_says(closing_sentence, &demo, "This run resolved no difference; no GPU was measured.");
    assert_answers(&demo, -1, -1, -1);
    demo_free(&demo);

    set_up(&demo, &options, false);
    add_order(&demo, &serial, 4e6, 40e6, 0.002);
    demo.takes[SCENE_ORDER][TAKE_COLUMNS].measurement.alternatives[0].samples = 4;
    assert_says(explain_order, &demo,
                "serial: too few rounds in this time to be sure.\n"
                "On a GPU the columns should win, a thread for each: not measured here.\n");
    assert_says(closing_sentence, &demo, "This run resolved no difference; no GPU was measured.");
    demo_free(&demo);
}

static void test_single_core(void **state)
{
    (void)state;
    struct demo demo;
    struct options options;
    set_up(&demo, &options, false);
    options.threads = 1;
    add_order(&demo, &serial, 4e6, 16e6, 0.002);
    add_sizes(&demo, &serial, 0, 0.1, 0.1, 0.001);
    add_sizes(&demo, &openmp, 4000, 0.1, 0.1, 0.001);
    add_words(&demo, &serial, 40e6, 10e6, 0.001);
    add_words(&demo, &openmp, 40e6, 10e6, 0.001);
    assert_says(explain_size, &demo,
                "openmp beats serial at no size measured here.\n"
                "There is one core to use: threads have nobody to share the work with.\n");
    assert_says(explain_words, &demo,
                "Better code on one core is 4.00 x as fast as 1 thread with the loop.\n"
                "serial tuned is 4.00 x as fast as the simple loop on one core.\n");
    assert_answers(&demo, 0, 2, 1);
    demo_free(&demo);
}

/* It wins in the middle only; and a size that is not resolved leaves open what the class asked. */
static void test_crossings(void **state)
{
    (void)state;
    static const struct {
        double ratios[5]; /* of the contender's time to serial's; NAN: drowned in noise */
        int kind;
        size_t from;
        int answer;
    } cases[] = {
        {{0.5, 0.5, 0.5, 0.5, 0.5}, CROSSING_EVERYWHERE, 0, 0},
        {{2, 2, 1, 0.5, 0.5}, CROSSING_FROM, 3, 1},
        {{0.5, 2, 0.5, 0.5, 0.5}, CROSSING_FROM, 2, 1},
        {{NAN, NAN, 0.5, 0.5, 0.5}, CROSSING_FROM, 2, -1},
        {{2, 0.5, 0.5, 2, 2}, CROSSING_SOMEWHERE, 1, -1},
        {{2, 2, 2, 2, 1}, CROSSING_NOWHERE, 0, 2},
        {{2, 2, 2, 2, NAN}, CROSSING_UNKNOWN, 0, -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct demo demo;
        struct options options;
        set_up(&demo, &options, false);
        add_sizes(&demo, &serial, 0, 0.1, 0.1, 0.002);
        for (size_t t = 0; t < 5; t++) {
            const double ratio = cases[i].ratios[t];
            add(&demo.takes[SCENE_SIZE][t], &openmp, &simple,
                0.1 * (double)sizes[t] * (isnan(ratio) ? 1 : ratio), NAN,
                isnan(ratio) ? 1.5 : 0.002);
        }
        const struct crossing crossing = size_crossing(&demo, &openmp, PHASE_E2E, false);
        assert_int_equal(crossing.kind, cases[i].kind);
        if (crossing.kind == CROSSING_FROM || crossing.kind == CROSSING_SOMEWHERE)
            assert_int_equal(crossing.from, cases[i].from);
        assert_int_equal(scene_answer(&demo, SCENE_SIZE), cases[i].answer);
        if (crossing.kind == CROSSING_SOMEWHERE)
            assert_says(explain_size, &demo,
                        "openmp certainly beats serial from 160.0 KB to 1.0 MB, of these sizes.\n"
                        "Waking threads costs the same at every size; the work grows with it.\n");
        demo_free(&demo);
    }
}

/* ---- Pages ---------------------------------------------------------------------------------- */

/* Columns of the longest line, without escapes; rows. */
static void measure_page(const char *page, int *columns, int *rows)
{
    *columns = *rows = 0;
    for (int column = 0; *page != '\0'; page++) {
        if (*page == '\033') {
            page = strchr(page, 'm');
            assert_non_null(page);
        } else if (*page == '\n') {
            column = 0;
            (*rows)++;
        } else if (((unsigned char)*page & 0xC0) != 0x80) {
            column++;
            *columns = column > *columns ? column : *columns;
        }
    }
}

static void assert_fits(const struct text *page)
{
    int columns, rows;
    assert_false(page->failed);
    measure_page(page->data, &columns, &rows);
    if (columns > SCREEN_COLUMNS - 1 || rows > PAGE_ROWS)
        fail_msg("%d columns, %d rows:\n%s", columns, rows, page->data);
    assert_int_equal(page->data[page->length - 1], '\n');
}

static void assert_all_pages_fit(struct demo *demo)
{
    for (int style = 0; style < 4; style++) {
        const struct console_style console = {.color = (style & 1) != 0, .utf8 = (style & 2) != 0};
        struct text page = {0};
        page_welcome(demo, &console, &page);
        assert_fits(&page);
        text_free(&page);
        page_closing(demo, true, &console, &page);
        assert_fits(&page);
        text_free(&page);
        for (int scene = 0; scene < SCENES; scene++) {
            demo->predictions[scene] = scene - 1 + style % 3;
            page_question(demo, (enum scene)scene, &console, &page);
            assert_fits(&page);
            text_free(&page);
            page_measuring(demo, (enum scene)scene, 0, &console, &page);
            assert_fits(&page);
            text_free(&page);
            page_picture(demo, (enum scene)scene, &console, &page);
            assert_fits(&page);
            assert_int_equal(strstr(page.data, "\033") != NULL, console.color);
            assert_int_equal(strstr(page.data, "\u2588") != NULL, console.utf8);
            text_free(&page);
        }
    }
}

/* Everybody takes part, with long names, long numbers, and reasons that are too long. */
static void test_pages_fit(void **state)
{
    (void)state;
    struct demo demo;
    struct options options;
    set_up(&demo, &options, true);
    options.threads = 4096;
    add_order(&demo, &serial, 123.4e6, 98765.4e6, 0.002);
    add_order(&demo, &openmp, 100e6, 900e6, 0.002);
    add_order(&demo, &cuda, 800e6, 100e6, 0.002);
    add_sizes(&demo, &serial, 0, 0.1, 0.1, 0.002);
    add_sizes(&demo, &openmp, 1e9, 0.00001, 0.00001, 0.002);
    add_sizes(&demo, &cuda, 10, 0.025, 0.0001, 0.002);
    add_words(&demo, &serial, 40e6, 10e6, 0.002);
    add_words(&demo, &openmp, 20e6, 5e6, 0.002);
    static const struct backend_entry pthread = {"pthread", &fake_host, ""};
    static const struct backend_entry opencl = {"opencl", &fake_device, ""};
    add_words(&demo, &pthread, 20e6, 5e6, 0.002);
    add_words(&demo, &opencl, 10e6, 1e6, 0.002);
    add_words(&demo, &cuda, 10e6, 1e6, 0.002);
    struct alternative *broken = &demo.takes[SCENE_WORDS][0].measurement.alternatives[3];
    ab_fail(&broken->error, AB_WRONG_RESULT, "wrong result: %0200d", 0);
    demo.backends = calloc(backend_count(), sizeof(*demo.backends));
    assert_non_null(demo.backends);
    for (size_t i = 0; i < backend_count(); i++) {
        demo.backends[i].entry = backend_at(i);
        if (i % 2 == 0)
            ab_fail(&demo.backends[i].error, AB_NO_DEVICE, "no device: %0200d", 0);
        else
            memset(demo.backends[i].opening.device.name, 'x', 127);
    }
    assert_all_pages_fit(&demo);
    demo_free(&demo);
}

/* One backend of a take fails, a whole take fails: a line says so, and the others are drawn. */
static void test_failures(void **state)
{
    (void)state;
    const struct console_style plain = {0};
    struct demo demo;
    struct options options;
    set_up(&demo, &options, false);
    add_order(&demo, &serial, 4e6, 16e6, 0.002);
    add_order(&demo, &openmp, 4e6, 16e6, 0.002);
    struct alternative *a = &demo.takes[SCENE_ORDER][TAKE_COLUMNS].measurement.alternatives[1];
    ab_fail(&a->error, AB_WRONG_RESULT, "wrong result: sum is 1, not 2");
    ab_fail(&demo.takes[SCENE_SIZE][4].error, AB_NO_MEMORY, "needs 100 MB");
    for (size_t t = 0; t < 4; t++) {
        add(&demo.takes[SCENE_SIZE][t], &serial, &simple, 1e6, NAN, 0.002);
        add(&demo.takes[SCENE_SIZE][t], &openmp, &simple, 2e6, NAN, 0.002);
    }
    ab_fail(&demo.takes[SCENE_WORDS][0].error, AB_SYSTEM, "no process");
    static const char *const expected[SCENES] = {
        [SCENE_ORDER] = "ERROR wrong result: sum is 1, not 2\n",
        [SCENE_SIZE] = "ERROR needs 100 MB\n",
        [SCENE_WORDS] = "ERROR no process\n",
    };
    for (int scene = 0; scene < SCENES; scene++) {
        struct text page = {0};
        page_picture(&demo, (enum scene)scene, &plain, &page);
        assert_fits(&page);
        if (strstr(page.data, expected[scene]) == NULL)
            fail_msg("no '%s' in:\n%s", expected[scene], page.data);
        text_free(&page);
    }
    assert_int_equal(size_crossing(&demo, &openmp, PHASE_E2E, false).kind, CROSSING_NOWHERE);
    demo_free(&demo);
}

/* The class is told how it did, by the letters it saw. */
static void test_outcome(void **state)
{
    (void)state;
    const struct console_style plain = {0};
    struct demo demo;
    struct options options;
    set_up(&demo, &options, false);
    add_order(&demo, &serial, 4e6, 16e6, 0.002);
    static const struct {
        int said;
        const char *words;
    } cases[] = {{0, "You said A, and A it is."}, {2, "You said C; it is A."}, {-1, NULL}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text page = {0};
        demo.predictions[SCENE_ORDER] = cases[i].said;
        page_picture(&demo, SCENE_ORDER, &plain, &page);
        const char *found = strstr(page.data, cases[i].words != NULL ? cases[i].words : "You said");
        assert_int_equal(found != NULL, cases[i].words != NULL);
        text_free(&page);
    }
    demo.predictions[SCENE_WORDS] = 1;
    struct text page = {0};
    page_picture(&demo, SCENE_WORDS, &plain, &page);
    assert_non_null(strstr(page.data, "You said B; this run cannot tell."));
    text_free(&page);
    demo_free(&demo);
}

/* What is shown is what runs. */
static void test_excerpts(void **state)
{
    (void)state;
    static const char *const excerpts[] = {excerpt_rows, excerpt_columns, excerpt_sum,
                                           excerpt_words};
    for (size_t i = 0; i < sizeof(excerpts) / sizeof(excerpts[0]); i++) {
        int columns, rows;
        measure_page(excerpts[i], &columns, &rows);
        assert_in_range(rows, 3, 12);
        assert_in_range(columns, 10, 77);
        assert_null(strstr(excerpts[i], "/*"));
        assert_true(excerpts[i][0] != ' ');
    }
    assert_non_null(strstr(excerpt_rows, "sum += (TOTAL)x[r * cols + c];"));
    assert_non_null(strstr(excerpt_words, "word_table_add("));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_gpu),      cmocka_unit_test(test_gpu_faster),
        cmocka_unit_test(test_gpu_slower),  cmocka_unit_test(test_not_resolved),
        cmocka_unit_test(test_single_core), cmocka_unit_test(test_crossings),
        cmocka_unit_test(test_pages_fit),   cmocka_unit_test(test_failures),
        cmocka_unit_test(test_outcome),     cmocka_unit_test(test_excerpts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
