#include "cpu/cpu.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/machine.h"

enum ab_status cpu_open(unsigned threads, void **context, struct ab_error *error)
{
    struct cpu_context *cpu = malloc(sizeof(*cpu));
    if (cpu == NULL)
        return ab_fail(error, AB_NO_MEMORY, "out of memory while opening a CPU backend");
    *cpu = (struct cpu_context){.threads = threads, .home = -1};
    *context = cpu;
    return AB_OK;
}

void cpu_describe(const struct cpu_context *context, const char *detail, struct device_info *info)
{
    char model[MACHINE_CPU_MODEL_BYTES];
    machine_cpu_model(model);
    *info = (struct device_info){.workers = context->threads};
    snprintf(info->name, sizeof(info->name), "%s", model[0] != '\0' ? model : "unknown CPU");
    snprintf(info->detail, sizeof(info->detail), "%s", detail);
}

void cpu_close(void *context)
{
    struct cpu_context *cpu = context;
    if (cpu == NULL)
        return;
    thread_pool_destroy(cpu->pool);
    free(cpu);
}
