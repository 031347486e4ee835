/* One line on a terminal that says what is going on and how long it will take: from the third
 * second on, and never when stderr is not a terminal. */
#ifndef ACCELBENCH_BENCH_PROGRESS_H
#define ACCELBENCH_BENCH_PROGRESS_H

#include <stdbool.h>

/* Starts the clock; `quiet` switches the line off for good. */
void progress_start(bool quiet);

/* What is being done from now on ("making the input", "round 7 of 30: openmp"), and how many
 * seconds are left; negative: unknown. */
void progress_show(const char *what, double left_s);

/* What is shown from now on is a part of something larger that takes so long: `place` stands before
 * it ("7 of 30: "), and the time left is the whole's. NULL: no longer. */
void progress_overall(const char *place, double left_s);

/* To be called while waiting: keeps the line alive. */
void progress_tick(void);

/* Takes the line away, before anything else is written to the terminal. */
void progress_clear(void);

#endif
