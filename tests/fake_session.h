/* Sessions with the fake kernel and backends, for tests of one. */
#ifndef ACCELBENCH_TESTS_FAKE_SESSION_H
#define ACCELBENCH_TESTS_FAKE_SESSION_H

#include "tests/fake.h"

/* The problem of all sessions here; for a cmocka group's set-up and tear-down. */
extern struct problem fake_problem;
int fake_problem_setup(void **state);
int fake_problem_teardown(void **state);

struct assignment fake_assign(const struct backend *backend, const struct technique *technique);

/* With nothing logged before; it opens, or the test fails. */
void fake_session_open(struct session *session, const struct backend *backend,
                       const struct technique *technique);
void fake_session_open_as(struct session *session, const struct assignment *assignment);

/* One that succeeds, or the test fails. */
struct sample fake_sample(struct session *session, uint64_t iterations);

/* Of the scripted clock, on which every time is exact. */
void assert_ns(double actual, double expected);

#endif
