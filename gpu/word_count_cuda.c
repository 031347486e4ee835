/* for (at = 0; at < bytes; at += bytes of the character)
 *     if (a word begins at text[at])
 *         total++, table[word at text[at]]++;
 *
 * Kernels are in gpu/word_count_cuda.cu. The table of words names each by a place in the text on
 * the device, and compares there: where that text is gone when the next piece comes, each piece has
 * a table of its own, and the host adds them up.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/word_pieces_cuda.h"
#include "gpu/word_table_cuda.h"

enum { SLOTS_LEAST = 64, SLOTS_FIRST_MOST = 1 << 20, ALIGNMENT = 256 };

static_assert(sizeof(struct word_found) == sizeof(struct word_entry), "copied as they are");

struct scratch {
    struct word_launch launch;
    enum word_task task;
    struct word_table_cuda table;
    struct word_pieces pieces;
    bool in_pieces; /* no table for the whole text fits beside it: merged by the host */
    uint64_t piece_most;
};

static struct scratch *scratch_of(const struct job *job)
{
    return (struct scratch *)job->scratch;
}

static uint64_t words_most(uint64_t bytes)
{
    return bytes / 2 + 1;
}

/* ---- Launches ------------------------------------------------------------------------------- */

static struct word_launch launch_of(const struct scratch *s, const void *text, uint64_t begin,
                                    uint64_t end)
{
    struct word_launch launch = s->launch;
    launch.text = text;
    launch.begin = begin;
    launch.end = end;
    return launch;
}

static enum ab_status launch_words(const struct job *job, const struct word_launch *launch,
                                   struct ab_error *error)
{
    const struct scratch *s = scratch_of(job);
    cuda_doing(cuda_context(job), job);
    return cuda_check(s->task == TASK_TOTAL
                          ? word_count_cuda_total(launch, &s->table.counters->total)
                          : word_count_cuda_frequency(launch, &s->table.slots),
                      cuda_context(job)->doing, error);
}

/* Counts one range of the text on the device, in a table that grows until the range fits. */
static enum ab_status count_range(const struct job *job, const struct word_launch *launch,
                                  struct ab_error *error)
{
    struct word_table_cuda *table = &scratch_of(job)->table;
    const uint64_t words = words_most(launch->end - launch->begin);
    for (;;) {
        bool full = table->capacity == 0;
        enum ab_status status = AB_OK;
        if (!full) {
            status = word_table_cuda_clear(table, words, error);
            if (status == AB_OK)
                status = launch_words(job, launch, error);
            if (status == AB_OK)
                status = word_table_cuda_finish(launch, table, &full, error);
        }
        if (status == AB_OK && full)
            status = word_table_cuda_grow(table, words, error);
        if (status != AB_OK || !full)
            return status;
    }
}

/* ---- Pieces --------------------------------------------------------------------------------- */

static struct slice next_piece(void *state, uint64_t position, uint64_t most)
{
    return word_pieces_next(&scratch_of(state)->pieces, position, most);
}

/* The piece at text[begin, end) on the device, which is at `origin` + begin of the whole text. */
static enum ab_status count_and_merge(const struct job *job, const struct word_launch *launch,
                                      uint64_t origin, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    const struct word_found *found = NULL;
    enum ab_status status = count_range(job, launch, error);
    if (status == AB_OK)
        status = word_table_cuda_fetch(&s->table, &found, error);
    return status == AB_OK
               ? word_pieces_merge(&s->pieces, found, s->table.read->used, origin, error)
               : status;
}

/* A piece of a streamed text. */
static enum ab_status launch_streamed(void *state, const void *piece, struct slice slice,
                                      struct ab_error *error)
{
    const struct job *job = state;
    const struct scratch *s = scratch_of(job);
    const struct word_launch launch = launch_of(s, piece, 0, slice.end - slice.begin);
    return s->task == TASK_TOTAL ? launch_words(job, &launch, error)
                                 : count_and_merge(job, &launch, slice.begin, error);
}

/* A piece of a text that stays on the device: all share one total, or one table. */
static enum ab_status launch_resident(void *state, const void *piece, struct slice slice,
                                      struct ab_error *error)
{
    (void)piece;
    const struct job *job = state;
    const struct word_launch launch =
        launch_of(scratch_of(job), cuda_input(job)->device, slice.begin, slice.end);
    return launch_words(job, &launch, error);
}

static enum ab_status stream(struct job *job,
                             enum ab_status (*launch)(void *, const void *, struct slice,
                                                      struct ab_error *),
                             struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    const struct cuda_pieces pieces = {.next = next_piece, .launch = launch, .state = job};
    word_pieces_begin(&s->pieces);
    enum ab_status status = cuda_stream_pieces(cuda_context(job), cuda_input(job), &pieces, error);
    if (status == AB_OK && s->pieces.error.status != AB_OK)
        status = ab_fail(error, s->pieces.error.status, "%s", s->pieces.error.message);
    return status;
}

/* The pieces of a text that is on the device, each with a table of its own. */
static enum ab_status run_in_pieces(struct job *job, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    word_pieces_begin(&s->pieces);
    enum ab_status status = AB_OK;
    struct slice slice = word_pieces_next(&s->pieces, 0, s->piece_most);
    while (status == AB_OK && slice.begin != slice.end) {
        const struct word_launch launch =
            launch_of(s, cuda_input(job)->device, slice.begin, slice.end);
        status = count_and_merge(job, &launch, 0, error);
        slice = word_pieces_next(&s->pieces, slice.end, s->piece_most);
    }
    if (status == AB_OK && s->pieces.error.status != AB_OK)
        status = ab_fail(error, s->pieces.error.status, "%s", s->pieces.error.message);
    return status;
}

/* ---- The technique's hooks ------------------------------------------------------------------ */

static enum ab_status run_total(struct job *job, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    enum ab_status status = word_table_cuda_clear(&s->table, 0, error);
    s->pieces.words = 0;
    const uint64_t bytes = s->pieces.bytes;
    if (status != AB_OK || bytes == 0)
        return status;
    if (!cuda_input(job)->resident)
        return stream(job, launch_streamed, error);
    const struct word_launch launch = launch_of(s, cuda_input(job)->device, 0, bytes);
    return launch_words(job, &launch, error);
}

static enum ab_status run_frequency(struct job *job, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    const uint64_t bytes = s->pieces.bytes;
    if (bytes == 0)
        return word_table_cuda_clear(&s->table, 0, error);
    if (!cuda_input(job)->resident)
        return stream(job, launch_streamed, error);
    if (!s->in_pieces) {
        const struct word_launch launch = launch_of(s, cuda_input(job)->device, 0, bytes);
        struct ab_error no_room = {0};
        const enum ab_status status = count_range(job, &launch, &no_room);
        if (status == AB_OK)
            return AB_OK;
        if (status != AB_NO_MEMORY)
            return ab_fail(error, status, "%s", no_room.message);
        /* A table takes up to 64 times the bytes of what it is for. */
        uint64_t room;
        if (cuda_room(cuda_context(job), &room, error) != AB_OK)
            return error->status;
        s->piece_most = room / 64 < ALIGNMENT ? ALIGNMENT : room / 64;
        s->in_pieces = s->pieces.bounded = true;
    }
    return run_in_pieces(job, error);
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    return scratch_of(job)->task == TASK_TOTAL ? run_total(job, error) : run_frequency(job, error);
}

static enum ab_status download_total(struct job *job, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    enum ab_status status =
        cuda_check(cudaMemcpyAsync(s->table.read, s->table.counters, sizeof(*s->table.read),
                                   cudaMemcpyDeviceToHost, cuda_context(job)->compute),
                   "the transfer of the total", error);
    if (status == AB_OK)
        status = cuda_sync(cuda_context(job), error);
    if (status == AB_OK)
        status = region_resize(job->result, sizeof(uint64_t), "the result", error);
    if (status == AB_OK)
        *(uint64_t *)job->result->data = s->table.read->total + s->pieces.words;
    return status;
}

static enum ab_status download(struct job *job, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    if (s->task == TASK_TOTAL)
        return download_total(job, error);
    enum ab_status status = region_resize(job->result, 0, "the result", error);
    if (status == AB_OK && (!cuda_input(job)->resident || s->in_pieces))
        return word_table_emit(&s->pieces.merged, job->result, error);
    const struct word_found *found = NULL;
    if (status == AB_OK)
        status = word_table_cuda_fetch(&s->table, &found, error);
    const uint64_t bytes = s->table.read->used * sizeof(*found);
    if (status == AB_OK)
        status = region_resize(job->result, bytes, "the result", error);
    if (status == AB_OK && bytes != 0)
        memcpy(job->result->data, found, bytes);
    return status;
}

/* Counts while the text is on its way. A table that proves too small costs a second run. */
static enum ab_status run_overlapped(struct job *job, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    const uint64_t bytes = s->pieces.bytes;
    enum ab_status status = word_table_cuda_clear(&s->table, words_most(bytes), error);
    if (status == AB_OK)
        status = stream(job, launch_resident, error);
    if (status != AB_OK || s->task == TASK_TOTAL)
        return status;
    bool full;
    const struct word_launch launch = launch_of(s, cuda_input(job)->device, 0, bytes);
    status = word_table_cuda_finish(&launch, &s->table, &full, error);
    return status == AB_OK && full ? run(job, error) : status;
}

static enum ab_status end_to_end(struct job *job, struct ab_error *error)
{
    const struct scratch *s = scratch_of(job);
    struct cuda_buffer *input = cuda_input(job);
    const bool overlaps = input->resident && !s->in_pieces && s->pieces.bytes != 0 &&
                          (s->task == TASK_TOTAL || s->table.capacity != 0);
    enum ab_status status = AB_OK;
    /* The first transfer locks the pages that are to be transferred. */
    if (!overlaps || input->host != job->problem->input.data)
        status = cuda_buffer_upload(job->context, input, job->problem->input.data, s->pieces.bytes,
                                    error);
    if (status == AB_OK)
        status = overlaps ? run_overlapped(job, error) : run(job, error);
    return status == AB_OK ? download(job, error) : status;
}

/* ---- Before and after ----------------------------------------------------------------------- */

static uint64_t first_slots(uint64_t bytes)
{
    uint64_t slots = SLOTS_LEAST;
    while (slots < bytes / 64 && slots < SLOTS_FIRST_MOST)
        slots *= 2;
    return slots;
}

static enum ab_status prepare(struct job *job, enum word_technique technique,
                              struct ab_error *error)
{
    const struct word_count_params *params = job->problem->params;
    struct cuda_context *context = cuda_context(job);
    const struct cuda_buffer *input = cuda_input(job);
    struct scratch *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to prepare a launch");
    job->scratch = s;
    s->task = params->task;
    s->pieces = (struct word_pieces){.text = job->problem->input.data,
                                     .bytes = job->problem->input.bytes,
                                     .rule = params->rule,
                                     .bounded = !input->resident,
                                     .total_only = params->task == TASK_TOTAL};
    s->launch = (struct word_launch){.technique = technique,
                                     .unicode = params->rule == RULE_UNICODE,
                                     .stream = context->compute};
    int blocks = 0;
    enum ab_status status =
        cuda_check(word_count_cuda_shape(&s->launch, params->task == TASK_FREQUENCY,
                                         context->shared_bytes, &blocks),
                   "loading the kernel", error);
    s->launch.grid = context->processors * (unsigned)(blocks < 1 ? 1 : blocks);
    const uint64_t most = input->resident ? s->pieces.bytes : input->piece_bytes;
    const uint64_t slots = params->task == TASK_FREQUENCY ? first_slots(most) : 0;
    return status == AB_OK ? word_table_cuda_open(&s->table, context, slots, error) : status;
}

static enum ab_status prepare_tuned(struct job *job, struct ab_error *error)
{
    return prepare(job, WORDS_TUNED, error);
}

static enum ab_status prepare_simple(struct job *job, struct ab_error *error)
{
    return prepare(job, WORDS_SIMPLE, error);
}

static enum ab_status prepare_global_atomics(struct job *job, struct ab_error *error)
{
    return prepare(job, WORDS_GLOBAL_ATOMICS, error);
}

static void release(struct job *job)
{
    struct scratch *s = scratch_of(job);
    if (s == NULL)
        return;
    word_table_cuda_free(&s->table);
    word_table_free(&s->pieces.merged);
    free(s);
    job->scratch = NULL;
}

static const struct technique techniques[] = {
    {.name = "tuned",
     .summary = "frequent words counted in each block's fast memory; pieces overlap with transfers",
     .prepare = prepare_tuned,
     .run = run,
     .download = download,
     .end_to_end = end_to_end,
     .release = release},
    {.name = "simple",
     .summary = "a thread takes 256 bytes, and counts each word in the GPU's memory",
     .prepare = prepare_simple,
     .run = run,
     .download = download,
     .release = release},
    {.name = "global-atomics",
     .summary = "as tuned, but each word is counted in the GPU's memory at once",
     .prepare = prepare_global_atomics,
     .run = run,
     .download = download,
     .release = release},
    {0},
};

extern const struct implementation word_count_cuda;
const struct implementation word_count_cuda = {.techniques = techniques};
