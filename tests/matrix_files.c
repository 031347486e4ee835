#include "tests/matrix_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

char folder[] = "/tmp/accelbench-matrix-XXXXXX";
char path[PATH_BYTES];

void write_file(const char *name, const void *bytes, size_t length)
{
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        fail_msg("cannot write %s", path);
        return;
    }
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

enum ab_status load(struct problem *problem, const char *dtype, struct ab_error *error)
{
    const char *files[] = {path};
    struct setting list[] = {{"dtype", dtype}};
    struct settings settings = {.list = list,
                                .count = dtype != NULL,
                                .files = files,
                                .file_count = 1,
                                .seed = 42,
                                .threads = 2};
    *problem = (struct problem){.kernel = find_kernel("matrix_sum")};
    *error = (struct ab_error){0};
    enum ab_status status = problem->kernel->configure(&settings, problem, error);
    if (status == AB_OK)
        status = problem->kernel->make(&settings, problem, error);
    assert_int_equal(status, error->status);
    return status;
}

void unload(struct problem *problem)
{
    problem->kernel->destroy(problem);
    region_free(&problem->input);
    region_free(&problem->expected);
}

void assert_refused_as(enum ab_status wanted, const char *dtype, const char *telling)
{
    struct problem problem;
    struct ab_error error;
    enum ab_status status = load(&problem, dtype, &error);
    if (status != wanted || strstr(error.message, telling) == NULL ||
        strstr(error.message, path) == NULL || strchr(error.message, '\n') != NULL)
        fail_msg("status %d, message \"%s\"; wanted \"%s\"", (int)status, error.message, telling);
    unload(&problem);
}

void assert_refused(const char *dtype, const char *telling)
{
    assert_refused_as(AB_INPUT, dtype, telling);
}

void assert_read(const char *dtype, enum dtype found, uint64_t rows, uint64_t cols,
                 const void *elements)
{
    struct problem problem;
    struct ab_error error;
    if (load(&problem, dtype, &error) != AB_OK)
        fail_msg("%s", error.message);
    const struct matrix_params *params = matrix_params(&problem);
    assert_int_equal(params->dtype, found);
    assert_int_equal(params->rows, rows);
    assert_int_equal(params->cols, cols);
    assert_int_equal(problem.sizes[0], rows);
    assert_int_equal(problem.sizes[1], cols);
    assert_int_equal(problem.input.bytes, rows * cols * dtype_bytes(found));
    if (problem.input.bytes != 0)
        assert_memory_equal(problem.input.data, elements, problem.input.bytes);
    assert_true(problem.need_bytes >= problem.input.bytes);
    unload(&problem);
}

int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"m.npy", "m.txt", "data", "fifo"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}
