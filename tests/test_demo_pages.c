/* What the pages of the demo show, and that they fit a small terminal. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/demo_pages.h"
#include "bench/excerpts.h"
#include "bench/screen.h"
#include "tests/fake.h"
#include "tests/made_demo.h"

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
    struct made_demo made;
    make_demo(&made, true);
    made.options.threads = 4096;
    make_order(&made, &serial_entry, 123.4e6, 98765.4e6);
    make_order(&made, &openmp_entry, 100e6, 900e6);
    make_order(&made, &cuda_entry, 800e6, 100e6);
    make_sizes(&made, &serial_entry, 0, 0.1, 0.1);
    make_sizes(&made, &openmp_entry, 1e9, 0.00001, 0.00001);
    make_sizes(&made, &cuda_entry, 10, 0.025, 0.0001);
    make_words(&made, &serial_entry, 40e6, 10e6);
    make_words(&made, &openmp_entry, 20e6, 5e6);
    static const struct backend_entry pthread = {"pthread", &fake_host, ""};
    static const struct backend_entry opencl = {"opencl", &fake_device, ""};
    make_words(&made, &pthread, 20e6, 5e6);
    make_words(&made, &opencl, 10e6, 1e6);
    make_words(&made, &cuda_entry, 10e6, 1e6);
    struct alternative *broken = &made.demo.takes[SCENE_WORDS][0].measurement.alternatives[3];
    ab_fail(&broken->error, AB_WRONG_RESULT, "wrong result: %0200d", 0);
    made.demo.backends = calloc(backend_count(), sizeof(*made.demo.backends));
    assert_non_null(made.demo.backends);
    for (size_t i = 0; i < backend_count(); i++) {
        made.demo.backends[i].entry = backend_at(i);
        if (i % 2 == 0)
            ab_fail(&made.demo.backends[i].error, AB_NO_DEVICE, "no device: %0200d", 0);
        else
            memset(made.demo.backends[i].opening.device.name, 'x', 127);
    }
    assert_all_pages_fit(&made.demo);
    demo_free(&made.demo);
}

/* One backend of a take fails, a whole take fails: a line says so, and the others are drawn. */
static void test_failures(void **state)
{
    (void)state;
    const struct console_style plain = {0};
    struct made_demo made;
    make_demo(&made, false);
    make_order(&made, &serial_entry, 4e6, 16e6);
    make_order(&made, &openmp_entry, 4e6, 16e6);
    struct alternative *a = &made.demo.takes[SCENE_ORDER][TAKE_COLUMNS].measurement.alternatives[1];
    ab_fail(&a->error, AB_WRONG_RESULT, "wrong result: sum is 1, not 2");
    ab_fail(&made.demo.takes[SCENE_SIZE][4].error, AB_NO_MEMORY, "needs 100 MB");
    for (size_t t = 0; t < 4; t++) {
        make_times(&made, &made.demo.takes[SCENE_SIZE][t], &serial_entry, &simple_technique, 1e6,
                   NAN);
        make_times(&made, &made.demo.takes[SCENE_SIZE][t], &openmp_entry, &simple_technique, 2e6,
                   NAN);
    }
    ab_fail(&made.demo.takes[SCENE_WORDS][0].error, AB_SYSTEM, "no process");
    static const char *const expected[SCENES] = {
        [SCENE_ORDER] = "ERROR wrong result: sum is 1, not 2\n",
        [SCENE_SIZE] = "ERROR needs 100 MB\n",
        [SCENE_WORDS] = "ERROR no process\n",
    };
    for (int scene = 0; scene < SCENES; scene++) {
        struct text page = {0};
        page_picture(&made.demo, (enum scene)scene, &plain, &page);
        assert_fits(&page);
        if (strstr(page.data, expected[scene]) == NULL)
            fail_msg("no '%s' in:\n%s", expected[scene], page.data);
        text_free(&page);
    }
    assert_int_equal(size_crossing(&made.demo, &openmp_entry, PHASE_E2E, false).kind,
                     CROSSING_NOWHERE);
    demo_free(&made.demo);
}

/* The class is told how it did, by the letters it saw. */
static void test_outcome(void **state)
{
    (void)state;
    const struct console_style plain = {0};
    struct made_demo made;
    make_demo(&made, false);
    make_order(&made, &serial_entry, 4e6, 16e6);
    static const struct {
        int said;
        const char *words;
    } cases[] = {{0, "You said A, and A it is."}, {2, "You said C; it is A."}, {-1, NULL}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text page = {0};
        made.demo.predictions[SCENE_ORDER] = cases[i].said;
        page_picture(&made.demo, SCENE_ORDER, &plain, &page);
        const char *found = strstr(page.data, cases[i].words != NULL ? cases[i].words : "You said");
        assert_int_equal(found != NULL, cases[i].words != NULL);
        text_free(&page);
    }
    made.demo.predictions[SCENE_WORDS] = 1;
    struct text page = {0};
    page_picture(&made.demo, SCENE_WORDS, &plain, &page);
    assert_non_null(strstr(page.data, "You said B; this run cannot tell."));
    text_free(&page);
    demo_free(&made.demo);
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
        cmocka_unit_test(test_pages_fit),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_outcome),
        cmocka_unit_test(test_excerpts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
