#include "patients.h"

#include <string.h>

struct patient patient_healthy(void)
{
    return (struct patient){
        .machine = {.cpu_model = "Test CPU",
                    .cpus_online = 8,
                    .cpus_allowed = 8,
                    .mhz = 3600,
                    .memory_bytes = 64000000000,
                    .load_average = {0.2, 0.3, 0.4},
                    .load_average_count = 3},
        .state = {.kernel = "Linux 6.1",
                  .architecture = "x86_64",
                  .packages = 1,
                  .cores = 8,
                  .cores_allowed = 8,
                  .mixed_cores = 0,
                  .numa_nodes = 1,
                  .numa_nodes_allowed = 1,
                  .numa_distance = 10,
                  .numa_balancing = 0,
                  .governor = "performance",
                  .boost = 0,
                  .boost_switch = BOOST_SWITCH_ALL,
                  .mhz_now = 3600,
                  .mhz_min = 800,
                  .mhz_base = 3600,
                  .mhz_max = 3600,
                  .mhz_cap = 3600,
                  .on_battery = 0,
                  .clock_source = "tsc",
                  .clock_sources = "tsc hpet acpi_pm",
                  .page_bytes = 4096,
                  .huge_page_bytes = 2 << 20,
                  .thp = "madvise",
                  .thp_defrag = "madvise",
                  .thp_of_process = 1,
                  .memory_available_bytes = 60000000000,
                  .swap_bytes = 8000000000,
                  .aslr = 1,
                  .is_virtual = 0,
                  .steal_since_boot = 0,
                  .steal = 0,
                  .busy = 0.01},
        .build = {.version = "1",
                  .git = "",
                  .compiler = "GNU 12",
                  .type = "Release",
                  .flags = "-O3 -DNDEBUG",
                  .sanitizers = ""},
        .clock = {.step_ns = 10, .overhead_ns = 25},
    };
}

static void low_quota(struct patient *p)
{
    p->machine.cpu_quota = 0.5;
}

static void some_quota(struct patient *p)
{
    p->machine.cpu_quota = 2.5;
}

static void full_quota(struct patient *p)
{
    p->machine.cpu_quota = 8;
}

static void very_busy(struct patient *p)
{
    p->state.busy = 0.5;
}

static void busy(struct patient *p)
{
    p->state.busy = 0.06;
}

static void loaded_before(struct patient *p)
{
    p->machine.load_average[0] = 3.5;
}

static void loaded_unwatched(struct patient *p)
{
    p->machine.load_average[0] = 3.5;
    p->state.busy = -1;
}

static void light_load(struct patient *p)
{
    p->machine.cpus_online = p->machine.cpus_allowed = 2;
    p->state.cores_allowed = 2;
    p->machine.load_average[0] = 0.45;
}

static void steals_much(struct patient *p)
{
    p->state.steal = 0.2;
}

static void steals(struct patient *p)
{
    p->state.steal = 0.012;
}

static void stole(struct patient *p)
{
    p->state.steal_since_boot = 0.03;
}

static void on_battery(struct patient *p)
{
    p->state.on_battery = 1;
}

static void saves_power(struct patient *p)
{
    strcpy(p->state.governor, "powersave");
}

static void two_governors(struct patient *p)
{
    strcpy(p->state.governor, "performance, schedutil");
    p->state.mhz_min = 0;
}

static void boosts(struct patient *p)
{
    p->state.boost = 1;
    p->state.boost_switch = BOOST_SWITCH_INTEL;
    p->state.mhz_max = p->state.mhz_cap = 4500;
}

static void boosts_somehow(struct patient *p)
{
    p->state.boost = 1;
    p->state.boost_switch = BOOST_SWITCH_POLICY;
    p->state.mhz_base = 0;
}

static void capped(struct patient *p)
{
    p->state.mhz_cap = 1800;
}

static void mixed(struct patient *p)
{
    p->state.mixed_cores = 1;
}

static void two_a_core(struct patient *p)
{
    p->state.cores_allowed = 4;
}

static void strange_siblings(struct patient *p)
{
    p->state.siblings_outside = 8;
}

static void few_allowed(struct patient *p)
{
    p->machine.cpus_allowed = p->state.cores_allowed = 3;
}

static void in_kvm(struct patient *p)
{
    p->state.is_virtual = 1;
    strcpy(p->state.hypervisor, "KVM");
}

static void in_something(struct patient *p)
{
    p->state.is_virtual = 1;
}

static void two_nodes(struct patient *p)
{
    p->state.numa_nodes = p->state.numa_nodes_allowed = 2;
    p->state.numa_distance = 21;
}

static void two_nodes_somewhere(struct patient *p)
{
    p->state.numa_nodes = p->state.numa_nodes_allowed = 2;
    p->state.numa_distance = 0;
}

static void other_node_barred(struct patient *p)
{
    p->state.numa_nodes = 2;
    p->state.numa_distance = 21;
    p->state.numa_balancing = 1;
}

static void small_pages(struct patient *p)
{
    strcpy(p->state.thp, "never");
}

static void small_pages_here(struct patient *p)
{
    p->state.thp_of_process = 0;
}

static void little_memory(struct patient *p)
{
    p->state.memory_available_bytes = 900000000;
    p->machine.memory_bytes = 4000000000;
}

static void swapped(struct patient *p)
{
    p->state.swap_used_bytes = 3000000000;
}

static void swapped_and_full(struct patient *p)
{
    p->state.swap_used_bytes = 3000000000;
    p->state.memory_available_bytes = 3000000000;
}

static void swapped_a_little(struct patient *p)
{
    p->state.swap_used_bytes = 1000000;
}

static void fixed_addresses(struct patient *p)
{
    p->state.aslr = 0;
}

static void slow_clock(struct patient *p)
{
    strcpy(p->state.clock_source, "hpet");
}

static void slow_clock_only(struct patient *p)
{
    strcpy(p->state.clock_source, "acpi_pm");
    strcpy(p->state.clock_sources, "hpet acpi_pm");
    p->clock.overhead_ns = 1200;
}

static void slow_unknown_clock(struct patient *p)
{
    p->state.clock_source[0] = p->state.clock_sources[0] = '\0';
    p->clock.overhead_ns = 900;
}

static void debug_flags(struct patient *p)
{
    p->build.type = "Debug";
    p->build.flags = "-O1 -g";
}

static void no_flags(struct patient *p)
{
    p->build.type = "";
    p->build.flags = "";
}

static void last_level_counts(struct patient *p)
{
    p->build.flags = "-O3 -O0";
}

static void last_level_serves(struct patient *p)
{
    p->build.type = "Debug";
    p->build.flags = "-O0 -O2 -Wno-OX";
}

static void fast_level(struct patient *p)
{
    p->build.flags = "-Ofast";
}

static void sanitized(struct patient *p)
{
    p->build.sanitizers = "address,undefined";
}

static void sanitized_by_flags(struct patient *p)
{
    p->build.flags = "-O2 -fsanitize=thread";
}

static void chosen_isa(struct patient *p)
{
    p->surroundings.isa = "portable";
}

static void spins(struct patient *p)
{
    p->surroundings.openmp_wait = "ACTIVE";
}

static void few_openmp_threads(struct patient *p)
{
    p->surroundings.openmp_threads = "5,2";
}

static void all_openmp_threads(struct patient *p)
{
    p->surroundings.openmp_threads = "8";
}

static void sleeps(struct patient *p)
{
    p->surroundings.openmp_wait = "passive";
}

const struct change changes[] = {
    {low_quota, "quota", SEVERITY_SERIOUS, "0.50 CPUs", "cpu.max"},
    {some_quota, "quota", SEVERITY_WARNING, "2.50 CPUs' worth of time on 8", "--threads 2"},
    {full_quota, NULL, SEVERITY_NOTE, "", ""},
    {very_busy, "load", SEVERITY_SERIOUS, "50 %", "top -o %CPU"},
    {busy, "load", SEVERITY_WARNING, "6 %", "taskset"},
    {loaded_before, "load", SEVERITY_NOTE, "3.50 on 8 CPUs", "end the other"},
    {loaded_unwatched, "load", SEVERITY_WARNING, "3.50 on 8 CPUs", "end the other"},
    {light_load, NULL, SEVERITY_NOTE, "", ""},
    {steals_much, "steal", SEVERITY_SERIOUS, "20.0 %", "dedicated"},
    {steals, "steal", SEVERITY_WARNING, "1.2 %", "dedicated"},
    {stole, "steal", SEVERITY_NOTE, "3.0 %", "dedicated"},
    {on_battery, "battery", SEVERITY_WARNING, "battery", "plug"},
    {saves_power, "governor", SEVERITY_WARNING, "powersave: clocks fall to 800 of 3600 MHz",
     "sudo cpupower frequency-set -g performance"},
    {two_governors, "governor", SEVERITY_WARNING, "performance, schedutil", "cpupower"},
    {boosts, "boost", SEVERITY_NOTE, "25 %", "intel_pstate/no_turbo"},
    {boosts_somehow, "boost", SEVERITY_NOTE, "Boost is on", "policy*/boost"},
    {capped, "clock-cap", SEVERITY_NOTE, "1800 of 3600 MHz", "-u 3600MHz"},
    {mixed, "mixed-cores", SEVERITY_WARNING, "one kind", "taskset"},
    {two_a_core, "smt", SEVERITY_NOTE, "8 CPUs", "--threads 4"},
    {strange_siblings, "smt", SEVERITY_NOTE, "8 hardware threads beside", "smt/control"},
    {few_allowed, "affinity", SEVERITY_NOTE, "3 of 8", "taskset -c 0-7"},
    {in_kvm, "virtual-machine", SEVERITY_NOTE, "virtual machine (KVM):", "compare"},
    {in_something, "virtual-machine", SEVERITY_NOTE, "virtual machine:", "compare"},
    {two_nodes, "numa", SEVERITY_WARNING, "2.1 times", "numactl"},
    {two_nodes_somewhere, "numa", SEVERITY_WARNING, "2 memory nodes", "numactl"},
    {other_node_barred, NULL, SEVERITY_NOTE, "", ""},
    {small_pages, "no-huge-pages", SEVERITY_WARNING, "pages are off:", "echo madvise"},
    {small_pages_here, "no-huge-pages", SEVERITY_WARNING, "for this process", "THP_DISABLE"},
    {little_memory, "memory-low", SEVERITY_WARNING, "900.0 MB", "--size"},
    {swapped, "swap", SEVERITY_NOTE, "3.0 GB", "swapoff"},
    {swapped_and_full, "swap", SEVERITY_WARNING, "memory is short", "swapoff"},
    {swapped_a_little, NULL, SEVERITY_NOTE, "", ""},
    {fixed_addresses, "aslr-off", SEVERITY_WARNING, "1 %", "randomize_va_space=2"},
    {slow_clock, "clock-source", SEVERITY_WARNING, "hpet", "echo tsc"},
    {slow_clock_only, "clock-source", SEVERITY_WARNING, "acpi_pm) takes 1200 ns", "dmesg"},
    {slow_unknown_clock, "clock-source", SEVERITY_WARNING, "unknown) takes 900 ns", "dmesg"},
    {debug_flags, "debug-build", SEVERITY_SERIOUS, "Debug, flags \"-O1 -g\"", "--preset release"},
    {no_flags, "debug-build", SEVERITY_SERIOUS, "10 times", "--preset release"},
    {last_level_counts, "debug-build", SEVERITY_SERIOUS, "-O3 -O0", "--preset release"},
    {last_level_serves, NULL, SEVERITY_NOTE, "", ""},
    {fast_level, NULL, SEVERITY_NOTE, "", ""},
    {sanitized, "sanitizer-build", SEVERITY_SERIOUS, "address,undefined", "without"},
    {sanitized_by_flags, "sanitizer-build", SEVERITY_SERIOUS, "itself, which", "without"},
    {chosen_isa, "isa-chosen", SEVERITY_WARNING, "=portable", "unset"},
    {spins, "openmp-spins", SEVERITY_WARNING, "=ACTIVE", "unset"},
    {few_openmp_threads, "openmp-threads", SEVERITY_NOTE, "OMP_NUM_THREADS=5,2", "--threads 5"},
    {all_openmp_threads, NULL, SEVERITY_NOTE, "", ""},
    {sleeps, NULL, SEVERITY_NOTE, "", ""},
    {NULL, NULL, SEVERITY_NOTE, NULL, NULL},
};

struct patient patient_miserable(void)
{
    static void (*const make[])(struct patient *) = {
        low_quota,       very_busy,
        steals_much,     on_battery,
        saves_power,     boosts,
        capped,          mixed,
        two_a_core,      few_allowed,
        in_kvm,          two_nodes,
        small_pages,     swapped_and_full,
        fixed_addresses, slow_clock,
        debug_flags,     sanitized,
        chosen_isa,      spins,
        little_memory,   few_openmp_threads,
    };
    struct patient patient = patient_healthy();
    for (size_t i = 0; i < sizeof(make) / sizeof(make[0]); i++)
        make[i](&patient);
    patient.state.cores_allowed = 2;
    patient.state.numa_balancing = 1;
    patient.machine.memory_bytes = 64000000000;
    patient.state.mhz_cap = 1800;
    return patient;
}
