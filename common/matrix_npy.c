/* NumPy's .npy format, versions 1.0 to 3.0: the magic, a version, the length of a header, the
 * header (a Python dictionary), the elements. The layout is that of numpy.lib.format. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/matrix_file.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "elements are used as they are stored");

enum { MAGIC_BYTES = 6, PREFIX_MOST = 12, HEADER_MOST = 64 * 1024 };

struct npy_header {
    bool has_descr, has_order, has_shape;
    const char *descr; /* not NUL-terminated */
    size_t descr_length;
    bool fortran_order;
    uint64_t shape[2]; /* the first two */
    uint64_t dimensions;
};

/* A place in the header. Once something is wrong, `error` says so and nothing moves on. */
struct cursor {
    const char *start, *next, *end;
    const char *path;
    struct ab_error *error;
};

bool npy_has_magic(const void *bytes, size_t length)
{
    return length >= MAGIC_BYTES && memcmp(bytes, "\x93NUMPY", MAGIC_BYTES) == 0;
}

static bool malformed(struct cursor *cursor, const char *what)
{
    ab_fail(cursor->error, AB_INPUT,
            "%s: byte %zu of the .npy header: %s; write the file again with numpy.save",
            cursor->path, (size_t)(cursor->next - cursor->start), what);
    return false;
}

static char peek(struct cursor *cursor)
{
    while (cursor->next < cursor->end && *cursor->next != '\0' &&
           strchr(" \t\n\r\f\v", *cursor->next) != NULL)
        cursor->next++;
    return cursor->next < cursor->end ? *cursor->next : '\0';
}

static bool accept(struct cursor *cursor, char wanted)
{
    if (peek(cursor) != wanted)
        return false;
    cursor->next++;
    return true;
}

static bool accept_word(struct cursor *cursor, const char *word)
{
    size_t length = strlen(word);
    peek(cursor);
    if ((size_t)(cursor->end - cursor->next) < length || memcmp(cursor->next, word, length) != 0)
        return false;
    cursor->next += length;
    return true;
}

static bool read_string(struct cursor *cursor, const char **text, size_t *length)
{
    char quote = peek(cursor);
    if (quote != '\'' && quote != '"')
        return malformed(cursor, "a quoted string is missing");
    const char *begin = ++cursor->next;
    const char *end = memchr(begin, quote, (size_t)(cursor->end - begin));
    if (end == NULL)
        return malformed(cursor, "a string does not end");
    if (memchr(begin, '\\', (size_t)(end - begin)) != NULL)
        return malformed(cursor, "a string has a backslash");
    *text = begin;
    *length = (size_t)(end - begin);
    cursor->next = end + 1;
    return true;
}

static bool read_dimension(struct cursor *cursor, uint64_t *value)
{
    char digit = peek(cursor);
    if (digit < '0' || digit > '9')
        return malformed(cursor, "a dimension of shape is not a whole number >= 0");
    for (*value = 0; cursor->next < cursor->end; cursor->next++) {
        digit = *cursor->next;
        if (digit < '0' || digit > '9')
            break;
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(digit - '0'), value))
            return malformed(cursor, "a dimension of shape is 2^64 or more");
    }
    if (cursor->next < cursor->end && *cursor->next == 'L') /* written by Python 2 */
        cursor->next++;
    return true;
}

static bool read_shape(struct cursor *cursor, struct npy_header *header)
{
    if (!accept(cursor, '('))
        return malformed(cursor, "shape is not a tuple");
    bool after_comma = true;
    while (!accept(cursor, ')')) {
        uint64_t value = 0;
        if (!after_comma)
            return malformed(cursor, "a comma is missing in shape");
        if (!read_dimension(cursor, &value))
            return false;
        if (header->dimensions < 2)
            header->shape[header->dimensions] = value;
        header->dimensions++;
        after_comma = accept(cursor, ',');
    }
    if (header->dimensions == 1 && !after_comma)
        return malformed(cursor, "shape is not a tuple (one dimension is written as (n,))");
    return true;
}

static bool read_descr(struct cursor *cursor, struct npy_header *header)
{
    char first = peek(cursor);
    if (first == '[' || first == '(') {
        ab_fail(cursor->error, AB_INPUT,
                "%s: has a structured dtype, which has no sum: save one field of it, "
                "numpy.save(file, numpy.ascontiguousarray(a['field']))",
                cursor->path);
        return false;
    }
    return read_string(cursor, &header->descr, &header->descr_length);
}

static bool read_order(struct cursor *cursor, struct npy_header *header)
{
    header->fortran_order = accept_word(cursor, "True");
    return header->fortran_order || accept_word(cursor, "False") ||
           malformed(cursor, "fortran_order is neither True nor False");
}

static bool read_member(struct cursor *cursor, struct npy_header *header)
{
    static const struct {
        const char *name;
        bool (*read)(struct cursor *, struct npy_header *);
        size_t seen;
    } members[] = {
        {"descr", read_descr, offsetof(struct npy_header, has_descr)},
        {"fortran_order", read_order, offsetof(struct npy_header, has_order)},
        {"shape", read_shape, offsetof(struct npy_header, has_shape)},
    };
    const char *key;
    size_t length;
    if (!read_string(cursor, &key, &length))
        return false;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        bool *seen = (bool *)((char *)header + members[i].seen);
        if (length != strlen(members[i].name) || memcmp(key, members[i].name, length) != 0)
            continue;
        if (*seen)
            return malformed(cursor, "a key stands twice");
        *seen = true;
        return (accept(cursor, ':') || malformed(cursor, "a colon is missing")) &&
               members[i].read(cursor, header);
    }
    return malformed(cursor, "a key is none of descr, fortran_order, shape");
}

static bool read_dictionary(struct cursor *cursor, struct npy_header *header)
{
    if (!accept(cursor, '{'))
        return malformed(cursor, "it is not a dictionary");
    bool after_comma = true;
    while (!accept(cursor, '}')) {
        if (!after_comma)
            return malformed(cursor, "a comma or } is missing");
        if (!read_member(cursor, header))
            return false;
        after_comma = accept(cursor, ',');
    }
    peek(cursor);
    if (cursor->next != cursor->end)
        return malformed(cursor, "something follows the dictionary");
    if (!header->has_descr)
        return malformed(cursor, "descr is missing");
    if (!header->has_order)
        return malformed(cursor, "fortran_order is missing");
    return header->has_shape || malformed(cursor, "shape is missing");
}

static enum ab_status choose_dtype(const char *path, const struct npy_header *header,
                                   enum dtype *dtype, struct ab_error *error)
{
    static const char supported[DTYPE_COUNT][4] = {
        [DTYPE_I32] = "<i4", [DTYPE_I64] = "<i8", [DTYPE_F32] = "<f4", [DTYPE_F64] = "<f8"};
    static const struct {
        char kind;
        const char *reason, *remedy;
    } kinds[] = {
        {'b', "bool", "'<i4'"},
        {'u', "unsigned", "'<i8'"},
        {'i', "integer of another width", "'<i4'"},
        {'f', "floating point of another width", "'<f8'"},
        {'c', "complex", "'<f8' of its real part"},
        {'O', "Python object", "'<f8', if every object is a number"},
        {'S', "text", "'<f8', if every string is a number"},
        {'U', "text", "'<f8', if every string is a number"},
        {'M', "date", "'<i8'"},
        {'m', "time span", "'<i8'"},
        {'V', "structured or raw", "'<f8' of one field"},
    };
    char shown[FILE_TEXT];
    const char *descr = header->descr;
    size_t length = header->descr_length;
    for (size_t i = 0; i < DTYPE_COUNT; i++)
        if (length == 3 && memcmp(descr, supported[i], 3) == 0) {
            *dtype = (enum dtype)i;
            return AB_OK;
        }
    format_file_text(descr, length, shown);
    for (size_t i = 0; i < DTYPE_COUNT; i++)
        if (length == 3 && descr[0] == '>' && memcmp(descr + 1, supported[i] + 1, 2) == 0)
            return ab_fail(error, AB_INPUT,
                           "%s: has the big-endian dtype '%s': convert it, numpy.save(file, "
                           "numpy.ascontiguousarray(a).astype('%s'))",
                           path, shown, supported[i]);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (length >= 2 && strchr("<>|=", descr[0]) != NULL && descr[1] == kinds[i].kind)
            return ab_fail(error, AB_INPUT,
                           "%s: has the dtype '%s' (%s); only <i4 <i8 <f4 <f8 are read: convert "
                           "it, numpy.save(file, numpy.ascontiguousarray(a).astype(T)) with T = %s",
                           path, shown, kinds[i].reason, kinds[i].remedy);
    return ab_fail(error, AB_INPUT,
                   "%s: has the unknown dtype '%s'; only <i4 <i8 <f4 <f8 are read: convert it, "
                   "numpy.save(file, numpy.ascontiguousarray(a).astype('<f8'))",
                   path, shown);
}

static enum ab_status choose_shape(const char *path, const struct npy_header *header,
                                   struct matrix_file *file, struct ab_error *error)
{
    if (header->dimensions > 2)
        return ab_fail(error, AB_INPUT,
                       "%s: has %" PRIu64 " dimensions, a matrix has at most 2: reshape it, "
                       "numpy.save(file, a.reshape(a.shape[0], -1))",
                       path, header->dimensions);
    file->rows = header->dimensions == 2 ? header->shape[0] : 1;
    file->cols = header->dimensions == 0 ? 1 : header->shape[header->dimensions - 1];
    if (header->fortran_order && file->rows > 1 && file->cols > 1)
        return ab_fail(error, AB_INPUT,
                       "%s: is stored by columns (fortran_order): convert it, numpy.save(file, "
                       "numpy.ascontiguousarray(a))",
                       path);
    return AB_OK;
}

static enum ab_status check_length(const char *path, const struct matrix_file *file,
                                   struct ab_error *error)
{
    uint64_t elements, bytes, stored = file->bytes - file->data_offset;
    if (__builtin_mul_overflow(file->rows, file->cols, &elements) ||
        __builtin_mul_overflow(elements, dtype_bytes(file->dtype), &bytes) || bytes > INT64_MAX)
        return ab_fail(error, AB_INPUT,
                       "%s: its header promises %" PRIu64 " x %" PRIu64
                       " elements, more than any file holds: write the file again with numpy.save",
                       path, file->rows, file->cols);
    if (stored < bytes)
        return ab_fail(error, AB_INPUT,
                       "%s: is cut short: %" PRIu64 " x %" PRIu64 " %s elements take %" PRIu64
                       " bytes, %" PRIu64 " are there; copy or write the file again",
                       path, file->rows, file->cols, dtype_name(file->dtype), bytes, stored);
    if (stored > bytes)
        return ab_fail(error, AB_INPUT,
                       "%s: has %" PRIu64 " extra bytes after its %" PRIu64 " x %" PRIu64
                       " %s elements (%" PRIu64 " bytes): save one array a file",
                       path, stored - bytes, file->rows, file->cols, dtype_name(file->dtype),
                       bytes);
    return AB_OK;
}

/* Finds the header: *length bytes from file->data_offset on; then moves data_offset behind it. */
static enum ab_status read_prefix(int fd, const char *path, struct matrix_file *file,
                                  size_t *length, struct ab_error *error)
{
    uint8_t prefix[PREFIX_MOST] = {0};
    size_t got;
    enum ab_status status = read_at(fd, path, 0, prefix, sizeof(prefix), &got, error);
    if (status != AB_OK)
        return status;
    unsigned major = prefix[MAGIC_BYTES], minor = prefix[MAGIC_BYTES + 1];
    file->data_offset = major == 1 ? 10 : 12;
    if (got >= 8 && (major < 1 || major > 3 || minor != 0))
        return ab_fail(error, AB_INPUT,
                       "%s: has version %u.%u of the .npy format; 1.0, 2.0 and 3.0 are read: "
                       "write the file again with numpy.save",
                       path, major, minor);
    *length = prefix[8] | (size_t)prefix[9] << 8;
    if (major > 1)
        *length |= (size_t)prefix[10] << 16 | (size_t)prefix[11] << 24;
    if (got < 8 || file->bytes < file->data_offset || got < file->data_offset)
        return ab_fail(error, AB_INPUT,
                       "%s: is cut short: a .npy file begins with 10 or 12 bytes, %" PRIu64
                       " are there; copy or write the file again",
                       path, file->bytes);
    if (*length > file->bytes - file->data_offset)
        return ab_fail(error, AB_INPUT,
                       "%s: is cut short: its .npy header takes %zu bytes, %" PRIu64
                       " are there; copy or write the file again",
                       path, *length, file->bytes - file->data_offset);
    if (*length > HEADER_MOST)
        return ab_fail(error, AB_INPUT,
                       "%s: has a .npy header of %zu bytes, more than the %d that are read: write "
                       "the file again with numpy.save",
                       path, *length, HEADER_MOST);
    return AB_OK;
}

enum ab_status npy_probe(int fd, const char *path, struct matrix_file *file, struct ab_error *error)
{
    char *text = NULL;
    size_t length = 0, got;
    struct npy_header header = {0};
    enum ab_status status = read_prefix(fd, path, file, &length, error);
    if (status != AB_OK)
        return status;
    text = malloc(length + 1);
    if (text == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the header of %s", path);
    status = read_at(fd, path, file->data_offset, text, length, &got, error);
    if (status != AB_OK)
        goto cleanup;
    struct cursor cursor = {text, text, text + got, path, error};
    file->data_offset += length;
    if (!read_dictionary(&cursor, &header))
        status = error->status;
    if (status == AB_OK)
        status = choose_dtype(path, &header, &file->dtype, error);
    if (status == AB_OK)
        status = choose_shape(path, &header, file, error);
    if (status == AB_OK)
        status = check_length(path, file, error);
cleanup:
    free(text);
    return status;
}

enum ab_status npy_read(int fd, const char *path, const struct matrix_file *file,
                        struct region *elements, struct ab_error *error)
{
    size_t bytes = (size_t)(file->bytes - file->data_offset), got;
    enum ab_status status = region_resize(elements, bytes, "the matrix", error);
    if (status != AB_OK)
        return status;
    status = read_at(fd, path, file->data_offset, elements->data, bytes, &got, error);
    if (status != AB_OK || got == bytes)
        return status;
    return ab_fail(error, AB_INPUT,
                   "%s: changed while it was being read: %zu of %zu bytes came; run again when "
                   "nobody writes to it",
                   path, got, bytes);
}
