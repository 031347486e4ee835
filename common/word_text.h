/* Generated text for word_count: words of a made-up vocabulary of some 65 thousand, drawn by Zipf's
 * law, in mixed case, with punctuation attached, some of them accented, Greek or Cyrillic, in
 * lines of about 80 columns. Integer arithmetic only, block by block from (seed, block number):
 * the same seed gives the same bytes on every machine and with every number of threads. Any size is
 * valid UTF-8; a shorter text is the beginning of a longer one, up to its last whole word. No Greek
 * word has a sigma, so that Python's str.lower() agrees on all of it.
 */
#ifndef ACCELBENCH_COMMON_WORD_TEXT_H
#define ACCELBENCH_COMMON_WORD_TEXT_H

#include <stdint.h>

#include "common/error.h"

/* Fills text[0, bytes). AB_NO_MEMORY (3 MB for the vocabulary) or AB_SYSTEM. */
enum ab_status word_text_make(uint8_t *text, uint64_t bytes, uint64_t seed, unsigned threads,
                              struct ab_error *error);

#endif
