#include "cpu/isa.h"

#include <stddef.h>

#include "common/environment.h"
#include "common/parse.h"

static const char variable[] = "ACCELBENCH_ISA";

static const char *const names[] = {
    [CPU_ISA_PORTABLE] = "portable",      [CPU_ISA_AVX2] = "avx2", [CPU_ISA_AVX512] = "avx512",
    [CPU_ISA_AVX512_VNNI] = "avx512vnni", [CPU_ISA_COUNT] = NULL,
};

#if CPU_ISA_X86
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

bool cpu_isa_available(enum cpu_isa isa)
{
#if CPU_ISA_X86
    if (isa == CPU_ISA_AVX2)
        return has_avx2();
    if (isa == CPU_ISA_AVX512)
        return has_avx512();
    if (isa == CPU_ISA_AVX512_VNNI)
        return has_avx512() && __builtin_cpu_supports("avx512vnni");
#endif
    return isa == CPU_ISA_PORTABLE;
}

const char *cpu_isa_name(enum cpu_isa isa)
{
    return names[isa];
}

enum cpu_isa cpu_isa_best(void)
{
    enum cpu_isa best = CPU_ISA_COUNT - 1;
    while (!cpu_isa_available(best))
        best--;
    return best;
}

enum ab_status cpu_isa_choose(enum cpu_isa otherwise, enum cpu_isa *isa, struct ab_error *error)
{
    const char *asked = environment_value(variable);
    if (asked == NULL) {
        *isa = otherwise;
        return AB_OK;
    }
    size_t index;
    enum ab_status status = parse_choice(variable, asked, names, &index, error);
    if (status != AB_OK)
        return status;
    if (!cpu_isa_available((enum cpu_isa)index))
        return ab_fail(error, AB_USAGE,
                       "%s: this machine does not have %s: unset the variable, or choose %s",
                       variable, asked, names[cpu_isa_best()]);
    *isa = (enum cpu_isa)index;
    return AB_OK;
}
