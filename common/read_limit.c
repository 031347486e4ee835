/* for (i = 0; i < words; i++)
 *     sum += word[i];
 */
#include "common/read_limit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/parse.h"

static uint64_t sum_words(const char *bytes, uint64_t count)
{
    uint64_t sum = 0, word = 0, i = 0;
    for (; count - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        sum += word;
    }
    word = 0;
    if (i != count)
        memcpy(&word, bytes + i, (size_t)(count - i));
    return sum + word;
}

static void check(const struct problem *problem, const struct region *result, double relative_error,
                  struct verdict *verdict)
{
    (void)relative_error;
    uint64_t expected, sum;
    memcpy(&expected, problem->expected.data, sizeof(expected));
    if (result->bytes != sizeof(sum)) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "the checksum has %zu bytes instead of 8", result->bytes);
        return;
    }
    memcpy(&sum, result->data, sizeof(sum));
    verdict->passed = sum == expected;
    if (!verdict->passed)
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "the checksum of what was read is %016" PRIx64 " instead of %016" PRIx64, sum,
                 expected);
}

/* In hexadecimal: JSON's readers lose digits of large numbers. */
static enum ab_status write_result(const struct problem *problem, const struct region *result,
                                   struct json_writer *json, struct ab_error *error)
{
    (void)problem;
    (void)error;
    uint64_t sum;
    char digits[2 * sizeof(sum) + 1];
    memcpy(&sum, result->data, sizeof(sum));
    snprintf(digits, sizeof(digits), "%016" PRIx64, sum);
    json_string(json, "checksum", digits);
    return AB_OK;
}

/* Its hooks configure, make, expect and destroy are NULL: problems are made and freed below. */
static const struct kernel read_limit_kernel = {
    .name = "read_limit",
    .summary = "reading every byte of the input",
    .result_bytes = sizeof(uint64_t),
    .check = check,
    .write_result = write_result,
};

enum ab_status read_limit_problem(const struct problem *of, struct problem *limit,
                                  struct ab_error *error)
{
    return read_limit_problem_passes(of, 1, limit, error);
}

enum ab_status read_limit_problem_passes(const struct problem *of, uint64_t passes,
                                         struct problem *limit, struct ab_error *error)
{
    uint64_t bytes = of->input.bytes;
    *limit = (struct problem){
        .kernel = &read_limit_kernel,
        .input = of->input,
        .sizes = {bytes},
        .size_count = 1,
        .items = bytes / sizeof(uint64_t) + (bytes % sizeof(uint64_t) != 0),
    };
    char size[FORMAT_BYTES];
    snprintf(limit->summary, sizeof(limit->summary), "%s", format_bytes(bytes, size));

    struct read_limit_params *params = malloc(sizeof(*params));
    limit->params = params;
    if (params == NULL) {
        ab_fail(error, AB_NO_MEMORY, "no memory for the read limit of %s", limit->summary);
        goto cleanup;
    }
    params->passes = passes;
    if (region_resize(&limit->expected, sizeof(uint64_t), "a checksum", error) != AB_OK)
        goto cleanup;
    uint64_t sum = passes * sum_words(of->input.data, bytes);
    memcpy(limit->expected.data, &sum, sizeof(sum));
    if (region_protect(&limit->expected, error) != AB_OK)
        goto cleanup;
    return AB_OK;

cleanup:
    read_limit_free(limit);
    return error->status;
}

void read_limit_free(struct problem *limit)
{
    free(limit->params);
    region_free(&limit->expected);
    *limit = (struct problem){0};
}
