#include "bench/worker.h"

#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/interrupt.h"
#include "bench/progress.h"
#include "common/json.h"
#include "common/random.h"

enum request_kind { REQUEST_CALIBRATE, REQUEST_SAMPLE, REQUEST_RESULT, REQUEST_QUIT };

struct request {
    enum request_kind kind;
    uint64_t value; /* calibrate: least_ns; sample: iterations */
};

/* Every answer begins with this; a result's text follows. Both ends are one program, so plain
 * structures can travel. */
struct reply {
    struct ab_error error; /* status AB_OK: the rest is good */
    struct opening opening;
    struct timing timing;
    uint64_t iterations;
    size_t text_bytes;
};

/* ---- Doing the work, in whichever process ---------------------------------------------------- */

static enum ab_status open_session(struct session *session, const struct assignment *assignment,
                                   struct opening *opening, struct ab_error *error)
{
    enum ab_status status = session_open(session, assignment, error);
    if (status != AB_OK)
        return status;
    opening->setup_ns = session->setup_ns;
    assignment->backend->describe(session->job.context, &opening->device);
    return AB_OK;
}

static enum ab_status calibrate(struct session *session, uint64_t least_ns, uint64_t *iterations,
                                struct ab_error *error)
{
    struct verdict verdict;
    enum ab_status status = session_verify(session, &verdict, error);
    return status == AB_OK ? session_calibrate(session, least_ns, iterations, error) : status;
}

static enum ab_status prime_and_sample(struct session *session, uint64_t iterations,
                                       struct timing *timing, struct ab_error *error)
{
    enum ab_status status = session_verify(session, &timing->verdict, error);
    if (status != AB_OK)
        return status;
    return session_sample(session, iterations, &timing->sample, &timing->verdict, error);
}

static enum ab_status result_text(struct session *session, struct json_writer *json,
                                  struct ab_error *error)
{
    json_begin_object(json, NULL);
    enum ab_status status = session_write_result(session, json, error);
    json_end_object(json);
    return status == AB_OK ? json_finish(json, error) : status;
}

/* ---- Bytes through pipes ----------------------------------------------------------------------
 */

static bool write_all(int file, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length != 0) {
        ssize_t written = write(file, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        next += written;
        length -= (size_t)written;
    }
    return true;
}

static bool read_all(int file, void *bytes, size_t length)
{
    char *next = bytes;
    while (length != 0) {
        ssize_t got = read(file, next, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        next += got;
        length -= (size_t)got;
    }
    return true;
}

/* ---- The worker's side --------------------------------------------------------------------------
 */

static void answer(struct session *session, const struct request *request, struct reply *reply,
                   struct json_writer *json)
{
    switch (request->kind) {
    case REQUEST_CALIBRATE:
        calibrate(session, request->value, &reply->iterations, &reply->error);
        break;
    case REQUEST_SAMPLE:
        prime_and_sample(session, request->value, &reply->timing, &reply->error);
        break;
    case REQUEST_RESULT:
        if (result_text(session, json, &reply->error) == AB_OK)
            reply->text_bytes = json->length;
        break;
    case REQUEST_QUIT:
        break;
    }
}

static void serve(const struct assignment *assignment, int requests, int replies)
{
    struct session session;
    struct reply reply = {0};
    struct json_writer json = {.one_line = true};
    bool open = open_session(&session, assignment, &reply.opening, &reply.error) == AB_OK;
    bool heard = write_all(replies, &reply, sizeof(reply));
    struct request request;
    while (open && heard && read_all(requests, &request, sizeof(request)) &&
           request.kind != REQUEST_QUIT) {
        reply = (struct reply){0};
        answer(&session, &request, &reply, &json);
        heard = write_all(replies, &reply, sizeof(reply)) &&
                write_all(replies, json.text, reply.text_bytes);
        json_free(&json);
        json = (struct json_writer){.one_line = true};
    }
    if (open)
        session_close(&session);
}

/* Moves the stack and the heap by a random amount, so that where things happen to lie differs from
 * worker to worker (Mytkowicz et al., "Producing wrong data without doing anything obviously
 * wrong", ASPLOS 2009). */
static void serve_elsewhere(const struct assignment *assignment, uint64_t placement_seed,
                            int requests, int replies)
{
    enum { STACK_SHIFT_MAX = 16384, HEAP_SHIFT_MAX = 65536, CACHE_LINE = 64 };
    struct random_stream luck = random_block(placement_seed, 0);
    size_t stack_bytes = CACHE_LINE * (1 + random_below(&luck, STACK_SHIFT_MAX / CACHE_LINE));
    volatile char *stack_pad = alloca(stack_bytes);
    stack_pad[0] = 0;
    void *heap_pad =
        malloc(1 + random_below(&luck, HEAP_SHIFT_MAX)); /* NULL shifts nothing: fine */
    serve(assignment, requests, replies);
    free(heap_pad);
}

static void become_worker(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the call above */
        _exit(1);
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_DFL;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    struct rlimit no_core = {0, 0}; /* a dump of the whole input would fill the disk */
    setrlimit(RLIMIT_CORE, &no_core);
}

/* ---- The parent's side
 * --------------------------------------------------------------------------- */

static void close_pipes(struct worker *worker)
{
    close(worker->requests);
    close(worker->replies);
}

static void kill_worker(struct worker *worker)
{
    kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close_pipes(worker);
    worker->pid = 0;
}

/* The worker closed its pipe without an answer: find out why. */
static enum ab_status bury_worker(struct worker *worker, struct ab_error *error)
{
    int state = 0;
    kill(worker->pid, SIGKILL); /* if it only closed the pipe; a dead one keeps its first cause */
    while (waitpid(worker->pid, &state, 0) < 0 && errno == EINTR)
        continue;
    close_pipes(worker);
    worker->pid = 0;
    if (WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL)
        return ab_fail(error, AB_WORKER,
                       "the worker was killed (signal 9): by hand, or by the "
                       "system for lack of memory");
    if (WIFSIGNALED(state))
        return ab_fail(error, AB_WORKER, "the worker crashed: signal %d (%s)", WTERMSIG(state),
                       strsignal(WTERMSIG(state)));
    return ab_fail(error, AB_WORKER, "the worker ended by itself with status %d",
                   WEXITSTATUS(state));
}

/* Waits for `length` bytes until the deadline. On failure the worker is gone. */
static enum ab_status receive(struct worker *worker, void *bytes, size_t length,
                              uint64_t deadline_ns, struct ab_error *error)
{
    enum { POLL_MS = 100 };
    char *next = bytes;
    while (length != 0) {
        struct pollfd poll_file = {.fd = worker->replies, .events = POLLIN};
        int ready = poll(&poll_file, 1, POLL_MS);
        if (interrupt_signal() != 0) {
            kill_worker(worker);
            return ab_fail(error, AB_INTERRUPTED, "interrupted");
        }
        progress_tick();
        if (ready <= 0 && wall_ns(&system_clock) < deadline_ns)
            continue;
        if (ready <= 0) {
            kill_worker(worker);
            return ab_fail(error, AB_WORKER,
                           "the worker gave no answer within %g s and was stopped (--deadline)",
                           worker->deadline_s);
        }
        ssize_t got = read(worker->replies, next, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return bury_worker(worker, error);
        next += got;
        length -= (size_t)got;
    }
    return AB_OK;
}

static uint64_t answer_deadline_ns(const struct worker *worker)
{
    return wall_ns(&system_clock) + (uint64_t)(worker->deadline_s * 1e9);
}

static enum ab_status receive_reply(struct worker *worker, struct reply *reply,
                                    struct ab_error *error)
{
    enum ab_status status =
        receive(worker, reply, sizeof(*reply), answer_deadline_ns(worker), error);
    if (status == AB_OK && reply->error.status != AB_OK)
        return ab_fail(error, reply->error.status, "%s", reply->error.message);
    return status;
}

static enum ab_status ask(struct worker *worker, enum request_kind kind, uint64_t value,
                          struct reply *reply, struct ab_error *error)
{
    struct request request = {kind, value};
    if (worker->pid == 0)
        return ab_fail(error, AB_WORKER, "the worker is gone");
    if (!write_all(worker->requests, &request, sizeof(request)))
        return bury_worker(worker, error);
    return receive_reply(worker, reply, error);
}

/* Forks; the child never returns. */
static enum ab_status fork_worker(struct worker *worker, const struct assignment *assignment,
                                  uint64_t placement_seed, struct ab_error *error)
{
    int to_worker[2] = {-1, -1}, to_parent[2] = {-1, -1};
    if (pipe2(to_worker, O_CLOEXEC) != 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot make a pipe to a worker process");
    if (pipe2(to_parent, O_CLOEXEC) != 0) {
        ab_fail_errno(error, AB_SYSTEM, "cannot make a pipe from a worker process");
        goto cleanup;
    }
    pid_t parent = getpid();
    worker->pid = fork();
    if (worker->pid < 0) {
        worker->pid = 0;
        ab_fail_errno(error, AB_SYSTEM, "cannot start a worker process");
        goto cleanup;
    }
    if (worker->pid == 0) {
        become_worker(parent);
        close(to_worker[1]);
        close(to_parent[0]);
        serve_elsewhere(assignment, placement_seed, to_worker[0], to_parent[1]);
        _exit(0);
    }
    close(to_worker[0]);
    close(to_parent[1]);
    worker->requests = to_worker[1];
    worker->replies = to_parent[0];
    return AB_OK;

cleanup:
    close(to_worker[0]);
    close(to_worker[1]);
    if (to_parent[0] >= 0) {
        close(to_parent[0]);
        close(to_parent[1]);
    }
    return error->status;
}

enum ab_status worker_start(struct worker *worker, const struct assignment *assignment,
                            const struct worker_options *options, struct opening *opening,
                            struct ab_error *error)
{
    *worker = (struct worker){.deadline_s = options->deadline_s};
    *opening = (struct opening){0};
    if (options->in_process) {
        enum ab_status status = open_session(&worker->session, assignment, opening, error);
        worker->in_process_open = status == AB_OK;
        return status;
    }
    enum ab_status status = fork_worker(worker, assignment, options->placement_seed, error);
    if (status != AB_OK)
        return status;
    struct reply reply;
    status = receive_reply(worker, &reply, error);
    if (status == AB_OK)
        *opening = reply.opening;
    else
        worker_stop(worker);
    return status;
}

enum ab_status worker_calibrate(struct worker *worker, uint64_t least_ns, uint64_t *iterations,
                                struct ab_error *error)
{
    if (worker->in_process_open)
        return calibrate(&worker->session, least_ns, iterations, error);
    struct reply reply;
    enum ab_status status = ask(worker, REQUEST_CALIBRATE, least_ns, &reply, error);
    if (status == AB_OK)
        *iterations = reply.iterations;
    return status;
}

enum ab_status worker_sample(struct worker *worker, uint64_t iterations, struct timing *timing,
                             struct ab_error *error)
{
    if (worker->in_process_open)
        return prime_and_sample(&worker->session, iterations, timing, error);
    struct reply reply;
    enum ab_status status = ask(worker, REQUEST_SAMPLE, iterations, &reply, error);
    if (status == AB_OK)
        *timing = reply.timing;
    return status;
}

enum ab_status worker_result(struct worker *worker, char **json, struct ab_error *error)
{
    *json = NULL;
    if (worker->in_process_open) {
        struct json_writer writer = {.one_line = true};
        enum ab_status status = result_text(&worker->session, &writer, error);
        if (status == AB_OK)
            *json = writer.text;
        else
            json_free(&writer);
        return status;
    }
    struct reply reply;
    enum ab_status status = ask(worker, REQUEST_RESULT, 0, &reply, error);
    if (status != AB_OK)
        return status;
    char *text = malloc(reply.text_bytes + 1);
    if (text == NULL) {
        kill_worker(worker); /* the text is on its way and cannot be taken */
        return ab_fail(error, AB_NO_MEMORY, "no memory for a result of %zu bytes",
                       reply.text_bytes);
    }
    status = receive(worker, text, reply.text_bytes, answer_deadline_ns(worker), error);
    if (status != AB_OK) {
        free(text);
        return status;
    }
    text[reply.text_bytes] = '\0';
    *json = text;
    return AB_OK;
}

void worker_wait_idle(const struct worker *worker)
{
    enum { TRIES = 100 };
    const struct timespec pause = {0, 1000000};
    clockid_t clock;
    if (worker->pid == 0 || clock_getcpuclockid(worker->pid, &clock) != 0)
        return;
    struct timespec before = {0}, after = {0};
    for (int i = 0; i < TRIES; i++) {
        clock_gettime(clock, &before);
        nanosleep(&pause, NULL);
        clock_gettime(clock, &after);
        if (before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec)
            return;
    }
}

void worker_stop(struct worker *worker)
{
    enum { PATIENCE_MS = 2000 };
    if (worker->in_process_open) {
        session_close(&worker->session);
        worker->in_process_open = false;
    }
    if (worker->pid == 0)
        return;
    struct request quit = {REQUEST_QUIT, 0};
    struct pollfd end = {.fd = worker->replies, .events = POLLIN};
    /* A worker that closes its pipe is leaving; one that does not is made to. */
    if (write_all(worker->requests, &quit, sizeof(quit)))
        poll(&end, 1, PATIENCE_MS);
    kill_worker(worker);
}
