#include "tests/fake_session.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct problem fake_problem;

int fake_problem_setup(void **state)
{
    (void)state;
    fake_problem_make(&fake_problem);
    return 0;
}

int fake_problem_teardown(void **state)
{
    (void)state;
    fake_problem_free(&fake_problem);
    return 0;
}

struct assignment fake_assign(const struct backend *backend, const struct technique *technique)
{
    return (struct assignment){
        .backend = backend,
        .clock = &fake_clock,
        .problem = &fake_problem,
        .technique = technique,
        .copies = {&fake_problem.input, 1, NULL},
    };
}

void fake_session_open_as(struct session *session, const struct assignment *assignment)
{
    struct ab_error error = {0};
    fake_reset();
    assert_int_equal(session_open(session, assignment, &error), AB_OK);
}

void fake_session_open(struct session *session, const struct backend *backend,
                       const struct technique *technique)
{
    const struct assignment assignment = fake_assign(backend, technique);
    fake_session_open_as(session, &assignment);
}

struct sample fake_sample(struct session *session, uint64_t iterations)
{
    struct sample sample;
    struct verdict verdict;
    struct ab_error error = {0};
    assert_int_equal(session_sample(session, iterations, &sample, &verdict, &error), AB_OK);
    assert_true(verdict.passed);
    return sample;
}

void assert_ns(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%g ns instead of %g", actual, expected);
}
