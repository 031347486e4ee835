#include "bench/shim/runner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/shim/say.h"
#include "bench/shim/state.h"

static const int64_t iterations_max = 1000000000000;

double time_unit_per_second(enum bm_time_unit unit)
{
    static const double units[] = {1e9, 1e6, 1e3, 1};
    return units[unit];
}

void result_set_times(struct result *result)
{
    struct bm_run *run = &result->run;
    double units = time_unit_per_second(run->time_unit);
    run->real_time = result->real_s * units;
    run->cpu_time = result->cpu_s * units;
    if (run->iterations != 0) {
        run->real_time /= (double)run->iterations;
        run->cpu_time /= (double)run->iterations;
    }
}

enum ab_status runner_start(struct runner *runner, const struct instance *instance,
                            const struct flags *settings, struct arena *arena,
                            struct ab_error *error)
{
    const struct bm_benchmark *b = instance->benchmark;
    *runner = (struct runner){.instance = instance, .iterations = 1, .warmed_up = true};
    runner->repetitions = b->repetitions != 0 ? b->repetitions : settings->repetitions;
    if (settings->dry_run) {
        runner->repetitions = 1;
        runner->iterations_given = true;
    } else {
        runner->min_time_s = b->min_time_s > 0 ? b->min_time_s : settings->min_time_s;
        /* Upstream's oddity, kept: a benchmark's own warm-up counts only beside its own time. */
        runner->min_warmup_s =
            b->min_time_s > 0 && b->min_warmup_s > 0 ? b->min_warmup_s : settings->min_warmup_s;
        if (!settings->strict && b->min_warmup_s > 0)
            runner->min_warmup_s = b->min_warmup_s;
        runner->warmed_up = !(runner->min_warmup_s > 0);
        int64_t given = b->iterations != 0 ? b->iterations : settings->iterations;
        if (given != 0) {
            runner->iterations_given = true;
            runner->iterations = given;
        }
    }
    runner->results = arena_allocate(arena, (size_t)runner->repetitions * sizeof(*runner->results));
    if (runner->results == NULL)
        return ab_fail(error, AB_NO_MEMORY, "%s: no memory for %lld repetitions", instance->name,
                       (long long)runner->repetitions);
    return AB_OK;
}

/* ---- One run ----------------------------------------------------------------------------- */

struct thread {
    pthread_t id;
    const struct instance *instance;
    struct shared_run *shared;
    int index;
    int64_t iterations;
    bool started;
};

static void *thread_main(void *argument)
{
    const struct thread *thread = argument;
    run_in_thread(thread->instance, thread->shared, thread->index, thread->iterations);
    return NULL;
}

/* What a thread that cannot be started leaves to the others. */
static void give_up_thread(struct shared_run *shared, struct thread *thread)
{
    char message[96];
    snprintf(message, sizeof(message), "thread %d of %d could not be started", thread->index + 1,
             thread->instance->threads);
    shared_run_skip(shared, BM_FAILED, message);
    shared_run_leave(shared);
}

static void call_around(bm_function *function, const struct instance *instance)
{
    struct thread_state state = state_of_arguments(instance);
    if (function != NULL)
        function(&state.state);
    counters_free(&state.counters);
}

/* So many iterations in every thread. The result is owned by the caller. */
static struct run_result run_once(const struct instance *instance, int64_t iterations)
{
    struct shared_run shared = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                                .all_here = PTHREAD_COND_INITIALIZER,
                                .threads = instance->threads};
    struct thread *threads = calloc((size_t)instance->threads, sizeof(*threads));
    if (threads == NULL) {
        shared_run_skip(&shared, BM_FAILED, "no memory for its threads");
        return shared.result;
    }
    call_around(instance->benchmark->setup, instance);
    for (int i = 1; i < instance->threads; i++) {
        threads[i] = (struct thread){
            .instance = instance, .shared = &shared, .index = i, .iterations = iterations};
        threads[i].started = pthread_create(&threads[i].id, NULL, thread_main, &threads[i]) == 0;
        if (!threads[i].started)
            give_up_thread(&shared, &threads[i]);
    }
    run_in_thread(instance, &shared, 0, iterations);
    for (int i = 1; i < instance->threads; i++)
        if (threads[i].started)
            pthread_join(threads[i].id, NULL);
    call_around(instance->benchmark->teardown, instance);
    free(threads);
    pthread_cond_destroy(&shared.all_here);
    pthread_mutex_destroy(&shared.mutex);
    return shared.result;
}

/* The time that decides, and that rates are per second of. */
static double deciding_seconds(const struct instance *instance, const struct run_result *result)
{
    if (instance->benchmark->manual_time)
        return result->manual_s;
    return instance->benchmark->real_time ? result->real_s : result->cpu_s;
}

/* ---- How many iterations ----------------------------------------------------------------- */

static bool is_enough(const struct instance *instance, const struct run_result *result,
                      double min_time_s)
{
    return result->outcome != BM_DONE || result->iterations / instance->threads >= iterations_max ||
           deciding_seconds(instance, result) >= min_time_s ||
           /* CPU time may hardly pass, in a benchmark that waits. */
           (result->real_s >= 5 * min_time_s && !instance->benchmark->manual_time);
}

static int64_t next_iterations(const struct instance *instance, const struct run_result *result,
                               double min_time_s)
{
    double seconds = deciding_seconds(instance, result);
    int64_t each = result->iterations / instance->threads;
    double done = (double)each;
    double factor = seconds / min_time_s > 0.1 ? 1.4 * min_time_s / fmax(seconds, 1e-9) : 10;
    double next = fmax(factor * done, done + 1);
    return next < (double)iterations_max ? llround(next) : iterations_max;
}

/* Runs with more and more iterations until they take that long. */
static struct run_result run_for(struct runner *runner, double min_time_s, bool any_time_will_do)
{
    for (;;) {
        struct run_result result = run_once(runner->instance, runner->iterations);
        if (any_time_will_do || is_enough(runner->instance, &result, min_time_s))
            return result;
        runner->iterations = next_iterations(runner->instance, &result, min_time_s);
        run_result_free(&result);
    }
}

static void warm_up(struct runner *runner)
{
    int64_t iterations = runner->iterations;
    struct run_result result = run_for(runner, runner->min_warmup_s, false);
    run_result_free(&result);
    runner->iterations = iterations;
    runner->warmed_up = true;
}

/* ---- Rows -------------------------------------------------------------------------------- */

static bool copy_texts(struct bm_run *run, const struct run_result *result, struct arena *arena)
{
    run->label = arena_text(arena, result->label == NULL ? "" : result->label);
    run->message = arena_text(arena, result->message == NULL ? "" : result->message);
    if (run->label == NULL || run->message == NULL)
        return false;
    if (result->outcome != BM_DONE || result->counters.list.count == 0)
        return true;
    const struct bm_counter *from = result->counters.list.items;
    struct bm_counter *counters =
        arena_allocate(arena, result->counters.list.count * sizeof(*counters));
    if (counters == NULL)
        return false;
    for (size_t i = 0; i < result->counters.list.count; i++) {
        counters[i] = from[i];
        counters[i].name = arena_text(arena, from[i].name);
        if (counters[i].name == NULL)
            return false;
    }
    run->counters = counters;
    run->counter_count = result->counters.list.count;
    return true;
}

static void set_row(const struct runner *runner, const struct flags *settings,
                    const struct run_result *from, struct result *to)
{
    const struct instance *instance = runner->instance;
    const struct bm_benchmark *b = instance->benchmark;
    to->run = (struct bm_run){
        .name = instance->name,
        .run_name = instance->name,
        .family_index = instance->family_index,
        .per_family_instance_index = instance->per_family_instance_index,
        .repetitions = runner->repetitions,
        .repetition_index = runner->done,
        .threads = instance->threads,
        .outcome = from->outcome,
        .iterations = from->iterations,
        .time_unit = b->unit_given ? b->unit : settings->unit,
    };
    if (from->outcome == BM_DONE) {
        to->real_s = b->manual_time ? from->manual_s : from->real_s;
        to->cpu_s = from->cpu_s;
        to->complexity_n = from->complexity_n;
    }
    result_set_times(to);
}

enum ab_status runner_repeat(struct runner *runner, const struct flags *settings,
                             struct arena *arena, struct ab_error *error)
{
    const struct instance *instance = runner->instance;
    if (!runner->warmed_up)
        warm_up(runner);
    struct run_result result =
        run_for(runner, runner->min_time_s, runner->done > 0 || runner->iterations_given);
    if (settings->verbosity >= 2)
        say("%s: %lld iterations in %g s", instance->name, (long long)result.iterations,
            deciding_seconds(instance, &result));
    /* CPU time adds up over threads, and so do the other clocks: a rate is that of all threads. */
    counters_finish(&result.counters, result.iterations,
                    deciding_seconds(instance, &result) / instance->threads, instance->threads);
    struct result *row = &runner->results[runner->done];
    set_row(runner, settings, &result, row);
    bool copied = copy_texts(&row->run, &result, arena);
    run_result_free(&result);
    runner->done++;
    return copied ? AB_OK
                  : ab_fail(error, AB_NO_MEMORY, "%s: no memory for its rows", instance->name);
}
