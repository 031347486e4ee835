/* NVIDIA's management library (NVML), which comes with the driver and is opened when it is first
 * asked: the state of a GPU, whether it is throttled, and how much energy it has used. Where it is
 * missing, or does not know, nothing is known. */
#ifndef ACCELBENCH_GPU_NVML_H
#define ACCELBENCH_GPU_NVML_H

#include <stdbool.h>
#include <stddef.h>

struct nvml {
    char pci_bus_id[32]; /* of the GPU: numbers of GPUs differ between CUDA and NVML */
    bool asked;
    void *library; /* owned; NULL: not opened, or not there */
    void *device;
};

/* For the GPU at that place; opens nothing yet. */
void nvml_init(struct nvml *nvml, const char *pci_bus_id);
void nvml_close(struct nvml *nvml);

/* ", SM clock 1980 of 1980 MHz, memory clock ..., 71 of 700 W, 34 C, PCIe gen 5 x16, persistence
 * on", or that there is no NVML. */
void nvml_describe(struct nvml *nvml, char *text, size_t bytes);

/* Whether heat or a lack of power now keeps the clock below what it could be. */
bool nvml_throttled(struct nvml *nvml);

/* Energy in J since the driver was loaded. False: not known. */
bool nvml_energy(struct nvml *nvml, double *joules);

#endif
