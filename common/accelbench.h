/* The contract between kernels, backends and the harness.
 *
 *   kernel      a problem: which input, which answer is right, how an answer is shown
 *   backend     a place to compute: how to open it, move data to it, wait for it
 *   technique   one way to solve one kernel on one backend; a cell of the dispatch table
 *               (common/catalog.h) is a short list of techniques
 *   harness     (bench/) owns memory, clock, order and verification; a technique only computes
 *
 * The life of a measurement, in the order of the calls:
 *
 *   parent process   kernel->configure, make, expect; then input and expected are read-only
 *   worker process   backend->open, allocate; technique->prepare; upload, sync;
 *                    per sample upload, run, sync, download; kernel->check;
 *                    technique->release; backend->release_memory, close
 *
 * Units stand in names: _ns, _bytes; a plain count is elements. Pointers are borrowed unless
 * marked "owned". Hooks marked "optional" may be NULL. A hook that fails returns its status and
 * leaves one line in the error record.
 */
#ifndef ACCELBENCH_COMMON_ACCELBENCH_H
#define ACCELBENCH_COMMON_ACCELBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

struct json_writer;

/* ---- What the user asked for ------------------------------------------------------------- */

/* An option of a kernel's own, "--name VALUE" on the command line; `help` says the default. */
struct kernel_option {
    const char *name, *metavar, *help;
    const char *const *choices; /* what the value is one of, ends with NULL; NULL: anything */
};

struct setting {
    const char *name, *value;
};

struct settings {
    const struct setting *list; /* each names an option that the kernel has; none stands twice */
    size_t count;
    const char *const *files; /* input files, in order; none: generated input */
    size_t file_count;
    uint64_t seed;
    unsigned threads; /* for making the input; at least 1 */
};

/* The value given for --name, or NULL. */
const char *setting_value(const struct settings *settings, const char *name);

/* ---- Kernels ----------------------------------------------------------------------------- */

enum { PROBLEM_LABELS_MAX = 6, PROBLEM_SIZES_MAX = 6 };

/* A property of the problem that tells rows apart: JSON key and value, and a part of the row's
 * name unless the value is the documented default. */
struct problem_label {
    const char *key, *value;
    bool is_default;
};

struct problem {
    const struct kernel *kernel;

    /* Set by configure. */
    void *params;                                    /* owned by the kernel; see its header */
    struct problem_label labels[PROBLEM_LABELS_MAX]; /* in the order of the row's name */
    size_t label_count;
    uint64_t need_bytes; /* most memory that make and expect take, input included */
    /* Size parameters, as in the row's name; make corrects what a file shows only on reading. */
    uint64_t sizes[PROBLEM_SIZES_MAX];
    size_t size_count;

    /* Set by make (and then read-only). */
    struct region input;
    char summary[96]; /* for people: "10000 x 10000 i32" */

    /* Set by expect (and then read-only). */
    struct region expected; /* the right answer; layout is the kernel's */
    uint64_t items;         /* for items_per_second: elements, words */
};

struct verdict {
    bool passed;
    double error, tolerance; /* absolute; 0 and 0 where the answer is exact */
    char detail[160];        /* why not, with the place of the first difference */
};

struct kernel {
    const char *name, *summary;
    /* Ends with name NULL. One is "size", the bytes of a generated input: sweeps set it. */
    const struct kernel_option *options;
    /* Fixed size of a result, which then is the same bit for bit from run to run, of floating-point
     * numbers, too; 0: the technique resizes job->result. */
    size_t result_bytes;
    bool many_files; /* takes any number of input files; otherwise one at most */
    /* Where every technique must be right, for the conformance test: generated inputs, each line
     * all combinations of "option=value,value... option=...", ends with NULL. Sizes on both sides
     * of every chunk, tile and page belong here. */
    const char *const *edge_cases;
    const char *const *file_cases; /* the same for each input file that the tests bring along */

    /* Reads the settings, opens nothing larger than a file's header, and allocates params only.
     * Bad values are AB_USAGE, bad files AB_INPUT. */
    enum ab_status (*configure)(const struct settings *, struct problem *, struct ab_error *);
    /* Makes or reads the input. The same seed gives the same bytes everywhere. */
    enum ab_status (*make)(const struct settings *, struct problem *, struct ab_error *);
    /* Computes the right answer by a method that shares nothing with any backend. */
    enum ab_status (*expect)(struct problem *, struct ab_error *);
    /* Judges a result. `relative_error` is the technique's declared bound (see below). Written so
     * that NaN, a poisoned and a truncated result fail. The verdict is {0} before. */
    void (*check)(const struct problem *, const struct region *result, double relative_error,
                  struct verdict *);
    /* Writes the members of the row's "result" object. */
    enum ab_status (*write_result)(const struct problem *, const struct region *result,
                                   struct json_writer *, struct ab_error *);
    /* Frees params; accepts a problem that configure left half-made. The harness frees the
     * regions. */
    void (*destroy)(struct problem *);
};

/* ---- Backends ---------------------------------------------------------------------------- */

enum memory_kind {
    MEMORY_HOST,  /* works in place on host memory: no upload, no download */
    MEMORY_DEVICE /* has memory of its own */
};

struct backend_options {
    unsigned threads;   /* CPU backends: workers to use; at least 1 */
    const char *device; /* device backends: number or name, or NULL for the default */
    bool pinned;        /* device backends: transfer from page-locked memory */
};

/* Where the device's programs came from when a session was set up: built, or kept from before. */
enum program_source { PROGRAMS_NONE, PROGRAMS_BUILT, PROGRAMS_CACHED };

struct device_info {
    char name[128];        /* "AMD EPYC 9B45", "NVIDIA H200" */
    char detail[160];      /* driver, memory, placement: free text; may be empty */
    unsigned workers;      /* threads or compute units */
    uint64_t memory_bytes; /* MEMORY_DEVICE: that it has; 0: unknown, or the host's */
    bool is_gpu;
    bool in_place;   /* MEMORY_DEVICE: reads the input where it lies in the host's memory */
    bool is_default; /* the one that is opened where none is asked for */
    bool streamed;   /* after allocate: the input is larger than its memory and goes through it in
                      * pieces, so that run transfers, too */
    enum program_source programs; /* as far as they are known: after the technique's prepare */
};

/* What `list` and `doctor` tell about the devices that a backend could open. */
enum { DEVICE_LIST_MAX = 16 };

struct device_entry {
    char name[128];   /* as --device takes it; its number is its place in the list */
    char detail[320]; /* type, driver, memory, abilities: free text */
};

struct device_list {
    unsigned count;
    struct device_entry entries[DEVICE_LIST_MAX];
};

struct backend {
    const char *name, *summary;
    enum memory_kind memory;
    /* Optional: variables that a library reads when the program is loaded; ends with name NULL. The
     * program starts itself anew with those that are not set, unless one that stands here without a
     * value is. */
    const struct setting *environment;

    /* Also the probe: AB_NO_DEVICE and the reason where it cannot work. Thread pools are made
     * here, and sleep while nothing runs. */
    enum ab_status (*open)(const struct backend_options *, void **context, struct ab_error *);
    void (*describe)(const void *context, struct device_info *);
    void (*close)(void *context); /* accepts NULL */
    /* Optional: all devices, DEVICE_LIST_MAX of them at most, also those that are not open, without
     * opening any. The list is {0} before. */
    enum ab_status (*list_devices)(struct device_list *, struct ab_error *);

    /* MEMORY_DEVICE only; NULL for MEMORY_HOST. Copies may be asynchronous; sync waits for
     * everything and reports asynchronous failures. */
    enum ab_status (*allocate)(void *context, size_t bytes, void **memory, struct ab_error *);
    enum ab_status (*upload)(void *context, void *to, const void *from, size_t bytes,
                             struct ab_error *);
    enum ab_status (*sync)(void *context, struct ab_error *);
    void (*release_memory)(void *context, void *memory);

    /* Optional device clock around run; clock_read is called after sync. Without it the kernel
     * phase is the host's time from run to the end of sync. */
    enum ab_status (*clock_start)(void *context, struct ab_error *);
    enum ab_status (*clock_stop)(void *context, struct ab_error *);
    enum ab_status (*clock_read)(void *context, uint64_t *elapsed_ns, struct ab_error *);

    /* Optional, MEMORY_DEVICE only. Enqueues what pushes the input out of the device's own caches:
     * for --cache cold, before each timed run. */
    enum ab_status (*evict)(void *context, struct ab_error *);
    /* Optional: whether the device now runs slower than it could, for heat or lack of power; then a
     * sample that was taken just before is taken again. */
    bool (*throttled)(void *context);
    /* Optional: energy that the device has used since some moment in the past. AB_UNSUPPORTED and
     * the reason where this device does not count it. */
    enum ab_status (*energy)(void *context, double *joules, struct ab_error *);

    /* Optional: reads an input as fast as this backend can (common/read_limit.h), the ceiling that
     * its rows are held against. */
    const struct technique *read_limit;
};

/* ---- Techniques -------------------------------------------------------------------------- */

/* One worker's instance of one technique on one problem. */
struct job {
    const struct problem *problem;
    const struct technique *technique;
    void *context;         /* backend->open's */
    const void *input;     /* host pointer, or what backend->allocate returned */
    struct region *result; /* host memory, the harness's; kernel->result_bytes in use, or resized
                              by the technique. Complete after run, sync and download. */
    void *scratch;         /* the technique's own, from prepare */
};

struct technique {
    const char *name;    /* "simple", "tuned", "library", or one that a comparison teaches from */
    const char *summary; /* one line, shown by list */
    /* Floating-point kernels: a bound on |error| / sum|x| for this job, from its size, unit
     * roundoff and depth. NULL: the answer is exact. */
    double (*relative_error)(const struct job *);
    enum ab_status (*prepare)(struct job *, struct ab_error *); /* optional */
    enum ab_status (*run)(struct job *, struct ab_error *);     /* host: compute; device: enqueue */
    enum ab_status (*download)(struct job *, struct ab_error *); /* device backends only */
    /* Optional: upload, run and download in overlapped pieces, from problem->input to result;
     * complete on return. Without it the harness chains the three. */
    enum ab_status (*end_to_end)(struct job *, struct ab_error *);
    void (*release)(struct job *); /* optional; accepts a job that prepare left half-made */
};

/* One cell of the dispatch table: symbol <kernel>_<backend>, file <dir>/<kernel>_<backend>.* */
struct implementation {
    /* The headline technique first; "simple", what one would show on a slide, is one of them; ends
     * with name NULL. */
    const struct technique *techniques;
    const char *absent; /* a deliberate hole: why; techniques is NULL then */
};

/* ---- The dispatch table (common/registry.c, made from common/catalog.h) ------------------ */

struct backend_entry {
    const char *name;
    const struct backend *backend; /* NULL: not built */
    const char *why_not;           /* not built: the reason and the remedy, one line */
};

size_t kernel_count(void);
const struct kernel *kernel_at(size_t index);
const struct kernel *find_kernel(const char *name); /* NULL: unknown */

size_t backend_count(void);
const struct backend_entry *backend_at(size_t index);
const struct backend_entry *find_backend(const char *name); /* NULL: unknown */

/* The cell, or NULL where the backend is not built. */
const struct implementation *find_implementation(const struct kernel *kernel,
                                                 const struct backend_entry *backend);

/* Its techniques, up to one whose name is NULL: none where there is no cell (NULL), or a hole. */
const struct technique *techniques_of(const struct implementation *implementation);

/* The technique of that name, or NULL. */
const struct technique *find_technique(const struct implementation *implementation,
                                       const char *name);

#ifdef __cplusplus
}
#endif

#endif
