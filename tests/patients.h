/* Machines that were made up, for the tests of diagnoses. */
#ifndef ACCELBENCH_TESTS_PATIENTS_H
#define ACCELBENCH_TESTS_PATIENTS_H

#include "bench/diagnosis.h"

struct patient {
    struct machine machine;
    struct machine_state state;
    struct build build;
    struct surroundings surroundings;
    struct clock_calibration clock;
};

/* A machine of 8 cores, set up for measuring, of which all is known. */
struct patient patient_healthy(void);

/* One that has every fault at once. */
struct patient patient_miserable(void);

/* A change of the healthy one, and the one finding that belongs to it. */
struct change {
    void (*make)(struct patient *patient);
    const char *code; /* NULL: the change is harmless */
    enum severity severity;
    const char *text;   /* must stand in the text */
    const char *remedy; /* must stand in the remedy or in its command */
};

extern const struct change changes[]; /* ends with make NULL */

#endif
