/* What the CPU backends' word_count shares: counting one part of a text, and putting the parts
 * together, two at a time.
 *
 *   const unsigned count = word_parts_count(job, threads);
 *   struct word_part *parts = word_parts_make(job, count, error);
 *   word_part_count(&parts[i], job, i, count);            for every i, in any thread
 *   for (round = 0; word_parts_pairs(job, count, round) != 0; round++)
 *       word_parts_merge(parts, count, round, pair);      for every pair, in any thread
 *   status = word_parts_finish(parts, count, job, error); also frees
 */
#ifndef ACCELBENCH_CPU_WORD_SLICE_H
#define ACCELBENCH_CPU_WORD_SLICE_H

#include <stdint.h>

#include "common/accelbench.h"
#include "common/parallel.h"
#include "common/word_count.h"
#include "cpu/word_keys.h"
#include "cpu/word_table.h"

struct word_part {
    uint64_t total;                  /* words; task total */
    struct word_table table;         /* task frequency */
    struct word_keys keys;           /* likewise: the short words, with the technique `tuned` */
    struct word_wide_keys wide_keys; /* likewise */
    struct ab_error error;           /* status AB_OK while nothing has failed */
};

/* Part `index` of `count` of a text: nearly equal parts, each moved on to the next white space, so
 * that every word lies in exactly one part. Parts may be empty. */
struct slice word_slice(const uint8_t *text, uint64_t bytes, enum word_rule rule, unsigned index,
                        unsigned count);

/* Parts that the text is worth: one for each thread, or fewer where it takes less time to count the
 * text than to put the parts together. */
unsigned word_parts_count(const struct job *job, unsigned threads);

/* NULL when there is no memory; the error says so. */
struct word_part *word_parts_make(const struct job *job, unsigned count, struct ab_error *error);

/* Counts one part, in the way of the job's technique: `simple`, or `tuned` where cpu/word_tuned.h
 * has prepared the job. A failure waits in the part for word_parts_finish. */
void word_part_count(struct word_part *part, const struct job *job, unsigned index, unsigned count);

/* Pairs of parts to be merged in a round; 0: no more rounds. */
unsigned word_parts_pairs(const struct job *job, unsigned count, unsigned round);

/* Merges a pair's parts, each of which is what rounds before have merged; no two pairs of a round
 * share a part. */
void word_parts_merge(struct word_part *parts, unsigned count, unsigned round, unsigned pair);

/* Adds up the parts into job->result and frees them, whatever happens; those of the technique
 * `tuned` are kept for the job's next run. The error is that of the first part that failed. */
enum ab_status word_parts_finish(struct word_part *parts, unsigned count, struct job *job,
                                 struct ab_error *error);

/* Gives the part's tables back. */
void word_part_free(struct word_part *part);

#endif
