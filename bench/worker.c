#include "bench/worker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/interrupt.h"
#include "bench/progress.h"
#include "bench/stall.h"
#include "bench/worker_protocol.h"
#include "common/system_file.h"

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

/* Waits for `length` bytes until the deadline. On failure the worker is gone. The wait has begun,
 * for stall_look, before the worker began with what it answers to. */
static enum ab_status receive(struct worker *worker, void *bytes, size_t length,
                              uint64_t deadline_ns, struct ab_error *error)
{
    enum { POLL_MS = 100 };
    char *next = bytes;
    while (length != 0) {
        struct pollfd poll_file = {.fd = worker->replies, .events = POLLIN};
        int ready = poll(&poll_file, 1, POLL_MS);
        deadline_ns += (uint64_t)(1e9 * stall_look());
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
    const double forever_s = 1e9; /* far beyond any run, and its nanoseconds fit */
    double seconds = worker->deadline_s < forever_s ? worker->deadline_s : forever_s;
    return wall_ns(&system_clock) + (uint64_t)(seconds * 1e9);
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
    *reply = (struct reply){0};
    if (worker->pid == 0)
        return ab_fail(error, AB_WORKER, "the worker is gone");
    stall_begin();
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
    /* A signal that comes before the child has its own handlers waits for them. */
    interrupt_block(true);
    worker->pid = fork();
    if (worker->pid != 0)
        interrupt_block(false);
    if (worker->pid < 0) {
        worker->pid = 0;
        ab_fail_errno(error, AB_SYSTEM, "cannot start a worker process");
        goto cleanup;
    }
    if (worker->pid == 0) {
        close(to_worker[1]);
        close(to_parent[0]);
        serve_and_exit(assignment, placement_seed, parent, to_worker[0], to_parent[1]);
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
        enum ab_status status = serve_open(&worker->session, assignment, opening, error);
        worker->in_process_open = status == AB_OK;
        return status;
    }
    stall_begin();
    enum ab_status status = fork_worker(worker, assignment, options->placement_seed, error);
    if (status != AB_OK)
        return status;
    struct reply reply = {0};
    status = receive_reply(worker, &reply, error);
    *opening = reply.opening;
    if (status != AB_OK)
        worker_stop(worker);
    return status;
}

bool worker_is_open(const struct worker *worker)
{
    return worker->pid != 0 || worker->in_process_open;
}

enum ab_status worker_calibrate(struct worker *worker, uint64_t least_ns,
                                struct calibration *calibration, struct ab_error *error)
{
    if (worker->in_process_open)
        return serve_calibrate(&worker->session, least_ns, calibration, error);
    struct reply reply;
    enum ab_status status = ask(worker, REQUEST_CALIBRATE, least_ns, &reply, error);
    if (status == AB_OK)
        *calibration = reply.calibration;
    return status;
}

/* No sample can last longer than the slot that holds it, as the parent's clock saw it. */
static enum ab_status check_claim(struct worker *worker, const struct sample *sample,
                                  uint64_t slot_ns, struct ab_error *error)
{
    double claimed_ns = sample->phase_ns[PHASE_E2E] * (double)sample->iterations;
    if (claimed_ns >= 0 && claimed_ns <= 1.01 * (double)slot_ns)
        return AB_OK;
    kill_worker(worker);
    return ab_fail(error, AB_WORKER,
                   "the worker's clock cannot be right: it says %.3g s for a sample in a slot of "
                   "%.3g s",
                   1e-9 * claimed_ns, 1e-9 * (double)slot_ns);
}

enum ab_status worker_sample(struct worker *worker, uint64_t iterations, struct timing *timing,
                             struct ab_error *error)
{
    if (worker->in_process_open)
        return serve_sample(&worker->session, iterations, timing, error);
    struct reply reply;
    uint64_t asked_ns = wall_ns(&system_clock);
    enum ab_status status = ask(worker, REQUEST_SAMPLE, iterations, &reply, error);
    if (status != AB_OK)
        return status;
    *timing = reply.timing;
    return check_claim(worker, &timing->sample, wall_ns(&system_clock) - asked_ns, error);
}

enum ab_status worker_energy(struct worker *worker, double window_s, struct energy *energy,
                             struct ab_error *error)
{
    if (worker->in_process_open)
        return session_energy(&worker->session, window_s, energy, error);
    struct reply reply;
    enum ab_status status = ask(worker, REQUEST_ENERGY, (uint64_t)(1e9 * window_s), &reply, error);
    if (status == AB_OK)
        *energy = reply.energy;
    return status;
}

enum ab_status worker_result(struct worker *worker, char **json, struct ab_error *error)
{
    *json = NULL;
    if (worker->in_process_open) {
        struct json_writer writer = {.one_line = true};
        enum ab_status status = serve_result(&worker->session, &writer, error);
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

/* Whether a thread of the process runs, or would if there were a CPU for it: on a busy machine a
 * clock stands still for that reason, too. */
static bool is_runnable(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
    DIR *threads = opendir(path);
    bool runnable = false;
    for (struct dirent *e; threads != NULL && !runnable && (e = readdir(threads)) != NULL;) {
        char status[512];
        snprintf(path, sizeof(path), "/proc/%ld/task/%.20s/stat", (long)pid, e->d_name);
        /* "pid (name) state ...", and the name may hold anything */
        const char *name_end =
            system_file_line(path, status, sizeof(status)) ? strrchr(status, ')') : NULL;
        runnable = name_end != NULL && name_end[1] == ' ' && name_end[2] == 'R';
    }
    if (threads != NULL)
        closedir(threads);
    return runnable;
}

enum ab_status worker_wait_idle(struct worker *worker, struct ab_error *error)
{
    enum { PATIENCE_S = 10 };
    const struct timespec pause = {0, 100000};
    const uint64_t end_ns = wall_ns(&system_clock) + PATIENCE_S * 1000000000ull;
    clockid_t clock;
    if (worker->pid == 0 || clock_getcpuclockid(worker->pid, &clock) != 0)
        return AB_OK;
    while (wall_ns(&system_clock) < end_ns && interrupt_signal() == 0) {
        struct timespec before, after;
        clock_gettime(clock, &before);
        nanosleep(&pause, NULL);
        clock_gettime(clock, &after);
        if (before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec &&
            !is_runnable(worker->pid))
            return AB_OK;
    }
    kill_worker(worker);
    if (interrupt_signal() != 0)
        return ab_fail(error, AB_INTERRUPTED, "interrupted");
    return ab_fail(error, AB_WORKER,
                   "the worker went on computing for %d s after its answer: it would disturb the "
                   "others",
                   PATIENCE_S);
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
