/* The scenes of the classroom demo: what each measures, what it asks, and what its measurements
 * say. Nothing here knows a terminal; bench/demo_pages.h makes the pages. */
#ifndef ACCELBENCH_BENCH_DEMO_SCENES_H
#define ACCELBENCH_BENCH_DEMO_SCENES_H

#include "bench/availability.h"
#include "bench/measure.h"

enum scene { SCENE_ORDER, SCENE_SIZE, SCENE_WORDS, SCENES };

/* The takes of SCENE_ORDER. */
enum { TAKE_ROWS, TAKE_COLUMNS };

enum { TAKES_MAX = 5, TAKE_SETTINGS_MAX = 3 };

/* One measurement of a scene. Stays where it is: the measurement points to the options. */
struct take {
    struct setting settings[TAKE_SETTINGS_MAX];
    struct options options;
    struct measurement measurement;
    struct ab_error error; /* why there is no measurement */
};

struct demo {
    const struct options *options;
    struct availability *backends; /* owned; [backend_count()] */
    /* Who plays in the first two scenes, of those that were asked for and can; NULL: nobody. */
    const struct backend_entry *serial, *threads, *device;
    bool device_is_gpu;
    char cast[96]; /* their names, as --backend takes them */

    struct take takes[SCENES][TAKES_MAX];
    size_t take_counts[SCENES];
    int predictions[SCENES]; /* of the class: the number of a choice, or -1 */
    const char *html;        /* the file for the page with all the figures; NULL: nobody wants it */
};

/* Looks at what there is and decides who plays. A backend that was named and cannot run is an
 * error, as it is when measuring. */
enum ab_status demo_plan(struct demo *demo, const struct options *options, struct ab_error *error);

/* Accepts a demo in any state after {0}. */
void demo_free(struct demo *demo);

const char *scene_title(enum scene scene);
/* How long one of its measurements takes at most, in seconds. */
double scene_seconds(const struct demo *demo, enum scene scene);

/* ---- The question ------------------------------------------------------------------------ */

enum { CHOICES_MAX = 3, CHOICE_BYTES = 80 };

struct question {
    char words[2 * CHOICE_BYTES]; /* empty: with these backends there is nothing to ask */
    char choices[CHOICES_MAX][CHOICE_BYTES];
};

void scene_question(const struct demo *demo, enum scene scene, struct question *question);

/* The choice that the measurements prove right, or -1: they cannot tell. */
int scene_answer(const struct demo *demo, enum scene scene);

/* ---- What was measured ------------------------------------------------------------------- */

/* The alternative of that backend and technique in a take if it was measured, else NULL. */
const struct alternative *take_measured(const struct take *take, const struct backend_entry *entry,
                                        const char *technique);

/* What the others of a take are held against: serial, or else the first on the CPU; NULL: none. */
const struct alternative *take_reference(const struct take *take);

/* How many times as fast `a` (with that phase) is as `base` (end to end), in the same take, as one
 * of all comparisons of SCENE_SIZE. */
struct comparison size_compare(const struct demo *demo, const struct take *take,
                               const struct alternative *a, enum phase phase,
                               const struct alternative *base);

/* How many times as fast walking along the rows is as walking down the columns. A device's data is
 * there already: the question is how it reads. pairs is 0 where either was not measured. */
struct comparison order_compare(const struct demo *demo, const struct backend_entry *entry);

/* From which size on a contender is the faster one. Only FASTER counts as that. */
struct crossing {
    enum {
        CROSSING_UNKNOWN,    /* not measured, or not resolved */
        CROSSING_EVERYWHERE, /* at every size */
        CROSSING_FROM,       /* from takes[from] on */
        CROSSING_SOMEWHERE,  /* at some, but not at the largest */
        CROSSING_NOWHERE,
    } kind;
    size_t from, to;  /* FROM and SOMEWHERE: the last takes in a row at which it is */
    bool loses_below; /* FROM: at a smaller size it certainly is not the faster one */
};

/* Against the best CPU backend of each take, or against the reference. */
struct crossing size_crossing(const struct demo *demo, const struct backend_entry *entry,
                              enum phase phase, bool against_best);

#endif
