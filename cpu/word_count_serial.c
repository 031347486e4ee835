/* Must equal the loop at the top of cpu/word_slice.c: this is that loop, over the whole text. */
#include "cpu/cpu.h"
#include "cpu/word_slice.h"

static enum ab_status run_simple(struct job *job, struct ab_error *error)
{
    struct word_part *parts = word_parts_make(job, 1, error);
    if (parts == NULL)
        return AB_NO_MEMORY;
    word_part_count(&parts[0], job, 0, 1);
    return word_parts_finish(parts, 1, job, error);
}

static const struct technique techniques[] = {
    {.name = "simple", .summary = "one pass, one hash table", .run = run_simple},
    {0},
};

const struct implementation word_count_serial = {.techniques = techniques};
