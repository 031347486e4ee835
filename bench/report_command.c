#include "bench/report_command.h"

enum ab_status report_run(const struct options *options, int argc, char **argv,
                          struct ab_error *error)
{
    (void)options, (void)argc, (void)argv;
    return ab_fail(error, AB_USAGE, "report: not there yet");
}
