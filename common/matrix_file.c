#include "common/matrix_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *format_file_text(const char *bytes, size_t length, char text[FILE_TEXT])
{
    enum { SHOWN = (FILE_TEXT - 4) / 4 };
    size_t used = 0;
    for (size_t i = 0; i < length && i < SHOWN; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c >= ' ' && c < 127)
            text[used++] = (char)c;
        else
            used += (size_t)snprintf(text + used, FILE_TEXT - used, "\\x%02x", c);
    }
    const char *end = length > SHOWN ? "..." : "";
    memcpy(text + used, end, strlen(end) + 1);
    return text;
}

enum ab_status read_at(int fd, const char *path, uint64_t offset, void *to, size_t bytes,
                       size_t *got, struct ab_error *error)
{
    const size_t most = (size_t)1 << 30; /* the kernel's own limit is just below 2^31 */
    *got = 0;
    while (*got < bytes) {
        size_t wanted = bytes - *got < most ? bytes - *got : most;
        ssize_t count = pread(fd, (char *)to + *got, wanted, (off_t)(offset + *got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ab_fail_errno(error, AB_INPUT, "%s: cannot be read", path);
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return AB_OK;
}

static enum ab_status check_kind(int fd, const char *path, struct stat *status,
                                 struct ab_error *error)
{
    if (fstat(fd, status) != 0)
        return ab_fail_errno(error, AB_INPUT, "%s: cannot be examined", path);
    if (S_ISDIR(status->st_mode))
        return ab_fail(error, AB_INPUT, "%s: is a directory: name a .npy or text file in it", path);
    if (!S_ISREG(status->st_mode))
        return ab_fail(error, AB_INPUT,
                       "%s: is a pipe or device: a matrix is read from regular files only, "
                       "save it to one",
                       path);
    if (status->st_size == 0)
        return ab_fail(error, AB_INPUT,
                       "%s: is empty: a text matrix needs at least one number (an empty .npy "
                       "matrix has a header)",
                       path);
    return AB_OK;
}

/* Returns -1 and records why. O_NONBLOCK: opening a pipe must not wait for its writer before we can
 * refuse it. */
static int open_regular(const char *path, struct stat *status, struct ab_error *error)
{
    if (strcmp(path, "-") == 0) {
        ab_fail(error, AB_INPUT,
                "-: a matrix is not read from standard input: save it to a file and name that");
        return -1;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        ab_fail_errno(error, AB_INPUT, "%s: cannot open this matrix file", path);
        return -1;
    }
    if (check_kind(fd, path, status, error) == AB_OK)
        return fd;
    close(fd);
    return -1;
}

static bool is_npy_name(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, ".npy") == 0;
}

enum ab_status matrix_file_probe(const char *path, struct matrix_file *file, struct ab_error *error)
{
    struct stat status;
    char start[8];
    size_t got;
    *file = (struct matrix_file){0};
    int fd = open_regular(path, &status, error);
    if (fd < 0)
        return error->status;
    file->bytes = (uint64_t)status.st_size;
    file->modified = status.st_mtim;
    enum ab_status result = read_at(fd, path, 0, start, sizeof(start), &got, error);
    if (result != AB_OK)
        goto cleanup;
    file->is_npy = npy_has_magic(start, got);
    if (got >= 4 && memcmp(start, "PK\3\4", 4) == 0)
        result =
            ab_fail(error, AB_INPUT,
                    "%s: is an archive, as numpy.savez writes it (.npz): save one array of it, "
                    "numpy.save('a.npy', numpy.load(file)['arr_0'])",
                    path);
    else if (file->is_npy)
        result = npy_probe(fd, path, file, error);
    else if (is_npy_name(path))
        result = ab_fail(error, AB_INPUT,
                         "%s: is not a .npy file: its first bytes are not \\x93NUMPY; write it "
                         "with numpy.save, or rename it if it is text",
                         path);
cleanup:
    close(fd);
    return result;
}

/* In text, two bytes hold at most one number. */
static uint64_t most_elements(const struct matrix_file *file)
{
    return file->is_npy ? file->rows * file->cols : file->bytes / 2 + 1;
}

bool matrix_file_need_bytes(const struct matrix_file *file, uint64_t *bytes)
{
    if (__builtin_mul_overflow(most_elements(file), dtype_bytes(file->dtype), bytes))
        return false;
    if (!file->is_npy && __builtin_add_overflow(*bytes, TEXT_BUFFER_BYTES, bytes))
        return false;
    return *bytes <= INT64_MAX;
}

enum ab_status matrix_file_read(const char *path, struct matrix_file *file, struct region *elements,
                                struct ab_error *error)
{
    struct stat before, after;
    enum ab_status result = AB_OK;
    int fd = open_regular(path, &before, error);
    if (fd < 0)
        return error->status;
    if ((uint64_t)before.st_size == file->bytes) /* otherwise the sizes in `file` do not hold */
        result = file->is_npy ? npy_read(fd, path, file, elements, error)
                              : matrix_text_read(fd, path, file, elements, error);
    if (result != AB_OK)
        goto cleanup;
    if (fstat(fd, &after) != 0) {
        result = ab_fail_errno(error, AB_INPUT, "%s: cannot be examined", path);
        goto cleanup;
    }
    if ((uint64_t)after.st_size != file->bytes || after.st_mtim.tv_sec != file->modified.tv_sec ||
        after.st_mtim.tv_nsec != file->modified.tv_nsec)
        result = ab_fail(error, AB_INPUT,
                         "%s: changed while it was being read (%" PRIu64 " bytes then, %" PRIu64
                         " now): run again when nobody writes to it",
                         path, file->bytes, (uint64_t)after.st_size);
cleanup:
    close(fd);
    return result;
}
