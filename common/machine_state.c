#include "common/machine_state.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "common/cgroup.h"
#include "common/machine_cpus.h"
#include "common/system_file.h"
#include "common/topology.h"

/* ---- Clock ------------------------------------------------------------------------------- */

static unsigned read_mhz(const char *root, unsigned cpu, const char *file)
{
    uint64_t khz;
    bool found = machine_number(&khz, root, "/sys/devices/system/cpu/cpu%u/cpufreq/%s", cpu, file);
    return found ? (unsigned)(khz / 1000) : 0;
}

/* Intel's driver has a switch of its own, which says off where the others say on. */
static void read_boost(const char *root, unsigned cpu, struct machine_state *state)
{
    uint64_t value;
    if (machine_number(&value, root, "/sys/devices/system/cpu/intel_pstate/no_turbo")) {
        state->boost = value == 0;
        state->boost_switch = BOOST_SWITCH_INTEL;
    } else if (machine_number(&value, root, "/sys/devices/system/cpu/cpufreq/boost")) {
        state->boost = value != 0;
        state->boost_switch = BOOST_SWITCH_ALL;
    } else if (machine_number(&value, root, "/sys/devices/system/cpu/cpu%u/cpufreq/boost", cpu)) {
        state->boost = value != 0;
        state->boost_switch = BOOST_SWITCH_POLICY;
    }
}

static void read_clock(const char *root, unsigned cpu, struct machine_state *state)
{
    read_boost(root, cpu, state);
    state->mhz_now = read_mhz(root, cpu, "scaling_cur_freq");
    state->mhz_min = read_mhz(root, cpu, "cpuinfo_min_freq");
    state->mhz_max = read_mhz(root, cpu, "cpuinfo_max_freq");
    state->mhz_cap = read_mhz(root, cpu, "scaling_max_freq");
    state->mhz_base = read_mhz(root, cpu, "base_frequency");
    uint64_t mhz;
    if (state->mhz_base == 0 &&
        machine_number(&mhz, root, "/sys/devices/system/cpu/cpu%u/acpi_cppc/nominal_freq", cpu))
        state->mhz_base = (unsigned)mhz;

    static const char folder[] = "/sys/devices/system/clocksource/clocksource0";
    machine_line(state->clock_source, sizeof(state->clock_source), root, "%s/current_clocksource",
                 folder);
    machine_line(state->clock_sources, sizeof(state->clock_sources), root,
                 "%s/available_clocksource", folder);
}

/* On battery: there are batteries that feed a machine (not a mouse), and no mains that is online.
 */
static int read_battery(const char *root)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/sys/class/power_supply", root);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return -1;
    bool has_mains = false, has_power = false, discharges = false;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char type[32], text[32];
        const char *name = entry->d_name;
        static const char supply[] = "/sys/class/power_supply";
        uint64_t online;
        if (name[0] == '.' || !machine_line(type, sizeof(type), root, "%s/%s/type", supply, name))
            continue;
        if (strcmp(type, "Mains") == 0 || strcmp(type, "USB") == 0) {
            has_mains = true;
            if (machine_number(&online, root, "%s/%s/online", supply, name) && online != 0)
                has_power = true;
        } else if (strcmp(type, "Battery") == 0 &&
                   !machine_line(text, sizeof(text), root, "%s/%s/scope", supply, name) &&
                   machine_line(text, sizeof(text), root, "%s/%s/status", supply, name) &&
                   strcmp(text, "Discharging") == 0) {
            discharges = true;
        }
    }
    closedir(folder);
    return has_power ? 0 : discharges ? 1 : has_mains ? -1 : 0;
}

/* ---- Memory ------------------------------------------------------------------------------ */

/* The choice in "always [madvise] never"; empty when there is none. */
static void read_choice(const char *root, const char *path, char *choice, size_t size)
{
    char text[128];
    if (!machine_line(text, sizeof(text), root, "%s", path))
        return;
    const char *open = strchr(text, '[');
    const char *close = open != NULL ? strchr(open, ']') : NULL;
    if (close != NULL)
        snprintf(choice, size, "%.*s", (int)(close - open - 1), open + 1);
}

/* UINT64_MAX: unknown. */
static uint64_t meminfo(const char *root, const char *key, uint64_t unit)
{
    char path[PATH_MAX], text[64];
    uint64_t number;
    snprintf(path, sizeof(path), "%s/proc/meminfo", root);
    if (!system_file_value(path, key, text, sizeof(text)) || !system_number(text, &number))
        return UINT64_MAX;
    return number * unit;
}

static uint64_t or_zero(uint64_t number)
{
    return number == UINT64_MAX ? 0 : number;
}

/* A program may be started with addresses that are not randomized, and says so in its personality:
 * `setarch -R`, debuggers. */
static int read_aslr(const char *root)
{
    uint64_t value;
    int flags = personality(0xffffffff);
    if (flags != -1 && (flags & ADDR_NO_RANDOMIZE) != 0)
        return 0;
    if (!machine_number(&value, root, "/proc/sys/kernel/randomize_va_space"))
        return -1;
    return value != 0;
}

static void read_memory(const char *root, struct machine_state *state)
{
    static const char thp[] = "/sys/kernel/mm/transparent_hugepage/enabled";
    static const char thp_defrag[] = "/sys/kernel/mm/transparent_hugepage/defrag";
    read_choice(root, thp, state->thp, sizeof(state->thp));
    read_choice(root, thp_defrag, state->thp_defrag, sizeof(state->thp_defrag));
    char path[PATH_MAX], text[16];
    snprintf(path, sizeof(path), "%s/proc/self/status", root);
    if (system_file_value(path, "THP_enabled", text, sizeof(text)))
        state->thp_of_process = text[0] != '0';

    long page = sysconf(_SC_PAGESIZE);
    state->page_bytes = page > 0 ? (uint64_t)page : 0;
    state->huge_page_bytes = or_zero(meminfo(root, "Hugepagesize", 1024));
    state->huge_pages = or_zero(meminfo(root, "HugePages_Total", 1));

    uint64_t available = meminfo(root, "MemAvailable", 1024);
    uint64_t room = cgroup_memory_room_bytes(root);
    state->memory_available_bytes = or_zero(available < room ? available : room);
    state->swap_bytes = or_zero(meminfo(root, "SwapTotal", 1024));
    uint64_t swap_free = or_zero(meminfo(root, "SwapFree", 1024));
    if (swap_free < state->swap_bytes)
        state->swap_used_bytes = state->swap_bytes - swap_free;
    state->aslr = read_aslr(root);
}

/* ---- Other work -------------------------------------------------------------------------- */

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        if ((at == text || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/* Signs of a hypervisor in the names that the firmware or the clock bear. */
static const struct hypervisor_sign {
    const char *part, *name;
} hypervisor_signs[] = {
    {"Amazon EC2", "Amazon EC2"},
    {"Google Compute Engine", "Google Compute Engine"},
    {"VMware", "VMware"},
    {"VirtualBox", "VirtualBox"},
    {"Parallels", "Parallels"},
    {"KVM", "KVM"},
    {"QEMU", "QEMU"},
    {"Xen", "Xen"},
    {"Virtual Machine", "Hyper-V"}, /* behind "KVM Virtual Machine" */
    {"kvm-clock", "KVM"},
    {"hyperv_clocksource", "Hyper-V"},
    {"xen", "Xen"},
};

static const char *name_hypervisor(const char *text)
{
    for (size_t i = 0; i < sizeof(hypervisor_signs) / sizeof(hypervisor_signs[0]); i++)
        if (strstr(text, hypervisor_signs[i].part) != NULL)
            return hypervisor_signs[i].name;
    return NULL;
}

/* x86 CPUs have a flag for it; elsewhere only the firmware's names tell, and some machines of
 * clouds are whole ones, which their names call metal. */
static void read_hypervisor(const char *root, struct machine_state *state)
{
    char path[PATH_MAX], flags[4096], vendor[64] = "", product[64] = "", names[160];
    snprintf(path, sizeof(path), "%s/proc/cpuinfo", root);
    if (system_file_value(path, "flags", flags, sizeof(flags)))
        state->is_virtual = has_word(flags, "hypervisor");
    machine_line(vendor, sizeof(vendor), root, "/sys/class/dmi/id/sys_vendor");
    machine_line(product, sizeof(product), root, "/sys/class/dmi/id/product_name");
    snprintf(names, sizeof(names), "%s %s", vendor, product);
    const char *name = strstr(product, "metal") != NULL ? NULL : name_hypervisor(names);
    if (state->is_virtual < 0 && name != NULL)
        state->is_virtual = 1;
    if (state->is_virtual == 1 && name == NULL)
        name = name_hypervisor(state->clock_sources);
    if (state->is_virtual == 1 && name != NULL)
        snprintf(state->hypervisor, sizeof(state->hypervisor), "%s", name);
}

bool machine_ticks_read(const char *root, const cpu_set_t *mask, size_t mask_bytes,
                        struct machine_ticks *ticks)
{
    static const char tick_format[] = "cpu%u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                                      " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64;
    char path[PATH_MAX], line[512];
    *ticks = (struct machine_ticks){0};
    snprintf(path, sizeof(path), "%s/proc/stat", root);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (fgets(line, sizeof(line), file) != NULL && strncmp(line, "cpu", 3) == 0) {
        unsigned cpu;
        uint64_t user, nice, kernel, idle, wait, irq, soft_irq, steal;
        if (sscanf(line, tick_format, &cpu, &user, &nice, &kernel, &idle, &wait, &irq, &soft_irq,
                   &steal) != 9 ||
            !CPU_ISSET_S(cpu, mask_bytes, mask))
            continue;
        uint64_t busy = user + nice + kernel + irq + soft_irq;
        ticks->busy += busy;
        ticks->steal += steal;
        ticks->total += busy + steal + idle + wait;
    }
    fclose(file);
    return ticks->total > 0;
}

void machine_state_between(const struct machine_ticks *before, const struct machine_ticks *after,
                           struct machine_state *state)
{
    /* The kernel's counts of one CPU may go back by a tick. */
    if (after->total <= before->total)
        return;
    double total = (double)(after->total - before->total);
    state->steal = fmax((double)after->steal - (double)before->steal, 0) / total;
    state->busy = fmax((double)after->busy - (double)before->busy, 0) / total;
}

void machine_state_watch(double seconds, struct machine_state *state)
{
    size_t bytes;
    cpu_set_t *mask = topology_affinity(&bytes);
    if (mask == NULL)
        return;
    struct machine_ticks before, after;
    struct timespec pause = {.tv_sec = (time_t)seconds,
                             .tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};
    if (machine_ticks_read("", mask, bytes, &before)) {
        /* A signal ends the pause early, and the shares are right for what is left of it. */
        nanosleep(&pause, NULL);
        if (machine_ticks_read("", mask, bytes, &after))
            machine_state_between(&before, &after, state);
    }
    CPU_FREE(mask);
}

/* ---- All of it --------------------------------------------------------------------------- */

void machine_state_read_in(const char *root, const cpu_set_t *mask, size_t mask_bytes,
                           struct machine_state *state)
{
    *state = (struct machine_state){.mixed_cores = -1,
                                    .numa_balancing = -1,
                                    .boost = -1,
                                    .thp_of_process = -1,
                                    .is_virtual = -1,
                                    .steal_since_boot = -1,
                                    .steal = -1,
                                    .busy = -1};
    struct utsname name;
    if (uname(&name) == 0) {
        snprintf(state->kernel, sizeof(state->kernel), "%s %s", name.sysname, name.release);
        snprintf(state->architecture, sizeof(state->architecture), "%s", name.machine);
    }
    unsigned first = 0;
    machine_cpus_read(root, mask, mask_bytes, state, &first);
    read_clock(root, first, state);
    state->on_battery = read_battery(root);
    read_memory(root, state);
    read_hypervisor(root, state);
    struct machine_ticks ticks;
    if (machine_ticks_read(root, mask, mask_bytes, &ticks))
        state->steal_since_boot = (double)ticks.steal / fmax((double)ticks.total, 1);
}

void machine_state_read(const char *root, struct machine_state *state)
{
    size_t bytes = 0;
    cpu_set_t *mask = topology_affinity(&bytes);
    cpu_set_t none;
    CPU_ZERO(&none);
    if (mask == NULL)
        machine_state_read_in(root, &none, sizeof(none), state);
    else
        machine_state_read_in(root, mask, bytes, state);
    CPU_FREE(mask);
}
