#include "bench/sweep_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/parse.h"

enum {
    SIZES_MAX = 256,
    LEAST_BYTES = 4 << 10,
    STEP = 4,
    QUICK_STEP = 8,
    MEMORY_FRACTION = 8, /* inputs take up to an eighth of what is available */
    ROUNDS_QUICK = 12
};

static const uint64_t most_bytes = 1ull << 30, most_bytes_quick = 16ull << 20;
static const double budget_s = 600, budget_quick_s = 50;

/* ---- Sizes ------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static enum ab_status read_sizes(struct sweep *sweep, const char *list, struct ab_error *error)
{
    for (const char *item = list;; item++) {
        const size_t length = strcspn(item, ",");
        if (sweep->size_count == SIZES_MAX)
            return ab_fail(error, AB_USAGE, "--sizes: more than %d sizes", SIZES_MAX);
        char *size = strndup(item, length);
        enum ab_status status = size == NULL
                                    ? ab_fail(error, AB_NO_MEMORY, "no memory for the sizes")
                                    : parse_bytes("--sizes", size, 1, INT64_MAX,
                                                  &sweep->sizes[sweep->size_count++], error);
        free(size);
        if (status != AB_OK)
            return status;
        item += length;
        if (*item == '\0')
            break;
    }
    qsort(sweep->sizes, sweep->size_count, sizeof(*sweep->sizes), by_size);
    for (size_t i = 1; i < sweep->size_count; i++)
        if (sweep->sizes[i] == sweep->sizes[i - 1])
            return ab_fail(error, AB_USAGE, "--sizes: %" PRIu64 " stands there twice",
                           sweep->sizes[i]);
    return AB_OK;
}

/* Evenly spaced in logarithms, and the greatest that fits. */
static void choose_sizes(struct sweep *sweep)
{
    const bool quick = sweep->options->quick;
    const uint64_t room = memory_available_bytes() / MEMORY_FRACTION;
    const uint64_t most = quick ? most_bytes_quick : most_bytes;
    uint64_t last = LEAST_BYTES;
    while (2 * last <= (room < most ? room : most))
        last *= 2;
    for (uint64_t size = LEAST_BYTES; size < last; size *= quick ? QUICK_STEP : STEP)
        sweep->sizes[sweep->size_count++] = size;
    sweep->sizes[sweep->size_count++] = last;
}

/* ---- Kernels and cells ------------------------------------------------------------------- */

/* With room for one more. */
static enum ab_status choose_settings(const struct options *options, struct sweep_kernel *kernel,
                                      struct ab_error *error)
{
    kernel->settings = calloc(options->setting_count + 1, sizeof(*kernel->settings));
    if (kernel->settings == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the options of %s",
                       kernel->kernel->name);
    for (size_t i = 0; i < options->setting_count; i++)
        if (kernel_has_option(kernel->kernel, options->settings[i].name))
            kernel->settings[kernel->setting_count++] = options->settings[i];
    return AB_OK;
}

static enum ab_status plan_kernel(const struct sweep *sweep, struct sweep_kernel *kernel,
                                  struct ab_error *error)
{
    enum ab_status status = choose_settings(sweep->options, kernel, error);
    if (status != AB_OK)
        return status;
    kernel->options = *sweep->options;
    struct options *options = &kernel->options;
    options->command = COMMAND_MEASURE;
    options->kernel = kernel->kernel;
    options->settings = kernel->settings;
    options->setting_count = kernel->setting_count;
    options->budget_s = 0; /* of the sweep, not of its cells */
    options->both_transfers = !options->transfer_given;
    if (options->quick && !options->rounds_given)
        options->rounds = ROUNDS_QUICK;
    return measurement_plan(&kernel->plan, options, error);
}

/* Whether the kernel takes the size, and makes of it another problem than of the size before. */
static enum ab_status check_cell(const struct sweep_cell *cell, const struct sweep_cell *before,
                                 uint64_t sizes_before[PROBLEM_SIZES_MAX], struct ab_error *error)
{
    struct problem problem = {.kernel = cell->kernel->kernel};
    struct settings settings = options_settings(&cell->options);
    enum ab_status status = problem.kernel->configure(&settings, &problem, error);
    if (status == AB_OK && before != NULL &&
        memcmp(problem.sizes, sizes_before, sizeof(problem.sizes)) == 0)
        status = ab_fail(error, AB_USAGE, "--sizes: %s and %s are the same input of %s",
                         before->size, cell->size, problem.kernel->name);
    memcpy(sizes_before, problem.sizes, sizeof(problem.sizes));
    problem.kernel->destroy(&problem);
    return status;
}

static enum ab_status plan_cell(struct sweep_cell *cell, struct sweep_kernel *kernel,
                                uint64_t bytes, struct ab_error *error)
{
    cell->kernel = kernel;
    cell->bytes = bytes;
    snprintf(cell->size, sizeof(cell->size), "%" PRIu64, bytes);
    cell->settings = calloc(kernel->setting_count + 1, sizeof(*cell->settings));
    if (cell->settings == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the sizes of %s", kernel->kernel->name);
    for (size_t i = 0; i < kernel->setting_count; i++)
        cell->settings[i] = kernel->settings[i];
    cell->settings[kernel->setting_count] = (struct setting){"size", cell->size};
    cell->options = kernel->options;
    cell->options.settings = cell->settings;
    cell->options.setting_count = kernel->setting_count + 1;
    return AB_OK;
}

static enum ab_status plan_cells(struct sweep *sweep, size_t kernel, struct ab_error *error)
{
    uint64_t sizes_before[PROBLEM_SIZES_MAX] = {0};
    struct sweep_cell *cells = &sweep->cells[kernel * sweep->size_count];
    for (size_t i = 0; i < sweep->size_count; i++) {
        enum ab_status status =
            plan_cell(&cells[i], &sweep->kernels[kernel], sweep->sizes[i], error);
        if (status == AB_OK)
            status = check_cell(&cells[i], i > 0 ? &cells[i - 1] : NULL, sizes_before, error);
        if (status != AB_OK)
            return status;
    }
    return AB_OK;
}

/* The kernels that were named, each once, or all. */
static enum ab_status choose_kernels(struct sweep *sweep, struct ab_error *error)
{
    const struct options *options = sweep->options;
    const bool named = options->kernel_count > 0;
    sweep->kernel_count = 0;
    const size_t count = named ? options->kernel_count : kernel_count();
    for (size_t i = 0; i < count; i++) {
        const struct kernel *kernel = named ? options->kernels[i] : kernel_at(i);
        for (size_t k = 0; k < sweep->kernel_count; k++)
            if (sweep->kernels[k].kernel == kernel)
                return ab_fail(error, AB_USAGE, "%s is named twice: leave one out", kernel->name);
        sweep->kernels[sweep->kernel_count++].kernel = kernel;
    }
    return AB_OK;
}

static enum ab_status allocate(struct sweep *sweep, struct ab_error *error)
{
    const size_t kernels = sweep->options->kernel_count + kernel_count();
    sweep->kernels = calloc(kernels, sizeof(*sweep->kernels));
    sweep->sizes = calloc(SIZES_MAX, sizeof(*sweep->sizes));
    if (sweep->kernels == NULL || sweep->sizes == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the plan of the sweep");
    return AB_OK;
}

enum ab_status sweep_plan(struct sweep *sweep, const char *sizes, struct ab_error *error)
{
    const struct options *options = sweep->options;
    sweep->budget_s = options->budget_s > 0 ? options->budget_s
                      : options->quick      ? budget_quick_s
                                            : budget_s;
    enum ab_status status = allocate(sweep, error);
    if (status == AB_OK)
        status = choose_kernels(sweep, error);
    if (status == AB_OK && sizes != NULL)
        status = read_sizes(sweep, sizes, error);
    else if (status == AB_OK)
        choose_sizes(sweep);
    if (status != AB_OK)
        return status;
    sweep->cells = calloc(sweep_cell_count(sweep) + 1, sizeof(*sweep->cells));
    if (sweep->cells == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the plan of the sweep");
    for (size_t k = 0; k < sweep->kernel_count && status == AB_OK; k++) {
        status = plan_kernel(sweep, &sweep->kernels[k], error);
        if (status == AB_OK)
            status = plan_cells(sweep, k, error);
    }
    return status;
}

struct sweep_cell *sweep_cell_in_turn(const struct sweep *sweep, size_t turn)
{
    const size_t kernel = turn % sweep->kernel_count, size = turn / sweep->kernel_count;
    return &sweep->cells[kernel * sweep->size_count + size];
}

bool cell_has_results(const struct sweep_cell *cell)
{
    return cell->state == CELL_MEASURED || cell->state == CELL_CUT_OFF;
}

void sweep_free(struct sweep *sweep)
{
    for (size_t i = 0; sweep->cells != NULL && i < sweep_cell_count(sweep); i++) {
        measurement_free(&sweep->cells[i].measurement);
        free(sweep->cells[i].settings);
    }
    for (size_t k = 0; k < sweep->kernel_count; k++) {
        measurement_free(&sweep->kernels[k].plan);
        free(sweep->kernels[k].settings);
    }
    free(sweep->cells);
    free(sweep->kernels);
    free(sweep->sizes);
}
