#include "cpu/cpu.h"
#include "cpu/read_limit.h"

static enum ab_status open_pthread(const struct backend_options *options, void **context,
                                   struct ab_error *error)
{
    void *opened = NULL;
    enum ab_status status = cpu_open(options->threads, &opened, error);
    if (status != AB_OK)
        return status;
    struct cpu_context *cpu = opened;
    status = thread_pool_create(options->threads, &cpu->pool, error);
    if (status != AB_OK) {
        cpu_close(cpu);
        return status;
    }
    *context = cpu;
    return AB_OK;
}

static void describe_pthread(const void *context, struct device_info *info)
{
    cpu_describe(context, "POSIX threads, spread over the cores and bound", info);
}

const struct backend pthread_backend = {
    .name = "pthread",
    .summary = "a pool of POSIX threads, written by hand",
    .memory = MEMORY_HOST,
    .open = open_pthread,
    .describe = describe_pthread,
    .close = cpu_close,
    .read_limit = &read_limit_all_cores,
};
