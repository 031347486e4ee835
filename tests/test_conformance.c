/* Every technique of every backend against every kernel's expected answer, at the kernel's own edge
 * cases: a walk over the dispatch table, so that a new kernel or backend is tested by being there.
 *
 * Each input lies once right behind and once right before a page that must not be touched; each
 * result is surrounded by bytes that must not change; each case runs three times, on several
 * thread counts, and a fixed-size result must be the same bit for bit.
 *
 * ACCELBENCH_REQUIRE=cuda,opencl makes a backend that is not available a failure.
 * ACCELBENCH_ONLY=cuda,opencl tries no other backends; where none of them is available, the test is
 * skipped.
 * ACCELBENCH_ALLOW_UNSUPPORTED=1 lets techniques refuse problems, for devices without fp64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/options.h"
#include "tests/cases.h"

enum { RUNS = 3, CONTEXTS_MAX = 64, POISON = 0xA5, GUARD = 0x5A };

static const unsigned thread_counts[] = {1, 2, 3, 8};

/* ---- Backends, opened once --------------------------------------------------------------- */

struct open_backend {
    const struct backend_entry *entry;
    unsigned threads;
    void *context;
};

static struct open_backend opened[CONTEXTS_MAX];
static size_t opened_count;
static bool nothing_opened;

static bool is_wanted(const struct backend_entry *entry)
{
    const char *only = getenv("ACCELBENCH_ONLY");
    return only == NULL || list_contains(only, entry->name);
}

static void open_backend(const struct backend_entry *entry, unsigned threads)
{
    struct backend_options options = {.threads = threads, .pinned = true};
    struct ab_error error = {0};
    const char *required = getenv("ACCELBENCH_REQUIRE");
    bool must = required != NULL && list_contains(required, entry->name);
    void *context = NULL;
    enum ab_status status = AB_NOT_BUILT;
    if (entry->backend == NULL)
        ab_fail(&error, status, "%s", entry->why_not);
    else
        status = entry->backend->open(&options, &context, &error);
    if (status == AB_OK) {
        assert_true(opened_count < CONTEXTS_MAX);
        opened[opened_count++] = (struct open_backend){entry, threads, context};
        return;
    }
    if (must || (status != AB_NOT_BUILT && status != AB_NO_DEVICE))
        fail_msg("%s: %s", entry->name, error.message);
    print_message("left out: %s: %s\n", entry->name, error.message);
}

static int open_backends(void **state)
{
    (void)state;
    for (size_t b = 0; b < backend_count(); b++) {
        const struct backend_entry *entry = backend_at(b);
        if (!is_wanted(entry))
            continue;
        bool device = entry->backend == NULL || entry->backend->memory == MEMORY_DEVICE;
        size_t counts = device ? 1 : sizeof(thread_counts) / sizeof(thread_counts[0]);
        for (size_t t = 0; t < counts; t++)
            open_backend(entry, thread_counts[t]);
    }
    nothing_opened = opened_count == 0;
    return 0;
}

static int close_backends(void **state)
{
    (void)state;
    for (size_t i = 0; i < opened_count; i++)
        opened[i].entry->backend->close(opened[i].context);
    opened_count = 0;
    return 0;
}

/* ---- Guarded inputs ---------------------------------------------------------------------- */

/* A copy of the input between two pages without access, at one end of the space between them. */
struct guarded {
    char *map;
    size_t map_bytes;
    struct region input;
};

static struct guarded guard_input(const struct region *input, bool at_end)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (input->bytes + page - 1) / page * page + (input->bytes == 0 ? page : 0);
    struct guarded g = {.map_bytes = room + 2 * page};
    g.map = mmap(NULL, g.map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g.map != MAP_FAILED);
    assert_int_equal(mprotect(g.map + page, room, PROT_READ | PROT_WRITE), 0);
    char *begin = g.map + page + (at_end ? room - input->bytes : 0);
    memset(g.map + page, GUARD, room);
    if (input->bytes != 0)
        memcpy(begin, input->data, input->bytes);
    assert_int_equal(mprotect(g.map + page, room, PROT_READ), 0);
    g.input = (struct region){.data = begin, .bytes = input->bytes, .capacity = input->bytes};
    return g;
}

static void release_guarded(struct guarded *g)
{
    munmap(g->map, g->map_bytes);
}

static size_t answered, refused;

/* ---- One technique on one problem -------------------------------------------------------- */

struct trial {
    const char *where; /* the case, for messages */
    const struct problem *problem;
    const struct open_backend *open;
    const struct technique *technique;
    struct job job;
    struct region result;
    void *device_input;
};

static void must(const struct trial *t, enum ab_status status, const struct ab_error *error,
                 const char *step)
{
    if (status != AB_OK)
        fail_msg("%s %s on %s with %u threads, %s: %s: %s", t->problem->kernel->name,
                 t->technique->name, t->open->entry->name, t->open->threads, t->where, step,
                 error->message);
}

static void poison(struct trial *t)
{
    struct ab_error error = {0};
    size_t fixed = t->problem->kernel->result_bytes;
    must(t, region_resize(&t->result, fixed == 0 ? t->result.bytes : fixed, "the result", &error),
         &error, "result");
    if (t->result.capacity != 0)
        memset(t->result.data, GUARD, t->result.capacity);
    if (t->result.bytes != 0)
        memset(t->result.data, POISON, t->result.bytes);
}

static void run_chain(struct trial *t)
{
    const struct backend *backend = t->open->entry->backend;
    struct ab_error error = {0};
    bool device = backend->memory == MEMORY_DEVICE;
    if (device)
        must(t,
             backend->upload(t->open->context, t->device_input, t->problem->input.data,
                             t->problem->input.bytes, &error),
             &error, "upload");
    must(t, t->technique->run(&t->job, &error), &error, "run");
    if (device) {
        must(t, t->technique->download(&t->job, &error), &error, "download");
        must(t, backend->sync(t->open->context, &error), &error, "sync");
    }
}

static void run_once(struct trial *t, bool end_to_end)
{
    struct ab_error error = {0};
    poison(t);
    if (end_to_end)
        must(t, t->technique->end_to_end(&t->job, &error), &error, "end to end");
    else
        run_chain(t);
    struct verdict verdict = {0};
    double bound = t->technique->relative_error == NULL ? 0 : t->technique->relative_error(&t->job);
    t->problem->kernel->check(t->problem, &t->result, bound, &verdict);
    if (!verdict.passed)
        must(t, AB_WRONG_RESULT, &(struct ab_error){.message = "wrong"}, verdict.detail);
    if (t->problem->kernel->result_bytes != 0)
        for (size_t i = t->result.bytes; i < t->result.capacity; i++)
            if (((unsigned char *)t->result.data)[i] != GUARD)
                must(t, AB_WRONG_RESULT, &(struct ab_error){.message = "written behind the result"},
                     "guard");
}

static void try_runs(struct trial *t)
{
    size_t fixed = t->problem->kernel->result_bytes;
    unsigned char *first = malloc(fixed + 1);
    assert_non_null(first);
    for (int run = 0; run < RUNS; run++) {
        run_once(t, false);
        if (run == 0 && fixed != 0)
            memcpy(first, t->result.data, fixed);
        if (fixed != 0 && memcmp(first, t->result.data, fixed) != 0)
            must(t, AB_WRONG_RESULT, &(struct ab_error){.message = "differs from run to run"},
                 "repeat");
    }
    free(first);
    if (t->technique->end_to_end != NULL)
        run_once(t, true);
}

static void try_technique(struct trial *t)
{
    const struct backend *backend = t->open->entry->backend;
    struct ab_error error = {0};
    enum ab_status status = AB_OK;
    t->job = (struct job){.problem = t->problem,
                          .technique = t->technique,
                          .context = t->open->context,
                          .input = t->problem->input.data,
                          .result = &t->result};
    if (backend->memory == MEMORY_DEVICE) {
        must(t,
             backend->allocate(t->open->context, t->problem->input.bytes, &t->device_input, &error),
             &error, "allocate");
        t->job.input = t->device_input;
    }
    if (t->technique->prepare != NULL)
        status = t->technique->prepare(&t->job, &error);
    if (status == AB_UNSUPPORTED && getenv("ACCELBENCH_ALLOW_UNSUPPORTED") != NULL) {
        refused++;
    } else {
        must(t, status, &error, "prepare");
        try_runs(t);
        answered++;
    }
    if (t->technique->release != NULL)
        t->technique->release(&t->job);
    if (t->device_input != NULL)
        backend->release_memory(t->open->context, t->device_input);
    region_free(&t->result);
}

static void try_everyone(const char *where, const struct problem *problem)
{
    for (size_t i = 0; i < opened_count; i++) {
        const struct implementation *cell = find_implementation(problem->kernel, opened[i].entry);
        for (const struct technique *technique = techniques_of(cell); technique->name != NULL;
             technique++) {
            struct trial trial = {
                .where = where, .problem = problem, .open = &opened[i], .technique = technique};
            try_technique(&trial);
        }
    }
}

/* Makes the problem of one case and has everyone solve it, on both guarded inputs. */
static void try_case(const struct kernel *kernel, const struct settings *settings,
                     const char *where, void *count)
{
    struct problem problem;
    struct ab_error error = {0};
    if (case_problem(kernel, settings, &problem, &error) != AB_OK)
        fail_msg("%s, %s: %s", kernel->name, where, error.message);
    struct region input = problem.input;
    for (int at_end = 0; at_end < 2; at_end++) {
        struct guarded guarded = guard_input(&input, at_end == 1);
        problem.input = guarded.input;
        try_everyone(where, &problem);
        release_guarded(&guarded);
    }
    problem.input = input;
    case_free(&problem);
    ++*(size_t *)count;
}

/* What others count on: sweeps set the size, and the demo shows the simple code. */
static void test_every_kernel(void **state)
{
    (void)state;
    for (size_t k = 0; k < kernel_count(); k++) {
        const struct kernel *kernel = kernel_at(k);
        const struct kernel_option *option = kernel->options;
        while (option->name != NULL && strcmp(option->name, "size") != 0)
            option++;
        if (option->name == NULL)
            fail_msg("%s has no option \"size\"", kernel->name);
        for (size_t b = 0; b < backend_count(); b++) {
            const struct implementation *cell = find_implementation(kernel, backend_at(b));
            if (techniques_of(cell)->name != NULL && find_technique(cell, "simple") == NULL)
                fail_msg("%s on %s has no technique \"simple\"", kernel->name, backend_at(b)->name);
        }
    }
}

static void test_generated(void **state)
{
    (void)state;
    for (size_t k = 0; k < kernel_count(); k++) {
        size_t count = 0;
        answered = refused = 0;
        for_each_case(kernel_at(k), kernel_at(k)->edge_cases, NULL, try_case, &count);
        print_message("%s: %zu generated inputs, %zu times refused\n", kernel_at(k)->name, count,
                      refused);
        assert_true(count > 0 && (answered > 0 || refused == 0));
    }
}

static void test_files(void **state)
{
    (void)state;
    const char *elsewhere = getenv("ACCELBENCH_TEST_DATA"); /* of a build that was moved */
    const char *folder = elsewhere != NULL ? elsewhere : TEST_DATA;
    for (size_t k = 0; k < kernel_count(); k++) {
        size_t count = 0;
        for_each_file_case(kernel_at(k), folder, try_case, &count);
        print_message("%s: %zu inputs from files\n", kernel_at(k)->name, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kernel),
        cmocka_unit_test(test_generated),
        cmocka_unit_test(test_files),
    };
    const int failed = cmocka_run_group_tests(tests, open_backends, close_backends);
    return failed == 0 && nothing_opened ? 77 : failed;
}
