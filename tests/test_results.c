/* Reading result files: what the formats say, and that hostile files are refused or read, never
 * more. */
#include "bench/results.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum ab_status parse(const char *words, struct results *results, struct ab_error *error)
{
    char *text = strdup(words);
    assert_non_null(text);
    *error = (struct ab_error){0};
    enum ab_status status = results_parse("file.json", text, strlen(text), results, error);
    free(text);
    return status;
}

static void parse_well(const char *words, struct results *results)
{
    struct ab_error error;
    if (parse(words, results, &error) != AB_OK)
        fail_msg("%s: %s", words, error.message);
}

static void refused(const char *words, const char *mention)
{
    struct results results;
    struct ab_error error;
    assert_int_equal(parse(words, &results, &error), AB_INPUT);
    if (strstr(error.message, mention) == NULL || strstr(error.message, "file.json") == NULL)
        fail_msg("'%s' does not mention '%s'", error.message, mention);
    assert_null(results.document);
    assert_null(results.series);
}

#define ROW(name, more) \
    "{\"name\": \"" name "\", \"real_time\": 2.5, \"time_unit\": \"us\"" more "}"
#define FILE_OF(rows) "{\"context\": {\"host_name\": \"h\"}, \"benchmarks\": [" rows "]}"

static void our_rows_are_read_in_full(void **state)
{
    (void)state;
    struct results r;
    parse_well(
        "{\"context\": {\"host_name\": \"h\", \"num_cpus\": 4, \"accelbench\": {\"seed\": 7,"
        "\"machine\": {\"cpu\": \"C\"}, \"build\": {\"git\": \"g\"}, \"warnings\": "
        "[{\"code\": \"c\", \"text\": \"t\", \"remedy\": \"r\"}], \"backends\": [{\"name\": "
        "\"cuda\", \"reason\": \"none\"}, {\"name\": \"serial\"}]}}, \"benchmarks\": ["
        "{\"name\": \"k_b/1\", \"run_name\": \"k_b/1\", \"run_type\": \"iteration\","
        "\"real_time\": 10, \"time_unit\": \"ms\", \"accelbench\": {\"kernel\": \"k\","
        "\"backend\": \"b\", \"technique\": \"tuned\", \"dtype\": \"i32\", \"order\": \"row\","
        "\"transfer\": null, \"input_bytes\": 100, \"round\": 3, \"phases_ns\": {\"h2d\": 1,"
        "\"kernel\": 2, \"d2h\": null}, \"turns_ns\": [8, 9], \"limit_fraction\": 0.5}}],"
        "\"accelbench\": {\"break_even\": [{\"kernel\": \"k\", \"labels\": {\"dtype\": "
        "\"i32\", \"order\": \"row\"}, \"bytes\": 5, \"ci_bytes\": [4, 6], \"text\": \"b.\"}]}}",
        &r);
    assert_int_equal(r.kind, RESULTS_OURS);
    assert_string_equal(r.environment.host, "h");
    assert_string_equal(r.environment.cpu, "C");
    assert_string_equal(r.environment.git, "g");
    assert_true(r.environment.seed == 7 && r.environment.cpus == 4);
    assert_int_equal(r.warning_count, 1);
    assert_string_equal(r.warnings[0].remedy, "r");
    assert_int_equal(r.absence_count, 1);
    assert_string_equal(r.absences[0].backend, "cuda");
    assert_int_equal(r.series_count, 1);
    const struct results_series *s = &r.series[0];
    assert_string_equal(s->kernel, "k");
    assert_string_equal(s->backend, "b");
    assert_string_equal(s->labels, "i32, row");
    assert_string_equal(s->transfer, "");
    assert_int_equal(s->count, 1);
    assert_true(s->summary.median == 1e7 && s->input_bytes == 100 && s->limit_fraction == 0.5);
    assert_true(s->columns[SERIES_ROUND][0] == 3 && s->turns == 2 && s->turns_ns[1] == 9);
    assert_true(s->phase_ns[PHASE_KERNEL] == 2 && isnan(s->phase_ns[PHASE_D2H]));
    assert_int_equal(r.break_even_count, 1);
    assert_string_equal(r.break_even[0].labels, "i32, row");
    assert_true(r.break_even[0].low == 4 && r.break_even[0].high == 6);
    results_free(&r);
}

static void the_kernels_phase_is_told_from_the_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool kernel_only;
    } cases[] = {{"matrix_sum.kernel_cuda/1/real_time", true},
                 {"matrix_sum.kernel.pageable_cuda/1/real_time", true},
                 {"matrix_sum_cuda/1/real_time", false},
                 {"matrix_sum.kernels_cuda/1/real_time", false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char words[512];
        struct results r;
        snprintf(words, sizeof(words),
                 FILE_OF(ROW("%s", ", \"accelbench\": {\"kernel\": \"k\", \"backend\": \"b\"}")),
                 cases[i].name);
        parse_well(words, &r);
        assert_int_equal(r.series[0].kernel_only, cases[i].kernel_only);
        results_free(&r);
    }
}

static void googles_rows_are_read(void **state)
{
    (void)state;
    struct results r;
    /* Rows of one name are repetitions; aggregates count only where there is nothing else. */
#define AGGREGATE(name, what)                                                        \
    ROW(name "_" what, ", \"run_name\": \"" name "\", \"run_type\": \"aggregate\", " \
                       "\"aggregate_name\": \"" what "\"")
    parse_well(FILE_OF(ROW("a", "") "," ROW("a", "") "," AGGREGATE("a", "mean") "," AGGREGATE(
                   "b", "cv") "," AGGREGATE("b", "median")),
               &r);
    assert_int_equal(r.kind, RESULTS_GOOGLE);
    assert_int_equal(r.series_count, 2);
    assert_int_equal(results_find(&r, "a")->count, 2);
    assert_int_equal(results_find(&r, "b")->count, 1);
    assert_true(results_find(&r, "a")->summary.median == 2500);
    assert_null(results_find(&r, "a_mean"));
    results_free(&r);

    parse_well(FILE_OF(ROW("old_mean", "") "," ROW("old", "")), &r); /* before version 1.5 */
    assert_int_equal(r.series_count, 1);
    results_free(&r);
}

static void numbers_that_json_lacks_are_missing(void **state)
{
    (void)state;
    struct results r;
    parse_well(FILE_OF("{\"name\": \"NaN\", \"real_time\": NaN}, {\"name\": \"b\", \"real_time\": "
                       "-Infinity}, {\"name\": \"c\", \"real_time\":inf}, {\"name\": \"d\", "
                       "\"real_time\": 1, \"counter\": nan}"),
               &r);
    assert_int_equal(r.rows_left_out, 3);
    assert_non_null(results_find(&r, "NaN")); /* a text stays as it is */
    assert_int_equal(results_find(&r, "d")->count, 1);
    results_free(&r);
}

static void control_characters_are_taken_raw(void **state)
{
    (void)state;
    struct results r;
    parse_well("\xEF\xBB\xBF" FILE_OF(ROW("a\nb\\n\x01", "")), &r); /* and a byte order mark */
    assert_string_equal(r.series[0].name, "a?b\n?");
    results_free(&r);
}

static void the_labs_json_is_read(void **state)
{
    (void)state;
    struct results r;
    parse_well("{\"execution_time_seconds\": 0.5, \"total\": 3}", &r);
    assert_int_equal(r.kind, RESULTS_LAB);
    assert_true(results_find(&r, "unnamed")->summary.median == 5e8);
    results_free(&r);
    parse_well("[{\"kernel\": \"sum\", \"language\": \"c\", \"rows\": 10, "
               "\"execution_time_seconds\": [1, 2, 3]}, {\"function\": \"f\", "
               "\"execution_time_seconds\": \"soon\"}, 5]",
               &r);
    assert_int_equal(results_find(&r, "sum/c/10")->count, 3);
    assert_int_equal(results_find(&r, "f")->count, 0);
    assert_int_equal(r.rows_left_out, 1);
    results_free(&r);
    parse_well("{\"row_major\": {\"execution_time_seconds\": 1}, \"column_major\": "
               "{\"execution_time_seconds\": 2}}",
               &r);
    assert_true(results_find(&r, "column_major")->summary.median == 2e9);
    results_free(&r);
}

static void an_error_row_keeps_its_message(void **state)
{
    (void)state;
    struct results r;
    parse_well(FILE_OF(ROW("a", ", \"error_occurred\": true, \"error_message\": \"why\"")), &r);
    assert_int_equal(r.series[0].count, 0);
    assert_string_equal(r.series[0].failure, "why");
    results_free(&r);
}

static void what_is_no_result_file_is_refused(void **state)
{
    (void)state;
    refused("", "empty");
    refused("{\"benchmarks\": [", "line 1");
    refused("{}\n{}", "line 2");
    refused("hello", "not JSON");
    refused("5", "not JSON");
    refused("[]", "no results");
    refused("{\"benchmarks\": {}}", "no results");
    refused("{\"name\": \"\xFF\"}", "not JSON");
    refused("{\"a\": 1e999}", "not JSON");
    refused("{\"a\": \"\\ud800\"}", "not JSON");
    refused("\"unfinished", "not JSON");
    refused("\"\\", "not JSON");
}

static void wrong_types_are_survived(void **state)
{
    (void)state;
    static const char *const values[] = {"null", "true",     "-5",        "\"x\"", "[]",
                                         "{}",   "[[[[]]]]", "[1, null]", "1e308"};
    static const char *const forms[] = {
        "{\"benchmarks\": [%s]}",
        "{\"benchmarks\": [], \"context\": %s}",
        "{\"benchmarks\": [], \"context\": {\"accelbench\": %s}}",
        "{\"benchmarks\": [], \"context\": {\"accelbench\": {\"warnings\": [%s]}}}",
        "{\"benchmarks\": [], \"context\": {\"accelbench\": {\"backends\": %s}}}",
        "{\"benchmarks\": [], \"accelbench\": {\"break_even\": [%s]}}",
        "{\"benchmarks\": [{\"name\": %s, \"real_time\": %s}]}",
        "{\"benchmarks\": [{\"name\": \"a\", \"real_time\": 1, \"accelbench\": %s}]}",
        "{\"benchmarks\": [{\"name\": \"a\", \"accelbench\": {\"kernel\": %s, \"round\": %s}}]}",
        FILE_OF(ROW("a", ", \"accelbench\": {\"turns_ns\": %s, \"x\": %s}")),
        FILE_OF(ROW("a", ", \"accelbench\": {\"phases_ns\": %s, \"x\": %s}")),
        "{\"benchmarks\": [{\"name\": \"a\", \"real_time\": %s, \"time_unit\": %s}]}",
        "[{\"name\": %s, \"execution_time_seconds\": %s}]",
    };
    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
            char words[1024];
            struct results r;
            struct ab_error error;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(words, sizeof(words), forms[f], values[v], values[v]);
#pragma GCC diagnostic pop
            if (parse(words, &r, &error) != AB_OK)
                assert_int_equal(error.status, AB_INPUT);
            results_free(&r);
        }
    }
}

static void turns_that_differ_in_number_are_left_out(void **state)
{
    (void)state;
#define TURNS(list) ROW("a", ", \"accelbench\": {\"turns_ns\": " list "}")
    struct results r;
    parse_well(FILE_OF(TURNS("[1, 2]") "," TURNS("[1, 2]")), &r);
    assert_int_equal(r.series[0].turns, 2);
    results_free(&r);
    parse_well(FILE_OF(TURNS("[1, 2]") "," TURNS("[1]") "," TURNS("[1, 2]")), &r);
    assert_int_equal(r.series[0].turns, 0);
    assert_int_equal(r.series[0].count, 3);
    results_free(&r);
    parse_well(FILE_OF(TURNS("[1, \"x\"]")), &r);
    assert_null(r.series[0].turns_ns);
    results_free(&r);
}

static void a_truncated_file_is_refused_wherever_it_ends(void **state)
{
    (void)state;
    static const char whole[] = FILE_OF(ROW("a\\u0000b", ", \"accelbench\": {\"kernel\": \"k\", "
                                                         "\"turns_ns\": [1.5, 2]}"));
    for (size_t length = 0; length < sizeof(whole) - 1; length++) {
        char *text = strndup(whole, length);
        struct results r;
        struct ab_error error = {0};
        assert_non_null(text);
        assert_int_equal(results_parse("file.json", text, length, &r, &error), AB_INPUT);
        free(text);
    }
}

#define OWN(backend) \
    ", \"accelbench\": {\"kernel\": \"k\", \"backend\": \"" backend "\", \"technique\": \"t\"}"
#define FIRST_LINE   "{\"context\": {\"host_name\": \"h\", \"accelbench\": {\"seed\": 1}}}\n"
#define FAILED(name) ROW(name, ", \"error_occurred\": true, \"error_message\": \"why\"" OWN(name))

static void a_journal_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "{\"name\": \"a\", \"real_ti", "{\"na\nme", "\n",
                                       "not JSON\n"};
    struct results r;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char words[1024];
        snprintf(words, sizeof(words), "%s%s",
                 FIRST_LINE ROW("a", OWN("a")) "\n" ROW("a", OWN("a")) "\n", ends[i]);
        parse_well(words, &r);
        assert_true(r.is_journal);
        assert_int_equal(r.kind, RESULTS_OURS);
        assert_string_equal(r.environment.host, "h");
        assert_int_equal(r.series[0].count, 2);
        results_free(&r);
    }
    parse_well(FIRST_LINE, &r);
    assert_true(r.is_journal && r.series_count == 0);
    results_free(&r);
    parse_well(FILE_OF(ROW("a", "")), &r);
    assert_false(r.is_journal);
    results_free(&r);
    refused(FIRST_LINE "not JSON\n" ROW("a", "") "\n", "line 2");
}

static void rows_of_a_journal_that_do_not_count_are_left_out(void **state)
{
    (void)state;
    struct results r;
    parse_well(FIRST_LINE ROW("a", OWN("a")) "\n" ROW("a2", OWN("a")) "\n" ROW(
                   "b", OWN("b")) "\n" FAILED("a") "\n" ROW("b", OWN("b")) "\n",
               &r);
    assert_null(results_find(&r, "a2")); /* the kernel's row of what failed */
    assert_int_equal(results_find(&r, "a")->count, 0);
    assert_string_equal(results_find(&r, "a")->failure, "why");
    assert_int_equal(results_find(&r, "b")->count, 2);
    results_free(&r);
#define CELL(i) "{\"cell\": {\"index\": " i "}}\n"
#define DONE(i) "{\"done\": {\"index\": " i "}}\n"
    parse_well(FIRST_LINE CELL("0") ROW("a/1", OWN("a")) "\n" DONE("0") CELL("1")
                   ROW("a/2", OWN("a")) "\n" CELL("1") ROW("a/2", OWN("a")) "\n" DONE("1") CELL("2")
                       ROW("b/3", OWN("b")) "\n" ROW("a/3", OWN("a")) "\n" FAILED("a") "\n",
               &r);
    assert_int_equal(results_find(&r, "a/1")->count, 1); /* failed at another size only */
    assert_int_equal(results_find(&r, "a/2")->count, 1); /* begun anew */
    assert_null(results_find(&r, "a/3"));
    assert_int_equal(results_find(&r, "b/3")->count, 1);
    results_free(&r);
}

static void too_many_values_are_refused(void **state)
{
    (void)state;
    const size_t length = (size_t)RESULTS_VALUES_MAX + 10;
    char *text = malloc(length);
    struct results r;
    struct ab_error error = {0};
    assert_non_null(text);
    memset(text, '[', length);
    assert_int_equal(results_parse("file.json", text, length, &r, &error), AB_INPUT);
    assert_non_null(strstr(error.message, "too many values"));
    free(text);
}

static void a_deep_nest_is_refused(void **state)
{
    (void)state;
    char text[100001];
    memset(text, '[', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    refused(text, "not JSON");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_rows_are_read_in_full),
        cmocka_unit_test(the_kernels_phase_is_told_from_the_name),
        cmocka_unit_test(googles_rows_are_read),
        cmocka_unit_test(numbers_that_json_lacks_are_missing),
        cmocka_unit_test(control_characters_are_taken_raw),
        cmocka_unit_test(the_labs_json_is_read),
        cmocka_unit_test(an_error_row_keeps_its_message),
        cmocka_unit_test(what_is_no_result_file_is_refused),
        cmocka_unit_test(wrong_types_are_survived),
        cmocka_unit_test(turns_that_differ_in_number_are_left_out),
        cmocka_unit_test(a_truncated_file_is_refused_wherever_it_ends),
        cmocka_unit_test(a_journal_is_read_as_far_as_it_goes),
        cmocka_unit_test(rows_of_a_journal_that_do_not_count_are_left_out),
        cmocka_unit_test(too_many_values_are_refused),
        cmocka_unit_test(a_deep_nest_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
