/* for (i = 0; i < words; i++)
 *     sum += word[i];
 *
 * The kernels are in opencl/read_limit.cl. Work is divided as matrix_sum divides it, so that no row
 * has reason to be faster.
 */
#include "common/read_limit.h"

#include <stdio.h>
#include <stdlib.h>

#include "opencl/memory.h"
#include "opencl/sums.h"

enum {
    GROUP_ITEMS = 256,
    GROUPS_PER_UNIT = 8,
    LOAD_BYTES = 16,
    CHUNKS_MIN = 64,
    CHUNK_BYTES_MIN = 4096,
    CHUNK_BYTES = 1 << 20,
    OPTIONS_BYTES = 64
};

/* job->scratch */
struct reading {
    bool alone; /* groups of one work-item, each with a contiguous chunk */
    size_t compute_units;
    struct opencl_sums sums;
};

static struct reading *reading_of(const struct job *job)
{
    return job->scratch;
}

static size_t groups_of_piece(const struct reading *r, const struct opencl_piece *piece)
{
    const uint64_t each = r->alone ? CHUNK_BYTES_MIN : LOAD_BYTES * r->sums.group_items;
    const uint64_t chunks = piece->bytes / CHUNK_BYTES;
    const uint64_t most = !r->alone             ? GROUPS_PER_UNIT * r->compute_units
                          : chunks < CHUNKS_MIN ? CHUNKS_MIN
                                                : chunks;
    const uint64_t groups = piece->bytes / each + 1;
    return (size_t)(groups < most ? groups : most);
}

static enum ab_status read_piece(struct opencl_context *context, const struct reading *r,
                                 cl_mem buffer, cl_ulong bytes, size_t groups, cl_ulong first,
                                 cl_uint again, struct ab_error *error)
{
    enum ab_status status = OPENCL_BUFFER_ARGUMENT(error, r->sums.kernel, 0, buffer);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, r->sums.kernel, 1, bytes);
    if (status == AB_OK)
        status = OPENCL_BUFFER_ARGUMENT(error, r->sums.kernel, 2, r->sums.partials);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, r->sums.kernel, 3, first);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, r->sums.kernel, 4, again);
    return status == AB_OK ? opencl_run(context, r->sums.kernel, groups,
                                        r->alone ? 1 : r->sums.group_items, error)
                           : status;
}

/* ---- Hooks --------------------------------------------------------------------------------- */

static uint64_t count_partials(const struct reading *r, const struct opencl_memory *input)
{
    uint64_t partials = 0;
    for (size_t i = 0; i < input->count; i++)
        partials += groups_of_piece(r, &input->pieces[i]);
    return partials;
}

/* Drivers may compile when a kernel is first enqueued, for that very size: every shape runs here
 * once, on no bytes; the partial sums stand in for the input, which is not there yet. */
static enum ab_status warm_up(struct opencl_context *context, const struct reading *r,
                              const struct opencl_memory *input, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < input->count && i < 2 && status == AB_OK; i++)
        status = read_piece(context, r, r->sums.partials, 0, groups_of_piece(r, &input->pieces[i]),
                            0, 0, error);
    if (status == AB_OK)
        status = opencl_sums_finish(context, &r->sums, 0, error);
    return status == AB_OK ? CL_TRY(error, Finish, context->plain) : status;
}

static enum ab_status prepare(struct job *job, struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_program *program = NULL;
    char options[OPTIONS_BYTES];
    struct reading *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory to prepare the read limit of OpenCL");
    job->scratch = r;
    r->alone = context->device.chunked;
    r->compute_units = context->device.compute_units;
    r->sums.group_items = opencl_group_items(context, GROUP_ITEMS);
    snprintf(options, sizeof(options), OPENCL_OPTIONS " -DI64 -DGROUP_ITEMS=%zu",
             r->sums.group_items);
    enum ab_status status = opencl_program(context, &read_limit_source, options, &program, error);
    if (status == AB_OK)
        status =
            opencl_sums_prepare(context, &r->sums, program, r->alone ? "chunked" : "interleaved",
                                count_partials(r, job->input), error);
    if (status == AB_OK)
        status = warm_up(context, r, job->input, error);
    if (status == AB_OK)
        opencl_program_keep(context, program);
    return status;
}

static enum ab_status run(struct job *job, struct ab_error *error)
{
    const struct reading *r = reading_of(job);
    const struct opencl_memory *input = job->input;
    const uint64_t passes = read_limit_params(job->problem)->passes;
    cl_ulong partials = 0;
    enum ab_status status = AB_OK;
    for (uint64_t pass = 0; pass < passes && status == AB_OK; pass++) {
        partials = 0;
        for (size_t i = 0; i < input->count && status == AB_OK; i++) {
            const struct opencl_piece *piece = &input->pieces[i];
            const size_t groups = groups_of_piece(r, piece);
            status = read_piece(job->context, r, piece->buffer, piece->bytes, groups, partials,
                                pass != 0, error);
            partials += groups;
        }
    }
    return status == AB_OK ? opencl_sums_finish(job->context, &r->sums, partials, error) : status;
}

static enum ab_status download(struct job *job, struct ab_error *error)
{
    return opencl_sums_read(job->context, &reading_of(job)->sums, job->result->data, error);
}

static void release(struct job *job)
{
    struct reading *r = reading_of(job);
    if (r == NULL)
        return;
    opencl_sums_release(&r->sums);
    free(r);
    job->scratch = NULL;
}

const struct technique read_limit_opencl = {
    .name = "limit",
    .summary = "every byte loaded once; CPUs: a contiguous chunk a work-item; GPUs: 16 bytes at a "
               "time, by as many work-items as there is room for",
    .prepare = prepare,
    .run = run,
    .download = download,
    .release = release,
};
