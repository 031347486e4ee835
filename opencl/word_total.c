/* for (position = 0; position < bytes; position++)
 *     total += a word starts at text[position];
 */
#include "opencl/words.h"

static enum ab_status count_piece(struct opencl_context *context, const struct opencl_words *words,
                                  cl_mem text, cl_uint bytes, cl_uint first, struct ab_error *error)
{
    enum ab_status status = OPENCL_BUFFER_ARGUMENT(error, words->total, 0, text);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, words->total, 1, bytes);
    if (status == AB_OK)
        status = OPENCL_BUFFER_ARGUMENT(error, words->total, 2, words->partials);
    if (status == AB_OK)
        status = OPENCL_ARGUMENT(error, words->total, 3, first);
    if (status == AB_OK)
        status = opencl_run(context, words->total, words->groups,
                            words->shape->alone ? 1 : words->group_items, error);
    return status;
}

static enum ab_status add_up(struct opencl_context *context, const struct opencl_words *words,
                             cl_ulong count, struct ab_error *error)
{
    return opencl_add_up(context, words->finish, words->partials, count, words->result,
                         words->group_items, error);
}

enum ab_status opencl_total_prepare(struct job *job, struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_words *words = opencl_words(job);
    const struct opencl_memory *input = job->input;
    enum ab_status status =
        opencl_kernel(words->program, words->shape->total, &words->total, error);
    if (status == AB_OK)
        status = opencl_kernel(words->program, "finish", &words->finish, error);
    if (status == AB_OK)
        status = opencl_buffer(context, input->count * words->groups * sizeof(cl_ulong),
                               "the list of partial counts", &words->partials, error);
    if (status == AB_OK)
        status = opencl_buffer(context, sizeof(cl_ulong), "the result", &words->result, error);
    if (status == AB_OK)
        status = count_piece(context, words, words->partials, 0, 0, error);
    return status == AB_OK ? add_up(context, words, 0, error) : status;
}

enum ab_status opencl_total_run(struct job *job, struct ab_error *error)
{
    const struct opencl_words *words = opencl_words(job);
    const struct opencl_memory *input = job->input;
    enum ab_status status = AB_OK;
    for (size_t i = 0; i < input->count && status == AB_OK; i++)
        status = count_piece(job->context, words, input->pieces[i].buffer,
                             (cl_uint)input->pieces[i].bytes, (cl_uint)(i * words->groups), error);
    return status == AB_OK ? add_up(job->context, words, input->count * words->groups, error)
                           : status;
}

enum ab_status opencl_total_download(struct job *job, struct ab_error *error)
{
    enum ab_status status = region_resize(job->result, sizeof(cl_ulong), "the result", error);
    return status == AB_OK ? opencl_read(job->context, job->result->data, opencl_words(job)->result,
                                         0, sizeof(cl_ulong), error)
                           : status;
}

void opencl_total_release(struct opencl_words *words)
{
    opencl_free_kernel(&words->total);
    opencl_free_kernel(&words->finish);
    opencl_free_buffer(&words->partials);
    opencl_free_buffer(&words->result);
}
