/* A matrix as text: one row a line, numbers separated by blanks. Numbers are read as Python's
 * int() and float() read them, without underscores, whatever the locale. A byte order mark at the
 * beginning is no part of the first. */
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/matrix_file.h"

struct text_reader {
    const char *path;
    enum dtype dtype;
    locale_t locale; /* "C", for strtod_l */
    struct region *elements;
    uint64_t count, most; /* elements read; elements that the file can hold */
    uint64_t line, column;
    uint64_t rows, cols, first_line; /* first_line: the one that set cols */
    struct ab_error *error;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_separator(char c)
{
    return is_blank(c) || c == '\n';
}

/* ---- One number ------------------------------------------------------------------------------
 * Each of the functions below reads the whole of [text, end), or says no. *end can be read: it is
 * a separator, or the NUL behind the last byte. */

static bool read_integer(const char *text, const char *end, int64_t *value)
{
    bool negative = *text == '-';
    uint64_t magnitude = 0, most = (uint64_t)INT64_MAX + negative;
    text += negative || *text == '+';
    if (text == end)
        return false;
    for (; text < end; text++) {
        if (!is_digit(*text) || __builtin_mul_overflow(magnitude, 10, &magnitude) ||
            __builtin_add_overflow(magnitude, (uint64_t)(*text - '0'), &magnitude) ||
            magnitude > most)
            return false;
    }
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}

/* A decimal number, split as digits x 10^exponent. */
struct decimal {
    uint64_t digits;
    int exponent;
    bool negative;
    bool short_enough; /* digits and exponent hold the whole number */
};

static const char *read_exponent(const char *text, const char *end, struct decimal *number)
{
    bool negative = *text == '-';
    int exponent = 0;
    text += negative || *text == '+';
    if (text == end || !is_digit(*text))
        return NULL;
    for (; text < end && is_digit(*text); text++) {
        exponent = exponent * 10 + (*text - '0');
        if (exponent > 9999) {
            exponent = 9999; /* the value is left to strtod */
            number->short_enough = false;
        }
    }
    number->exponent += negative ? -exponent : exponent;
    return text;
}

/* Checks the form too, which strtod would let pass with hexadecimal digits or "nan(x)". */
static bool read_decimal(const char *text, const char *end, struct decimal *number)
{
    unsigned digits = 0; /* saturates at 20: more do not fit 64 bits anyway */
    bool any = false, after_point = false;
    *number = (struct decimal){.negative = *text == '-'};
    text += number->negative || *text == '+';
    for (; text < end; text++) {
        if (*text == '.' && !after_point) {
            after_point = true;
        } else if (is_digit(*text)) {
            any = true;
            if (digits < 20 && (digits > 0 || *text != '0'))
                digits++;
            if (digits < 20)
                number->digits = number->digits * 10 + (uint64_t)(*text - '0');
            if (number->exponent > -9999)
                number->exponent -= after_point;
        } else {
            break;
        }
    }
    number->short_enough = digits < 20 && number->exponent > -9999;
    if (any && text < end && (*text == 'e' || *text == 'E'))
        text = read_exponent(text + 1, end, number);
    return any && text == end;
}

static bool same_word(const char *text, const char *end, const char *word)
{
    for (; text < end && *word != '\0'; text++, word++)
        if ((*text | 0x20) != *word)
            return false;
    return text == end && *word == '\0';
}

static bool read_special(const char *text, const char *end, double *value)
{
    bool negative = *text == '-';
    text += negative || *text == '+';
    if (same_word(text, end, "nan"))
        *value = NAN;
    else if (same_word(text, end, "inf") || same_word(text, end, "infinity"))
        *value = negative ? -HUGE_VAL : HUGE_VAL;
    else
        return false;
    return true;
}

/* Both operands are exact below these limits, so that one correctly rounded operation gives the
 * correctly rounded number (Clinger, "How to read floating point numbers accurately", PLDI 1990).
 * Anything longer is left to strtod. */
_Static_assert(__FLT_EVAL_METHOD__ == 0, "arithmetic must round to the type");

static bool read_f64(const struct text_reader *reader, const char *text, const char *end,
                     double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct decimal number;
    if (!read_decimal(text, end, &number))
        return read_special(text, end, value);
    if (number.short_enough && number.digits <= (1ull << 53) && abs(number.exponent) <= 22) {
        double digits = (double)number.digits;
        double size = number.exponent < 0 ? digits / powers[-number.exponent]
                                          : digits * powers[number.exponent];
        *value = number.negative ? -size : size;
        return true;
    }
    *value = strtod_l(text, NULL, reader->locale);
    return isfinite(*value);
}

static bool read_f32(const struct text_reader *reader, const char *text, const char *end,
                     float *value)
{
    static const float powers[] = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f,
                                   1e6f, 1e7f, 1e8f, 1e9f, 1e10f};
    struct decimal number;
    double special;
    if (!read_decimal(text, end, &number)) {
        if (!read_special(text, end, &special))
            return false;
        *value = (float)special;
        return true;
    }
    if (number.short_enough && number.digits <= (1u << 24) && abs(number.exponent) <= 10) {
        float digits = (float)number.digits;
        float size = number.exponent < 0 ? digits / powers[-number.exponent]
                                         : digits * powers[number.exponent];
        *value = number.negative ? -size : size;
        return true;
    }
    *value = strtof_l(text, NULL, reader->locale);
    return isfinite(*value);
}

/* ---- What is wrong with it ------------------------------------------------------------------ */

static enum ab_status refuse_number(struct text_reader *reader, const char *text, const char *end)
{
    char shown[FILE_TEXT];
    const char *reason = "is not a number", *remedy = "numbers are separated by blanks";
    int64_t integer;
    double real;
    struct decimal number;
    bool integer_wanted = dtype_is_integer(reader->dtype);
    if (read_integer(text, end, &integer)) {
        reason = "does not fit i32";
        remedy = "use --dtype i64";
    } else if (read_f64(reader, text, end, &real)) {
        reason = !integer_wanted ? "does not fit f32" : "is not an integer of that range";
        remedy = "use --dtype f64";
    } else if (read_decimal(text, end, &number)) {
        reason = "is out of range";
        remedy = "no dtype holds it";
    } else if (memchr(text, ',', (size_t)(end - text)) != NULL) {
        remedy = "separate numbers by blanks, not commas";
    }
    return ab_fail(reader->error, AB_INPUT,
                   "%s: line %" PRIu64 ", number %" PRIu64 ": '%s' %s (dtype %s): %s", reader->path,
                   reader->line, reader->column + 1,
                   format_file_text(text, (size_t)(end - text), shown), reason,
                   dtype_name(reader->dtype), remedy);
}

/* Stores the number and counts it. */
static bool read_number(struct text_reader *reader, const char *text, const char *end)
{
    uint64_t at = reader->count;
    void *data = reader->elements->data;
    int64_t integer;
    bool done = false;
    switch (reader->dtype) {
    case DTYPE_I32:
        done = read_integer(text, end, &integer) && integer >= INT32_MIN && integer <= INT32_MAX;
        if (done)
            ((int32_t *)data)[at] = (int32_t)integer;
        break;
    case DTYPE_I64:
        done = read_integer(text, end, &((int64_t *)data)[at]);
        break;
    case DTYPE_F32:
        done = read_f32(reader, text, end, &((float *)data)[at]);
        break;
    case DTYPE_F64:
        done = read_f64(reader, text, end, &((double *)data)[at]);
        break;
    case DTYPE_COUNT:
        break;
    }
    reader->count++;
    return done;
}

/* ---- Lines ---------------------------------------------------------------------------------- */

static enum ab_status end_line(struct text_reader *reader)
{
    uint64_t column = reader->column;
    reader->column = 0;
    if (column == 0)
        return AB_OK;
    if (reader->rows == 0) {
        reader->cols = column;
        reader->first_line = reader->line;
    }
    reader->rows++;
    if (column == reader->cols)
        return AB_OK;
    return ab_fail(reader->error, AB_INPUT,
                   "%s: line %" PRIu64 ": found %" PRIu64 " numbers, expected %" PRIu64
                   " as in line %" PRIu64 ": every row needs the same count",
                   reader->path, reader->line, column, reader->cols, reader->first_line);
}

/* The byte order mark that some programs put before the first number. */
static bool begins_with_mark(const struct text_reader *reader, const char *text, const char *end)
{
    return reader->line == 1 && reader->column == 0 && end - text >= 3 &&
           memcmp(text, "\xEF\xBB\xBF", 3) == 0;
}

/* Reads [text, end), which splits no number; *end can be read. */
static enum ab_status read_lines(struct text_reader *reader, const char *text, const char *end)
{
    if (begins_with_mark(reader, text, end))
        text += 3;
    enum ab_status status;
    while (text < end) {
        if (*text == '\n') {
            status = end_line(reader);
            if (status != AB_OK)
                return status;
            reader->line++;
            text++;
        } else if (is_blank(*text)) {
            text++;
        } else {
            const char *begin = text;
            while (text < end && !is_separator(*text))
                text++;
            if (!read_number(reader, begin, text))
                return refuse_number(reader, begin, text);
            reader->column++;
        }
    }
    return AB_OK;
}

/* Room for the elements of `bytes` more bytes of text, never more than the file can hold. */
static enum ab_status make_room(struct text_reader *reader, size_t bytes)
{
    uint64_t element_bytes = dtype_bytes(reader->dtype);
    uint64_t needed = reader->count + bytes / 2 + 1;
    if (needed * element_bytes <= reader->elements->bytes)
        return AB_OK;
    if (needed > reader->most)
        return ab_fail(reader->error, AB_INPUT,
                       "%s: changed while it was being read: run again when nobody writes to it",
                       reader->path);
    uint64_t doubled = 2 * (reader->elements->bytes / element_bytes);
    uint64_t wanted = needed > doubled ? needed : doubled;
    if (wanted > reader->most)
        wanted = reader->most;
    return region_resize(reader->elements, wanted * element_bytes, "the matrix", reader->error);
}

static size_t length_of_whole_numbers(const char *text, size_t length)
{
    while (length > 0 && !is_separator(text[length - 1]))
        length--;
    return length;
}

static enum ab_status read_file(struct text_reader *reader, int fd, char *buffer)
{
    uint64_t offset = 0;
    size_t kept = 0, got; /* kept: the beginning of a number whose end is not there yet */
    enum ab_status status;
    do {
        size_t wanted = TEXT_BUFFER_BYTES - kept;
        status = read_at(fd, reader->path, offset, buffer + kept, wanted, &got, reader->error);
        if (status != AB_OK)
            return status;
        offset += got;
        size_t length = kept + got;
        buffer[length] = '\0';
        size_t whole = got < wanted ? length : length_of_whole_numbers(buffer, length);
        if (whole == 0 && length == TEXT_BUFFER_BYTES)
            return ab_fail(reader->error, AB_INPUT,
                           "%s: line %" PRIu64 ", number %" PRIu64
                           ": is longer than %d bytes: numbers are separated by blanks",
                           reader->path, reader->line, reader->column + 1, TEXT_BUFFER_BYTES);
        status = make_room(reader, whole);
        if (status == AB_OK)
            status = read_lines(reader, buffer, buffer + whole);
        if (status != AB_OK)
            return status;
        kept = length - whole;
        memmove(buffer, buffer + whole, kept);
        if (got < wanted)
            break;
    } while (true);
    return end_line(reader);
}

enum ab_status matrix_text_read(int fd, const char *path, struct matrix_file *file,
                                struct region *elements, struct ab_error *error)
{
    struct text_reader reader = {
        .path = path,
        .dtype = file->dtype,
        .elements = elements,
        .most = file->bytes / 2 + 1,
        .line = 1,
        .error = error,
    };
    enum ab_status status = AB_OK;
    char *buffer = malloc(TEXT_BUFFER_BYTES + 1);
    reader.locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (buffer == NULL || reader.locale == (locale_t)0) {
        status = ab_fail(error, AB_NO_MEMORY, "no memory to read %s", path);
        goto cleanup;
    }
    status = read_file(&reader, fd, buffer);
    if (status != AB_OK)
        goto cleanup;
    if (reader.rows == 0) {
        status =
            ab_fail(error, AB_INPUT,
                    "%s: has no numbers: write one row a line, numbers separated by blanks", path);
        goto cleanup;
    }
    file->rows = reader.rows;
    file->cols = reader.cols;
    status = region_resize(elements, reader.count * dtype_bytes(file->dtype), "the matrix", error);
cleanup:
    if (reader.locale != (locale_t)0)
        freelocale(reader.locale);
    free(buffer);
    return status;
}
