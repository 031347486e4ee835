/* The whole program with its n-th malloc, mmap, fork, pipe, pthread_create, write... failing, for
 * every n: it ends by itself with a documented status and says why, and nothing is left behind: no
 * process, no file descriptor, no memory (the leak checker of a sanitized build sees to that), no
 * temporary or half-written file.
 *
 * The linker sends the program's calls here (--wrap); calls that libraries make among themselves
 * stay what they are. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/cli.h"

/* ---- Calls that fail --------------------------------------------------------------------- */

enum call {
    CALL_MALLOC,
    CALL_CALLOC,
    CALL_REALLOC,
    CALL_MMAP,
    CALL_MREMAP,
    CALL_MPROTECT,
    CALL_FORK,
    CALL_PIPE,
    CALL_THREAD,
    CALL_OPEN,
    CALL_WRITE,
    CALL_SYNC,
    CALL_RENAME,
    CALL_COUNT
};

static const char *const call_names[CALL_COUNT] = {
    "malloc", "calloc",         "realloc", "mmap",  "mremap", "mprotect", "fork",
    "pipe2",  "pthread_create", "open",    "write", "fsync",  "rename"};

static enum call failing_call = CALL_COUNT;
static atomic_uint calls_to_go;
static atomic_bool *fired; /* shared with all processes of a run */

static bool fails(enum call call)
{
    if (call != failing_call || atomic_fetch_sub(&calls_to_go, 1) != 1)
        return false;
    atomic_store(fired, true);
    return true;
}

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

static int refused(int error_number)
{
    errno = error_number;
    return -1;
}

#define WRAP(type, name, parameters) \
    type __real_##name parameters;   \
    type __wrap_##name parameters;   \
    type __wrap_##name parameters

WRAP(void *, malloc, (size_t bytes))
{
    return fails(CALL_MALLOC) ? no_memory() : __real_malloc(bytes);
}

WRAP(void *, calloc, (size_t count, size_t bytes))
{
    return fails(CALL_CALLOC) ? no_memory() : __real_calloc(count, bytes);
}

WRAP(void *, realloc, (void *old, size_t bytes))
{
    return fails(CALL_REALLOC) ? no_memory() : __real_realloc(old, bytes);
}

WRAP(void *, mmap, (void *address, size_t bytes, int protection, int flags, int file, off_t offset))
{
    if (fails(CALL_MMAP)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return __real_mmap(address, bytes, protection, flags, file, offset);
}

WRAP(void *, mremap, (void *old, size_t old_bytes, size_t bytes, int flags, ...))
{
    if (fails(CALL_MREMAP)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return __real_mremap(old, old_bytes, bytes, flags);
}

WRAP(int, mprotect, (void *address, size_t bytes, int protection))
{
    return fails(CALL_MPROTECT) ? refused(ENOMEM) : __real_mprotect(address, bytes, protection);
}

WRAP(pid_t, fork, (void))
{
    return fails(CALL_FORK) ? refused(EAGAIN) : __real_fork();
}

WRAP(int, pipe2, (int ends[2], int flags))
{
    return fails(CALL_PIPE) ? refused(EMFILE) : __real_pipe2(ends, flags);
}

WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument))
{
    return fails(CALL_THREAD) ? EAGAIN : __real_pthread_create(thread, attributes, start, argument);
}

WRAP(int, open, (const char *path, int flags, ...))
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return fails(CALL_OPEN) ? refused(EMFILE) : __real_open(path, flags, mode);
}

WRAP(ssize_t, write, (int file, const void *bytes, size_t count))
{
    return fails(CALL_WRITE) ? refused(ENOSPC) : __real_write(file, bytes, count);
}

WRAP(int, fsync, (int file))
{
    return fails(CALL_SYNC) ? refused(EIO) : __real_fsync(file);
}

WRAP(int, fdatasync, (int file))
{
    return fails(CALL_SYNC) ? refused(EIO) : __real_fdatasync(file);
}

WRAP(int, rename, (const char *from, const char *to))
{
    return fails(CALL_RENAME) ? refused(EIO) : __real_rename(from, to);
}

/* ---- Runs -------------------------------------------------------------------------------- */

enum { OUTPUT_BYTES = 1 << 20, STATUS_LEFT_FILES_OPEN = 90, DEADLINE_S = 60 };

static char folder[] = "/tmp/accelbench-faults-XXXXXX";

struct outcome {
    int state; /* as waitpid's */
    char errors[OUTPUT_BYTES];
};

static unsigned open_files(void)
{
    unsigned count = 0;
    DIR *files = opendir("/proc/self/fd");
    while (files != NULL && readdir(files) != NULL)
        count++;
    if (files != NULL)
        closedir(files);
    return count;
}

/* In a process of its own, in the folder: the program, with one call failing. */
static void run_program(char **argv, enum call call, unsigned nth)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    freopen("/dev/null", "w", stdout);
    freopen("errors", "w", stderr);
    alarm(DEADLINE_S); /* a hang is a failure too */
    unsigned files = open_files();
    atomic_store(&calls_to_go, nth);
    failing_call = call;
    int status = accelbench_run(argc, argv);
    failing_call = CALL_COUNT;
    if (open_files() != files) {
        fprintf(stderr, "%u files are open, %u were before\n", open_files(), files);
        status = STATUS_LEFT_FILES_OPEN;
    }
    exit(status); /* and not _exit: the leak checker comes now */
}

static void run(char **argv, enum call call, unsigned nth, struct outcome *outcome)
{
    atomic_store(fired, false);
    unlink("errors");
    unlink("out.json");
    unlink("out.json.journal");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_program(argv, call, nth);
    assert_int_equal(waitpid(child, &outcome->state, 0), child);
    memset(outcome->errors, 0, sizeof(outcome->errors));
    int file = open("errors", O_RDONLY);
    assert_true(file >= 0);
    assert_true(read(file, outcome->errors, sizeof(outcome->errors) - 1) >= 0);
    close(file);
}

/* Each line is one of ours, and there is at least one. */
static bool says_why(const char *errors)
{
    if (*errors == '\0')
        return false;
    for (const char *line = errors; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strncmp(line, "accelbench: ", 12) != 0 || strchr(line, '\n') == NULL)
            return false;
    return true;
}

static bool is_whole(const char *path)
{
    char tail[4] = "";
    int file = open(path, O_RDONLY);
    if (file < 0)
        return errno == ENOENT;
    bool whole =
        lseek(file, -3, SEEK_END) > 0 && read(file, tail, 3) == 3 && strcmp(tail, "\n}\n") == 0;
    close(file);
    return whole;
}

/* What may lie there after a run: the input, the result whole, and when it failed the journal. */
static const char *stray_file(bool failed)
{
    static char name[NAME_MAX + 1];
    const char *stray = NULL;
    DIR *entries = opendir(".");
    assert_non_null(entries);
    for (struct dirent *e = readdir(entries); e != NULL && stray == NULL; e = readdir(entries)) {
        bool known = e->d_name[0] == '.' || strcmp(e->d_name, "errors") == 0 ||
                     strcmp(e->d_name, "input.txt") == 0 || strcmp(e->d_name, "out.json") == 0 ||
                     (failed && strcmp(e->d_name, "out.json.journal") == 0);
        if (!known)
            stray = strcpy(name, e->d_name);
    }
    closedir(entries);
    return stray;
}

static void judge(char **argv, enum call call, unsigned nth, const struct outcome *outcome)
{
    const char *complaint = NULL;
    int status = WIFEXITED(outcome->state) ? WEXITSTATUS(outcome->state) : -1;
    if (status < 0)
        complaint = "ended by a signal";
    else if (status == STATUS_LEFT_FILES_OPEN)
        complaint = "left files open";
    else if (status > 1)
        complaint = "ended with a status that does not fit (23: memory was left)";
    else if (status == 1 && !says_why(outcome->errors))
        complaint = "did not say why in lines of its own";
    else if (waitpid(-1, NULL, WNOHANG) != -1)
        complaint = "left a process";
    else if (!is_whole("out.json"))
        complaint = "left half a result";
    else if (stray_file(status != 0) != NULL)
        complaint = stray_file(status != 0);
    if (complaint != NULL)
        fail_msg("%s %s, %s number %u failing: %s (state %d):\n%s", argv[1], argv[2],
                 call_names[call], nth, complaint, outcome->state, outcome->errors);
}

static void fail_each(char **argv)
{
    static struct outcome outcome;
    unsigned total = 0;
    for (enum call call = 0; call < CALL_COUNT; call++) {
        unsigned nth = 0;
        do {
            run(argv, call, ++nth, &outcome);
            judge(argv, call, nth, &outcome);
        } while (atomic_load(fired));
        assert_int_equal(outcome.state, 0); /* nothing failed: all is well */
        total += nth - 1;
    }
    print_message("%s: %u failures\n", argv[1], total);
    assert_true(total > 0);
}

#define RUN_OPTIONS                                                                           \
    "--rounds", "1", "--min-time", "0.000001", "--threads", "2", "--deadline", "20", "--out", \
        "out.json", "--result"

static void test_matrix_sum(void **state)
{
    (void)state;
    char *argv[] = {"accelbench", "matrix_sum", "--size", "4Mi", RUN_OPTIONS, NULL};
    fail_each(argv);
}

static void test_matrix_file(void **state)
{
    (void)state;
    char *argv[] = {"accelbench", "traversal", "input.txt", "--backend", "serial,pthread",
                    "--format",   "json",      RUN_OPTIONS, NULL};
    fail_each(argv);
}

static void test_word_count(void **state)
{
    (void)state;
    char *argv[] = {"accelbench", "word_count", "--size", "200k", RUN_OPTIONS, NULL};
    fail_each(argv);
}

static void test_sweep(void **state)
{
    (void)state;
    char *argv[] = {"accelbench", "sweep",      "matrix_sum", "--sizes",    "4Ki,8Ki",  "--backend",
                    "serial",     "--rounds",   "1",          "--min-time", "0.000001", "--out",
                    "out.json",   "--deadline", "20",         NULL};
    fail_each(argv);
}

static void test_in_process(void **state)
{
    (void)state;
    char *argv[] = {"accelbench", "word_count", "input.txt", "--in-process", RUN_OPTIONS, NULL};
    fail_each(argv);
}

static void test_list(void **state)
{
    (void)state;
    char *argv[] = {"accelbench", "list", "--format", "json", NULL};
    fail_each(argv);
}

static int set_up(void **state)
{
    (void)state;
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans become ours, and are seen */
    /* Opening a driver takes longer than a run here; its calls fail in a test of their own. */
    setenv("OCL_ICD_VENDORS", "/nonexistent", 1);
    fired = mmap(NULL, sizeof(*fired), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fired == MAP_FAILED || mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    FILE *input = fopen("input.txt", "w");
    if (input == NULL)
        return -1;
    fputs("1 2 3\n4 5 6\n", input);
    return fclose(input);
}

static int tear_down(void **state)
{
    (void)state;
    unlink("errors");
    unlink("out.json");
    unlink("out.json.journal");
    unlink("input.txt");
    return chdir("/") != 0 || rmdir(folder) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix_sum), cmocka_unit_test(test_matrix_file),
        cmocka_unit_test(test_word_count), cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_sweep),      cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
