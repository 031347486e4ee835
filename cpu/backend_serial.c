#include "cpu/cpu.h"
#include "cpu/read_limit.h"

static enum ab_status open_serial(const struct backend_options *options, void **context,
                                  struct ab_error *error)
{
    (void)options;
    return cpu_open(1, context, error);
}

static void describe_serial(const void *context, struct device_info *info)
{
    cpu_describe(context, "one thread, not bound", info);
}

const struct backend serial_backend = {
    .name = "serial",
    .summary = "one thread of the CPU",
    .memory = MEMORY_HOST,
    .open = open_serial,
    .describe = describe_serial,
    .close = cpu_close,
    .read_limit = &read_limit_one_core,
};
