#include "bench/demo.h"

enum ab_status demo_run(const struct options *options, int argc, char **argv,
                        struct ab_error *error)
{
    (void)options, (void)argc, (void)argv;
    return ab_fail(error, AB_USAGE, "demo: not there yet");
}
