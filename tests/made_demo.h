/* Demos that measured nothing: their times are made up, so that what they must say is known. */
#ifndef ACCELBENCH_TESTS_MADE_DEMO_H
#define ACCELBENCH_TESTS_MADE_DEMO_H

#include "bench/demo_scenes.h"

extern const struct backend_entry serial_entry, openmp_entry, cuda_entry;
extern const struct technique simple_technique, tuned_technique;

/* The bytes of the takes of SCENE_SIZE. */
extern const size_t demo_sizes[5];

/* How far apart the times of an alternative lie: so near that differences show, or so far that none
 * do. */
static const double calm_spread = 0.002, loud_spread = 1.5;

/* Stays where it is: the demo points to the options. */
struct made_demo {
    struct demo demo; /* free with demo_free */
    struct options options;
    double spread; /* of the times that are made next; the calm one at first */
};

/* Nobody has times yet. serial, openmp (two threads) and, where there is a GPU, cuda play. */
void make_demo(struct made_demo *made, bool gpu);

/* Times around e2e_ns, and of its kernel around kernel_ns (NAN: none), for one more alternative of
 * a take. */
void make_times(const struct made_demo *made, struct take *take, const struct backend_entry *entry,
                const struct technique *technique, double e2e_ns, double kernel_ns);

/* The same for all takes of a scene. */
void make_order(struct made_demo *made, const struct backend_entry *entry, double rows_ns,
                double columns_ns);
/* Each size costs each_ns and so much a byte, end to end and in the kernel. */
void make_sizes(struct made_demo *made, const struct backend_entry *entry, double each_ns,
                double per_byte_ns, double kernel_per_byte_ns);
void make_words(struct made_demo *made, const struct backend_entry *entry, double simple_ns,
                double tuned_ns);

#endif
