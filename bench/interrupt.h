/* Ctrl-C and friends: noted, and looked at wherever the program waits. */
#ifndef ACCELBENCH_BENCH_INTERRUPT_H
#define ACCELBENCH_BENCH_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP are noted instead of ending the program, and a closed
 * pipe and a limit on file sizes are errors of write instead of signals. */
void interrupt_install(void);

/* From now on such a signal removes the file (NULL: none; borrowed) and ends the program with
 * status 128 + signal and a line that says so; for long work that cannot be interrupted and has
 * nothing to show yet. */
void interrupt_exit(const char *file_to_remove);

/* Back to noting. */
void interrupt_note(void);

/* Holds those signals back, or lets them through again. */
void interrupt_block(bool block);

/* The signal that asked the program to stop, or 0. */
int interrupt_signal(void);

#endif
