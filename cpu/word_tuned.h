/* The technique `tuned` of word_count on the CPU backends: used as cpu/word_slice.h says, with the
 * hooks below. Words are found 64 bytes at a time with the vectors of this CPU (cpu/isa.h); short
 * ones are counted in tables of keys (cpu/word_keys.h), the others in that of cpu/word_table.h.
 */
#ifndef ACCELBENCH_CPU_WORD_TUNED_H
#define ACCELBENCH_CPU_WORD_TUNED_H

#include "common/accelbench.h"
#include "cpu/word_slice.h"

/* technique->prepare and ->release: job->scratch is what makes word_part_count work this way.
 * AB_USAGE as in cpu_isa_choose, AB_NO_MEMORY. */
enum ab_status word_tuned_prepare(struct job *job, struct ab_error *error);
void word_tuned_release(struct job *job);

/* What word_parts_make returns: the job has them until its release, so that no run waits for the
 * kernel to map the same memory again. NULL: there is no memory for more. */
struct word_part *word_tuned_parts(const struct job *job, unsigned count);

/* The number of words in a slice of the job's text, which cuts no word. */
uint64_t word_tuned_total(const struct job *job, struct slice slice);

/* Adds the words of a slice, which cuts none, to the part's tables: each to the one that its
 * lower-cased bytes alone choose. A failure is left in part->error. */
void word_tuned_frequency(const struct job *job, struct slice slice, struct word_part *part);

#endif
