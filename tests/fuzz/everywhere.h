/* For fuzz targets: one file as a kernel's input, computed by every technique of every backend. */
#ifndef ACCELBENCH_TESTS_FUZZ_EVERYWHERE_H
#define ACCELBENCH_TESTS_FUZZ_EVERYWHERE_H

#include <stddef.h>
#include <stdint.h>

#include "common/accelbench.h"

/* What libFuzzer calls with every input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes a file of the bytes and gives it to the kernel. A file that is refused must be refused with
 * a reason; one that is taken must have the expected answer everywhere, and the answer must be
 * written as JSON. Anything else prints what is wrong and aborts. The settings' files are set here.
 */
void check_everywhere(const char *kernel, struct settings settings, const uint8_t *data,
                      size_t size);

#endif
