/* What the files of word_count on OpenCL share: opencl/word_count_opencl.c prepares and cuts,
 * opencl/word_total.c and opencl/word_frequency.c do one task each. */
#ifndef ACCELBENCH_OPENCL_WORDS_H
#define ACCELBENCH_OPENCL_WORDS_H

#include "common/word_count.h"
#include "cpu/word_table.h"
#include "opencl/memory.h"
#include "opencl/sums.h"

/* Slots of a group's cache in local memory; a power of two. */
#define OPENCL_GROUP_CACHE_SLOTS 1024

/* How the work-items of the kernel that counts are laid out. */
struct opencl_words_shape {
    const char *total, *count; /* kernels of the two tasks */
    bool alone;                /* groups of one work-item, each with a contiguous part */
    bool has_own_tables;       /* `count` takes tables of the work-items' own */
};

/* The table of the task frequency. */
struct opencl_words_table {
    cl_kernel clear, count, grow, list;
    cl_mem slots, progress, state, own_tables, entries;
    uint64_t capacity;        /* slots, a power of two */
    uint64_t entry_capacity;  /* entries */
    uint64_t reserve;         /* slots that must be left when work-items are told to stop */
    cl_uint own_slots;        /* of each work-item's own table; a power of two */
    cl_uint used;             /* words found in the last piece */
    struct region listed;     /* entries on their way to `merged`; an earlier result must stay */
    bool is_merged;           /* there are words in `merged` */
    struct word_table merged; /* of several pieces, or that the table had no room for */
};

/* job->scratch */
struct opencl_words {
    const struct opencl_words_shape *shape;
    struct opencl_program *program;
    enum word_rule rule;
    size_t group_items, groups;      /* groups of the kernel that counts */
    struct opencl_sums sums;         /* task total */
    struct opencl_words_table table; /* task frequency */
};

static inline struct opencl_words *opencl_words(const struct job *job)
{
    return job->scratch;
}

/* Work-items of the kernel that counts. */
static inline uint64_t opencl_words_items(const struct opencl_words *words)
{
    return words->groups * (words->shape->alone ? 1 : words->group_items);
}

/* Each task's part of the technique's hooks. Prepare makes kernels and buffers and runs every
 * kernel once on nothing; release accepts what prepare left half-made. */
enum ab_status opencl_total_prepare(struct job *job, struct ab_error *error);
enum ab_status opencl_total_run(struct job *job, struct ab_error *error);
enum ab_status opencl_total_download(struct job *job, struct ab_error *error);
void opencl_total_release(struct opencl_words *words);

enum ab_status opencl_frequency_prepare(struct job *job, struct ab_error *error);
enum ab_status opencl_frequency_run(struct job *job, struct ab_error *error);
enum ab_status opencl_frequency_download(struct job *job, struct ab_error *error);
void opencl_frequency_release(struct opencl_words *words);

#endif
