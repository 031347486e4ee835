#include "bench/session.h"

#include <math.h>
#include <string.h>

/* Waiting for each phase of a short run takes longer than the run does: a sample tells them apart
 * in so many of its runs, at most. Emptying a cache takes longer still: fewer on a cold device. */
enum { SPLIT_RUNS_MAX = 8, COLD_RUNS_MAX = 4 };

static bool has_device_memory(const struct session *session)
{
    return session->backend->memory == MEMORY_DEVICE;
}

static bool evicts(const struct session *session)
{
    return session->cold && session->backend->evict != NULL;
}

static enum ab_status upload(struct session *session, struct ab_error *error)
{
    const struct problem *problem = session->job.problem;
    return session->backend->upload(session->job.context, session->device_input,
                                    problem->input.data, problem->input.bytes, error);
}

static enum ab_status synchronise(struct session *session, struct ab_error *error)
{
    return session->backend->sync(session->job.context, error);
}

/* The first transfer also locks the pages that it starts from, which can take far longer: it is a
 * part of setting up, and no run. */
static enum ab_status first_upload(struct session *session, struct ab_error *error)
{
    const enum ab_status status = upload(session, error);
    return status == AB_OK ? synchronise(session, error) : status;
}

static enum ab_status prepare_job(struct session *session, struct ab_error *error)
{
    struct job *job = &session->job;
    job->result = &session->result;
    job->input = session->copies.list[0].data;
    enum ab_status status =
        region_resize(&session->result, job->problem->kernel->result_bytes, "the result", error);
    if (status == AB_OK && has_device_memory(session)) {
        status = session->backend->allocate(job->context, job->problem->input.bytes,
                                            &session->device_input, error);
        job->input = session->device_input;
    }
    if (status != AB_OK)
        return status;
    session->prepared = true; /* release accepts a job that prepare left half-made */
    if (job->technique->prepare != NULL)
        status = job->technique->prepare(job, error);
    return status == AB_OK && has_device_memory(session) ? first_upload(session, error) : status;
}

enum ab_status session_open(struct session *session, const struct assignment *assignment,
                            struct ab_error *error)
{
    *session = (struct session){
        .backend = assignment->backend,
        .clock = assignment->clock,
        .copies = assignment->copies,
        .delay = assignment->delay,
        .cold = assignment->cold,
        .by_host = assignment->by_host,
        .kernel_runs = assignment->kernel_runs > 0 ? assignment->kernel_runs : 1,
        .job = {.problem = assignment->problem, .technique = assignment->technique},
    };
    if (session->copies.next == NULL)
        session->copies.next = &session->next_copy;
    uint64_t begin = wall_ns(session->clock);
    enum ab_status status =
        session->backend->open(&assignment->options, &session->job.context, error);
    if (status == AB_OK && assignment->problem != NULL)
        status = prepare_job(session, error);
    session->setup_ns = wall_ns(session->clock) - begin;
    if (status != AB_OK) {
        session_close(session);
        return status;
    }
    struct device_info info = {0};
    session->backend->describe(session->job.context, &info);
    session->streamed = info.streamed;
    return AB_OK;
}

void session_close(struct session *session)
{
    struct job *job = &session->job;
    if (session->prepared && job->technique->release != NULL)
        job->technique->release(job);
    if (session->device_input != NULL)
        session->backend->release_memory(job->context, session->device_input);
    if (job->context != NULL)
        session->backend->close(job->context);
    region_free(&session->result);
    *session = (struct session){0};
}

/* A result that a run does not write must not look like the last one's. */
static enum ab_status poison_result(struct session *session, struct ab_error *error)
{
    size_t fixed = session->job.problem->kernel->result_bytes;
    if (session->result.bytes != 0)
        memset(session->result.data, 0xA5, session->result.bytes);
    return fixed == 0 ? AB_OK : region_resize(&session->result, fixed, "the result", error);
}

/* Upload, run, download and one wait: what a user of the device lives through. */
static enum ab_status run_whole(struct session *session, struct ab_error *error)
{
    const struct technique *technique = session->job.technique;
    if (technique->end_to_end != NULL)
        return technique->end_to_end(&session->job, error);
    enum ab_status status = upload(session, error);
    if (status == AB_OK)
        status = technique->run(&session->job, error);
    if (status == AB_OK)
        status = technique->download(&session->job, error);
    if (status == AB_OK)
        status = synchronise(session, error);
    return status;
}

static enum ab_status run_once(struct session *session, struct ab_error *error)
{
    if (has_device_memory(session))
        return run_whole(session, error);
    size_t *next = session->copies.next;
    session->job.input = session->copies.list[*next].data;
    *next = *next + 1 < session->copies.count ? *next + 1 : 0;
    return session->job.technique->run(&session->job, error);
}

/* So many launches in a row, waited for once, by the device's clock where it has one. */
static enum ab_status run_batch(struct session *session, uint64_t runs, double *elapsed_ns,
                                struct ab_error *error)
{
    const struct backend *backend = session->backend;
    void *context = session->job.context;
    const bool device_clock = backend->clock_start != NULL && !session->by_host;
    const uint64_t begin = wall_ns(session->clock);
    enum ab_status status = AB_OK;
    if (device_clock)
        status = backend->clock_start(context, error);
    for (uint64_t i = 0; i < runs && status == AB_OK; i++)
        status = session->job.technique->run(&session->job, error);
    if (status == AB_OK && device_clock)
        status = backend->clock_stop(context, error);
    if (status == AB_OK)
        status = synchronise(session, error);
    uint64_t ns = wall_ns(session->clock) - begin;
    if (status == AB_OK && device_clock)
        status = backend->clock_read(context, &ns, error);
    *elapsed_ns += (double)ns;
    return status;
}

/* The kernel phase of one iteration. A clock that knows half a microsecond says little about one
 * launch of a few, so there are several between two readings; but where each has to find its input
 * out of the caches, or to be waited for, it is timed alone. */
static enum ab_status run_kernel(struct session *session, uint64_t runs, double *kernel_ns,
                                 struct ab_error *error)
{
    const uint64_t batch = evicts(session) || session->by_host ? 1 : runs;
    double elapsed_ns = 0;
    enum ab_status status = AB_OK;
    for (uint64_t done = 0; done < runs && status == AB_OK; done += batch) {
        if (evicts(session)) {
            status = session->backend->evict(session->job.context, error);
            if (status == AB_OK)
                status = synchronise(session, error);
        }
        if (status == AB_OK)
            status = run_batch(session, batch, &elapsed_ns, error);
    }
    *kernel_ns += elapsed_ns / (double)runs;
    return status;
}

/* The phases one after the other, each waited for; in `iterations` runs or fewer. */
static enum ab_status run_split(struct session *session, uint64_t iterations, struct sample *sample,
                                struct ab_error *error)
{
    const uint64_t most = evicts(session) ? COLD_RUNS_MAX : SPLIT_RUNS_MAX;
    iterations = iterations < most ? iterations : most;
    const uint64_t runs = (session->kernel_runs + iterations - 1) / iterations;
    double h2d_ns = 0, kernel_ns = 0, d2h_ns = 0;
    for (uint64_t i = 0; i < iterations; i++) {
        uint64_t begin = wall_ns(session->clock);
        enum ab_status status = upload(session, error);
        if (status == AB_OK)
            status = synchronise(session, error);
        h2d_ns += (double)(wall_ns(session->clock) - begin);
        if (status == AB_OK)
            status = run_kernel(session, runs, &kernel_ns, error);
        begin = wall_ns(session->clock);
        if (status == AB_OK)
            status = session->job.technique->download(&session->job, error);
        if (status == AB_OK)
            status = synchronise(session, error);
        d2h_ns += (double)(wall_ns(session->clock) - begin);
        if (status != AB_OK)
            return status;
    }
    sample->phase_ns[PHASE_H2D] = session->streamed ? NAN : h2d_ns / (double)iterations;
    sample->phase_ns[PHASE_KERNEL] = kernel_ns / (double)iterations;
    sample->phase_ns[PHASE_D2H] = d2h_ns / (double)iterations;
    return AB_OK;
}

static enum ab_status time_runs(struct session *session, uint64_t iterations, struct sample *sample,
                                struct ab_error *error)
{
    *sample = (struct sample){.iterations = iterations, .phase_ns = {NAN, NAN, NAN, NAN}};
    enum ab_status status = AB_OK;
    if (has_device_memory(session))
        status = run_split(session, iterations, sample, error);
    uint64_t begin_cpu = cpu_ns(session->clock);
    uint64_t begin = wall_ns(session->clock);
    for (uint64_t i = 0; i < iterations && status == AB_OK; i++)
        status = run_once(session, error);
    uint64_t elapsed = wall_ns(session->clock) - begin;
    if (session->delay > 0) {
        double until = (double)elapsed * (1 + session->delay);
        while ((double)elapsed < until)
            elapsed = wall_ns(session->clock) - begin;
    }
    uint64_t elapsed_cpu = cpu_ns(session->clock) - begin_cpu;
    sample->phase_ns[PHASE_E2E] = (double)elapsed / (double)iterations;
    sample->cpu_ns = (double)elapsed_cpu / (double)iterations;
    if (!has_device_memory(session))
        sample->phase_ns[PHASE_KERNEL] = sample->phase_ns[PHASE_E2E];
    return status;
}

static enum ab_status check_result(struct session *session, struct verdict *verdict,
                                   struct ab_error *error)
{
    const struct job *job = &session->job;
    double relative_error =
        job->technique->relative_error == NULL ? 0 : job->technique->relative_error(job);
    *verdict = (struct verdict){0};
    job->problem->kernel->check(job->problem, &session->result, relative_error, verdict);
    if (verdict->passed)
        return AB_OK;
    return ab_fail(error, AB_WRONG_RESULT, "wrong result: %s", verdict->detail);
}

enum ab_status session_verify(struct session *session, struct verdict *verdict,
                              struct ab_error *error)
{
    enum ab_status status = poison_result(session, error);
    uint64_t begin = wall_ns(session->clock);
    if (status == AB_OK)
        status = run_once(session, error);
    session->verified_ns = wall_ns(session->clock) - begin;
    return status == AB_OK ? check_result(session, verdict, error) : status;
}

enum ab_status session_prime(struct session *session, uint64_t runs, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (uint64_t i = 0; i < runs && status == AB_OK; i++)
        status = run_once(session, error);
    return status;
}

enum ab_status session_sample(struct session *session, uint64_t iterations, struct sample *sample,
                              struct verdict *verdict, struct ab_error *error)
{
    enum ab_status status = poison_result(session, error);
    if (status == AB_OK)
        status = time_runs(session, iterations, sample, error);
    return status == AB_OK ? check_result(session, verdict, error) : status;
}

bool session_throttled(const struct session *session)
{
    return session->backend->throttled != NULL && session->backend->throttled(session->job.context);
}

/* How many iterations last `least_ns`, roughly; one where a run is long already. */
static enum ab_status find_iterations(struct session *session, uint64_t least_ns,
                                      uint64_t *iterations, struct ab_error *error)
{
    const double growth_max = 10;
    for (*iterations = 1;;) {
        struct sample sample;
        const uint64_t n = *iterations;
        enum ab_status status = time_runs(session, n, &sample, error);
        if (status != AB_OK)
            return status;
        double total_ns = sample.phase_ns[PHASE_E2E] * (double)n;
        if (total_ns >= (double)least_ns)
            return AB_OK;
        double growth = total_ns > 0 ? 1.2 * (double)least_ns / total_ns : growth_max;
        growth = growth > growth_max ? growth_max : growth;
        uint64_t next = (uint64_t)ceil((double)n * growth);
        *iterations = next > n ? next : n + 1;
    }
}

/* The run that session_verify made, timed again while it is longer than `long_ns`: one reading may
 * be of a run that was held up, but nothing holds up a short one for as long as `certain_ns`. */
static enum ab_status time_one_run(struct session *session, double long_ns, double certain_ns,
                                   double *run_ns, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    *run_ns = (double)session->verified_ns;
    for (double spent_ns = *run_ns; *run_ns >= long_ns && spent_ns < certain_ns;) {
        struct sample sample;
        status = time_runs(session, 1, &sample, error);
        if (status != AB_OK)
            break;
        spent_ns += sample.phase_ns[PHASE_E2E];
        *run_ns = fmin(*run_ns, sample.phase_ns[PHASE_E2E]);
    }
    return status;
}

static enum ab_status calibrate_iterations(struct session *session, uint64_t least_ns,
                                           struct calibration *calibration, struct ab_error *error)
{
    enum { READINGS = 5 };
    const double long_ns = 10 * (double)least_ns, certain_ns = 10 * long_ns, reserve = 1.1;
    *calibration = (struct calibration){.iterations = 1, .kernel_runs = session->kernel_runs};
    enum ab_status status = time_one_run(session, long_ns, certain_ns, &calibration->run_ns, error);
    if (status != AB_OK || calibration->run_ns >= long_ns)
        return status;
    uint64_t iterations;
    status = find_iterations(session, least_ns, &iterations, error);
    for (int i = 0; i < READINGS && status == AB_OK; i++) {
        struct sample sample;
        status = time_runs(session, iterations, &sample, error);
        if (i == 0 || sample.phase_ns[PHASE_E2E] < calibration->run_ns)
            calibration->run_ns = sample.phase_ns[PHASE_E2E];
    }
    if (status == AB_OK && calibration->run_ns > 0)
        calibration->iterations = (uint64_t)ceil(reserve * (double)least_ns / calibration->run_ns);
    return status;
}

static uint64_t launches_of_sample(const struct session *session, uint64_t least_ns, double run_ns)
{
    const double most = evicts(session) ? COLD_RUNS_MAX : 1000;
    const double launches = run_ns > 0 ? ceil((double)least_ns / run_ns) : most;
    return (uint64_t)fmin(launches, most);
}

/* The input is on the device: there has been a run. Launches in a row may follow each other more
 * slowly than the device's clock says of one alone, so that what counts is the fastest of several
 * readings of as many as that one asks for. */
static enum ab_status calibrate_kernel(struct session *session, uint64_t least_ns,
                                       struct ab_error *error)
{
    enum { READINGS = 3 };
    double run_ns = 0, fastest_ns = INFINITY;
    enum ab_status status = run_kernel(session, 1, &run_ns, error);
    const uint64_t launches = launches_of_sample(session, least_ns, run_ns);
    for (int i = 0; i < READINGS && launches > 1 && status == AB_OK; i++) {
        run_ns = 0;
        status = run_kernel(session, launches, &run_ns, error);
        fastest_ns = fmin(fastest_ns, run_ns);
    }
    session->kernel_runs =
        launches > 1 ? launches_of_sample(session, least_ns, fastest_ns) : launches;
    return status;
}

enum ab_status session_calibrate(struct session *session, uint64_t least_ns,
                                 struct calibration *calibration, struct ab_error *error)
{
    enum ab_status status = calibrate_iterations(session, least_ns, calibration, error);
    if (status == AB_OK && has_device_memory(session))
        status = calibrate_kernel(session, least_ns, error);
    calibration->kernel_runs = session->kernel_runs;
    return status;
}

enum ab_status session_write_result(const struct session *session, struct json_writer *json,
                                    struct ab_error *error)
{
    const struct problem *problem = session->job.problem;
    return problem->kernel->write_result(problem, &session->result, json, error);
}
