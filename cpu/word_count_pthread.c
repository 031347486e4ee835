/* Must equal the loop at the top of cpu/word_slice.c: each thread runs it over its own part. */
#include "cpu/cpu.h"
#include "cpu/word_slice.h"
#include "cpu/word_tuned.h"

struct work {
    struct word_part *parts;
    const struct job *job;
};

static void count_part(void *argument, unsigned index, unsigned count)
{
    const struct work *work = argument;
    word_part_count(&work->parts[index], work->job, index, count);
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    const struct cpu_context *context = cpu_context(job);
    struct work work = {word_parts_make(job, context->threads, error), job};
    if (work.parts == NULL)
        return AB_NO_MEMORY;
    thread_pool_run(context->pool, count_part, &work);
    return word_parts_finish(work.parts, context->threads, job, error);
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "a part a thread, 64 bytes at a time, words of 16 bytes as their own keys",
     .prepare = word_tuned_prepare,
     .run = run,
     .release = word_tuned_release},
    {.name = "simple", .summary = "a part and a hash table a thread, merged by one", .run = run},
    {0},
};

const struct implementation word_count_pthread = {.techniques = techniques};
