/* Code that the demo shows: lines of the sources that run, taken by bench/excerpts.cmake when the
 * program is built. */
#ifndef ACCELBENCH_BENCH_EXCERPTS_H
#define ACCELBENCH_BENCH_EXCERPTS_H

extern const char excerpt_rows[], excerpt_columns[]; /* cpu/matrix_loops.h */
extern const char excerpt_sum[];
extern const char excerpt_words[]; /* cpu/word_slice.c */

#endif
