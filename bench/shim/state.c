#include "bench/shim/state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/shim/report.h"

static const struct thread_state *const_private_of(const struct bm_state *state)
{
    return (const struct thread_state *)state;
}

static struct thread_state *private_of(struct bm_state *state)
{
    return (struct thread_state *)state;
}

/* ---- The clock --------------------------------------------------------------------------- */

static double seconds_of(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double cpu_seconds(const struct thread_state *t)
{
    return seconds_of(t->instance->benchmark->process_cpu_time ? CLOCK_PROCESS_CPUTIME_ID
                                                               : CLOCK_THREAD_CPUTIME_ID);
}

static void start_timing(struct thread_state *t)
{
    t->timing = true;
    t->real_started_s = seconds_of(CLOCK_MONOTONIC);
    t->cpu_started_s = cpu_seconds(t);
}

static void stop_timing(struct thread_state *t)
{
    t->timing = false;
    t->real_s += seconds_of(CLOCK_MONOTONIC) - t->real_started_s;
    double cpu_s = cpu_seconds(t) - t->cpu_started_s;
    t->cpu_s += cpu_s > 0 ? cpu_s : 0;
}

/* ---- Threads ----------------------------------------------------------------------------- */

static void open_barrier_if_all_are_here(struct shared_run *shared)
{
    if (shared->waiting < shared->threads)
        return;
    shared->waiting = 0;
    shared->passed++;
    pthread_cond_broadcast(&shared->all_here);
}

void shared_run_leave(struct shared_run *shared)
{
    pthread_mutex_lock(&shared->mutex);
    shared->threads--;
    if (shared->waiting > 0)
        open_barrier_if_all_are_here(shared);
    pthread_mutex_unlock(&shared->mutex);
}

static void wait_for_all_threads(struct shared_run *shared)
{
    pthread_mutex_lock(&shared->mutex);
    unsigned passed = shared->passed;
    shared->waiting++;
    open_barrier_if_all_are_here(shared);
    while (shared->passed == passed)
        pthread_cond_wait(&shared->all_here, &shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
}

static void skip_locked(struct run_result *result, enum bm_outcome outcome, const char *message)
{
    if (result->outcome != BM_DONE)
        return;
    result->outcome = outcome;
    result->message = strdup(message == NULL ? "" : message);
}

void shared_run_skip(struct shared_run *shared, enum bm_outcome outcome, const char *message)
{
    pthread_mutex_lock(&shared->mutex);
    skip_locked(&shared->result, outcome, message);
    pthread_mutex_unlock(&shared->mutex);
}

static void skip(struct thread_state *t, enum bm_outcome outcome, const char *message)
{
    t->skipped = true;
    t->state.iterations_left = 0;
    if (t->timing)
        stop_timing(t);
    if (t->shared != NULL)
        shared_run_skip(t->shared, outcome, message);
}

static void skip_without_memory(struct thread_state *t)
{
    skip(t, BM_FAILED, "no memory for what the benchmark reports");
}

void run_in_thread(const struct instance *instance, struct shared_run *shared, int index,
                   int64_t iterations)
{
    struct thread_state t = {
        .instance = instance, .shared = shared, .index = index, .iterations = iterations};
    instance->benchmark->function(&t.state);
    if (!t.skipped && t.loop == LOOP_NOT_STARTED)
        skip(&t, BM_FAILED, "the benchmark never ran its loop, and did not say that it skips it");
    else if (!t.skipped && t.loop == LOOP_RUNNING)
        skip(&t, BM_FAILED,
             "the benchmark left its loop early, and did not say that it skips the "
             "rest");
    pthread_mutex_lock(&shared->mutex);
    struct run_result *result = &shared->result;
    result->iterations += bm_state_iterations(&t.state);
    result->real_s += t.real_s;
    result->cpu_s += t.cpu_s;
    result->manual_s += t.manual_s;
    result->complexity_n += t.complexity_n;
    if (!counters_add(&result->counters, &t.counters))
        skip_locked(result, BM_FAILED, "no memory for the counters of all threads");
    pthread_mutex_unlock(&shared->mutex);
    shared_run_leave(shared);
    counters_free(&t.counters);
}

struct thread_state state_of_arguments(const struct instance *instance)
{
    return (struct thread_state){.instance = instance, .iterations = 1};
}

void run_result_free(struct run_result *result)
{
    free(result->message);
    free(result->label);
    counters_free(&result->counters);
    *result = (struct run_result){0};
}

/* ---- The loop ---------------------------------------------------------------------------- */

static void start_loop(struct thread_state *t)
{
    t->loop = LOOP_RUNNING;
    if (t->shared == NULL)
        return;
    wait_for_all_threads(t->shared);
    if (!t->skipped) {
        t->state.iterations_left = (uint64_t)t->iterations;
        start_timing(t);
    }
}

static void finish_loop(struct thread_state *t)
{
    if (t->loop != LOOP_RUNNING)
        return;
    if (t->timing)
        stop_timing(t);
    t->state.iterations_left = 0;
    t->loop = LOOP_FINISHED;
    if (t->shared != NULL)
        wait_for_all_threads(t->shared);
}

bool bm_keep_running_slow_(struct bm_state *state, uint64_t batch)
{
    struct thread_state *t = private_of(state);
    if (batch == 0)
        skip(t, BM_FAILED, "bm_keep_running_batch: a batch of 0 iterations never ends");
    if (t->loop == LOOP_NOT_STARTED)
        start_loop(t);
    if (!t->skipped && state->iterations_left > 0) {
        t->overshoot =
            state->iterations_left < batch ? (int64_t)(batch - state->iterations_left) : 0;
        state->iterations_left -= t->overshoot > 0 ? state->iterations_left : batch;
        return true;
    }
    finish_loop(t);
    return false;
}

uint64_t bm_loop_begin_(struct bm_state *state)
{
    struct thread_state *t = private_of(state);
    if (t->loop == LOOP_NOT_STARTED)
        start_loop(t);
    return state->iterations_left;
}

void bm_loop_finish_(struct bm_state *state)
{
    finish_loop(private_of(state));
}

/* ---- What benchmarks ask ----------------------------------------------------------------- */

int64_t bm_state_arg(const struct bm_state *state, size_t index)
{
    const struct instance *instance = const_private_of(state)->instance;
    return index < instance->benchmark->width ? instance->args[index] : 0;
}

size_t bm_state_arg_count(const struct bm_state *state)
{
    return const_private_of(state)->instance->benchmark->width;
}

const char *bm_state_name(const struct bm_state *state)
{
    return const_private_of(state)->instance->benchmark->name;
}

void *bm_state_context(const struct bm_state *state)
{
    return const_private_of(state)->instance->benchmark->context;
}

int bm_state_threads(const struct bm_state *state)
{
    return const_private_of(state)->instance->threads;
}

int bm_state_thread_index(const struct bm_state *state)
{
    return const_private_of(state)->index;
}

int64_t bm_state_iterations(const struct bm_state *state)
{
    const struct thread_state *t = const_private_of(state);
    if (t->loop == LOOP_NOT_STARTED)
        return 0;
    return t->iterations - (int64_t)state->iterations_left + t->overshoot;
}

int64_t bm_state_max_iterations(const struct bm_state *state)
{
    return const_private_of(state)->iterations;
}

bool bm_state_skipped(const struct bm_state *state)
{
    return const_private_of(state)->skipped;
}

/* ---- What benchmarks say ----------------------------------------------------------------- */

void bm_state_pause_timing(struct bm_state *state)
{
    struct thread_state *t = private_of(state);
    if (t->timing)
        stop_timing(t);
    else if (!t->skipped)
        skip(t, BM_FAILED, "bm_state_pause_timing: the clock does not run here");
}

void bm_state_resume_timing(struct bm_state *state)
{
    struct thread_state *t = private_of(state);
    if (t->skipped)
        return;
    if (t->loop == LOOP_RUNNING && !t->timing)
        start_timing(t);
    else
        skip(t, BM_FAILED, "bm_state_resume_timing: the clock was not paused");
}

void bm_state_set_iteration_time(struct bm_state *state, double seconds)
{
    private_of(state)->manual_s += seconds;
}

void bm_state_skip_with_error(struct bm_state *state, const char *message)
{
    skip(private_of(state), BM_FAILED, message);
}

void bm_state_skip_with_message(struct bm_state *state, const char *message)
{
    skip(private_of(state), BM_SKIPPED, message);
}

void bm_state_set_counter(struct bm_state *state, const char *name, double value, int flags)
{
    struct thread_state *t = private_of(state);
    if (name == NULL || *name == '\0' || json_is_row_key(name))
        skip(t, BM_FAILED, "bm_state_set_counter: the name is empty, or that of a key of all rows");
    else if (!counters_set(&t->counters, name, value, flags))
        skip_without_memory(t);
}

void bm_state_set_bytes_processed(struct bm_state *state, int64_t bytes)
{
    bm_state_set_counter(state, "bytes_per_second", (double)bytes,
                         BM_COUNTER_RATE | BM_COUNTER_1024);
}

void bm_state_set_items_processed(struct bm_state *state, int64_t items)
{
    bm_state_set_counter(state, "items_per_second", (double)items, BM_COUNTER_RATE);
}

void bm_state_set_label(struct bm_state *state, const char *label)
{
    struct thread_state *t = private_of(state);
    char *own = strdup(label == NULL ? "" : label);
    if (own == NULL || t->shared == NULL) {
        free(own);
        if (t->shared != NULL)
            skip_without_memory(t);
        return;
    }
    pthread_mutex_lock(&t->shared->mutex);
    free(t->shared->result.label);
    t->shared->result.label = own;
    pthread_mutex_unlock(&t->shared->mutex);
}

void bm_state_set_complexity_n(struct bm_state *state, int64_t n)
{
    private_of(state)->complexity_n = n;
}
