/* word_count: the words of a text, in total or each with its frequency.
 *
 * Input: the text's bytes. A word is a maximal run of characters that are not white space.
 *   rule unicode   white space and lower case as in common/unicode.h; on valid UTF-8 this is
 *                  Python's Counter(text.lower().split()), except for the final sigma
 *   rule ascii     bytes 9-13 and 32 separate, A-Z are lower-cased, nothing else
 * Result of task total: one uint64_t, the number of words.
 * Result of task frequency: an array of struct word_entry, one for each distinct word, in any
 * order. Counts are exact and 64-bit.
 */
#ifndef ACCELBENCH_COMMON_WORD_COUNT_H
#define ACCELBENCH_COMMON_WORD_COUNT_H

#include <stdint.h>

enum word_task { TASK_FREQUENCY, TASK_TOTAL };
enum word_rule { RULE_UNICODE, RULE_ASCII };

/* A word is named by one of its occurrences in the input, in whatever case it stands there: the
 * table needs no copy of any word, however long, and grows with the distinct words only. */
struct word_entry {
    uint64_t offset; /* of the occurrence's first byte in the input */
    uint64_t bytes;  /* length of the occurrence as it stands, at least 1 */
    uint64_t count;  /* occurrences in any case, at least 1 */
};

/* problem->params; all that an implementation reads of it. */
struct word_count_params {
    enum word_task task;
    enum word_rule rule;
    uint64_t text_bytes; /* size of generated text; 0 with files */
    uint64_t top;        /* words to show in a result */
    unsigned threads;    /* for the expected answer */
};

#endif
