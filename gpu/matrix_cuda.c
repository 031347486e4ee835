/* launch(x, rows, cols);
 * and the same for some rows, or a part of a row, after the other.
 */
#include "gpu/matrix_cuda.h"

#include <stdlib.h>

#include "gpu/cuda.h"

/* Enough for a thread in each of 16 million rows; beyond that, threads take several. */
enum { GRID_MOST = 65536 };

struct scratch {
    struct matrix_launch launch;
    const struct matrix_launcher *launcher;
    void *library; /* owned; what the library works in */
    size_t library_bytes;
    uint64_t state_bytes;
};

static struct scratch *scratch_of(const struct job *job)
{
    return (struct scratch *)job->scratch;
}

static bool is_empty(const struct job *job)
{
    return job->problem->input.bytes == 0;
}

double matrix_cuda_relative_error(const struct job *job)
{
    const struct matrix_params *params = matrix_params(job->problem);
    if (dtype_is_integer(params->dtype))
        return 0;
    /* An element passes at most one addition for each of the others, wherever it stands, and one
     * for each block; groups of up to 16 of type float are added up as such before. */
    const double depth = (double)params->rows * (double)params->cols + (double)GRID_MOST;
    const double wide = sum_relative_error(depth, UNIT_ROUNDOFF_F64);
    const bool narrow_groups =
        params->dtype == DTYPE_F32 && scratch_of(job)->launch.technique == MATRIX_TUNED;
    const double narrow = narrow_groups ? sum_relative_error(4, UNIT_ROUNDOFF_F32) : 0;
    return wide + narrow + wide * narrow;
}

/* ---- Launches ------------------------------------------------------------------------------- */

static cudaError_t launch(const struct scratch *s, const struct matrix_launch *l)
{
    size_t bytes = s->library_bytes;
    return s->launcher->library != NULL ? s->launcher->library(l, s->library, &bytes)
                                        : s->launcher->launch(l);
}

static enum ab_status launch_piece(void *state, const void *piece, struct slice slice,
                                   struct ab_error *error)
{
    const struct job *job = state;
    const struct scratch *s = scratch_of(job);
    struct matrix_launch l = s->launch;
    const uint64_t elements = (slice.end - slice.begin) / dtype_bytes(l.dtype);
    l.x = piece;
    const bool whole_rows = s->launcher->grid != NULL && elements >= l.cols;
    l.rows = whole_rows ? elements / l.cols : 1;
    l.cols = whole_rows ? l.cols : elements;
    l.add = slice.begin != 0;
    cuda_doing(cuda_context(job), job);
    return cuda_check(launch(s, &l), cuda_context(job)->doing, error);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Whole bands of tiles, or else whole rows, or else a part of a row; for a plain sum, any part. */
static struct slice next_piece(void *state, uint64_t position, uint64_t most)
{
    const struct job *job = state;
    const struct scratch *s = scratch_of(job);
    const struct matrix_launch *l = &s->launch;
    const uint64_t total = job->problem->input.bytes, rest = total - position;
    if (s->launcher->grid == NULL)
        return (struct slice){position, position + least(rest, most)};
    const uint64_t row = l->cols * dtype_bytes(l->dtype), into_row = position % row;
    uint64_t band = 0; /* 0: larger than any piece */
    if (l->order == ORDER_TILED && !__builtin_mul_overflow(row, l->tile_rows, &band) &&
        band <= most)
        most = most / band * band;
    else if (into_row != 0 || row > most)
        return (struct slice){position, position + least(rest, least(row - into_row, most))};
    else
        most = most / row * row;
    return (struct slice){position, position + least(rest, most)};
}

static enum ab_status run_pieces(struct job *job, struct ab_error *error)
{
    const struct cuda_pieces pieces = {.next = next_piece, .launch = launch_piece, .state = job};
    return cuda_stream_pieces(cuda_context(job), cuda_input(job), &pieces, error);
}

enum ab_status matrix_cuda_run(struct job *job, struct ab_error *error)
{
    const struct cuda_buffer *input = cuda_input(job);
    if (is_empty(job))
        return AB_OK; /* prepare has left the sum of nothing */
    if (!input->resident)
        return run_pieces(job, error);
    return launch_piece(job, input->device, (struct slice){0, job->problem->input.bytes}, error);
}

enum ab_status matrix_cuda_download(struct job *job, struct ab_error *error)
{
    return cuda_check(cudaMemcpyAsync(job->result->data, scratch_of(job)->launch.state,
                                      sizeof(union matrix_total), cudaMemcpyDeviceToHost,
                                      cuda_context(job)->compute),
                      "the transfer of the sum", error);
}

enum ab_status matrix_cuda_end_to_end(struct job *job, struct ab_error *error)
{
    struct cuda_buffer *input = cuda_input(job);
    enum ab_status status = AB_OK;
    /* The first transfer locks the pages that are to be transferred. */
    if (input->host != job->problem->input.data || !input->resident)
        status = cuda_buffer_upload(job->context, input, job->problem->input.data,
                                    job->problem->input.bytes, error);
    if (status == AB_OK && !is_empty(job))
        status = run_pieces(job, error);
    if (status == AB_OK)
        status = matrix_cuda_download(job, error);
    return status == AB_OK ? cuda_sync(cuda_context(job), error) : status;
}

/* ---- Before and after ----------------------------------------------------------------------- */

/* Loads the kernel, which would otherwise be in the time of the first launch. */
static enum ab_status load_kernel(struct job *job, struct ab_error *error)
{
    struct scratch *s = scratch_of(job);
    struct matrix_launch *l = &s->launch;
    int blocks = 1;
    cudaError_t code;
    l->grid_most = is_empty(job) ? 1 : GRID_MOST;
    if (is_empty(job))
        return AB_OK; /* there will be no launch */
    if (s->launcher->library != NULL)
        code = s->launcher->library(l, NULL, &s->library_bytes);
    else
        code = s->launcher->blocks(l, &blocks);
    /* As many blocks as the device holds at a time, or as a traversal has lines for. */
    const uint64_t held = cuda_context(job)->processors * (uint64_t)(blocks < 1 ? 1 : blocks);
    l->grid_most = (unsigned)least(held, GRID_MOST);
    if (s->launcher->grid != NULL)
        l->grid_most = (unsigned)least(s->launcher->grid(l), GRID_MOST);
    return cuda_check(code, "loading the kernel", error);
}

static enum ab_status make_state(struct job *job, struct ab_error *error)
{
    struct cuda_context *context = cuda_context(job);
    struct scratch *s = scratch_of(job);
    s->state_bytes = MATRIX_STATE_BYTES + (uint64_t)s->launch.grid_most * sizeof(uint64_t);
    enum ab_status status =
        cuda_allocate(context, s->state_bytes, "partial sums", &s->launch.state, error);
    if (status == AB_OK && s->library_bytes != 0)
        status = cuda_allocate(context, s->library_bytes, "CUB's scratch", &s->library, error);
    if (status == AB_OK)
        status = cuda_check(cudaMemsetAsync(s->launch.state, 0, s->state_bytes, context->compute),
                            "cudaMemset", error);
    return status == AB_OK ? cuda_sync(context, error) : status;
}

enum ab_status matrix_cuda_prepare(struct job *job, enum matrix_technique technique,
                                   const struct matrix_launcher *launcher, struct ab_error *error)
{
    const struct matrix_params *params = matrix_params(job->problem);
    if (launcher->library != NULL && !cuda_input(job)->resident)
        return ab_fail(error, AB_UNSUPPORTED,
                       "the input does not fit into the GPU's memory, and CUB sums no pieces: use "
                       "the technique tuned");
    struct scratch *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to prepare a launch");
    job->scratch = s;
    s->launcher = launcher;
    s->launch = (struct matrix_launch){.technique = technique,
                                       .dtype = params->dtype,
                                       .order = params->order,
                                       .rows = params->rows,
                                       .cols = params->cols,
                                       .tile_rows = params->tile_rows,
                                       .tile_cols = params->tile_cols,
                                       .stream = cuda_context(job)->compute};
    enum ab_status status = load_kernel(job, error);
    return status == AB_OK ? make_state(job, error) : status;
}

void matrix_cuda_release(struct job *job)
{
    struct scratch *s = scratch_of(job);
    if (s == NULL)
        return;
    cuda_release(cuda_context(job), s->library, s->library_bytes);
    cuda_release(cuda_context(job), s->launch.state, s->state_bytes);
    free(s);
    job->scratch = NULL;
}
