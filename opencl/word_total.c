/* for (position = 0; position < bytes; position++)
 *     total += a word starts at text[position];
 */
#include "opencl/words.h"

static enum ab_status count_piece(struct opencl_context *context, const struct opencl_words *words,
                                  cl_mem text, cl_uint bytes, cl_uint first, struct ab_error *error)
{
    enum ab_status status = OPENCL_BUFFER_ARGUMENT(error, words->sums.kernel, 0, text);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, words->sums.kernel, 1, bytes);
    if (status == AB_OK)
        status = OPENCL_BUFFER_ARGUMENT(error, words->sums.kernel, 2, words->sums.partials);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, words->sums.kernel, 3, first);
    if (status == AB_OK)
        status = opencl_run(context, words->sums.kernel, words->groups,
                            words->shape->alone ? 1 : words->group_items, error);
    return status;
}

enum ab_status opencl_total_prepare(struct job *job, struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_words *words = opencl_words(job);
    const struct opencl_memory *input = job->input;
    enum ab_status status =
        opencl_sums_prepare(context, &words->sums, words->program, words->shape->total,
                            input->count * words->groups, error);
    if (status == AB_OK)
        status = count_piece(context, words, words->sums.partials, 0, 0, error);
    return status == AB_OK ? opencl_sums_finish(context, &words->sums, 0, error) : status;
}

enum ab_status opencl_total_run(struct job *job, struct ab_error *error)
{
    const struct opencl_words *words = opencl_words(job);
    const struct opencl_memory *input = job->input;
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < input->count && status == AB_OK; i++)
        status = count_piece(job->context, words, input->pieces[i].buffer,
                             (cl_uint)input->pieces[i].bytes, (cl_uint)(i * words->groups), error);
    return status == AB_OK
               ? opencl_sums_finish(job->context, &words->sums, input->count * words->groups, error)
               : status;
}

enum ab_status opencl_total_download(struct job *job, struct ab_error *error)
{
    enum ab_status status = region_resize(job->result, sizeof(cl_ulong), "the result", error);
    return status == AB_OK
               ? opencl_sums_read(job->context, &opencl_words(job)->sums, job->result->data, error)
               : status;
}

void opencl_total_release(struct opencl_words *words)
{
    opencl_sums_release(&words->sums);
}
