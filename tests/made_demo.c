#include "tests/made_demo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/fake.h"

enum { ROUNDS = 30, TURNS = 1 };

const struct backend_entry serial_entry = {"serial", &fake_host, ""};
const struct backend_entry openmp_entry = {"openmp", &fake_host, ""};
const struct backend_entry cuda_entry = {"cuda", &fake_device, ""};

const struct technique simple_technique = {.name = "simple"}, tuned_technique = {.name = "tuned"};

const size_t demo_sizes[5] = {10000, 160000, 1000000, 10000000, 100000000};

void make_demo(struct made_demo *made, bool gpu)
{
    struct demo *demo = &made->demo;
    made->options = (struct options){.threads = 2, .max_seconds_s = 60};
    made->spread = calm_spread;
    *demo = (struct demo){.options = &made->options,
                          .serial = &serial_entry,
                          .threads = &openmp_entry,
                          .device = gpu ? &cuda_entry : NULL,
                          .device_is_gpu = gpu,
                          .take_counts = {2, 5, 1},
                          .predictions = {-1, -1, -1}};
    for (size_t s = 0; s < SCENES; s++)
        for (size_t t = 0; t < demo->take_counts[s]; t++) {
            struct take *take = &demo->takes[s][t];
            struct measurement *m = &take->measurement;
            take->options = made->options;
            m->options = &take->options;
            m->turns = TURNS;
            m->problem.input.bytes = s == SCENE_SIZE ? demo_sizes[t] : 36000000;
            snprintf(m->problem.summary, sizeof(m->problem.summary), "3000 x 3000 i32");
            m->alternatives = calloc(16, sizeof(*m->alternatives));
            assert_non_null(m->alternatives);
        }
}

void make_times(const struct made_demo *made, struct take *take, const struct backend_entry *entry,
                const struct technique *technique, double e2e_ns, double kernel_ns)
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
        const double factor = 1 + made->spread * ((double)place / (ROUNDS - 1) - 0.5);
        a->turns_ns[round] = e2e_ns * factor;
        for (size_t phase = 0; phase < PHASE_COUNT; phase++)
            a->rounds[round].sample.phase_ns[phase] = NAN;
        a->rounds[round].sample.phase_ns[PHASE_E2E] = e2e_ns * factor;
        a->rounds[round].sample.phase_ns[PHASE_KERNEL] = kernel_ns * factor;
    }
}

void make_order(struct made_demo *made, const struct backend_entry *entry, double rows_ns,
                double columns_ns)
{
    struct take *takes = made->demo.takes[SCENE_ORDER];
    make_times(made, &takes[TAKE_ROWS], entry, &simple_technique, rows_ns, rows_ns);
    make_times(made, &takes[TAKE_COLUMNS], entry, &simple_technique, columns_ns, columns_ns);
}

void make_sizes(struct made_demo *made, const struct backend_entry *entry, double each_ns,
                double per_byte_ns, double kernel_per_byte_ns)
{
    for (size_t t = 0; t < made->demo.take_counts[SCENE_SIZE]; t++)
        make_times(made, &made->demo.takes[SCENE_SIZE][t], entry, &simple_technique,
                   each_ns + per_byte_ns * (double)demo_sizes[t],
                   each_ns + kernel_per_byte_ns * (double)demo_sizes[t]);
}

void make_words(struct made_demo *made, const struct backend_entry *entry, double simple_ns,
                double tuned_ns)
{
    struct take *take = &made->demo.takes[SCENE_WORDS][0];
    make_times(made, take, entry, &simple_technique, simple_ns, NAN);
    make_times(made, take, entry, &tuned_technique, tuned_ns, NAN);
}
