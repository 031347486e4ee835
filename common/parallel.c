#include "common/parallel.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/topology.h"

/* for (block = 0; block < blocks; block++)
 *     work(argument, block);
 */

struct part {
    pthread_t thread;
    int cpu; /* -1: left where the system puts it */
    struct slice slice;
    void (*work)(void *argument, uint64_t block);
    void *argument;
};

static void *run_part(void *argument)
{
    const struct part *part = argument;
    if (part->cpu >= 0)
        topology_bind_thread(part->cpu); /* what it makes is right on any CPU */
    for (uint64_t block = part->slice.begin; block < part->slice.end; block++)
        part->work(part->argument, block);
    return NULL;
}

enum ab_status parallel_blocks(unsigned threads, uint64_t blocks,
                               void (*work)(void *argument, uint64_t block), void *argument,
                               struct ab_error *error)
{
    if (threads > blocks)
        threads = (unsigned)blocks;
    if (threads <= 1) {
        for (uint64_t block = 0; block < blocks; block++)
            work(argument, block);
        return AB_OK;
    }
    enum ab_status status = AB_OK;
    unsigned started = 0;
    struct part *parts = calloc(threads, sizeof(*parts));
    int *cpus = calloc(threads, sizeof(*cpus));
    if (parts == NULL || cpus == NULL) {
        status = ab_fail(error, AB_NO_MEMORY, "out of memory for %u threads", threads);
        goto cleanup;
    }
    bool placed = topology_place(threads, cpus);
    for (; started < threads; started++) {
        struct part *part = &parts[started];
        *part = (struct part){.cpu = placed ? cpus[started] : -1,
                              .slice = slice_of(blocks, started, threads),
                              .work = work,
                              .argument = argument};
        int failure = pthread_create(&part->thread, NULL, run_part, part);
        if (failure != 0) {
            errno = failure;
            status = ab_fail_errno(error, AB_SYSTEM,
                                   "cannot start thread %u of %u: choose fewer with --threads",
                                   started + 1, threads);
            break;
        }
    }
    for (unsigned i = 0; i < started; i++)
        pthread_join(parts[i].thread, NULL);
cleanup:
    free(cpus);
    free(parts);
    return status;
}
