/* What the CPUs, and others who use them, do to a measurement. */
#include <string.h>

#include "bench/diagnosis_checks.h"

/* Shares of the allowed CPUs' time that others may take before it shows in a result, and before it
 * spoils one: the first is what a verdict of 1 % can bear in a few of thirty rounds. */
static const double busy_shows = 0.05, busy_spoils = 0.25;
static const double steal_shows = 0.01, steal_spoils = 0.05;

static bool check_quota(const struct examination *e, struct diagnosis *d)
{
    double quota = e->machine->cpu_quota;
    unsigned allowed = e->machine->cpus_allowed;
    if (quota <= 0 || quota >= allowed)
        return false;
    if (quota < 1) {
        diagnosis_start(d, "quota", SEVERITY_SERIOUS,
                        "A control group allows %.2f CPUs' worth of time: even one thread is "
                        "stopped in every period (of 100 ms by default), and times grow by a "
                        "factor of %.1f or so.",
                        quota, 1 / quota);
        diagnosis_remedy(d, "allow at least 1 CPU: cpu.max of the group, docker run --cpus 1");
        return true;
    }
    diagnosis_start(d, "quota", SEVERITY_WARNING,
                    "A control group allows %.2f CPUs' worth of time on %u CPUs: with more than "
                    "%u threads all are stopped in every period (of 100 ms by default).",
                    quota, allowed, (unsigned)quota);
    diagnosis_remedy(d,
                     "keep to --threads %u, which is the default here, or raise the group's "
                     "cpu.max (docker run --cpus)",
                     (unsigned)quota);
    return true;
}

static bool check_load(const struct examination *e, struct diagnosis *d)
{
    static const double load_least = 0.5;
    double busy = e->state->busy, load = e->machine->load_average[0];
    unsigned online = e->machine->cpus_online;
    if (busy >= busy_shows) {
        diagnosis_start(d, "load", busy >= busy_spoils ? SEVERITY_SERIOUS : SEVERITY_WARNING,
                        "Other programs use %.0f %% of the CPUs that may be used here, while "
                        "accelbench waits: all threads wait for the one that is held up.",
                        100 * busy);
    } else if (e->machine->load_average_count > 0 && online > 0 && load >= load_least &&
               load >= busy_shows * online) {
        diagnosis_start(d, "load", busy >= 0 ? SEVERITY_NOTE : SEVERITY_WARNING,
                        "The load average of the last minute is %.2f on %u CPUs. An earlier run "
                        "of accelbench counts too; %s.",
                        load, online,
                        busy >= 0 ? "just now the CPUs that may be used here are nearly idle"
                                  : "wait a minute, and only the work of others is left");
    } else {
        return false;
    }
    diagnosis_remedy(d, "end the other programs, or keep to CPUs that they leave alone "
                        "(taskset -c LIST); see who it is");
    diagnosis_command(d, "top -o %%CPU");
    return true;
}

bool diagnose_other_work(double share, struct diagnosis *d)
{
    if (share < busy_shows)
        return false;
    diagnosis_start(d, "other-work", share >= busy_spoils ? SEVERITY_SERIOUS : SEVERITY_WARNING,
                    "While this was measured, other programs took %.0f %% of the time of the CPUs "
                    "that may be used here: what they disturbed is in the intervals.",
                    100 * share);
    diagnosis_remedy(d, "end the other programs and measure again; see who it is");
    diagnosis_command(d, "top -o %%CPU");
    return true;
}

static bool check_steal(const struct examination *e, struct diagnosis *d)
{
    double steal = e->state->steal, since_boot = e->state->steal_since_boot;
    if (steal >= steal_shows)
        diagnosis_start(d, "steal", steal >= steal_spoils ? SEVERITY_SERIOUS : SEVERITY_WARNING,
                        "The hypervisor takes %.1f %% of the CPUs' time for other guests, and "
                        "every time here is longer by what it takes.",
                        100 * steal);
    else if (since_boot >= steal_shows)
        diagnosis_start(d, "steal", SEVERITY_NOTE,
                        "The hypervisor took %.1f %% of the CPUs' time for other guests since "
                        "the start of this machine%s.",
                        100 * since_boot, steal >= 0 ? ", and nothing to speak of just now" : "");
    else
        return false;
    diagnosis_remedy(d, "use dedicated CPUs or another host, and more --rounds");
    return true;
}

static bool check_virtual_machine(const struct examination *e, struct diagnosis *d)
{
    if (e->state->is_virtual != 1)
        return false;
    bool named = e->state->hypervisor[0] != '\0';
    diagnosis_start(d, "virtual-machine", SEVERITY_NOTE,
                    "This is a virtual machine%s%s%s: the clock, the neighbours who share caches "
                    "and memory, and the place on the host cannot be seen, and some hypervisors "
                    "report no steal.",
                    named ? " (" : "", e->state->hypervisor, named ? ")" : "");
    diagnosis_remedy(d, "compare what one run has measured; before results of different runs are "
                        "compared, repeat them on another day");
    return true;
}

static bool check_governor(const struct examination *e, struct diagnosis *d)
{
    const struct machine_state *state = e->state;
    if (state->governor[0] == '\0' || strcmp(state->governor, "performance") == 0)
        return false;
    if (state->mhz_min > 0 && state->mhz_max > state->mhz_min)
        diagnosis_start(d, "governor", SEVERITY_WARNING,
                        "The frequency governor is %s: clocks fall to %u of %u MHz when idle, "
                        "and what comes after a pause starts slowly.",
                        state->governor, state->mhz_min, state->mhz_max);
    else
        diagnosis_start(d, "governor", SEVERITY_WARNING,
                        "The frequency governor is %s: clocks fall when idle, and what comes "
                        "after a pause starts slowly.",
                        state->governor);
    diagnosis_remedy(d, "keep clocks up");
    diagnosis_command(d, "sudo cpupower frequency-set -g performance");
    return true;
}

static bool check_boost(const struct examination *e, struct diagnosis *d)
{
    static const char *const commands[] = {
        [BOOST_SWITCH_NONE] = "",
        [BOOST_SWITCH_INTEL] = "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo",
        [BOOST_SWITCH_ALL] = "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost",
        [BOOST_SWITCH_POLICY] = "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/policy*/boost",
    };
    const struct machine_state *state = e->state;
    if (state->boost != 1)
        return false;
    if (state->mhz_base > 0 && state->mhz_max > state->mhz_base)
        diagnosis_start(d, "boost", SEVERITY_NOTE,
                        "Boost is on: a few busy cores may run at %u MHz, all of them for long "
                        "at %u. One thread can gain %.0f %% over each of many, and heat takes it "
                        "away.",
                        state->mhz_max, state->mhz_base,
                        100.0 * state->mhz_max / state->mhz_base - 100);
    else
        diagnosis_start(d, "boost", SEVERITY_NOTE,
                        "Boost is on: clocks rise when few cores are busy and fall with heat, so "
                        "that one thread runs faster than each of many.");
    diagnosis_remedy(d, "leave it on to see what users see; for results that repeat switch it off");
    diagnosis_command(d, "%s", commands[state->boost_switch]);
    return true;
}

static bool check_clock_cap(const struct examination *e, struct diagnosis *d)
{
    const struct machine_state *state = e->state;
    if (state->mhz_cap == 0 || state->mhz_max <= state->mhz_cap)
        return false;
    diagnosis_start(d, "clock-cap", SEVERITY_NOTE,
                    "Clocks are limited to %u of %u MHz: the CPU looks up to %.0f %% slower than "
                    "it is.",
                    state->mhz_cap, state->mhz_max, 100 - 100.0 * state->mhz_cap / state->mhz_max);
    diagnosis_remedy(d, "lift the limit, unless it is there to hold clocks still");
    diagnosis_command(d, "sudo cpupower frequency-set -u %uMHz", state->mhz_max);
    return true;
}

static bool check_battery(const struct examination *e, struct diagnosis *d)
{
    if (e->state->on_battery != 1)
        return false;
    diagnosis_start(d, "battery", SEVERITY_WARNING,
                    "The machine runs on its battery, and saves power by slowing down.");
    diagnosis_remedy(d, "plug it in");
    return true;
}

static bool check_smt(const struct examination *e, struct diagnosis *d)
{
    unsigned allowed = e->machine->cpus_allowed, cores = e->state->cores_allowed;
    if (cores == 0)
        return false;
    if (allowed > cores) {
        diagnosis_start(d, "smt", SEVERITY_NOTE,
                        "The %u CPUs that may be used are hardware threads of %u cores: two that "
                        "share a core do not do twice the work of one.",
                        allowed, cores);
        diagnosis_remedy(d, "for one thread a core use --threads %u, or switch it off", cores);
    } else if (e->state->siblings_outside > 0) {
        diagnosis_start(d, "smt", SEVERITY_NOTE,
                        "%u hardware threads beside those that may be used share their cores, "
                        "and whoever runs there slows this program down.",
                        e->state->siblings_outside);
        diagnosis_remedy(d, "keep other work off them, or switch them off");
    } else {
        return false;
    }
    diagnosis_command(d, "echo off | sudo tee /sys/devices/system/cpu/smt/control");
    return true;
}

static bool check_affinity(const struct examination *e, struct diagnosis *d)
{
    unsigned allowed = e->machine->cpus_allowed, online = e->machine->cpus_online;
    if (allowed == 0 || allowed >= online)
        return false;
    diagnosis_start(d, "affinity", SEVERITY_NOTE,
                    "Only %u of %u CPUs may be used: the CPU looks smaller than it is, and the "
                    "others may keep caches and memory busy.",
                    allowed, online);
    diagnosis_remedy(d, "if that is not intended, start it with all CPUs; a container needs "
                        "--cpuset-cpus for that");
    diagnosis_command(d, "taskset -c 0-%u accelbench ...", online - 1);
    return true;
}

static bool check_mixed_cores(const struct examination *e, struct diagnosis *d)
{
    if (e->state->mixed_cores != 1)
        return false;
    diagnosis_start(d, "mixed-cores", SEVERITY_WARNING,
                    "The cores are not all of one kind: work that is divided evenly waits for "
                    "the slowest, and one thread is fast or slow by chance.");
    diagnosis_remedy(d, "keep to one kind; `lscpu -e` tells them apart by their MAXMHZ");
    diagnosis_command(d, "taskset -c LIST accelbench ...");
    return true;
}

diagnosis_check *const cpu_checks[] = {
    check_quota,    check_load,      check_steal,           check_battery,
    check_governor, check_clock_cap, check_mixed_cores,     check_boost,
    check_smt,      check_affinity,  check_virtual_machine, NULL,
};
