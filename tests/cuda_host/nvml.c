/* Stands in for NVIDIA's management library, where a test puts its folder before others: one GPU
 * whose counter counts 50 W, and 100 W more for each CPU that the process keeps busy.
 *
 *   CUDA_HOST_THROTTLE=8,8,0     reasons to hold back the clock, one for each time it is asked, in
 *                                hexadecimal; the last one stays
 *   CUDA_HOST_ENERGY=none|still  a GPU without a counter; one whose counter never moves
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

#define STEP_S 20e-3

static int the_gpu;

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetHandleByPciBusId_v2(const char *place, void **device);
int nvmlDeviceGetClockInfo(void *device, int kind, unsigned *mhz);
int nvmlDeviceGetMaxClockInfo(void *device, int kind, unsigned *mhz);
int nvmlDeviceGetTemperature(void *device, int kind, unsigned *degrees);
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts);
int nvmlDeviceGetEnforcedPowerLimit(void *device, unsigned *milliwatts);
int nvmlDeviceGetCurrPcieLinkGeneration(void *device, unsigned *generation);
int nvmlDeviceGetMaxPcieLinkGeneration(void *device, unsigned *generation);
int nvmlDeviceGetCurrPcieLinkWidth(void *device, unsigned *width);
int nvmlDeviceGetPersistenceMode(void *device, unsigned *on);
int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *bits);
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules);

static int answer(const void *device, unsigned *to, unsigned value)
{
    *to = value;
    return device == &the_gpu ? SUCCESS : NOT_FOUND;
}

int nvmlInit_v2(void)
{
    return SUCCESS;
}

int nvmlShutdown(void)
{
    return SUCCESS;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *place, void **device)
{
    *device = &the_gpu;
    return strncmp(place, "0000:0", 6) == 0 ? SUCCESS : NOT_FOUND;
}

int nvmlDeviceGetClockInfo(void *device, int kind, unsigned *mhz)
{
    return answer(device, mhz, kind == 1 ? 345 : 2600);
}

int nvmlDeviceGetMaxClockInfo(void *device, int kind, unsigned *mhz)
{
    return answer(device, mhz, kind == 1 ? 1980 : 3201);
}

int nvmlDeviceGetTemperature(void *device, int kind, unsigned *degrees)
{
    return answer(device, degrees, kind == 0 ? 34 : 99);
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts)
{
    return answer(device, milliwatts, 71234);
}

int nvmlDeviceGetEnforcedPowerLimit(void *device, unsigned *milliwatts)
{
    return answer(device, milliwatts, 700000);
}

int nvmlDeviceGetCurrPcieLinkGeneration(void *device, unsigned *generation)
{
    return answer(device, generation, 1);
}

int nvmlDeviceGetMaxPcieLinkGeneration(void *device, unsigned *generation)
{
    return answer(device, generation, 5);
}

int nvmlDeviceGetCurrPcieLinkWidth(void *device, unsigned *width)
{
    return answer(device, width, 16);
}

int nvmlDeviceGetPersistenceMode(void *device, unsigned *on)
{
    return answer(device, on, 0);
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *bits)
{
    static const char *next;
    static unsigned long long now;
    if (next == NULL)
        next = getenv("CUDA_HOST_THROTTLE");
    if (next != NULL && *next != '\0') {
        char *end;
        now = strtoull(next, &end, 16);
        next = *end == ',' ? end + 1 : end;
    }
    *bits = now;
    return device == &the_gpu ? SUCCESS : NOT_FOUND;
}

int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules)
{
    static double joules, stepped_at_s;
    const char *how = getenv("CUDA_HOST_ENERGY");
    const double now_s = seconds(CLOCK_MONOTONIC);
    const int still = how != NULL && strcmp(how, "still") == 0;
    if (!still && now_s - stepped_at_s >= STEP_S) {
        joules = 50 * now_s + 100 * seconds(CLOCK_PROCESS_CPUTIME_ID);
        stepped_at_s = now_s;
    }
    *millijoules = (unsigned long long)(1e3 * joules);
    if (how != NULL && strcmp(how, "none") == 0)
        return NOT_SUPPORTED;
    return device == &the_gpu ? SUCCESS : NOT_FOUND;
}
