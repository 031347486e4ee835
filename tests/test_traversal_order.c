/* Proves, in the code as built, that every CPU technique of traversal visits the matrix in the
 * order asked for: all pages of the matrix are closed, and each touch of a closed page is a
 * fault whose handler notes the page, opens it and closes the one before. With every row on
 * pages of its own the notes tell row, column and tiled order apart, and catch any exchange or
 * blocking of the loops. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/accelbench.h"
#include "common/matrix.h"

enum { ROWS = 7, PAGES_A_ROW_MOST = 2 };

struct visits {
    uint32_t *pages; /* no two neighbours are equal */
    size_t count, capacity;
};

static struct {
    char *base;
    size_t page_bytes, page_count;
    size_t open; /* page_count: none */
    struct visits visits;
} tracer;

static void note(struct visits *visits, size_t page)
{
    if (visits->count > 0 && visits->count <= visits->capacity &&
        visits->pages[visits->count - 1] == page)
        return;
    if (visits->count < visits->capacity)
        visits->pages[visits->count] = (uint32_t)page;
    visits->count++;
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    size_t offset = (size_t)((char *)info->si_addr - tracer.base);
    size_t page = offset / tracer.page_bytes;
    if (page >= tracer.page_count) { /* a fault of another kind: let it happen */
        signal(signal_number, SIG_DFL);
        return;
    }
    if (tracer.visits.count > tracer.visits.capacity) { /* an instruction that needs two pages */
        mprotect(tracer.base, tracer.page_count * tracer.page_bytes, PROT_READ);
        return;
    }
    if (tracer.open < tracer.page_count)
        mprotect(tracer.base + tracer.open * tracer.page_bytes, tracer.page_bytes, PROT_NONE);
    mprotect(tracer.base + page * tracer.page_bytes, tracer.page_bytes, PROT_READ);
    tracer.open = page;
    note(&tracer.visits, page);
}

static void trace(const struct region *input, void (*work)(void *), void *argument)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, before;
    tracer.base = input->data;
    tracer.page_count = input->bytes / tracer.page_bytes;
    tracer.open = tracer.page_count;
    tracer.visits.count = 0;
    sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGSEGV, &action, &before), 0);
    assert_int_equal(mprotect(tracer.base, input->bytes, PROT_NONE), 0);
    work(argument);
    assert_int_equal(mprotect(tracer.base, input->bytes, PROT_READ | PROT_WRITE), 0);
    assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
}

/* ---- The order that is stated -----------------------------------------------------------------
 */

static void note_element(struct visits *visits, const struct matrix_params *params, uint64_t row,
                         uint64_t column)
{
    uint64_t offset = (row * params->cols + column) * dtype_bytes(params->dtype);
    note(visits, offset / tracer.page_bytes);
}

static void state_tiles(struct visits *visits, const struct matrix_params *params)
{
    for (uint64_t band = 0; band < params->rows; band += params->tile_rows)
        for (uint64_t tile = 0; tile < params->cols; tile += params->tile_cols)
            for (uint64_t r = band; r < band + params->tile_rows && r < params->rows; r++)
                for (uint64_t c = tile; c < tile + params->tile_cols && c < params->cols; c++)
                    note_element(visits, params, r, c);
}

static void state_order(struct visits *visits, const struct matrix_params *params)
{
    visits->count = 0;
    if (params->order == ORDER_TILED) {
        state_tiles(visits, params);
    } else if (params->order == ORDER_ROW) {
        for (uint64_t r = 0; r < params->rows; r++)
            for (uint64_t c = 0; c < params->cols; c++)
                note_element(visits, params, r, c);
    } else {
        for (uint64_t c = 0; c < params->cols; c++)
            for (uint64_t r = 0; r < params->rows; r++)
                note_element(visits, params, r, c);
    }
    assert_true(visits->count <= visits->capacity);
}

/* The first place where they differ; SIZE_MAX where they do not. */
static size_t first_difference(const struct visits *stated, const struct visits *seen)
{
    for (size_t i = 0; i < stated->count && i < seen->count && i < seen->capacity; i++)
        if (stated->pages[i] != seen->pages[i])
            return i;
    if (stated->count != seen->count)
        return stated->count < seen->count ? stated->count : seen->count;
    return SIZE_MAX;
}

static struct visits visits_make(void)
{
    size_t capacity = (size_t)ROWS * PAGES_A_ROW_MOST * tracer.page_bytes;
    struct visits visits = {calloc(capacity, sizeof(uint32_t)), 0, capacity};
    assert_non_null(visits.pages);
    return visits;
}

/* ---- Problems ---------------------------------------------------------------------------------
 */

static void make_problem(struct problem *problem, enum dtype dtype, const char *order,
                         const char *tile, unsigned pages_a_row)
{
    struct ab_error error = {0};
    char rows[24], cols[24];
    snprintf(rows, sizeof(rows), "%d", ROWS);
    snprintf(cols, sizeof(cols), "%zu", pages_a_row * tracer.page_bytes / dtype_bytes(dtype));
    const struct setting list[] = {{"rows", rows},
                                   {"cols", cols},
                                   {"dtype", dtype_name(dtype)},
                                   {"order", order},
                                   {"tile", tile}};
    const struct settings settings = {
        .list = list, .count = tile == NULL ? 4 : 5, .seed = 42, .threads = 1};
    *problem = (struct problem){.kernel = find_kernel("traversal")};
    assert_int_equal(problem->kernel->configure(&settings, problem, &error), AB_OK);
    assert_int_equal(problem->kernel->make(&settings, problem, &error), AB_OK);
    assert_int_equal(problem->kernel->expect(problem, &error), AB_OK);
    assert_int_equal((uintptr_t)problem->input.data % tracer.page_bytes, 0);
}

static void free_problem(struct problem *problem)
{
    problem->kernel->destroy(problem);
    region_free(&problem->input);
    region_free(&problem->expected);
}

struct run {
    struct job *job;
    enum ab_status status;
    struct ab_error error;
};

static void run_technique(void *argument)
{
    struct run *run = argument;
    run->status = run->job->technique->run(run->job, &run->error);
}

/* ---- Every technique of every CPU backend -----------------------------------------------------
 */

static void check_technique(const struct problem *problem, const struct backend_entry *entry,
                            void *context, const struct technique *technique,
                            const struct visits *stated)
{
    struct region result = {0};
    struct job job = {.problem = problem,
                      .technique = technique,
                      .context = context,
                      .input = problem->input.data,
                      .result = &result};
    struct run run = {.job = &job};
    struct verdict verdict;
    assert_int_equal(region_resize(&result, problem->kernel->result_bytes, "", &run.error), AB_OK);
    if (technique->prepare != NULL)
        assert_int_equal(technique->prepare(&job, &run.error), AB_OK);
    trace(&problem->input, run_technique, &run);
    assert_int_equal(run.status, AB_OK);
    double bound = technique->relative_error == NULL ? 0 : technique->relative_error(&job);
    problem->kernel->check(problem, &result, bound, &verdict);
    size_t place = first_difference(stated, &tracer.visits);
    if (!verdict.passed || place != SIZE_MAX)
        fail_msg("%s on %s, order %s, %s: %s; the order differs at visit %zd of %zu: page %u, "
                 "stated %u",
                 technique->name, entry->name, problem->labels[0].value, problem->summary,
                 verdict.detail, (ssize_t)place, stated->count,
                 place < tracer.visits.capacity ? tracer.visits.pages[place] : 0,
                 place < stated->count ? stated->pages[place] : 0);
    if (technique->release != NULL)
        technique->release(&job);
    region_free(&result);
}

/* Returns how many techniques were checked. */
static unsigned check_problem(const struct problem *problem)
{
    unsigned checked = 0;
    struct visits stated = visits_make();
    state_order(&stated, matrix_params(problem));
    for (size_t i = 0; i < backend_count(); i++) {
        const struct backend_entry *entry = backend_at(i);
        struct backend_options options = {.threads = 1};
        struct ab_error error = {0};
        void *context = NULL;
        if (entry->backend == NULL || entry->backend->memory != MEMORY_HOST)
            continue;
        assert_int_equal(entry->backend->open(&options, &context, &error), AB_OK);
        const struct implementation *cell = find_implementation(problem->kernel, entry);
        for (const struct technique *t = techniques_of(cell); t->name != NULL; t++) {
            check_technique(problem, entry, context, t, &stated);
            checked++;
        }
        entry->backend->close(context);
    }
    free(stated.pages);
    return checked;
}

static void test_every_technique(void **state)
{
    (void)state;
    /* No row of a tile crosses from page to page: one vector load there needs both at once. */
    static const struct {
        const char *order, *tile;
        unsigned pages_a_row;
    } cases[] = {
        {"row", NULL, 1},      {"row", NULL, 2},       {"column", NULL, 1},
        {"column", NULL, 2},   {"tiled", NULL, 2},     {"tiled", "3x70", 1},
        {"tiled", "2x128", 2}, {"tiled", "1x1000", 1}, {"tiled", "1Tx1T", 1},
    };
    unsigned checked = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (unsigned dtype = 0; dtype < DTYPE_COUNT; dtype++) {
            struct problem problem;
            make_problem(&problem, (enum dtype)dtype, cases[i].order, cases[i].tile,
                         cases[i].pages_a_row);
            checked += check_problem(&problem);
            free_problem(&problem);
        }
    print_message("%u traversals traced\n", checked);
    assert_true(checked >= sizeof(cases) / sizeof(cases[0]) * DTYPE_COUNT);
}

/* ---- Wrong orders are caught ------------------------------------------------------------------
 */

static uint64_t columns_of_row_at(const volatile int32_t *x, uint64_t cols, uint64_t row,
                                  uint64_t begin, uint64_t end)
{
    uint64_t sum = 0;
    for (uint64_t c = begin; c < end; c++)
        sum += (uint64_t)x[row * cols + c];
    return sum;
}

struct planted {
    const struct problem *problem;
    uint64_t strip; /* columns that are visited together */
    bool backwards;
    uint64_t sum;
};

static void visit_strips(void *argument)
{
    struct planted *planted = argument;
    const struct matrix_params *params = matrix_params(planted->problem);
    for (uint64_t c = 0; c < params->cols; c += planted->strip)
        for (uint64_t r = 0; r < params->rows; r++)
            planted->sum += columns_of_row_at(planted->problem->input.data, params->cols,
                                              planted->backwards ? params->rows - 1 - r : r, c,
                                              c + planted->strip);
}

static bool is_caught(const char *order, const char *tile, uint64_t strip, bool backwards)
{
    struct problem problem;
    make_problem(&problem, DTYPE_I32, order, tile, 1);
    struct planted planted = {&problem, strip, backwards, 0};
    struct visits stated = visits_make();
    state_order(&stated, matrix_params(&problem));
    trace(&problem.input, visit_strips, &planted);
    const struct matrix_expected *expected = problem.expected.data;
    assert_int_equal((int64_t)planted.sum, expected->sum.integer);
    bool caught = first_difference(&stated, &tracer.visits) != SIZE_MAX;
    free(stated.pages);
    free_problem(&problem);
    return caught;
}

static void test_wrong_orders_are_caught(void **state)
{
    (void)state;
    uint64_t cols = tracer.page_bytes / sizeof(int32_t);
    /* The right orders, to show that the planted code is one that can pass. */
    assert_false(is_caught("row", NULL, cols, false));
    assert_false(is_caught("column", NULL, 1, false));
    assert_false(is_caught("tiled", "7x64", 64, false));
    /* Loops exchanged, run backwards, and columns in strips of 2 and of 16. */
    assert_true(is_caught("row", NULL, cols, true));
    assert_true(is_caught("row", NULL, 1, false));
    assert_true(is_caught("column", NULL, cols, false));
    assert_true(is_caught("column", NULL, 1, true));
    assert_true(is_caught("column", NULL, 2, false));
    assert_true(is_caught("column", NULL, 16, false));
    assert_true(is_caught("tiled", "7x64", cols, false));
    assert_true(is_caught("tiled", "7x64", 32, false));
    assert_true(is_caught("tiled", "3x64", 64, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_technique),
        cmocka_unit_test(test_wrong_orders_are_caught),
    };
    tracer.page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    tracer.visits = visits_make();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    free(tracer.visits.pages);
    return failures;
}
