/* Which instructions the loops tuned by hand may use: chosen at run time, so that one binary runs
 * anywhere. A function for AVX2 or AVX-512 is marked with its CPU_TARGET_ macro, needs no compiler
 * flags, and stands inside #if CPU_ISA_X86. */
#ifndef ACCELBENCH_CPU_ISA_H
#define ACCELBENCH_CPU_ISA_H

#include <stdbool.h>

#include "common/error.h"

/* From the least to the most. */
enum cpu_isa {
    CPU_ISA_PORTABLE,    /* C with the compilers' vector extension: any machine */
    CPU_ISA_AVX2,        /* AVX2, BMI1, BMI2, POPCNT */
    CPU_ISA_AVX512,      /* those and AVX-512 F, BW, DQ, VL */
    CPU_ISA_AVX512_VNNI, /* those and AVX-512 VNNI */
    CPU_ISA_COUNT
};

#ifdef __x86_64__
#define CPU_ISA_X86 1
#ifdef __clang__
/* Where it is told to tune for a CPU that slows down at 512 bits, clang halves vectors that it
 * does not have to keep whole. */
#define CPU_TARGET_512(features) __attribute__((target(features), min_vector_width(512)))
#else
#define CPU_TARGET_512(features) __attribute__((target(features)))
#endif
#define CPU_FEATURES_AVX2      "avx2,bmi,bmi2,popcnt"
#define CPU_FEATURES_AVX512    CPU_FEATURES_AVX2 ",avx512f,avx512bw,avx512dq,avx512vl"
#define CPU_TARGET_AVX2        __attribute__((target(CPU_FEATURES_AVX2)))
#define CPU_TARGET_AVX512      CPU_TARGET_512(CPU_FEATURES_AVX512)
#define CPU_TARGET_AVX512_VNNI CPU_TARGET_512(CPU_FEATURES_AVX512 ",avx512vnni")
#else
#define CPU_ISA_X86 0
#endif

/* Does this CPU have it, and does the system save its registers? */
bool cpu_isa_available(enum cpu_isa isa);

/* "portable", "avx2", "avx512" or "avx512vnni" */
const char *cpu_isa_name(enum cpu_isa isa);

/* The last one that is available. */
enum cpu_isa cpu_isa_best(void);

/* The one that the environment variable ACCELBENCH_ISA names; without it `otherwise`, which is
 * available. AB_USAGE when the variable's is unknown or not available. */
enum ab_status cpu_isa_choose(enum cpu_isa otherwise, enum cpu_isa *isa, struct ab_error *error);

#endif
