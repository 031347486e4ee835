/* for (pass = 0; pass < passes; pass++)
 *     for (i = 0; i < words; i++)
 *         sum += word[i];
 */
#include "cpu/read_limit.h"

#include <stdlib.h>
#include <string.h>

#include "common/parallel.h"
#include "common/read_limit.h"
#include "cpu/cpu.h"
#include "cpu/fetch.h"
#include "cpu/isa.h"

/* The compiler has to assume that this empty instruction changes memory: without it, one pass
 * multiplied would be as good as many. */
#define READ_AGAIN() __asm__ volatile("" ::: "memory")

enum { CACHE_LINE_BYTES = 64 };

#define VECTOR_BYTES 16
#define TARGET
#define LOOP(name) name##_portable
#include "cpu/read_limit_loop.h"

#if CPU_ISA_X86
#define VECTOR_BYTES 32
#define TARGET       CPU_TARGET_AVX2
#define LOOP(name)   name##_avx2
#include "cpu/read_limit_loop.h"

#define VECTOR_BYTES 64
#define TARGET       CPU_TARGET_AVX512
#define LOOP(name)   name##_avx512
#include "cpu/read_limit_loop.h"
#endif

typedef uint64_t read_loop(const char *input, uint64_t lines, uint64_t passes);

static read_loop *const loops[CPU_ISA_COUNT] = {
    [CPU_ISA_PORTABLE] = read_portable,
#if CPU_ISA_X86
    [CPU_ISA_AVX2] = read_avx2,
    [CPU_ISA_AVX512] = read_avx512,
    [CPU_ISA_AVX512_VNNI] = read_avx512,
#endif
};

/* On cache lines of its own: some machines fetch them in pairs. */
struct part {
    _Alignas(128) uint64_t sum;
};

/* job->scratch */
struct state {
    read_loop *read;
    struct part parts[]; /* one for each of the context's threads */
};

/* Zen 4 takes 512 bits in two halves, and reads a little faster when it is asked for halves. */
static enum cpu_isa fastest_isa(void)
{
#if CPU_ISA_X86
    if (__builtin_cpu_is("amdfam19h") && cpu_isa_best() >= CPU_ISA_AVX512)
        return CPU_ISA_AVX2;
#endif
    return cpu_isa_best();
}

enum ab_status read_limit_isa(enum cpu_isa *isa, struct ab_error *error)
{
    return cpu_isa_choose(fastest_isa(), isa, error);
}

enum ab_status read_limit_prepare(struct job *job, struct ab_error *error)
{
    enum cpu_isa isa;
    enum ab_status status = read_limit_isa(&isa, error);
    if (status != AB_OK)
        return status;
    unsigned threads = cpu_context(job)->threads;
    size_t bytes = sizeof(struct state) + threads * sizeof(struct part);
    struct state *state = aligned_alloc(_Alignof(struct state), bytes);
    if (state == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for %u checksums", threads);
    memset(state, 0, bytes);
    state->read = loops[isa];
    job->scratch = state;
    return AB_OK;
}

void read_limit_release(struct job *job)
{
    free(job->scratch);
    job->scratch = NULL;
}

/* What is left of the input behind its last whole cache line. */
static uint64_t read_rest(const char *rest, size_t bytes, uint64_t passes)
{
    uint64_t sum = 0;
    for (; passes != 0; passes--) {
        READ_AGAIN();
        for (size_t i = 0; i < bytes; i += sizeof(uint64_t)) {
            uint64_t word = 0;
            memcpy(&word, rest + i, bytes - i < sizeof(word) ? bytes - i : sizeof(word));
            sum += word;
        }
    }
    return sum;
}

/* Every part has whole cache lines, so that none is read twice and words stay whole; the last has
 * the rest. */
void read_limit_part(void *argument, unsigned index, unsigned count)
{
    const struct job *job = argument;
    struct state *state = job->scratch;
    const char *input = job->input;
    uint64_t bytes = job->problem->input.bytes, rest = bytes % CACHE_LINE_BYTES;
    uint64_t passes = read_limit_params(job->problem)->passes, sum = 0;
    struct slice lines = slice_of(bytes / CACHE_LINE_BYTES, index, count);
    if (lines.begin != lines.end) /* an empty input has no address to count from */
        sum = state->read(input + lines.begin * CACHE_LINE_BYTES, lines.end - lines.begin, passes);
    if (index == count - 1 && rest != 0)
        sum += read_rest(input + (bytes - rest), rest, passes);
    state->parts[index].sum = sum;
}

void read_limit_finish(struct job *job)
{
    const struct state *state = job->scratch;
    uint64_t sum = 0;
    for (unsigned i = 0; i < cpu_context(job)->threads; i++)
        sum += state->parts[i].sum;
    memcpy(job->result->data, &sum, sizeof(sum));
}

static enum ab_status run_one_core(struct job *job, struct ab_error *error)
{
    (void)error;
    read_limit_part(job, 0, 1);
    read_limit_finish(job);
    return AB_OK;
}

static enum ab_status run_all_cores(struct job *job, struct ab_error *error)
{
    (void)error;
    thread_pool_run(cpu_context(job)->pool, read_limit_part, job);
    read_limit_finish(job);
    return AB_OK;
}

const struct technique read_limit_one_core = {
    .name = "limit",
    .summary = "every byte loaded once, with the fastest vectors",
    .prepare = read_limit_prepare,
    .run = run_one_core,
    .release = read_limit_release,
};

const struct technique read_limit_all_cores = {
    .name = "limit",
    .summary = "every byte loaded once, with the fastest vectors, a part a thread",
    .prepare = read_limit_prepare,
    .run = run_all_cores,
    .release = read_limit_release,
};
