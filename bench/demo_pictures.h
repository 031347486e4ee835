/* The pictures of the classroom demo: lines of bars, and in the place of a bar that cannot be
 * drawn, why. */
#ifndef ACCELBENCH_BENCH_DEMO_PICTURES_H
#define ACCELBENCH_BENCH_DEMO_PICTURES_H

#include "bench/console_style.h"
#include "bench/demo_scenes.h"

/* What a scene measured, below a line that says how to read it. */
void scene_picture(const struct demo *demo, enum scene scene, const struct console_style *style,
                   struct text *text);

#endif
