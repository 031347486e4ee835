/* for (i = 0; i < words; i++)
 *     sum += word[i];
 *
 * The kernel is in gpu/read_limit_cuda.cu.
 */
#include "common/read_limit.h"

#include <stdlib.h>

#include "gpu/cuda.h"
#include "gpu/matrix_cuda.h"

struct scratch {
    void *state; /* owned; struct sum_state, on the device */
    uint64_t state_bytes;
    unsigned grid;
};

static struct scratch *scratch_of(const struct job *job)
{
    return (struct scratch *)job->scratch;
}

static enum ab_status prepare(struct job *job, struct ab_error *error)
{
    struct cuda_context *context = cuda_context(job);
    struct scratch *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to prepare a launch");
    job->scratch = s;
    int blocks = 0;
    enum ab_status status =
        cuda_check(read_limit_cuda_blocks(&blocks), "loading the kernel", error);
    s->grid = context->processors * (unsigned)(blocks < 1 ? 1 : blocks);
    s->state_bytes = MATRIX_STATE_BYTES + (uint64_t)s->grid * sizeof(uint64_t);
    if (status == AB_OK)
        status = cuda_allocate(context, s->state_bytes, "partial sums", &s->state, error);
    if (status == AB_OK)
        status = cuda_check(cudaMemsetAsync(s->state, 0, s->state_bytes, context->compute),
                            "cudaMemset", error);
    return status == AB_OK ? cuda_sync(context, error) : status;
}

static enum ab_status launch_piece(void *state, const void *piece, struct slice slice,
                                   struct ab_error *error)
{
    struct job *job = state;
    const struct scratch *s = scratch_of(job);
    cuda_doing(cuda_context(job), job);
    return cuda_check(read_limit_cuda_launch(piece, slice.end - slice.begin, s->state, s->grid, 1,
                                             cuda_context(job)->compute),
                      cuda_context(job)->doing, error);
}

static struct slice next_piece(void *state, uint64_t position, uint64_t most)
{
    const struct job *job = state;
    const uint64_t rest = job->problem->input.bytes - position;
    return (struct slice){position, position + (rest < most ? rest : most)};
}

/* `overlapped`: also transfers it. */
static enum ab_status read_all(struct job *job, bool overlapped, struct ab_error *error)
{
    struct cuda_context *context = cuda_context(job);
    const struct cuda_buffer *input = cuda_input(job);
    const struct scratch *s = scratch_of(job);
    const struct slice all = {0, job->problem->input.bytes};
    const struct cuda_pieces pieces = {.next = next_piece, .launch = launch_piece, .state = job};
    enum ab_status status = cuda_check(
        cudaMemsetAsync(s->state, 0, sizeof(uint64_t), context->compute), "cudaMemset", error);
    const uint64_t passes = all.end == 0 ? 0 : read_limit_params(job->problem)->passes;
    for (uint64_t pass = 0; pass < passes && status == AB_OK; pass++)
        status = !input->resident || (overlapped && pass == 0)
                     ? cuda_stream_pieces(context, cuda_input(job), &pieces, error)
                     : launch_piece(job, input->device, all, error);
    return status;
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    return read_all(job, false, error);
}

static enum ab_status download(struct job *job, struct ab_error *error)
{
    return cuda_check(cudaMemcpyAsync(job->result->data, scratch_of(job)->state, sizeof(uint64_t),
                                      cudaMemcpyDeviceToHost, cuda_context(job)->compute),
                      "the transfer of the sum", error);
}

/* What rows are held against must not lack what they have: transfers that overlap. */
static enum ab_status end_to_end(struct job *job, struct ab_error *error)
{
    struct cuda_buffer *input = cuda_input(job);
    enum ab_status status = AB_OK;
    /* The first transfer locks the pages that are to be transferred. */
    if (input->host != job->problem->input.data || !input->resident)
        status = cuda_buffer_upload(job->context, input, job->problem->input.data,
                                    job->problem->input.bytes, error);
    if (status == AB_OK)
        status = read_all(job, true, error);
    if (status == AB_OK)
        status = download(job, error);
    return status == AB_OK ? cuda_sync(cuda_context(job), error) : status;
}

static void release(struct job *job)
{
    struct scratch *s = scratch_of(job);
    if (s == NULL)
        return;
    cuda_release(cuda_context(job), s->state, s->state_bytes);
    free(s);
    job->scratch = NULL;
}

const struct technique read_limit_cuda = {
    .name = "limit",
    .summary = "every byte loaded once, 16 at a time, by as many threads as the GPU holds",
    .prepare = prepare,
    .run = run,
    .download = download,
    .end_to_end = end_to_end,
    .release = release,
};
