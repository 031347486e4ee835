/* One run of all benchmarks that the flags select: their order, and the rows they leave. */
#include "bench/shim/session.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/shim/aggregate.h"
#include "bench/shim/context.h"
#include "bench/shim/say.h"
#include "bench/shim/sink.h"
#include "common/random.h"

/* ---- Families ---------------------------------------------------------------------------- */

/* What a family's complexity is computed from. */
struct family {
    const struct instance *first;
    struct list rows;  /* struct result: iteration rows that succeeded */
    size_t unfinished; /* instances that have not reported yet */
};

static enum ab_status family_add(struct family *family, const struct runner *runner,
                                 struct ab_error *error)
{
    family->unfinished--;
    for (int64_t i = 0; i < runner->done; i++) {
        if (runner->results[i].run.outcome != BM_DONE)
            continue;
        struct result *row = list_add(&family->rows, sizeof(*row));
        if (row == NULL)
            return ab_fail(error, AB_NO_MEMORY, "no memory for the complexity of %s",
                           runner->instance->benchmark->name);
        *row = runner->results[i];
    }
    return AB_OK;
}

/* ---- One run of the program -------------------------------------------------------------- */

struct session {
    struct arena arena;
    struct instances instances;
    struct runner *runners;
    struct family *families; /* by index */
    size_t family_count;
    struct sinks sinks;
    struct machine_context machine; /* of the sinks */
    const struct session_observer *observer;
    const char *executable;
    bool any_failed;
    struct ab_error description; /* a wrong description that showed only while running */
};

static void emit(struct session *session, const struct bm_run *run, struct extension extension,
                 bool on_display, bool in_file)
{
    sinks_row(&session->sinks, run, extension, on_display, in_file);
    if (session->observer->function != NULL)
        session->observer->function(run, session->observer->data);
    session->any_failed = session->any_failed || run->outcome == BM_FAILED;
}

static void write_affine(struct json_writer *json, const char *key, const struct affine_fit *fit)
{
    json_begin_object(json, key);
    json_string(json, "big_o", big_o_name(fit->big_o));
    json_number(json, "fixed_ns", 1e9 * fit->fixed);
    json_number(json, "coefficient_ns", 1e9 * fit->coefficient);
    json_number(json, "rms", fit->rms);
    json_end_object(json);
}

static void write_affine_fits(const void *state, struct json_writer *json)
{
    const struct complexity *complexity = state;
    json_begin_object(json, "affine_fit");
    write_affine(json, "real", &complexity->real);
    write_affine(json, "cpu", &complexity->cpu);
    json_end_object(json);
}

static enum ab_status report_complexity(struct session *session, struct family *family,
                                        struct ab_error *error)
{
    if (family->rows.count < 2)
        return AB_OK;
    struct complexity *complexity = arena_allocate(&session->arena, sizeof(*complexity));
    if (complexity == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the complexity of %s",
                       family->first->benchmark->name);
    enum ab_status status = complexity_of(family->first, family->rows.items, family->rows.count,
                                          &session->arena, complexity, &session->description);
    if (status == AB_USAGE)
        return AB_OK; /* said at the end; other benchmarks go on */
    if (status != AB_OK)
        return ab_fail(error, status, "%s", session->description.message);
    emit(session, &complexity->big_o.run, (struct extension){write_affine_fits, complexity}, true,
         true);
    emit(session, &complexity->rms.run, (struct extension){0}, true, true);
    return AB_OK;
}

/* The rows of an instance that has done all its repetitions. */
static enum ab_status report_instance(struct session *session, const struct runner *runner,
                                      struct ab_error *error)
{
    const struct bm_benchmark *b = runner->instance->benchmark;
    struct result *aggregates;
    size_t count;
    enum ab_status status = aggregate(runner->results, (size_t)runner->done, &b->statistics,
                                      &session->arena, &aggregates, &count, error);
    struct family *family = &session->families[runner->instance->family_index];
    if (status == AB_OK && b->big_o != BM_O_NONE)
        status = family_add(family, runner, error);
    if (status != AB_OK)
        return status;
    bool ends_family = b->big_o != BM_O_NONE && family->unfinished == 0;
    bool only_file = flags.report_aggregates_only;
    bool only_display = flags.report_aggregates_only || flags.display_aggregates_only;
    if (b->aggregates_only != AGGREGATES_BY_FLAG) {
        only_file = b->aggregates_only == AGGREGATES_ONLY;
        only_display = b->aggregates_only != AGGREGATES_TOO;
    }
    bool any = count > 0 || (ends_family && family->rows.count >= 2);
    for (int64_t i = 0; i < runner->done; i++)
        emit(session, &runner->results[i].run, (struct extension){0}, !(only_display && any),
             !(only_file && any));
    for (size_t i = 0; i < count; i++)
        emit(session, &aggregates[i].run, (struct extension){0}, true, true);
    if (ends_family)
        status = report_complexity(session, family, error);
    sinks_flush(&session->sinks);
    return status;
}

/* ---- Order ------------------------------------------------------------------------------- */

static uint64_t choose_seed(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 20 ^ (uint64_t)getpid() << 44) >> 1;
}

/* Which instance has the next repetition: one after the other, or shuffled (Fisher and Yates). */
static enum ab_status make_order(struct session *session, size_t **order, size_t *count,
                                 struct ab_error *error)
{
    size_t total = 0;
    for (size_t i = 0; i < session->instances.count; i++)
        total += (size_t)session->runners[i].repetitions;
    *order = arena_allocate(&session->arena, total * sizeof(**order));
    if (*order == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for %zu repetitions", total);
    *count = 0;
    for (size_t i = 0; i < session->instances.count; i++)
        for (int64_t r = 0; r < session->runners[i].repetitions; r++)
            (*order)[(*count)++] = i;
    struct random_stream random = random_block(flags.seed, 0);
    for (size_t i = total; flags.random_interleaving && i > 1; i--) {
        size_t other = (size_t)random_below(&random, (uint32_t)i), kept = (*order)[i - 1];
        (*order)[i - 1] = (*order)[other];
        (*order)[other] = kept;
    }
    return AB_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

static enum ab_status prepare(struct session *session, struct ab_error *error)
{
    size_t count = session->instances.count;
    session->runners = arena_allocate(&session->arena, (count + 1) * sizeof(*session->runners));
    session->families = arena_allocate(&session->arena, (count + 1) * sizeof(*session->families));
    if (session->runners == NULL || session->families == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for %zu benchmarks", count);
    for (size_t i = 0; i < count; i++) {
        const struct instance *instance = &session->instances.list[i];
        struct family *family = &session->families[instance->family_index];
        if (family->first == NULL)
            family->first = instance;
        family->unfinished++;
        session->family_count = instance->family_index + 1;
        enum ab_status status =
            runner_start(&session->runners[i], instance, &flags, &session->arena, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

static int name_columns(const struct session *session)
{
    bool aggregates = flags.repetitions > 1;
    size_t statistic = strlen("median"); /* the longest of those that all have */
    for (size_t i = 0; i < session->instances.count; i++) {
        const struct bm_benchmark *b = session->instances.list[i].benchmark;
        const struct statistic *own = b->statistics.items;
        aggregates = aggregates || b->repetitions > 1;
        for (size_t s = 0; s < b->statistics.count; s++)
            if (strlen(own[s].name) > statistic)
                statistic = strlen(own[s].name);
    }
    return console_name_columns(session->instances.longest_name, aggregates ? statistic : 0);
}

static void begin_sinks(struct session *session)
{
    size_t count;
    const struct result_pair *custom = custom_context_pairs(&session->arena, &count);
    machine_context_read(&session->machine, session->executable, custom, count);
    sinks_begin(&session->sinks, &session->machine.context, (struct extension){0},
                name_columns(session));
}

/* A benchmark may print with the locale of its program, and so may its set-up. */
static enum ab_status repeat(struct runner *runner, struct arena *arena, struct ab_error *error)
{
    locale_t c_locale = uselocale(LC_GLOBAL_LOCALE);
    enum ab_status status = runner_repeat(runner, &flags, arena, error);
    uselocale(c_locale);
    return status;
}

static enum ab_status run_all(struct session *session, struct ab_error *error)
{
    size_t *order = NULL, count = 0;
    enum ab_status status = prepare(session, error);
    if (flags.random_interleaving && !flags.seed_given) {
        flags.seed = choose_seed();
        flags.seed_given = true; /* for a second run of the same program as well */
    }
    if (flags.random_interleaving && !flags.strict) {
        char seed[24];
        snprintf(seed, sizeof(seed), "%llu", (unsigned long long)flags.seed);
        bm_add_custom_context("random_interleaving_seed", seed);
    }
    if (status == AB_OK)
        status = make_order(session, &order, &count, error);
    if (status != AB_OK)
        return status;
    begin_sinks(session);
    for (size_t i = 0; status == AB_OK && i < count; i++) {
        struct runner *runner = &session->runners[order[i]];
        status = repeat(runner, &session->arena, error);
        if (status == AB_OK && runner->done == runner->repetitions)
            status = report_instance(session, runner, error);
    }
    for (size_t i = 0; i < session->family_count; i++)
        free(session->families[i].rows.items);
    return status;
}

static enum ab_status list_all(struct session *session, struct ab_error *error)
{
    const char **names =
        arena_allocate(&session->arena, (session->instances.count + 1) * sizeof(*names));
    if (names == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for %zu names", session->instances.count);
    for (size_t i = 0; i < session->instances.count; i++)
        names[i] = session->instances.list[i].name;
    sinks_list(&session->sinks, names, session->instances.count);
    return AB_OK;
}

static enum ab_status run_or_list(struct session *session, struct ab_error *error)
{
    enum ab_status status =
        instances_select(flags.filter, &session->arena, &session->instances, error);
    if (status != AB_OK)
        return status;
    if (session->instances.count == 0) {
        say("Failed to match any benchmarks against regex: %s",
            *flags.filter == '\0' ? "." : flags.filter);
        if (flags.strict)
            return AB_OK;
    }
    if (flags.list_tests)
        return list_all(session, error);
    status = sinks_open_file(&session->sinks, error);
    return status == AB_OK ? run_all(session, error) : status;
}

enum ab_status session_run(const char *executable, const struct session_observer *observer,
                           bool *any_failed, struct ab_error *error)
{
    struct session session = {.observer = observer, .executable = executable};
    sinks_init(&session.sinks);
    enum ab_status status = run_or_list(&session, error);
    enum ab_status written = sinks_end(&session.sinks, error);
    status = status == AB_OK ? written : status;
    if (status == AB_OK && session.description.status != AB_OK)
        status = ab_fail(error, AB_USAGE, "%s", session.description.message);
    arena_free(&session.arena);
    *any_failed = session.any_failed;
    return status;
}
