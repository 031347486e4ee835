/* How fast the CPUs run, and whether that changes. */
#ifndef ACCELBENCH_COMMON_CPU_FREQUENCY_H
#define ACCELBENCH_COMMON_CPU_FREQUENCY_H

/* The highest that the first CPU may run at, or what it runs at; 0: unknown. */
unsigned cpu_frequency_mhz(void);

/* 1: a CPU's governor is not "performance"; 0: all are; -1: unknown. */
int cpu_frequency_scaling(void);

#endif
