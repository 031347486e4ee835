/* A terminal as a stage: pages that are looked at one after the other, and keys that need no Enter.
 * Where standard input or output is no terminal, or nobody is to be waited for, pages are plain
 * text, one below the other.
 *
 * Whatever ends the program by way of its main function finds the terminal as it was: screen_close
 * puts it back, and so does a stop (Ctrl-Z) until the program goes on. */
#ifndef ACCELBENCH_BENCH_SCREEN_H
#define ACCELBENCH_BENCH_SCREEN_H

#include "bench/text.h"

/* What pages are made for. A page leaves room for two more rows: the prompt. */
enum { SCREEN_COLUMNS = 80, SCREEN_ROWS = 24, PAGE_ROWS = SCREEN_ROWS - 2 };

enum { KEY_QUIT = 'q', KEY_NEXT = ' ' };

/* Whether there is somebody to wait for: takes the terminal then. One screen at a time. */
bool screen_open(bool wait);

/* Gives the terminal back; accepts a screen that is closed or was never opened. */
void screen_close(void);

/* The size of the terminal; false where there is none or it does not say. */
bool screen_size(int *columns, int *rows);

/* Shows a page in place of the one before, and below it the prompt (NULL: none). Keys that were
 * pressed before it came are dropped. */
enum ab_status screen_show(const struct text *page, const char *prompt, struct ab_error *error);

/* Waits for a key: KEY_QUIT, KEY_NEXT (space, enter, and what a presenter's remote control sends),
 * or a letter of `letters`; all others are dropped. Without a terminal KEY_NEXT at once. Ctrl-C and
 * its like are AB_INTERRUPTED. */
enum ab_status screen_key(const char *letters, int *key, struct ab_error *error);

/* To be called now and then while nobody waits for a key: whether KEY_QUIT was pressed. */
bool screen_quit_pressed(void);

#endif
