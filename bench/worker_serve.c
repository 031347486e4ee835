#include <alloca.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench/interrupt.h"
#include "bench/worker_protocol.h"
#include "common/random.h"

/* ---- Doing the work, in whichever process ------------------------------------------------ */

enum ab_status serve_open(struct session *session, const struct assignment *assignment,
                          struct opening *opening, struct ab_error *error)
{
    struct ab_error no_list = {0}; /* what keeps a list from being made keeps a session, too */
    if (assignment->problem == NULL && assignment->backend->list_devices != NULL)
        assignment->backend->list_devices(&opening->devices, &no_list);
    enum ab_status status = session_open(session, assignment, error);
    if (status != AB_OK)
        return status;
    opening->setup_ns = session->setup_ns;
    assignment->backend->describe(session->job.context, &opening->device);
    return AB_OK;
}

/* Clocks of devices rise, and the threads of a driver that computes on the CPU find their places:
 * runs of some microseconds take a third longer with PoCL in the first 20 ms. */
static enum ab_status settle(struct session *session, uint64_t began_ns, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    while (status == AB_OK && session->backend->memory == MEMORY_DEVICE &&
           wall_ns(session->clock) - began_ns < DEVICE_SETTLES_NS)
        status = session_prime(session, 1, error);
    return status;
}

enum ab_status serve_calibrate(struct session *session, uint64_t least_ns,
                               struct calibration *calibration, struct ab_error *error)
{
    const uint64_t began_ns = wall_ns(session->clock);
    struct verdict verdict;
    enum ab_status status = session_verify(session, &verdict, error);
    if (status == AB_OK)
        status = settle(session, began_ns, error);
    return status == AB_OK ? session_calibrate(session, least_ns, calibration, error) : status;
}

/* What is warm by now has had its time, however long samples are. */
static enum ab_status warm_up(struct session *session, uint64_t runs, struct ab_error *error)
{
    const uint64_t began_ns = wall_ns(session->clock);
    enum ab_status status = AB_OK;
    for (uint64_t i = 0;
         i < runs && status == AB_OK && wall_ns(session->clock) - began_ns < WORKER_WARMS_UP_NS;
         i++)
        status = session_prime(session, 1, error);
    return status;
}

/* A new worker's memory and threads are new as well: it runs for several samples. Later only what
 * others have pushed out of the caches is to be brought back. */
static enum ab_status prime(struct session *session, uint64_t iterations, struct verdict *verdict,
                            struct ab_error *error)
{
    if (session->warm)
        return session_prime(session, iterations / 4 + 1, error);
    session->warm = true;
    const uint64_t began_ns = wall_ns(session->clock);
    enum ab_status status = session_verify(session, verdict, error);
    if (status == AB_OK && iterations > 1) /* one run that lasts a sample is warm by itself */
        status = warm_up(session, WORKER_WARM_SAMPLES * iterations, error);
    return status == AB_OK ? settle(session, began_ns, error) : status;
}

enum ab_status serve_sample(struct session *session, uint64_t iterations, struct timing *timing,
                            struct ab_error *error)
{
    enum { TRIES_MOST = 3 };
    const struct timespec pause = {0, 50000000}; /* for the device to recover */
    enum ab_status status = prime(session, iterations, &timing->verdict, error);
    if (status != AB_OK)
        return status;
    for (timing->discarded = 0;; timing->discarded++) {
        status = session_sample(session, iterations, &timing->sample, &timing->verdict, error);
        timing->throttled = status == AB_OK && session_throttled(session);
        if (!timing->throttled || timing->discarded == TRIES_MOST)
            return status;
        nanosleep(&pause, NULL);
    }
}

enum ab_status serve_result(struct session *session, struct json_writer *json,
                            struct ab_error *error)
{
    /* Calibrating may have ended with a run whose result nobody fetched. */
    struct verdict verdict;
    enum ab_status status = session_verify(session, &verdict, error);
    json_begin_object(json, NULL);
    if (status == AB_OK)
        status = session_write_result(session, json, error);
    json_end_object(json);
    return status == AB_OK ? json_finish(json, error) : status;
}

/* ---- Bytes through pipes ----------------------------------------------------------------- */

bool write_all(int file, const void *bytes, size_t length)
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

/* All the bytes, or false: the other side is gone. */
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

/* ---- The worker's side ------------------------------------------------------------------- */

static void answer(struct session *session, const struct request *request, struct reply *reply,
                   struct json_writer *json)
{
    switch (request->kind) {
    case REQUEST_CALIBRATE:
        serve_calibrate(session, request->value, &reply->calibration, &reply->error);
        break;
    case REQUEST_SAMPLE:
        serve_sample(session, request->value, &reply->timing, &reply->error);
        break;
    case REQUEST_RESULT:
        if (serve_result(session, json, &reply->error) == AB_OK)
            reply->text_bytes = json->length;
        break;
    case REQUEST_ENERGY:
        session_energy(session, 1e-9 * (double)request->value, &reply->energy, &reply->error);
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
    bool open = serve_open(&session, assignment, &reply.opening, &reply.error) == AB_OK;
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
    size_t stack_bytes =
        CACHE_LINE * (size_t)(1 + random_below(&luck, STACK_SHIFT_MAX / CACHE_LINE));
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
    interrupt_block(false);
}

_Noreturn void serve_and_exit(const struct assignment *assignment, uint64_t placement_seed,
                              pid_t parent, int requests, int replies)
{
    become_worker(parent);
    serve_elsewhere(assignment, placement_seed, requests, replies);
    _exit(0);
}
