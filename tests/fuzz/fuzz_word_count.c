/* Any bytes are a text. The first byte of the input chooses task and rule. */
#include "tests/fuzz/everywhere.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct setting list[] = {{"task", data[0] & 1 ? "total" : "frequency"},
                                   {"rule", data[0] & 2 ? "ascii" : "unicode"}};
    check_everywhere("word_count", (struct settings){.list = list, .count = 2}, data + 1, size - 1);
    return 0;
}
