/* Texts from elsewhere, made harmless for where they go. Control characters (C0, DEL, C1), which a
 * terminal may obey, are spelled out everywhere: \x1b, \u0085. */
#ifndef ACCELBENCH_BENCH_ESCAPE_H
#define ACCELBENCH_BENCH_ESCAPE_H

#include "bench/text.h"

void text_add_plain(struct text *text, const char *words);    /* for a terminal */
void text_add_html(struct text *text, const char *words);     /* for elements and attributes */
void text_add_markdown(struct text *text, const char *words); /* also within a table's cell */
void text_add_csv(struct text *text, const char *words);      /* a field, with its quotes */

#endif
