/* Programs for a device: built from source once for each set of options, and kept as binaries in
 * $XDG_CACHE_HOME/accelbench (else ~/.cache/accelbench), so that the next process starts warm. A
 * binary is found by its source, options, platform, device and driver; one that is damaged is built
 * anew. A cache that cannot be written costs time only.
 */
#ifndef ACCELBENCH_OPENCL_PROGRAM_H
#define ACCELBENCH_OPENCL_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "common/catalog.h"
#include "opencl/api.h"

struct opencl_context;

/* Text embedded at build time (common/embed.cmake). */
struct opencl_source {
    const unsigned char *text;
    size_t bytes;
};

/* Of opencl/<kernel>.cl; defined where there is one. */
#define OPENCL_DECLARE_SOURCE(K) extern const struct opencl_source K##_source;
AB_KERNELS(OPENCL_DECLARE_SOURCE)
extern const struct opencl_source read_limit_source;

/* What all programs are built with. No warnings: PoCL's compiler counts on stderr those about
 * vectors wider than the CPU's, which no function of ours hands to another. */
#define OPENCL_OPTIONS "-cl-std=CL1.2 -w"

struct opencl_program {
    struct opencl_program *next;
    const struct opencl_source *source;
    char *options; /* owned */
    cl_program program;
    bool was_cached, is_cached; /* when it was made; by now */
};

/* The program for these options, from the context's list, from the cache, or built: AB_API with the
 * whole build log on stderr. Owned by the context. */
enum ab_status opencl_program(struct opencl_context *context, const struct opencl_source *source,
                              const char *options, struct opencl_program **program,
                              struct ab_error *error);

/* A kernel of it; the caller frees it. */
enum ab_status opencl_kernel(struct opencl_program *program, const char *name, cl_kernel *kernel,
                             struct ab_error *error);

/* Puts the program into the cache unless it is there: to be called when its kernels have run, since
 * some drivers finish compiling only then, and their binaries hold the result. */
void opencl_program_keep(struct opencl_context *context, struct opencl_program *program);

void opencl_programs_free(struct opencl_context *context);

#endif
