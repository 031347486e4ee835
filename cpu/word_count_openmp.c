/* Must equal the loop at the top of cpu/word_slice.c: each thread runs it over its own part. */
#include "cpu/cpu.h"
#include "cpu/word_slice.h"

static enum ab_status run_simple(struct job *job, struct ab_error *error)
{
    const unsigned threads = cpu_context(job)->threads;
    struct word_part *parts = word_parts_make(job, threads, error);
    if (parts == NULL)
        return AB_NO_MEMORY;
#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
    for (unsigned i = 0; i < threads; i++)
        word_part_count(&parts[i], job, i, threads);
    return word_parts_finish(parts, threads, job, error);
}

static const struct technique techniques[] = {
    {.name = "simple",
     .summary = "a part and a hash table a thread, merged by one",
     .run = run_simple},
    {0},
};

const struct implementation word_count_openmp = {.techniques = techniques};
