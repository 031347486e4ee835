/* Reading the text of word_count: any number of files, as if joined by one newline. Anything that
 * read() reads will do: regular files, pipes, "-" for standard input.
 *
 * The files are looked at twice: word_input_probe refuses what cannot be read and adds up the
 * sizes, so that memory can be planned; word_input_read reads.
 */
#ifndef ACCELBENCH_COMMON_WORD_INPUT_H
#define ACCELBENCH_COMMON_WORD_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "common/accelbench.h"

/* *bytes: the size of the joined text, in which pipes count nothing: theirs shows on reading.
 * AB_INPUT for what is missing, unreadable or a directory; AB_USAGE for "-" named twice. */
enum ab_status word_input_probe(const struct settings *settings, uint64_t *bytes,
                                struct ab_error *error);

/* Fills `text`; settings->threads touch its pages first. AB_INPUT also for a file that changes
 * while it is read, AB_INTERRUPTED when a signal ends the wait for a pipe. */
enum ab_status word_input_read(const struct settings *settings, struct region *text,
                               struct ab_error *error);

#endif
