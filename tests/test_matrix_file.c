/* Matrices from files: which .npy files are read, and what is refused with which words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/matrix_files.h"

/* A .npy file of any version, with or without a header that is well formed. */
static void write_npy(unsigned version, const char *header, const void *data, size_t data_bytes)
{
    unsigned char bytes[4096] = "\x93NUMPY";
    size_t length = strnlen(header, sizeof(bytes)), used = 8;
    bytes[6] = (unsigned char)version;
    for (unsigned i = 0; i < (version == 1 ? 2u : 4u); i++)
        bytes[used++] = (unsigned char)(length >> (8 * i));
    assert_true(used + length + data_bytes <= sizeof(bytes));
    memcpy(bytes + used, header, length);
    if (data_bytes != 0)
        memcpy(bytes + used + length, data, data_bytes);
    write_file("m.npy", bytes, used + length + data_bytes);
}

/* ---- .npy -------------------------------------------------------------------------------------
 */

static void test_good_npy(void **state)
{
    (void)state;
    const int32_t i32[] = {1, -2, 3, INT32_MIN, INT32_MAX, 0};
    const int64_t i64[] = {INT64_MIN, INT64_MAX, -1, 5, 6, 7};
    const float f32[] = {0.1f, -0.0f, INFINITY, 1e-42f, 5, 6};
    const double f64[] = {0.1, -INFINITY, 1e308, 4e-324, 5, 6};
    static const struct {
        const char *header;
        uint64_t rows, cols;
        unsigned version;
        enum dtype dtype;
    } cases[] = {
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }\n", 2, 3, 1, DTYPE_I32},
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (3, 2), }  \n", 3, 2, 2, DTYPE_I64},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", 2, 3, 3, DTYPE_F32},
        {"{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f8\"}", 2, 3, 1, DTYPE_F64},
        {" {\n'shape' : ( 6L , 1L ) ,\t'descr':'<i4','fortran_order':True}\n", 6, 1, 1, DTYPE_I32},
        {"{'descr': '<i4', 'fortran_order': True, 'shape': (1, 6), }\n", 1, 6, 1, DTYPE_I32},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (6,), }\n", 1, 6, 1, DTYPE_F64},
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (), }\n", 1, 1, 1, DTYPE_I64},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (0, 5), }\n", 0, 5, 1, DTYPE_I32},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }\n", 3, 0, 1, DTYPE_F32},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (3, 0), }\n", 3, 0, 1, DTYPE_F32},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }\n", 1, 0, 1, DTYPE_F64},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 18446744073709551615)}", 0,
         UINT64_MAX, 1, DTYPE_F64},
    };
    const void *data[] = {i32, i64, f32, f64};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum dtype dtype = cases[i].dtype;
        write_npy(cases[i].version, cases[i].header, data[dtype],
                  cases[i].rows * cases[i].cols * dtype_bytes(dtype));
        assert_read(NULL, dtype, cases[i].rows, cases[i].cols, data[dtype]);
        assert_read(dtype_name(dtype), dtype, cases[i].rows, cases[i].cols, data[dtype]);
    }
}

#define HEADER(descr, order, shape) \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"

static void test_refused_npy_headers(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *telling[2];
    } cases[] = {
        {HEADER("'>i4'", "False", "(1, 1)"), {"big-endian dtype '>i4'", "astype('<i4')"}},
        {HEADER("'>f8'", "False", "(1, 1)"), {"big-endian", "astype('<f8')"}},
        {HEADER("'|O'", "False", "(1, 1)"), {"'|O' (Python object)", "numpy.save"}},
        {HEADER("'|b1'", "False", "(1, 1)"), {"bool", "'<i4'"}},
        {HEADER("'<c8'", "False", "(1, 1)"), {"complex", "real part"}},
        {HEADER("'<u4'", "False", "(1, 1)"), {"unsigned", "'<i8'"}},
        {HEADER("'|u1'", "False", "(1, 1)"), {"unsigned", "ascontiguousarray"}},
        {HEADER("'<i2'", "False", "(1, 1)"), {"another width", "'<i4'"}},
        {HEADER("'<f2'", "False", "(1, 1)"), {"another width", "'<f8'"}},
        {HEADER("'<f16'", "False", "(1, 1)"), {"another width", "'<f8'"}},
        {HEADER("'<U5'", "False", "(1, 1)"), {"text", "'<f8'"}},
        {HEADER("'|S5'", "False", "(1, 1)"), {"text", "'<f8'"}},
        {HEADER("'<M8[ns]'", "False", "(1, 1)"), {"date", "'<i8'"}},
        {HEADER("'<m8[s]'", "False", "(1, 1)"), {"time span", "'<i8'"}},
        {HEADER("'|V8'", "False", "(1, 1)"), {"structured", "field"}},
        {HEADER("[('a', '<i4'), ('b', '<f8')]", "False", "(1,)"), {"structured", "a['field']"}},
        {HEADER("'?4\x1b'", "False", "(1, 1)"), {"unknown dtype '?4\\x1b'", "numpy.save"}},
        {HEADER("''", "False", "(1, 1)"), {"unknown dtype ''", "numpy.save"}},
        {HEADER("'<i4'", "True", "(2, 2)"), {"by columns", "numpy.ascontiguousarray(a)"}},
        {HEADER("'<i4'", "False", "(1, 1, 1)"), {"3 dimensions", "reshape"}},
        {HEADER("'<i4'", "False", "(1, 0, 1, 5)"), {"4 dimensions", "reshape"}},
        {HEADER("'<i4'", "False", "(4294967296, 4294967296)"),
         {"more than any file", "4294967296"}},
        {HEADER("'<f8'", "False", "(1152921504606846976, 1)"),
         {"more than any file", "1152921504"}},
        {HEADER("'<i4'", "False", "(18446744073709551616, 0)"), {"2^64 or more", "numpy.save"}},
        {HEADER("'<i4'", "False", "(-1, 1)"), {"not a whole number", "byte"}},
        {HEADER("'<i4'", "False", "(1.0, 1)"), {"comma is missing in shape", "byte"}},
        {HEADER("'<i4'", "False", "(1)"), {"not a tuple", "(n,)"}},
        {HEADER("'<i4'", "False", "[1, 1]"), {"not a tuple", "byte"}},
        {HEADER("'<i4'", "False", "(1 1)"), {"comma is missing", "byte"}},
        {HEADER("'<i4'", "False", "(,)"), {"not a whole number", "byte"}},
        {HEADER("'<i4'", "0", "(1, 1)"), {"neither True nor False", "byte"}},
        {HEADER("<i4", "False", "(1, 1)"), {"quoted string is missing", "byte 10"}},
        {HEADER("'<i4", "False", "(1, 1)"), {"comma or } is missing", "byte"}},
        {HEADER("'\\x3ci4'", "False", "(1, 1)"), {"backslash", "byte"}},
        {"", {"not a dictionary", "byte 0"}},
        {"[]", {"not a dictionary", "numpy.save"}},
        {"{", {"quoted string is missing", "byte 1"}},
        {"{'descr", {"string does not end", "byte"}},
        {"{'descr' '<i4'}", {"colon is missing", "byte"}},
        {"{}", {"descr is missing", "byte"}},
        {"{'descr': '<i4'}", {"fortran_order is missing", "byte"}},
        {"{'descr': '<i4', 'fortran_order': False}", {"shape is missing", "byte"}},
        {"{'descr': '<i4', 'descr': '<i4'}", {"key stands twice", "byte"}},
        {"{'desc': '<i4'}", {"none of descr, fortran_order, shape", "byte"}},
        {HEADER("'<i4'", "False", "(1, 1)") "x", {"something follows", "byte"}},
    };
    const uint32_t data[] = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_npy(1, cases[i].header, data, sizeof(data));
        assert_refused(NULL, cases[i].telling[0]);
        assert_refused(NULL, cases[i].telling[1]);
    }
}

static void test_refused_npy_lengths(void **state)
{
    (void)state;
    const char header[] = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }\n";
    const int32_t data[8] = {0};
    write_npy(1, header, data, 23);
    assert_refused(NULL, "2 x 3 i32 elements take 24 bytes, 23 are there");
    write_npy(1, header, data, 0);
    assert_refused(NULL, "take 24 bytes, 0 are there");
    write_npy(1, header, data, 27);
    assert_refused(NULL, "3 extra bytes after its 2 x 3 i32 elements (24 bytes)");
    write_npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (0, 3), }\n", data, 1);
    assert_refused(NULL, "1 extra bytes");

    write_file("m.npy", "\x93NUMPY", 6);
    assert_refused(NULL, "is cut short");
    write_file("m.npy", "\x93NUMPY\1\0\5", 9);
    assert_refused(NULL, "is cut short");
    write_file("m.npy", "\x93NUMPY\2\0\0\0\0", 11);
    assert_refused(NULL, "is cut short");
    write_file("m.npy", "\x93NUMPY\1\0\x10\0{}", 12);
    assert_refused(NULL, "its .npy header takes 16 bytes, 2 are there");
    write_file("m.npy", "\x93NUMPY\2\0\xff\xff\xff\xff{}", 14);
    assert_refused(NULL, "its .npy header takes 4294967295 bytes, 2 are there");
    write_file("m.npy", "\x93NUMPY\4\0\0\0\0\0", 12);
    assert_refused(NULL, "version 4.0");
    write_file("m.npy", "\x93NUMPY\0\1\0\0\0\0", 12);
    assert_refused(NULL, "version 0.1");
    write_file("m.npy", "1 2 3\n", 6);
    assert_refused(NULL, "is not a .npy file");
    write_file("m.npy", "\x93NUMP", 5);
    assert_refused(NULL, "is not a .npy file");

    static const char large[70000] = "\x93NUMPY\2\0\1\0\1\0";
    write_file("m.npy", large, sizeof(large));
    assert_refused(NULL, "header of 65537 bytes");
}

/* The magic counts, not the name. */
static void test_npy_by_magic(void **state)
{
    (void)state;
    const int64_t data[] = {7, 8};
    char old_path[sizeof(path)];
    write_npy(1, HEADER("'<i8'", "False", "(2, 1)"), data, sizeof(data));
    snprintf(old_path, sizeof(old_path), "%s", path);
    snprintf(path, sizeof(path), "%s/data", folder);
    assert_int_equal(rename(old_path, path), 0);
    assert_read(NULL, DTYPE_I64, 2, 1, data);
    assert_refused_as(AB_USAGE, "f32", "f32 was asked for, but");
    assert_refused_as(AB_USAGE, "f32", "holds i64");
}

/* ---- Files that are none -----------------------------------------------------------------------
 */

static void test_refused_files(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "%s/missing.npy", folder);
    assert_refused(NULL, "No such file or directory");
    snprintf(path, sizeof(path), "%s", folder);
    assert_refused(NULL, "is a directory");
    snprintf(path, sizeof(path), "/dev/null");
    assert_refused(NULL, "is a pipe or device");
    write_file("m.txt", "", 0);
    assert_refused(NULL, "is empty");
    write_file("m.npy", "", 0);
    assert_refused(NULL, "is empty");

    snprintf(path, sizeof(path), "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(NULL, "is a pipe or device");
    snprintf(path, sizeof(path), "-");
    assert_refused(NULL, "standard input");

    if (geteuid() == 0)
        return; /* root may read everything */
    write_file("m.txt", "1", 1);
    assert_int_equal(chmod(path, 0), 0);
    assert_refused(NULL, "Permission denied");
}

/* What was configured is what is read, or nothing. */
static void test_changed_files(void **state)
{
    (void)state;
    const char *files[] = {path};
    const struct settings settings = {.files = files, .file_count = 1, .threads = 1};
    static const char *const after[] = {"1 2 3 4", "1", "5 6", ""};
    for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
        struct problem problem = {.kernel = find_kernel("matrix_sum")};
        struct ab_error error = {0};
        write_file("m.txt", "1 2", 3);
        assert_int_equal(problem.kernel->configure(&settings, &problem, &error), AB_OK);
        usleep(20000); /* the file system's clock may be as coarse as a tick */
        write_file("m.txt", after[i], strlen(after[i]));
        assert_int_equal(problem.kernel->make(&settings, &problem, &error), AB_INPUT);
        assert_non_null(strstr(error.message, *after[i] == '\0' ? "is empty" : "changed while"));
        unload(&problem);
    }
}

static void test_files_and_sizes(void **state)
{
    (void)state;
    static const char *const options[] = {"rows", "cols", "size"};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        const char *files[] = {path};
        const struct setting list[] = {{options[i], "1"}};
        const struct settings settings = {
            .list = list, .count = 1, .files = files, .file_count = 1, .threads = 1};
        struct problem problem = {.kernel = find_kernel("traversal")};
        struct ab_error error = {0};
        write_file("m.txt", "1", 1);
        assert_int_equal(problem.kernel->configure(&settings, &problem, &error), AB_USAGE);
        assert_non_null(strstr(error.message, options[i]));
        unload(&problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_npy),
        cmocka_unit_test(test_refused_npy_headers),
        cmocka_unit_test(test_refused_npy_lengths),
        cmocka_unit_test(test_npy_by_magic),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_changed_files),
        cmocka_unit_test(test_files_and_sizes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
