#include "gpu/nvml.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The part of nvml.h that is needed; the library keeps these functions as they are. All return 0
 * when they have succeeded. */
enum { CLOCK_SM = 1, CLOCK_MEMORY = 2 };

static const struct {
    unsigned long long bit;
    const char *name;
    bool slows; /* as opposed to a GPU that idles, or that was told to be slow */
} reasons[] = {
    {0x001, "idle", false},           {0x002, "clocks set by the user", false},
    {0x004, "power cap", true},       {0x008, "hardware slowdown", true},
    {0x010, "sync boost", false},     {0x020, "heat (software)", true},
    {0x040, "heat (hardware)", true}, {0x080, "power brake", true},
    {0x100, "display clocks", false},
};

/* ---- The library ---------------------------------------------------------------------------- */

/* A pointer to a function, as dlsym returns it: ISO C does not let one be cast to the other. */
static bool find(const struct nvml *nvml, const char *name, void *function)
{
    void *found = nvml->library == NULL ? NULL : dlsym(nvml->library, name);
    memcpy(function, &found, sizeof(found));
    return found != NULL;
}

void nvml_init(struct nvml *nvml, const char *pci_bus_id)
{
    *nvml = (struct nvml){0};
    snprintf(nvml->pci_bus_id, sizeof(nvml->pci_bus_id), "%s", pci_bus_id);
}

void nvml_close(struct nvml *nvml)
{
    int (*shutdown)(void);
    if (find(nvml, "nvmlShutdown", &shutdown))
        shutdown();
    if (nvml->library != NULL)
        dlclose(nvml->library);
    nvml->library = nvml->device = NULL;
}

static bool opened(struct nvml *nvml)
{
    if (nvml->asked)
        return nvml->device != NULL;
    nvml->asked = true;
    nvml->library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    int (*init)(void), (*by_place)(const char *, void **);
    if (find(nvml, "nvmlInit_v2", &init) && init() == 0 &&
        find(nvml, "nvmlDeviceGetHandleByPciBusId_v2", &by_place) &&
        by_place(nvml->pci_bus_id, &nvml->device) == 0)
        return true;
    nvml_close(nvml);
    return false;
}

/* ---- Asking --------------------------------------------------------------------------------- */

/* -1: not known */
static long long ask(struct nvml *nvml, const char *name)
{
    int (*get)(void *, unsigned *);
    unsigned value = 0;
    return opened(nvml) && find(nvml, name, &get) && get(nvml->device, &value) == 0
               ? (long long)value
               : -1;
}

static long long ask_of(struct nvml *nvml, const char *name, int kind)
{
    int (*get)(void *, int, unsigned *);
    unsigned value = 0;
    return opened(nvml) && find(nvml, name, &get) && get(nvml->device, kind, &value) == 0
               ? (long long)value
               : -1;
}

static bool ask_large(struct nvml *nvml, const char *name, unsigned long long *value)
{
    int (*get)(void *, unsigned long long *);
    return opened(nvml) && find(nvml, name, &get) && get(nvml->device, value) == 0;
}

/* The name changed with driver 535; old ones are kept, for as long as they are. */
static bool ask_reasons(struct nvml *nvml, unsigned long long *bits)
{
    return ask_large(nvml, "nvmlDeviceGetCurrentClocksEventReasons", bits) ||
           ask_large(nvml, "nvmlDeviceGetCurrentClocksThrottleReasons", bits);
}

bool nvml_throttled(struct nvml *nvml)
{
    unsigned long long bits;
    if (!ask_reasons(nvml, &bits))
        return false;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].slows && (bits & reasons[i].bit) != 0)
            return true;
    return false;
}

bool nvml_energy(struct nvml *nvml, double *joules)
{
    unsigned long long millijoules;
    if (!ask_large(nvml, "nvmlDeviceGetTotalEnergyConsumption", &millijoules))
        return false;
    *joules = 1e-3 * (double)millijoules;
    return true;
}

/* ---- Describing ----------------------------------------------------------------------------- */

struct line {
    char *text;
    size_t bytes, used;
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (line->used < line->bytes)
        line->used +=
            (size_t)vsnprintf(line->text + line->used, line->bytes - line->used, format, values);
    va_end(values);
}

static void add_clock(struct nvml *nvml, struct line *line, const char *name, int kind)
{
    const long long now = ask_of(nvml, "nvmlDeviceGetClockInfo", kind);
    const long long most = ask_of(nvml, "nvmlDeviceGetMaxClockInfo", kind);
    if (now >= 0 && most >= 0)
        add(line, ", %s clock %lld of %lld MHz", name, now, most);
    else if (now >= 0)
        add(line, ", %s clock %lld MHz", name, now);
}

static void add_link(struct nvml *nvml, struct line *line)
{
    const long long generation = ask(nvml, "nvmlDeviceGetCurrPcieLinkGeneration");
    const long long width = ask(nvml, "nvmlDeviceGetCurrPcieLinkWidth");
    const long long most = ask(nvml, "nvmlDeviceGetMaxPcieLinkGeneration");
    if (generation < 0 || width < 0)
        return;
    add(line, ", PCIe gen %lld x%lld", generation, width);
    if (most > generation) /* it sleeps at a lower one */
        add(line, " (up to gen %lld)", most);
}

static void add_power(struct nvml *nvml, struct line *line)
{
    const long long now_mw = ask(nvml, "nvmlDeviceGetPowerUsage");
    const long long most_mw = ask(nvml, "nvmlDeviceGetEnforcedPowerLimit");
    if (now_mw >= 0 && most_mw >= 0)
        add(line, ", %lld of %lld W", now_mw / 1000, most_mw / 1000);
    else if (now_mw >= 0)
        add(line, ", %lld W", now_mw / 1000);
}

static void add_reasons(struct nvml *nvml, struct line *line)
{
    unsigned long long bits;
    if (!ask_reasons(nvml, &bits))
        return;
    const char *between = ", clocks held back by ";
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if ((bits & reasons[i].bit) != 0 && reasons[i].bit != 1) { /* idle: nobody asks for more */
            add(line, "%s%s", between, reasons[i].name);
            between = " and ";
        }
}

void nvml_describe(struct nvml *nvml, char *text, size_t bytes)
{
    struct line line = {text, bytes, 0};
    if (bytes > 0)
        text[0] = '\0';
    if (!opened(nvml)) {
        add(&line, ", no NVML: clocks and throttling unknown");
        return;
    }
    add_clock(nvml, &line, "SM", CLOCK_SM);
    add_clock(nvml, &line, "memory", CLOCK_MEMORY);
    add_power(nvml, &line);
    const long long degrees = ask_of(nvml, "nvmlDeviceGetTemperature", 0);
    if (degrees >= 0)
        add(&line, ", %lld C", degrees);
    add_link(nvml, &line);
    const long long persistence = ask(nvml, "nvmlDeviceGetPersistenceMode");
    if (persistence >= 0)
        add(&line, ", persistence %s", persistence != 0 ? "on" : "off");
    add_reasons(nvml, &line);
}
