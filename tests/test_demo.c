/* What the demo says about measurements whose truth is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bench/demo_pages.h"
#include "tests/made_demo.h"

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
    struct made_demo made;
    make_demo(&made, false);
    make_order(&made, &serial_entry, 4e6, 16e6);
    make_order(&made, &openmp_entry, 2e6, 8e6);
    make_sizes(&made, &serial_entry, 0, 0.1, 0.1);
    make_sizes(&made, &openmp_entry, 40000, 0.05, 0.05);
    make_words(&made, &serial_entry, 40e6, 10e6);
    make_words(&made, &openmp_entry, 20e6, 5e6);
    assert_says(explain_order, &made.demo,
                "serial: rows are 4.00 x as fast: a row's neighbours come in one cache line.\n"
                "On a GPU the columns should win, a thread for each: not measured here.\n");
    assert_says(explain_size, &made.demo,
                "openmp beats serial from 1.0 MB on, of these sizes.\n"
                "Waking threads costs the same at every size: a short sum cannot pay it.\n");
    assert_says(explain_words, &made.demo,
                "Better code on one core is 2.00 x as fast as 2 threads with the loop.\n"
                "openmp tuned is 8.00 x as fast as the simple loop on one core.\n");
    assert_says(closing_sentence, &made.demo,
                "Here walking along the rows was 4.00 x as fast as down the columns on the CPU, "
                "openmp was 1.98 x as "
                "fast as serial at summing 100.0 MB, better code counted words 4.00 x as fast on "
                "the same core; no GPU was measured.");
    assert_answers(&made.demo, 0, 1, 1);
    demo_free(&made.demo);
}

static void test_gpu_faster(void **state)
{
    (void)state;
    struct made_demo made;
    make_demo(&made, true);
    make_order(&made, &serial_entry, 4e6, 16e6);
    make_order(&made, &cuda_entry, 5e6, 0.5e6);
    make_sizes(&made, &serial_entry, 0, 0.1, 0.1);
    make_sizes(&made, &openmp_entry, 20000, 0.05, 0.05);
    make_sizes(&made, &cuda_entry, 20000, 0.025, 0.001);
    make_words(&made, &serial_entry, 40e6, 10e6);
    make_words(&made, &openmp_entry, 20e6, 5e6);
    make_words(&made, &cuda_entry, 10e6, 1e6);
    assert_says(explain_order, &made.demo,
                "serial: rows are 4.00 x as fast: a row's neighbours come in one cache line.\n"
                "cuda: columns are 10.0 x as fast: threads side by side read side by side.\n");
    assert_says(explain_size, &made.demo,
                "openmp beats serial from 1.0 MB on, of these sizes.\n"
                "Where cuda beats the CPU: with copying from 1.0 MB on, without from 1.0 MB on.\n");
    assert_says(explain_words, &made.demo,
                "Better code on one core is 2.00 x as fast as 2 threads with the loop.\n"
                "The GPU (cuda), copying included, is 5.00 x as fast as openmp tuned.\n");
    assert_says(closing_sentence, &made.demo,
                "Here walking along the rows was 4.00 x as fast as down the columns on the CPU, a "
                "thread for each "
                "column was 10.0 x as fast on the GPU, openmp was 1.99 x as fast as serial at "
                "summing 100.0 MB, cuda was 1.99 x as fast as openmp at summing 100.0 MB with "
                "copying, cuda was 41.8 x as fast as openmp at summing 100.0 MB without copying, "
                "better code counted words 4.00 x as fast on the same core.");
    assert_answers(&made.demo, 0, 1, 1);
    demo_free(&made.demo);
}

static void test_gpu_slower(void **state)
{
    (void)state;
    struct made_demo made;
    make_demo(&made, true);
    make_order(&made, &serial_entry, 4e6, 4e6);
    make_order(&made, &cuda_entry, 0.5e6, 1e6);
    make_sizes(&made, &serial_entry, 0, 0.1, 0.1);
    make_sizes(&made, &openmp_entry, 0, 0.05, 0.05);
    make_sizes(&made, &cuda_entry, 20000, 0.2, 0.01);
    make_words(&made, &serial_entry, 40e6, 40e6);
    make_words(&made, &openmp_entry, 20e6, 20e6);
    make_words(&made, &cuda_entry, 100e6, 80e6);
    assert_says(explain_order, &made.demo,
                "serial: no difference: its caches hold what a column leaves behind.\n"
                "cuda: rows are 2.00 x as fast here too, a thread for each row.\n");
    assert_says(explain_size, &made.demo,
                "openmp beats serial at every size measured here.\n"
                "Where cuda beats the CPU: with copying at no size, without from 1.0 MB on.\n");
    assert_says(explain_words, &made.demo,
                "2 threads with the loop are 2.00 x as fast as better code on one core.\n"
                "openmp simple is 4.00 x as fast as the GPU (cuda), copying included.\n");
    assert_answers(&made.demo, 2, 2, 0);
    struct text text = {0};
    closing_sentence(&made.demo, &text);
    assert_non_null(strstr(text.data, "a thread for each row was 2.00 x as fast on the GPU"));
    assert_non_null(strstr(text.data, "x as fast as cuda at summing 100.0 MB with copying"));
    assert_null(strstr(text.data, "walking")); /* no difference there */
    assert_null(strstr(text.data, "better code"));
    assert_null(strstr(text.data, "no GPU"));
    text_free(&text);
    demo_free(&made.demo);
}

/* Nothing is claimed of what the noise hides, or of what too few rounds say. */
static void test_not_resolved(void **state)
{
    (void)state;
    struct made_demo made;
    make_demo(&made, false);
    made.spread = loud_spread;
    make_order(&made, &serial_entry, 4e6, 4.4e6);
    make_sizes(&made, &serial_entry, 0, 0.1, 0.1);
    make_sizes(&made, &openmp_entry, 0, 0.09, 0.09);
    make_words(&made, &serial_entry, 40e6, 38e6);
    make_words(&made, &openmp_entry, 39e6, 37e6);
    assert_says(explain_order, &made.demo,
                "serial: not resolved, the noise hides the difference.\n"
                "On a GPU the columns should win, a thread for each: not measured here.\n");
    assert_says(explain_size, &made.demo,
                "openmp against serial: not resolved in this run.\n"
                "Waking threads costs the same at every size; the work grows with it.\n");
    assert_says(explain_words, &made.demo,
                "Better code or more threads: not resolved, the noise hides the difference.\n"
                "Nothing here certainly beats the simple loop on one core.\n");
    assert_says(closing_sentence, &made.demo,
                "This run resolved no difference; no GPU was measured.");
    assert_answers(&made.demo, -1, -1, -1);
    demo_free(&made.demo);

    make_demo(&made, false);
    make_order(&made, &serial_entry, 4e6, 40e6);
    made.demo.takes[SCENE_ORDER][TAKE_COLUMNS].measurement.alternatives[0].samples = 4;
    assert_says(explain_order, &made.demo,
                "serial: too few rounds in this time to be sure.\n"
                "On a GPU the columns should win, a thread for each: not measured here.\n");
    assert_says(closing_sentence, &made.demo,
                "This run resolved no difference; no GPU was measured.");
    demo_free(&made.demo);
}

static void test_single_core(void **state)
{
    (void)state;
    struct made_demo made;
    make_demo(&made, false);
    made.options.threads = 1;
    make_order(&made, &serial_entry, 4e6, 16e6);
    made.spread = calm_spread / 2;
    make_sizes(&made, &serial_entry, 0, 0.1, 0.1);
    make_sizes(&made, &openmp_entry, 4000, 0.1, 0.1);
    make_words(&made, &serial_entry, 40e6, 10e6);
    make_words(&made, &openmp_entry, 40e6, 10e6);
    assert_says(explain_size, &made.demo,
                "openmp beats serial at no size measured here.\n"
                "There is one core to use: threads have nobody to share the work with.\n");
    assert_says(explain_words, &made.demo,
                "Better code on one core is 4.00 x as fast as 1 thread with the loop.\n"
                "serial tuned is 4.00 x as fast as the simple loop on one core.\n");
    assert_answers(&made.demo, 0, 2, 1);
    demo_free(&made.demo);
}

#define WAKING "Waking threads costs the same at every size; the work grows with it.\n"

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
        {{0.5, NAN, 0.5, 2, 2}, CROSSING_SOMEWHERE, 2, -1},
        {{2, 2, 2, 2, 1}, CROSSING_NOWHERE, 0, 2},
        {{2, 2, 2, 2, NAN}, CROSSING_UNKNOWN, 0, -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct made_demo made;
        make_demo(&made, false);
        make_sizes(&made, &serial_entry, 0, 0.1, 0.1);
        for (size_t t = 0; t < 5; t++) {
            const double ratio = cases[i].ratios[t];
            made.spread = isnan(ratio) ? loud_spread : calm_spread;
            make_times(&made, &made.demo.takes[SCENE_SIZE][t], &openmp_entry, &simple_technique,
                       0.1 * (double)demo_sizes[t] * (isnan(ratio) ? 1 : ratio), NAN);
        }
        const struct crossing crossing = size_crossing(&made.demo, &openmp_entry, PHASE_E2E, false);
        assert_int_equal(crossing.kind, cases[i].kind);
        if (crossing.kind == CROSSING_FROM || crossing.kind == CROSSING_SOMEWHERE)
            assert_int_equal(crossing.from, cases[i].from);
        assert_int_equal(scene_answer(&made.demo, SCENE_SIZE), cases[i].answer);
        if (crossing.kind == CROSSING_SOMEWHERE)
            assert_says(explain_size, &made.demo,
                        cases[i].from == 1
                            ? "openmp certainly beats serial from 160.0 KB to 1.0 MB, of these "
                              "sizes.\n" WAKING
                            : "openmp certainly beats serial at 1.0 MB, of these sizes.\n" WAKING);
        demo_free(&made.demo);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_gpu),      cmocka_unit_test(test_gpu_faster),
        cmocka_unit_test(test_gpu_slower),  cmocka_unit_test(test_not_resolved),
        cmocka_unit_test(test_single_core), cmocka_unit_test(test_crossings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
