/* Any bytes are a matrix file, and most are refused. The first byte of the input chooses the kernel
 * and the order; the second the element type that is asked for, if any. */
#include "tests/fuzz/everywhere.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const orders[] = {"row", "column", "tiled"};
    static const char *const dtypes[] = {"i32", "i64", "f32", "f64"};
    if (size < 2)
        return 0;
    struct setting list[3];
    size_t count = 0;
    const bool traversal = (data[0] & 3) != 0;
    if (data[1] % 5 != 4)
        list[count++] = (struct setting){"dtype", dtypes[data[1] % 5]};
    if (traversal) {
        list[count++] = (struct setting){"order", orders[(data[0] & 3) - 1]};
        list[count++] = (struct setting){"tile", "2x3"};
    }
    check_everywhere(traversal ? "traversal" : "matrix_sum",
                     (struct settings){.list = list, .count = count}, data + 2, size - 2);
    return 0;
}
