/* Must equal the loop at the top of cpu/word_slice.c: each thread runs it over its own part. */
#include "cpu/cpu.h"
#include "cpu/openmp.h"
#include "cpu/word_slice.h"
#include "cpu/word_tuned.h"

static enum ab_status run(struct job *job, struct ab_error *error)
{
    const unsigned threads = cpu_context(job)->threads;
    const unsigned count = word_parts_count(job, threads);
    struct word_part *parts = word_parts_make(job, count, error);
    if (parts == NULL)
        return AB_NO_MEMORY;
    openmp_begin(job);
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
    for (unsigned i = 0; i < count; i++)
        word_part_count(&parts[i], job, i, count);
    for (unsigned pairs, round = 0; (pairs = word_parts_pairs(job, count, round)) != 0; round++) {
#pragma omp parallel for num_threads((int)threads) schedule(static, 1) if (pairs > 1)
        for (unsigned pair = 0; pair < pairs; pair++)
            word_parts_merge(parts, count, round, pair);
    }
    return word_parts_finish(parts, count, job, error);
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

const struct implementation word_count_openmp = {.techniques = techniques};
