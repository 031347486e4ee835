/* The blocks and threads of a grid on the host: a fiber for each thread of a block, which runs
 * until it waits for others; a host thread for each of a few blocks at a time where the thread
 * sanitizer watches, so that it sees what blocks do to each other, and none otherwise.
 *
 * This file is compiled without sanitizers and tells them what it does: which fiber runs, and which
 * waiting orders which accesses. A barrier orders all that its threads did; each has a token for
 * even and one for odd instances, because with one token alone a thread that is already at the next
 * barrier would seem to be ordered before one that still works on this side of it.
 */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef __x86_64__
#include <ucontext.h>
#endif

#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "cuda_host.h"
#include "cuda_runtime.h"

#undef threadIdx
#undef blockIdx
#undef blockDim
#undef gridDim

#ifdef CUDA_HOST_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef CUDA_HOST_TSAN
#include <sanitizer/tsan_interface.h>
#define RELEASE(token) __tsan_release(token)
#define ACQUIRE(token) __tsan_acquire(token)
#else
#define RELEASE(token) ((void)(token))
#define ACQUIRE(token) ((void)(token))
#endif

namespace
{

enum {
    STACK_BYTES = 128 << 10,
    SHARED_BYTES = CUDA_HOST_SHARED_BYTES_MOST,
    REDZONE = 32,
    WARP = 32,
    GARBAGE = 0xA5
};

enum state { READY, AT_BARRIER, AT_WARP, DONE };

/* Where a fiber goes on. The C library's swapcontext does the same, and asks the kernel about
 * signals each time: most of the time that the tests would take. */
#ifdef __x86_64__
typedef void *place;

extern "C" void cuda_host_switch(place *from, place to);
__asm__(".text\n"
        "cuda_host_switch:\n"
        "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n"
        "    pushq %r13\n    pushq %r14\n    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n"
        "    popq %r12\n    popq %rbx\n    popq %rbp\n"
        "    ret\n");

void go(place *from, place *to)
{
    cuda_host_switch(from, *to);
}

void start_at(place *where, char *stack, size_t bytes, void (*function)())
{
    enum { SAVED = 6 };
    void **top = (void **)(((uintptr_t)stack + bytes) & ~(uintptr_t)15);
    top[-2] = (void *)function; /* as if called: the stack is 8 off a multiple of 16 */
    memset(top - 2 - SAVED, 0, SAVED * sizeof(*top));
    *where = top - 2 - SAVED;
}
#else
typedef ucontext_t place;

void go(place *from, place *to)
{
    swapcontext(from, to);
}

void start_at(place *where, char *stack, size_t bytes, void (*function)())
{
    getcontext(where);
    where->uc_stack.ss_sp = stack;
    where->uc_stack.ss_size = bytes;
    where->uc_link = nullptr;
    makecontext(where, function, 0);
}
#endif

struct token {
    char at[2];
};

struct fiber {
    place context;
    std::unique_ptr<char[]> stack;
    void *fake_stack = nullptr, *tsan = nullptr;
    state is = DONE;
    unsigned linear = 0;
    uint3 index = {0, 0, 0};
    unsigned barriers = 0; /* passed */
    const char *file = nullptr;
    int line = 0;
    unsigned mask = 0;
    unsigned exchanges = 0;
    uint64_t slots[2] = {0, 0};
};

struct warp {
    std::map<unsigned, unsigned> instances; /* by mask */
    std::map<unsigned, token> tokens;
};

struct variable {
    const void *key;
    size_t offset;
};

void poison(char *memory, size_t bytes)
{
#ifdef CUDA_HOST_ASAN
    __asan_poison_memory_region(memory, bytes);
#else
    (void)memory;
    (void)bytes;
#endif
}

void unpoison(char *memory, size_t bytes)
{
#ifdef CUDA_HOST_ASAN
    __asan_unpoison_memory_region(memory, bytes);
#else
    (void)memory;
    (void)bytes;
#endif
}

/* Runs one block after the other. */
struct runner {
    std::vector<std::unique_ptr<fiber>> fibers;
    std::vector<warp> warps;
    unsigned threads = 0;
    place scheduler;
    void *scheduler_fake = nullptr, *scheduler_tsan = nullptr;
    const void *scheduler_stack = nullptr;
    size_t scheduler_bytes = 0;
    fiber *now = nullptr;
    const std::function<void()> *body = nullptr;
    uint3 block = {0, 0, 0};
    dim3 block_size, grid_size;
    char *shared = nullptr;
    size_t shared_used = 0, launch_shared = 0;
    std::vector<variable> variables;
    token barrier;
    char start, end; /* of a block: the threads after the runner, the runner after the threads */
    ~runner()
    {
        unpoison(shared, SHARED_BYTES + REDZONE);
        free(shared);
    }
};

thread_local runner *self;
std::vector<std::unique_ptr<runner>> pool; /* fibers are dear to make */
char fence_token;
std::atomic<unsigned> started; /* runners */
cuda_host_order resume_order = CUDA_HOST_FORWARD;

[[noreturn]] __attribute__((format(printf, 1, 2))) void die(const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    const uint3 t = self->now->index;
    fprintf(stderr, "cuda_host: block (%u,%u,%u) thread (%u,%u,%u): %s\n", self->block.x,
            self->block.y, self->block.z, t.x, t.y, t.z, text);
    abort();
}

/* ---- Switching ----------------------------------------------------------------------------- */

void to_scheduler()
{
    fiber *f = self->now;
#ifdef CUDA_HOST_ASAN
    __sanitizer_start_switch_fiber(f->is == DONE ? nullptr : &f->fake_stack, self->scheduler_stack,
                                   self->scheduler_bytes);
#endif
#ifdef CUDA_HOST_TSAN
    __tsan_switch_to_fiber(self->scheduler_tsan, __tsan_switch_to_fiber_no_sync);
#endif
    go(&f->context, &self->scheduler);
#ifdef CUDA_HOST_ASAN
    __sanitizer_finish_switch_fiber(f->fake_stack, &self->scheduler_stack, &self->scheduler_bytes);
#endif
}

void fiber_main()
{
#ifdef CUDA_HOST_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &self->scheduler_stack, &self->scheduler_bytes);
#endif
    ACQUIRE(&self->start);
    (*self->body)();
    RELEASE(&self->end);
    self->now->is = DONE;
    to_scheduler();
    abort();
}

void resume(fiber *f)
{
    self->now = f;
#ifdef CUDA_HOST_ASAN
    __sanitizer_start_switch_fiber(&self->scheduler_fake, f->stack.get(), STACK_BYTES);
#endif
#ifdef CUDA_HOST_TSAN
    __tsan_switch_to_fiber(f->tsan, __tsan_switch_to_fiber_no_sync);
#endif
    go(&self->scheduler, &f->context);
#ifdef CUDA_HOST_ASAN
    __sanitizer_finish_switch_fiber(self->scheduler_fake, nullptr, nullptr);
#endif
}

/* ---- One block ----------------------------------------------------------------------------- */

void begin_block(unsigned linear)
{
    runner &r = *self;
    r.block = {linear % r.grid_size.x, linear / r.grid_size.x % r.grid_size.y,
               linear / r.grid_size.x / r.grid_size.y};
    unpoison(r.shared, SHARED_BYTES + REDZONE);
    memset(r.shared, GARBAGE, SHARED_BYTES + REDZONE);
    poison(r.shared, SHARED_BYTES + REDZONE);
    unpoison(r.shared, r.launch_shared);
    r.shared_used = r.launch_shared;
    r.variables.clear();
    r.warps.assign((r.threads + WARP - 1) / WARP, warp());
    RELEASE(&r.start);
    for (unsigned i = 0; i < r.threads; i++) {
        fiber *f = r.fibers[i].get();
        f->is = READY;
        f->linear = i;
        f->index = {i % r.block_size.x, i / r.block_size.x % r.block_size.y,
                    i / r.block_size.x / r.block_size.y};
        f->barriers = f->exchanges = 0;
        f->fake_stack = nullptr;
        start_at(&f->context, f->stack.get(), STACK_BYTES, fiber_main);
    }
}

bool resume_ready()
{
    bool any = false;
    for (unsigned k = 0; k < self->threads; k++) {
        const unsigned i = resume_order == CUDA_HOST_BACKWARD ? self->threads - 1 - k : k;
        fiber *f = self->fibers[i].get();
        if (f->is == READY) {
            resume(f);
            any = true;
        }
    }
    return any;
}

/* Lets the lanes of a warp go on that wait for each other and are all there. */
bool release_warp(unsigned w)
{
    fiber *lanes[WARP] = {};
    unsigned here = 0;
    for (unsigned lane = 0; lane < WARP && w * WARP + lane < self->threads; lane++) {
        lanes[lane] = self->fibers[w * WARP + lane].get();
        here |= 1u << lane;
    }
    bool any = false;
    for (unsigned lane = 0; lane < WARP; lane++) {
        if (lanes[lane] == nullptr || lanes[lane]->is != AT_WARP)
            continue;
        const unsigned mask = lanes[lane]->mask & here;
        bool all = true;
        for (unsigned other = 0; other < WARP; other++) {
            if (!(mask >> other & 1))
                continue;
            if (lanes[other]->is == DONE) {
                self->now = lanes[lane];
                die("waits for lane %u of its warp, which has ended", other);
            }
            all = all && lanes[other]->is == AT_WARP && (lanes[other]->mask & here) == mask;
        }
        if (!all)
            continue;
        self->warps[w].instances[lanes[lane]->mask]++;
        for (unsigned other = 0; other < WARP; other++)
            if (mask >> other & 1)
                lanes[other]->is = READY;
        any = true;
    }
    return any;
}

/* Lets the block go on once all of it is at one barrier; false: it is not. */
bool release_barrier(unsigned waiting, unsigned done)
{
    if (waiting == 0 || waiting + done < self->threads)
        return false;
    fiber *first = nullptr;
    for (unsigned i = 0; i < self->threads; i++) {
        fiber *f = self->fibers[i].get();
        if (f->is != AT_BARRIER)
            continue;
        self->now = f;
        if (done != 0)
            die("__syncthreads() at %s:%d reached by %u threads, %u have ended", f->file, f->line,
                waiting, done);
        if (first != nullptr && (first->line != f->line || first->file != f->file))
            die("divergent __syncthreads(): others wait at line %d, this one at %d", first->line,
                f->line);
        first = f;
    }
    for (unsigned i = 0; i < self->threads; i++)
        self->fibers[i]->is = READY;
    return true;
}

void run_block(unsigned linear)
{
    begin_block(linear);
    for (;;) {
        bool progress = resume_ready();
        for (unsigned w = 0; w < self->warps.size(); w++)
            progress = release_warp(w) || progress;
        unsigned done = 0, waiting = 0;
        for (unsigned i = 0; i < self->threads; i++) {
            done += self->fibers[i]->is == DONE;
            waiting += self->fibers[i]->is == AT_BARRIER;
        }
        if (done == self->threads)
            break;
        if (!release_barrier(waiting, done) && !progress)
            die("deadlock: %u threads at __syncthreads(), %u have ended, the rest waits in its "
                "warp",
                waiting, done);
    }
    ACQUIRE(&self->end);
}

/* ---- Grids --------------------------------------------------------------------------------- */

/* Makes the pool `runners` large, each with fibers for a block. */
void fill_pool(unsigned runners, unsigned threads)
{
    while (pool.size() < runners) {
        std::unique_ptr<runner> r(new runner());
        r->shared = (char *)aligned_alloc(256, SHARED_BYTES + 256);
        pool.push_back(std::move(r));
    }
    for (unsigned i = 0; i < runners; i++)
        while (pool[i]->fibers.size() < threads) {
            std::unique_ptr<fiber> f(new fiber());
            f->stack.reset(new char[STACK_BYTES]);
#ifdef CUDA_HOST_TSAN
            f->tsan = __tsan_create_fiber(0);
#endif
            pool[i]->fibers.push_back(std::move(f));
        }
}

/* Every so many blocks, whoever is faster: what is done by one runner is in order. */
void run_blocks(unsigned index, unsigned runners, const std::function<void()> *body, dim3 grid,
                dim3 block, size_t shared_bytes)
{
    self = pool[index].get();
    self->threads = block.x * block.y * block.z;
    self->body = body;
    self->grid_size = grid;
    self->block_size = block;
    self->launch_shared = shared_bytes;
#ifdef CUDA_HOST_TSAN
    self->scheduler_tsan = __tsan_get_current_fiber();
#endif
    /* Together, or the first would be done before the last begins. No sanitizer sees this wait. */
    for (started++; started < runners;)
        sched_yield();
    for (unsigned b = index; b < grid.x * grid.y * grid.z; b += runners)
        run_block(b);
    self = nullptr;
}

/* By the block of a fiber that waits: what came before the wait is ordered before what comes after
 * it in the others. */
void wait_at(state how, char *token)
{
    RELEASE(token);
    self->now->is = how;
    to_scheduler();
    ACQUIRE(token);
}

} // namespace

void cuda_host_grid(const std::function<void()> &body, dim3 grid, dim3 block, size_t shared_bytes)
{
#ifdef CUDA_HOST_TSAN
    enum { AT_ONCE = 3 };
    const unsigned blocks = grid.x * grid.y * grid.z, runners = blocks < AT_ONCE ? blocks : AT_ONCE;
    fill_pool(runners, block.x * block.y * block.z);
    started = 0;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < runners; i++)
        threads.emplace_back(run_blocks, i, runners, &body, grid, block, shared_bytes);
    for (std::thread &thread : threads)
        thread.join();
#else
    fill_pool(1, block.x * block.y * block.z);
    started = 0;
    run_blocks(0, 1, &body, grid, block, shared_bytes);
#endif
}

extern "C" void cuda_host_set_order(enum cuda_host_order order)
{
    resume_order = order;
}

uint3 cuda_host_thread()
{
    return self->now->index;
}

uint3 cuda_host_block()
{
    return self->block;
}

dim3 cuda_host_block_size()
{
    return self->block_size;
}

dim3 cuda_host_grid_size()
{
    return self->grid_size;
}

unsigned cuda_host_lane()
{
    return self->now->linear % WARP;
}

void cuda_host_barrier(const char *file, int line)
{
    fiber *f = self->now;
    f->file = file;
    f->line = line;
    wait_at(AT_BARRIER, &self->barrier.at[f->barriers & 1]);
    f->barriers++;
}

/* Orders as the two fences around a pair of atomic accesses do; those alone order nothing. */
void cuda_host_fence()
{
    ACQUIRE(&fence_token);
    RELEASE(&fence_token);
}

void cuda_host_warp_sync(unsigned mask)
{
    fiber *f = self->now;
    if (!(mask >> cuda_host_lane() & 1))
        die("lane %u is not in its own mask %08x", cuda_host_lane(), mask);
    warp &w = self->warps[f->linear / WARP];
    f->mask = mask;
    wait_at(AT_WARP, &w.tokens[mask].at[w.instances[mask] & 1]);
}

uint64_t cuda_host_exchange(unsigned mask, uint64_t value, unsigned from_lane)
{
    fiber *f = self->now;
    const unsigned slot = f->exchanges++ & 1, from = f->linear / WARP * WARP + from_lane;
    f->slots[slot] = value;
    cuda_host_warp_sync(mask);
    if (!(mask >> from_lane & 1) || from >= self->threads)
        return 0x0101010101010101u * GARBAGE;
    return self->fibers[from]->slots[slot];
}

unsigned cuda_host_ballot(unsigned mask, bool vote)
{
    fiber *f = self->now;
    const unsigned slot = f->exchanges++ & 1, first = f->linear / WARP * WARP;
    f->slots[slot] = vote;
    cuda_host_warp_sync(mask);
    unsigned votes = 0;
    for (unsigned lane = 0; lane < WARP && first + lane < self->threads; lane++)
        if (mask >> lane & 1)
            votes |= (unsigned)self->fibers[first + lane]->slots[slot] << lane;
    return votes;
}

void *cuda_host_launch_shared()
{
    return self->shared;
}

void *cuda_host_shared(const void *key, size_t bytes, size_t alignment)
{
    for (const variable &v : self->variables)
        if (v.key == key)
            return self->shared + v.offset;
    const size_t offset = (self->shared_used + REDZONE + alignment - 1) / alignment * alignment;
    if (offset + bytes > SHARED_BYTES)
        die("%zu bytes of shared memory do not fit beside %zu others in %d", bytes,
            self->shared_used, SHARED_BYTES);
    self->shared_used = offset + bytes;
    self->variables.push_back({key, offset});
    unpoison(self->shared + offset, bytes);
    return self->shared + offset;
}
