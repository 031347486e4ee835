/* Measurements over fake techniques, as planning them would leave them, ready for measurement_run.
 */
#ifndef ACCELBENCH_TESTS_FAKE_MEASUREMENT_H
#define ACCELBENCH_TESTS_FAKE_MEASUREMENT_H

#include "bench/measure.h"
#include "tests/fake.h"

extern const struct backend_entry fake_host_entry, fake_device_entry;

/* Takes so long by the scripted clock that a round has one turn. */
extern const struct technique fake_slow_technique;

/* Five short rounds of the fake kernel. */
struct options fake_options(void);

/* As measurement_plan and measurement_make_input leave it, but for the alternatives. Resets the
 * fake; `options` is borrowed. Free with measurement_free. */
void fake_measurement(struct measurement *m, const struct options *options, size_t count);

/* On the system's clock. */
void fake_alternative(struct measurement *m, size_t index, const struct backend_entry *entry,
                      const struct technique *technique);
/* On the scripted clock: what the runs take is known. */
void fake_scripted_alternative(struct measurement *m, size_t index,
                               const struct backend_entry *entry,
                               const struct technique *technique);

/* All rounds, or the test fails. */
void fake_measurement_run(struct measurement *m);

/* How many files this process has open. */
unsigned open_files(void);

/* Fails the test where not as many files are open, or a child is left, even a zombie. */
void assert_nothing_left(unsigned files_before);

#endif
