/* Any bytes are a text, cut into any number of parts: every word in one part, and the parts merged
 * must be the expected answer by every rule, task and technique, and with every instruction set. */
#include <stdio.h>
#include <stdlib.h>

#include "cpu/isa.h"
#include "cpu/word_slice.h"
#include "cpu/word_tuned.h"
#include "tests/fuzz/everywhere.h"

enum { PARTS_MAX = 4 };

static void must(bool holds, const char *what, unsigned parts)
{
    if (holds)
        return;
    fprintf(stderr, "%s, in %u parts\n", what, parts);
    abort();
}

static void count_in_parts(struct job *job, unsigned count)
{
    struct ab_error error = {0};
    struct word_part *parts = word_parts_make(job, count, &error);
    must(parts != NULL, error.message, count);
    for (unsigned i = 0; i < count; i++)
        word_part_count(&parts[i], job, i, count);
    for (unsigned round = 0; word_parts_pairs(job, count, round) != 0; round++)
        for (unsigned pair = word_parts_pairs(job, count, round); pair-- > 0;)
            word_parts_merge(parts, count, round, pair);
    must(word_parts_finish(parts, count, job, &error) == AB_OK, error.message, count);
    struct verdict verdict;
    job->problem->kernel->check(job->problem, job->result, 0, &verdict);
    must(verdict.passed, verdict.detail, count);
}

static void count_tuned(struct job *job, enum cpu_isa isa)
{
    struct ab_error error = {0};
    setenv("ACCELBENCH_ISA", cpu_isa_name(isa), 1);
    must(word_tuned_prepare(job, &error) == AB_OK, error.message, 0);
    for (unsigned parts = 1; parts <= PARTS_MAX; parts++)
        count_in_parts(job, parts);
    word_tuned_release(job);
}

static void try_text(const uint8_t *data, size_t size, struct word_count_params params)
{
    struct ab_error error = {0};
    struct region result = {0};
    struct problem problem = {.kernel = find_kernel("word_count"), .params = &params};
    problem.input = (struct region){.data = (void *)(uintptr_t)data, .bytes = size};
    must(problem.kernel->expect(&problem, &error) == AB_OK, error.message, 0);
    struct job job = {.problem = &problem, .input = data, .result = &result};
    for (unsigned parts = 1; parts <= PARTS_MAX; parts++)
        count_in_parts(&job, parts);
    for (enum cpu_isa isa = 0; isa < CPU_ISA_COUNT; isa++)
        if (cpu_isa_available(isa))
            count_tuned(&job, isa);
    region_free(&result);
    region_free(&problem.expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int choice = 0; choice < 4; choice++)
        try_text(data, size,
                 (struct word_count_params){.task = choice & 1 ? TASK_TOTAL : TASK_FREQUENCY,
                                            .rule = choice & 2 ? RULE_ASCII : RULE_UNICODE});
    return 0;
}
