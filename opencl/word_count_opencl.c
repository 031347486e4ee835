/* for each word of the text
 *     total++, table[lower(word)]++;
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/environment.h"
#include "common/unicode.h"
#include "opencl/words.h"

enum { GROUP_ITEMS = 256, GROUPS_PER_UNIT = 8, OPTIONS_BYTES = 128 };
enum { LANES = 16, LANES_ALONE = 64 }; /* see opencl/word_total.cl */

/* The table of a piece may grow to several times the piece, and offsets in it have 32 bits. */
enum { TABLE_SHARE = 8 };
#define PIECE_BYTES_MAX 0xFFFF0000u

static const struct word_count_params *params(const struct job *job)
{
    return job->problem->params;
}

/* ---- Pieces that cut no word --------------------------------------------------------------- */

struct text {
    const uint8_t *bytes;
    enum word_rule rule;
};

static bool space_begins(const struct text *text, uint64_t at, uint64_t limit)
{
    if (text->rule == RULE_ASCII)
        return text->bytes[at] == 32 || (text->bytes[at] >= 9 && text->bytes[at] <= 13);
    return unicode_is_space(unicode_decode(text->bytes + at, (size_t)(limit - at)).code_point);
}

/* Before the last white space that lies whole before the limit: it then begins the next piece. */
static uint64_t cut_before_space(const void *argument, uint64_t begin, uint64_t limit)
{
    uint64_t at = limit - 1;
    while (at > begin && !space_begins(argument, at, limit))
        at--;
    return at;
}

static enum ab_status cut_text(struct job *job, struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_memory *memory = (struct opencl_memory *)job->input;
    const struct text text = {job->problem->input.data, params(job)->rule};
    uint64_t most = context->device.largest_bytes / TABLE_SHARE;
    most = most < PIECE_BYTES_MAX ? most : PIECE_BYTES_MAX;
    if (memory->bytes <= most)
        return AB_OK;
    return opencl_memory_cut(context, memory, most, cut_before_space, &text, error);
}

/* ---- Hooks --------------------------------------------------------------------------------- */

/* Several chunks a compute unit end at about the same time; but each chunk's table takes work. */
static size_t count_groups(const struct opencl_context *context, const struct opencl_words *words,
                           enum word_task task, const struct opencl_memory *input)
{
    const unsigned chunks_per_unit = task == TASK_TOTAL ? 4 : 1;
    enum { BYTES_EACH = 64 };
    const uint64_t each = BYTES_EACH * (words->shape->alone ? 1 : words->group_items);
    const uint64_t most = (words->shape->alone ? chunks_per_unit : GROUPS_PER_UNIT) *
                          (uint64_t)context->device.compute_units;
    const uint64_t groups = input->bytes / input->count / each + 1;
    return (size_t)(groups < most ? groups : most);
}

static enum ab_status prepare(struct job *job, const struct opencl_words_shape *shape,
                              struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_words *words = calloc(1, sizeof(*words));
    if (words == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to prepare counting words on OpenCL");
    job->scratch = words;
    words->shape = shape;
    words->rule = params(job)->rule;
    words->group_items = words->sums.group_items = opencl_group_items(context, GROUP_ITEMS);
    enum ab_status status = cut_text(job, error);
    if (status != AB_OK)
        return status;
    words->groups = count_groups(context, words, params(job)->task, job->input);
    char options[OPTIONS_BYTES];
    snprintf(options, sizeof(options),
             OPENCL_OPTIONS " -D%s -DGROUP_ITEMS=%zu -DLANES=%d -DCACHE_SLOTS=%d%s",
             words->rule == RULE_UNICODE ? "UNICODE" : "ASCII", words->group_items,
             words->shape->alone ? LANES_ALONE : LANES, OPENCL_GROUP_CACHE_SLOTS,
             environment_value("ACCELBENCH_OPENCL_ATOMIC_LOADS") != NULL ? " -DATOMIC_LOADS" : "");
    status = opencl_program(context, &word_count_source, options, &words->program, error);
    if (status == AB_OK)
        status = params(job)->task == TASK_TOTAL ? opencl_total_prepare(job, error)
                                                 : opencl_frequency_prepare(job, error);
    if (status == AB_OK)
        status = CL_TRY(error, Finish, context->plain);
    if (status == AB_OK)
        opencl_program_keep(context, words->program);
    return status;
}

static const struct opencl_words_shape simple = {"total_simple", "count_simple", false, false};
static const struct opencl_words_shape interleaved = {"total_interleaved", "count_interleaved",
                                                      false, false};
static const struct opencl_words_shape chunked = {"total_chunked", "count_chunked", true, true};

static enum ab_status prepare_simple(struct job *job, struct ab_error *error)
{
    return prepare(job, &simple, error);
}

static enum ab_status prepare_tuned(struct job *job, struct ab_error *error)
{
    const struct opencl_context *context = job->context;
    return prepare(job, context->device.chunked ? &chunked : &interleaved, error);
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    return params(job)->task == TASK_TOTAL ? opencl_total_run(job, error)
                                           : opencl_frequency_run(job, error);
}

static enum ab_status download(struct job *job, struct ab_error *error)
{
    return params(job)->task == TASK_TOTAL ? opencl_total_download(job, error)
                                           : opencl_frequency_download(job, error);
}

static void release(struct job *job)
{
    struct opencl_words *words = opencl_words(job);
    if (words == NULL)
        return;
    opencl_total_release(words);
    opencl_frequency_release(words);
    free(words);
    job->scratch = NULL;
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "one shared table: CPUs fill it from a contiguous part and a table of its own a "
                "work-item, "
                "GPUs from interleaved bytes and a cache a group",
     .prepare = prepare_tuned,
     .run = run,
     .download = download,
     .release = release},
    {.name = "simple",
     .summary = "interleaved bytes; who finds the start of a word adds it to one shared table",
     .prepare = prepare_simple,
     .run = run,
     .download = download,
     .release = release},
    {0},
};

extern const struct implementation word_count_opencl;
const struct implementation word_count_opencl = {.techniques = techniques};
