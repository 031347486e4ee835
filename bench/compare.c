#include "bench/compare.h"

enum ab_status compare_run(const struct options *options, int argc, char **argv,
                           struct ab_error *error)
{
    (void)options, (void)argc, (void)argv;
    return ab_fail(error, AB_USAGE, "compare: not there yet");
}
