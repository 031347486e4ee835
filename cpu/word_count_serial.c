/* Must equal the loop at the top of cpu/word_slice.c: this is that loop, over the whole text. */
#include "cpu/word_slice.h"
#include "cpu/word_tuned.h"

static enum ab_status run(struct job *job, struct ab_error *error)
{
    struct word_part *parts = word_parts_make(job, 1, error);
    if (parts == NULL)
        return AB_NO_MEMORY;
    word_part_count(&parts[0], job, 0, 1);
    return word_parts_finish(parts, 1, job, error);
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "64 bytes at a time, words of 16 bytes as their own keys",
     .prepare = word_tuned_prepare,
     .run = run,
     .release = word_tuned_release},
    {.name = "simple", .summary = "one pass, one hash table", .run = run},
    {0},
};

const struct implementation word_count_serial = {.techniques = techniques};
