#include "common/cpu_frequency.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/system_file.h"

enum { VALUE_BYTES = 64 };

unsigned cpu_frequency_mhz(void)
{
    char text[VALUE_BYTES];
    uint64_t number;
    if (system_file_line("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", text,
                         sizeof(text)) &&
        system_number(text, &number))
        return (unsigned)(number / 1000);
    if (system_file_value("/proc/cpuinfo", "cpu MHz", text, sizeof(text)) &&
        system_number(text, &number))
        return (unsigned)number;
    return 0;
}

int cpu_frequency_scaling(void)
{
    int scaling = -1;
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    for (long cpu = 0; cpu < cpus; cpu++) {
        char path[128], governor[VALUE_BYTES];
        snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%ld/cpufreq/scaling_governor",
                 cpu);
        if (!system_file_line(path, governor, sizeof(governor)))
            continue;
        if (strcmp(governor, "performance") != 0)
            return 1;
        scaling = 0;
    }
    return scaling;
}
