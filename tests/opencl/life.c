#include "life.h"

static const struct backend *opencl_backend(void)
{
    return find_backend("opencl")->backend;
}

enum ab_status life_begin(struct life *life, struct ab_error *error)
{
    const struct problem *problem = life->problem;
    life->job =
        (struct job){.problem = problem, .technique = life->technique, .result = &life->result};
    enum ab_status status =
        region_resize(&life->result, problem->kernel->result_bytes, "the result", error);
    if (status == AB_OK)
        status = opencl_backend()->open(&life->options, &life->job.context, error);
    if (status == AB_OK)
        status = opencl_backend()->allocate(life->job.context, problem->input.bytes, &life->input,
                                            error);
    if (status != AB_OK)
        return status;
    life->job.input = life->input;
    life->prepared = true;
    return life->technique->prepare == NULL ? AB_OK : life->technique->prepare(&life->job, error);
}

enum ab_status life_start(struct life *life, bool timed, struct ab_error *error)
{
    const struct backend *backend = opencl_backend();
    const struct region *input = &life->problem->input;
    void *context = life->job.context;
    enum ab_status status = backend->upload(context, life->input, input->data, input->bytes, error);
    if (status == AB_OK && timed)
        status = backend->sync(context, error);
    if (status == AB_OK && timed)
        status = backend->clock_start(context, error);
    if (status == AB_OK)
        status = life->technique->run(&life->job, error);
    if (status == AB_OK && timed)
        status = backend->clock_stop(context, error);
    return status;
}

enum ab_status life_finish(struct life *life, bool timed, struct verdict *verdict,
                           struct ab_error *error)
{
    const struct backend *backend = opencl_backend();
    const struct technique *technique = life->technique;
    uint64_t elapsed_ns = 0;
    *verdict = (struct verdict){0};
    enum ab_status status = timed ? backend->sync(life->job.context, error) : AB_OK;
    if (status == AB_OK && timed)
        status = backend->clock_read(life->job.context, &elapsed_ns, error);
    if (status == AB_OK)
        status = technique->download(&life->job, error);
    if (status == AB_OK)
        status = backend->sync(life->job.context, error);
    if (status == AB_OK)
        life->problem->kernel->check(
            life->problem, &life->result,
            technique->relative_error == NULL ? 0 : technique->relative_error(&life->job), verdict);
    return status;
}

void life_end(struct life *life)
{
    if (life->prepared && life->technique->release != NULL)
        life->technique->release(&life->job);
    if (life->input != NULL)
        opencl_backend()->release_memory(life->job.context, life->input);
    opencl_backend()->close(life->job.context);
    region_free(&life->result);
    *life = (struct life){
        .problem = life->problem, .technique = life->technique, .options = life->options};
}

enum ab_status live(struct life *life, struct verdict *verdict, struct ab_error *error)
{
    *verdict = (struct verdict){0};
    enum ab_status status = life_begin(life, error);
    for (int timed = 0; timed < 2 && status == AB_OK; timed++) {
        status = life_start(life, timed == 1, error);
        if (status == AB_OK)
            status = life_finish(life, timed == 1, verdict, error);
        if (!verdict->passed)
            break;
    }
    life_end(life);
    return status;
}
