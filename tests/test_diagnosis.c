/* Diagnoses of machines that were made up: a healthy one has no finding, and each change of it the
 * one that belongs to the change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/diagnosis.h"
#include "bench/doctor.h"
#include "bench/interrupt.h"
#include "patients.h"

static size_t diagnose_patient(const struct patient *p, struct diagnosis *list, size_t most)
{
    struct examination examination = {.machine = &p->machine,
                                      .state = &p->state,
                                      .build = &p->build,
                                      .surroundings = p->surroundings,
                                      .clock = p->clock};
    return diagnose(&examination, list, most);
}

/* Whole sentences that fit, on one line. */
static void check_texts(const struct diagnosis *d)
{
    size_t text = strlen(d->text), remedy = strlen(d->remedy), command = strlen(d->command);
    assert_in_range(text, 20, sizeof(d->text) - 2);
    assert_int_equal(d->text[text - 1], '.');
    assert_in_range(remedy, 5, sizeof(d->remedy) - 2);
    assert_true(d->remedy[remedy - 1] != '.');
    assert_in_range(command, 0, sizeof(d->command) - 2);
    assert_null(strpbrk(d->text, "\n\t"));
    assert_null(strpbrk(d->remedy, "\n\t"));
    assert_in_range(strspn(d->code, "abcdefghijklmnopqrstuvwxyz-"), strlen(d->code), 32);
    assert_true(d->severity <= SEVERITY_NOTE);
}

static void one_by_one(void **state)
{
    (void)state;
    for (const struct change *change = changes; change->make != NULL; change++) {
        size_t i = (size_t)(change - changes);
        struct patient patient = patient_healthy();
        struct diagnosis list[DIAGNOSES_MAX];
        change->make(&patient);
        size_t count = diagnose_patient(&patient, list, DIAGNOSES_MAX);
        if (count != (change->code != NULL))
            fail_msg("change %zu: %zu findings, the first is %s", i, count,
                     count > 0 ? list[0].code : "none");
        if (count == 0)
            continue;
        if (strcmp(list[0].code, change->code) != 0 || list[0].severity != change->severity)
            fail_msg("change %zu: %s, %s", i, list[0].code, severity_name(list[0].severity));
        if (strstr(list[0].text, change->text) == NULL)
            fail_msg("change %zu: no \"%s\" in \"%s\"", i, change->text, list[0].text);
        if (strstr(list[0].remedy, change->remedy) == NULL &&
            strstr(list[0].command, change->remedy) == NULL)
            fail_msg("change %zu: no \"%s\" in \"%s\" or \"%s\"", i, change->remedy, list[0].remedy,
                     list[0].command);
        check_texts(&list[0]);
    }
}

static void pages_move(void **state)
{
    (void)state;
    struct patient patient = patient_healthy();
    struct diagnosis list[DIAGNOSES_MAX];
    patient.state.numa_nodes = patient.state.numa_nodes_allowed = 2;
    patient.state.numa_balancing = 1;
    assert_int_equal(diagnose_patient(&patient, list, DIAGNOSES_MAX), 2);
    assert_string_equal(list[0].code, "numa");
    assert_string_equal(list[1].code, "numa-balancing");
    check_texts(&list[1]);
}

static void healthy_has_none(void **state)
{
    (void)state;
    struct patient patient = patient_healthy();
    struct diagnosis list[DIAGNOSES_MAX];
    assert_int_equal(diagnose_patient(&patient, list, DIAGNOSES_MAX), 0);
}

/* Of this machine nothing is known but the build. */
static void unknown_has_none(void **state)
{
    (void)state;
    struct patient known = patient_healthy();
    struct patient patient = {.build = known.build};
    static const char nowhere[] = "/nonexistent";
    cpu_set_t mask;
    CPU_ZERO(&mask);
    CPU_SET(0, &mask);
    machine_state_read_in(nowhere, &mask, sizeof(mask), &patient.state);
    patient.state.aslr = -1; /* the process's own personality is always known */
    struct diagnosis list[DIAGNOSES_MAX];
    size_t count = diagnose_patient(&patient, list, DIAGNOSES_MAX);
    if (count > 0)
        fail_msg("%s: %s", list[0].code, list[0].text);
}

/* ---- All at once ------------------------------------------------------------------------- */

static void most_serious_first(void **state)
{
    (void)state;
    struct patient patient = patient_miserable();
    struct diagnosis all[DIAGNOSES_MAX + 1];
    memset(all, 0, sizeof(all));
    size_t count = diagnose_patient(&patient, all, DIAGNOSES_MAX + 1);
    assert_int_equal(count, 23);
    assert_true(count <= DIAGNOSES_MAX);
    for (size_t i = 0; i < count; i++) {
        check_texts(&all[i]);
        assert_true(i == 0 || all[i - 1].severity <= all[i].severity);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(all[k].code, all[i].code);
    }
    /* Every code of the single changes is among them. */
    for (const struct change *change = changes; change->make != NULL; change++) {
        bool found = change->code == NULL;
        for (size_t k = 0; k < count; k++)
            found = found || strcmp(all[k].code, change->code) == 0;
        assert_true(found);
    }
    /* A shorter list holds the most serious ones, and nothing is written behind it. */
    for (size_t most = 0; most <= count; most++) {
        struct diagnosis list[DIAGNOSES_MAX];
        memset(list, 0x5A, sizeof(list));
        assert_int_equal(diagnose_patient(&patient, list, most), most);
        for (size_t i = 0; i < most; i++) {
            assert_string_equal(list[i].code, all[i].code);
            assert_string_equal(list[i].text, all[i].text);
        }
        assert_true(most == DIAGNOSES_MAX || ((unsigned char *)&list[most])[0] == 0x5A);
    }
}

static void writes_json(void **state)
{
    (void)state;
    struct patient patient = patient_healthy();
    struct diagnosis list[DIAGNOSES_MAX];
    struct ab_error error = {0};
    struct json_writer json = {.one_line = true};
    json_begin_object(&json, NULL);
    diagnoses_write_json(list, 0, &json);
    json_end_object(&json);
    assert_int_equal(json_finish(&json, &error), AB_OK);
    assert_string_equal(json.text, "{\"warnings\": []}");
    json_free(&json);

    patient.state.aslr = 0;
    patient.state.on_battery = 1;
    size_t count = diagnose_patient(&patient, list, DIAGNOSES_MAX);
    assert_int_equal(count, 2);
    json = (struct json_writer){.one_line = true};
    json_begin_object(&json, NULL);
    diagnoses_write_json(list, count, &json);
    json_end_object(&json);
    assert_int_equal(json_finish(&json, &error), AB_OK);
    assert_string_equal(
        json.text,
        "{\"warnings\": [{\"code\": \"battery\", \"severity\": \"warning\", \"text\": \"The "
        "machine "
        "runs on its battery, and saves power by slowing down.\", \"remedy\": \"plug it in\"}, "
        "{\"code\": \"aslr-off\", \"severity\": \"warning\", \"text\": \"Addresses are not "
        "randomized: every process has the same luck with its place in the caches, a bias of about "
        "1 % that no interval shows.\", \"remedy\": \"run it without setarch -R and outside "
        "debuggers, or switch it on: sudo sysctl kernel.randomize_va_space=2\"}]}");
    json_free(&json);
}

/* ---- This machine ------------------------------------------------------------------------ */

static void diagnoses_here(void **state)
{
    (void)state;
    struct machine machine;
    machine_describe(&machine);
    struct diagnosis list[DIAGNOSES_MAX];
    size_t count = diagnose_here(&machine, (struct clock_calibration){0}, list);
    assert_in_range(count, 0, DIAGNOSES_MAX);
    for (size_t i = 0; i < count; i++)
        check_texts(&list[i]);
}

static struct options options_of(enum output_format format)
{
    return (struct options){.threads = 1, .deadline_s = 60, .format = format};
}

static void doctor_speaks(void **state)
{
    (void)state;
    struct options options = options_of(FORMAT_CONSOLE);
    struct text text = {0};
    struct ab_error error = {0};
    assert_int_equal(doctor_run(&options, &text, &error), AB_OK);
    assert_false(text.failed);
    const char *at = text.data;
    static const char *const headings[] = {"\n  Machine\n", "\n  Build\n", "\n  Backends\n",
                                           "\n  What may spoil a measurement here\n"};
    for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
        at = strstr(at, headings[i]);
        assert_non_null(at);
    }
    assert_true(strstr(at, "Nothing found that would spoil a measurement.") != NULL ||
                strstr(at, " finding") != NULL);
    for (const char *line = text.data; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length > 79)
            fail_msg("%zu columns: %.*s", length, (int)length, line);
        assert_true(length == 0 || line[length - 1] != ' ');
        line += length + 1;
    }
    text_free(&text);
}

static void doctor_writes_json(void **state)
{
    (void)state;
    struct options options = options_of(FORMAT_JSON);
    struct text text = {0};
    struct ab_error error = {0};
    assert_int_equal(doctor_run(&options, &text, &error), AB_OK);
    const char *at = text.data;
    static const char *const keys[] = {"\"machine\": {", "\"build\": {", "\"clocks\": {",
                                       "\"backends\": [", "\"warnings\": ["};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        at = strstr(at, keys[i]);
        assert_non_null(at);
    }
    text_free(&text);
}

static void doctor_has_no_csv(void **state)
{
    (void)state;
    struct options options = options_of(FORMAT_CSV);
    struct text text = {0};
    struct ab_error error = {0};
    assert_int_equal(doctor_run(&options, &text, &error), AB_USAGE);
    assert_non_null(strstr(error.message, "--format"));
    assert_null(text.data);
}

/* As the program does: a backend's worker that could not open is gone before it is told to go. */
static int set_up(void **state)
{
    (void)state;
    interrupt_install();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_has_none),   cmocka_unit_test(unknown_has_none),
        cmocka_unit_test(one_by_one),         cmocka_unit_test(pages_move),
        cmocka_unit_test(most_serious_first), cmocka_unit_test(writes_json),
        cmocka_unit_test(diagnoses_here),     cmocka_unit_test(doctor_speaks),
        cmocka_unit_test(doctor_writes_json), cmocka_unit_test(doctor_has_no_csv),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
