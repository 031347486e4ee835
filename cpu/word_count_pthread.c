/* Must equal the loop at the top of cpu/word_slice.c: each thread runs it over its own part. */
#include "cpu/cpu.h"
#include "cpu/word_slice.h"
#include "cpu/word_tuned.h"

struct work {
    struct word_part *parts;
    const struct job *job;
    unsigned count, round;
};

static void count_part(void *argument, unsigned index, unsigned threads)
{
    (void)threads;
    const struct work *work = argument;
    if (index < work->count)
        word_part_count(&work->parts[index], work->job, index, work->count);
}

static void merge_pair(void *argument, unsigned index, unsigned threads)
{
    (void)threads;
    const struct work *work = argument;
    word_parts_merge(work->parts, work->count, work->round, index);
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    const struct cpu_context *context = cpu_context(job);
    struct work work = {.job = job, .count = word_parts_count(job, context->threads)};
    work.parts = word_parts_make(job, work.count, error);
    if (work.parts == NULL)
        return AB_NO_MEMORY;
    thread_pool_run(context->pool, count_part, &work);
    for (unsigned pairs; (pairs = word_parts_pairs(job, work.count, work.round)) != 0; work.round++)
        if (pairs > 1)
            thread_pool_run(context->pool, merge_pair, &work);
        else
            word_parts_merge(work.parts, work.count, work.round, 0);
    return word_parts_finish(work.parts, work.count, job, error);
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "a part a thread, 64 bytes at a time, words of 16 bytes as their own keys",
     .prepare = word_tuned_prepare,
     .run = run,
     .release = word_tuned_release},
    {.name = "simple", .summary = "a part and a hash table a thread", .run = run},
    {0},
};

const struct implementation word_count_pthread = {.techniques = techniques};
