/* Backend cuda with its n-th call of the runtime failing, for every n, and with the n-th piece of
 * work failing on the device: the right status with the runtime's own text, nothing left behind,
 * and a clean run afterwards. Then machines without a driver, without a GPU, without that GPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cuda_host.h"
#include "tests/cases.h"

/* A whole life of one technique; returns the first failure. */
static enum ab_status live(const struct problem *problem, const struct technique *technique,
                           bool end_to_end, struct verdict *verdict, struct ab_error *error)
{
    const struct backend *backend = find_backend("cuda")->backend;
    struct region result = {0};
    struct backend_options options = {.threads = 1, .pinned = true};
    struct job job = {.problem = problem, .technique = technique, .result = &result};
    void *input = NULL;
    bool prepared = false;
    enum ab_status status = region_resize(&result, problem->kernel->result_bytes, "", error);
    if (status == AB_OK)
        status = backend->open(&options, &job.context, error);
    if (status == AB_OK)
        status = backend->allocate(job.context, problem->input.bytes, &input, error);
    job.input = input;
    if (status == AB_OK) {
        prepared = true;
        status = technique->prepare == NULL ? AB_OK : technique->prepare(&job, error);
    }
    if (status == AB_OK && end_to_end) {
        status = technique->end_to_end(&job, error);
    } else if (status == AB_OK) {
        status =
            backend->upload(job.context, input, problem->input.data, problem->input.bytes, error);
        if (status == AB_OK)
            status = technique->run(&job, error);
        if (status == AB_OK)
            status = technique->download(&job, error);
        if (status == AB_OK)
            status = backend->sync(job.context, error);
    }
    *verdict = (struct verdict){0};
    if (status == AB_OK)
        problem->kernel->check(
            problem, &result,
            technique->relative_error == NULL ? 0 : technique->relative_error(&job), verdict);
    if (prepared && technique->release != NULL)
        technique->release(&job);
    if (input != NULL)
        backend->release_memory(job.context, input);
    if (job.context != NULL)
        backend->close(job.context);
    region_free(&result);
    return status;
}

static void must_be_clean(const struct problem *problem, const struct technique *technique,
                          bool end_to_end)
{
    struct verdict verdict;
    struct ab_error error = {0};
    cuda_host_reset();
    if (live(problem, technique, end_to_end, &verdict, &error) != AB_OK || !verdict.passed)
        fail_msg("%s %s without a failure: %s%s", problem->kernel->name, technique->name,
                 error.message, verdict.detail);
    assert_int_equal(cuda_host_objects(), 0);
}

/* Failures that are survived must not show; others say what the runtime says. */
static void judge(const struct problem *problem, const struct technique *technique, unsigned n,
                  cudaError_t code, enum ab_status status, const struct verdict *verdict,
                  const struct ab_error *error)
{
    const enum ab_status expected = code == cudaErrorMemoryAllocation ? AB_NO_MEMORY : AB_API;
    const char *what = cuda_host_failed_call();
    if (status == AB_OK && !verdict->passed)
        fail_msg("%s %s, failure %u (%s): unnoticed: %s", problem->kernel->name, technique->name, n,
                 what, verdict->detail);
    const bool at_the_door = strcmp(what, "cudaGetDeviceCount") == 0;
    if (status != AB_OK && status != (at_the_door ? AB_NO_DEVICE : expected))
        fail_msg("%s %s, failure %u (%s): status %d: %s", problem->kernel->name, technique->name, n,
                 what, (int)status, error->message);
    if (status != AB_OK && strstr(error->message, cudaGetErrorString(code)) == NULL)
        fail_msg("%s %s, failure %u (%s): not in the driver's words: %s", problem->kernel->name,
                 technique->name, n, what, error->message);
    assert_int_equal(cuda_host_objects(), 0);
}

static unsigned fail_each(const struct problem *problem, const struct technique *technique,
                          bool end_to_end, cudaError_t code,
                          void (*arm)(unsigned nth, cudaError_t error))
{
    enum { MOST = 2000 };
    unsigned failures = 0;
    for (unsigned n = 1; n < MOST; n++) {
        struct verdict verdict;
        struct ab_error error = {0};
        cuda_host_reset();
        arm(n, code);
        const enum ab_status status = live(problem, technique, end_to_end, &verdict, &error);
        judge(problem, technique, n, code, status, &verdict, &error);
        failures += status != AB_OK;
        if (status == AB_OK && cuda_host_failed_call()[0] == '\0')
            return failures; /* there are no more of them */
    }
    fail_msg("%s %s never ends to fail", problem->kernel->name, technique->name);
    return failures;
}

static void try_case(const struct kernel *kernel, const struct settings *settings,
                     const char *where, void *failures)
{
    static const cudaError_t codes[] = {cudaErrorMemoryAllocation, cudaErrorLaunchFailure};
    struct problem problem;
    struct ab_error error = {0};
    if (case_problem(kernel, settings, &problem, &error) != AB_OK)
        fail_msg("%s, %s: %s", kernel->name, where, error.message);
    const struct technique *t = techniques_of(find_implementation(kernel, find_backend("cuda")));
    for (; t->name != NULL; t++)
        for (int e2e = 0; e2e < (t->end_to_end != NULL ? 2 : 1); e2e++) {
            for (size_t c = 0; c < sizeof(codes) / sizeof(codes[0]); c++)
                *(unsigned *)failures +=
                    fail_each(&problem, t, e2e == 1, codes[c], cuda_host_fail_call);
            *(unsigned *)failures +=
                fail_each(&problem, t, e2e == 1, cudaErrorLaunchTimeout, cuda_host_fail_work);
            must_be_clean(&problem, t, e2e == 1);
        }
    case_free(&problem);
}

static void try_all(void)
{
    static const char *const matrix[] = {"dtype=f32 rows=20 cols=30", NULL};
    static const char *const words[] = {"task=frequency,total size=900", NULL};
    unsigned failures = 0;
    for (size_t k = 0; k < kernel_count(); k++) {
        const bool is_words = strcmp(kernel_at(k)->name, "word_count") == 0;
        for_each_case(kernel_at(k), is_words ? words : matrix, NULL, try_case, &failures);
    }
    print_message("%u failures\n", failures);
    assert_true(failures > 100);
}

static void test_each_call(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("ACCELBENCH_CUDA_MEMORY_LIMIT"), 0);
    try_all();
}

/* Little enough for every input to be streamed. */
static void test_each_call_in_pieces(void **state)
{
    (void)state;
    assert_int_equal(setenv("ACCELBENCH_CUDA_MEMORY_LIMIT", "55k", 1), 0);
    cuda_host_set_memory(1 << 20);
    try_all();
    cuda_host_set_memory(256 << 20);
    assert_int_equal(unsetenv("ACCELBENCH_CUDA_MEMORY_LIMIT"), 0);
}

static void must_refuse(const char *device, enum ab_status expected, const char *words)
{
    struct backend_options options = {.threads = 1, .device = device};
    struct ab_error error = {0};
    void *context = NULL;
    cuda_host_reset();
    assert_int_equal(find_backend("cuda")->backend->open(&options, &context, &error), expected);
    if (strstr(error.message, words) == NULL)
        fail_msg("not \"%s\" but: %s", words, error.message);
    assert_int_equal(cuda_host_objects(), 0);
}

static void test_absent_devices(void **state)
{
    (void)state;
    cuda_host_set_devices(-cudaErrorInsufficientDriver);
    must_refuse(NULL, AB_NO_DEVICE, "built, no NVIDIA driver (CUDA driver version is insufficient");
    cuda_host_set_devices(0);
    must_refuse(NULL, AB_NO_DEVICE,
                "built, no usable NVIDIA GPU under driver 13.0 (no CUDA-capable");
    cuda_host_set_devices(2);
    must_refuse("2", AB_NO_DEVICE, "there is no NVIDIA GPU 2, only 0 to 1");
    must_refuse("99999999999999999999", AB_NO_DEVICE, "there is no NVIDIA GPU 9999");
    must_refuse("-1", AB_NO_DEVICE, "no NVIDIA GPU is named '-1'");
    must_refuse("H200", AB_NO_DEVICE, "no NVIDIA GPU is named 'H200'");
    must_refuse("host", AB_NO_DEVICE, "2 NVIDIA GPUs are named 'host': choose one by its number");
    cuda_host_set_devices(1);
}

static void test_chosen_device(void **state)
{
    (void)state;
    static const struct {
        int count;
        const char *device;
    } same[] = {{2, "1"},
                {2, "host 1"},
                {2, "ON THE HOST 1"},
                {11, "cuda on the host 1"}}; /* a whole name, and a part of another's */
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        struct backend_options options = {.threads = 1, .device = same[i].device};
        struct ab_error error = {0};
        struct device_info info;
        void *context = NULL;
        const struct backend *backend = find_backend("cuda")->backend;
        cuda_host_set_devices(same[i].count);
        assert_int_equal(backend->open(&options, &context, &error), AB_OK);
        backend->describe(context, &info);
        assert_string_equal(info.name, "CUDA on the host 1");
        backend->close(context);
    }
    cuda_host_set_devices(1);
}

static void test_bad_limit(void **state)
{
    (void)state;
    assert_int_equal(setenv("ACCELBENCH_CUDA_MEMORY_LIMIT", "much", 1), 0);
    must_refuse(NULL, AB_USAGE, "ACCELBENCH_CUDA_MEMORY_LIMIT");
    assert_int_equal(unsetenv("ACCELBENCH_CUDA_MEMORY_LIMIT"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_call),      cmocka_unit_test(test_each_call_in_pieces),
        cmocka_unit_test(test_absent_devices), cmocka_unit_test(test_chosen_device),
        cmocka_unit_test(test_bad_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
