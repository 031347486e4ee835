/* Reading a matrix from a file: NumPy's .npy, or text with one row a line.
 *
 * A file is looked at twice: matrix_file_probe reads its header and says what it holds, so that
 * memory can be planned; matrix_file_read reads the elements. Only regular files are read, so
 * that both see the same bytes; one that changed in between is AB_INPUT.
 */
#ifndef ACCELBENCH_COMMON_MATRIX_FILE_H
#define ACCELBENCH_COMMON_MATRIX_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "common/error.h"
#include "common/matrix.h"
#include "common/memory.h"

struct matrix_file {
    bool is_npy;
    enum dtype dtype;     /* .npy: set by the probe; text: the caller's choice, before the read */
    uint64_t rows, cols;  /* .npy: set by the probe; text: set by the read */
    uint64_t data_offset; /* .npy: first byte of the elements */
    uint64_t bytes;       /* of the whole file */
    struct timespec modified;
};

/* AB_INPUT for anything that is not a readable matrix as far as the header tells. */
enum ab_status matrix_file_probe(const char *path, struct matrix_file *file,
                                 struct ab_error *error);

/* Most memory that matrix_file_read takes, the elements included. False: more than 2^63. */
bool matrix_file_need_bytes(const struct matrix_file *file, uint64_t *bytes);

/* Fills `elements` with rows x cols elements of file->dtype. */
enum ab_status matrix_file_read(const char *path, struct matrix_file *file, struct region *elements,
                                struct ab_error *error);

/* ---- For matrix_npy.c, matrix_text.c and whoever else reads files ---------------------------- */

/* Room for a piece of a file as messages show it: shortened, with everything that is not
 * printable ASCII escaped. Returns `text`. */
enum { FILE_TEXT = 4 * 24 + 4 };
const char *format_file_text(const char *bytes, size_t length, char text[FILE_TEXT]);

/* Reads until `bytes` are there or the file ends; *got says how many came. */
enum ab_status read_at(int fd, const char *path, uint64_t offset, void *to, size_t bytes,
                       size_t *got, struct ab_error *error);

/* Does a file that begins with these bytes say that it is a .npy file? */
bool npy_has_magic(const void *bytes, size_t length);
enum ab_status npy_probe(int fd, const char *path, struct matrix_file *file,
                         struct ab_error *error);
enum ab_status npy_read(int fd, const char *path, const struct matrix_file *file,
                        struct region *elements, struct ab_error *error);

enum { TEXT_BUFFER_BYTES = 1 << 20 }; /* also the longest number that is read */
enum ab_status matrix_text_read(int fd, const char *path, struct matrix_file *file,
                                struct region *elements, struct ab_error *error);

#endif
