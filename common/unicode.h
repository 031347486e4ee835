/* Characters of UTF-8 text as word_count sees them.
 *
 * A well-formed sequence (Unicode Standard, Table 3-7) is a character. Any other byte stands alone
 * and is a character of a word, never white space, kept as it is.
 */
#ifndef ACCELBENCH_COMMON_UNICODE_H
#define ACCELBENCH_COMMON_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* code_point of a byte that is not part of a well-formed sequence: this plus the byte. */
#define UNICODE_STRAY 0x80000000u

struct unicode_character {
    uint32_t code_point;
    uint32_t bytes; /* 1 to 4 */
};

/* The character at text[0]; `available` > 0 bytes may be read. */
struct unicode_character unicode_decode(const uint8_t *text, size_t available);

/* The 29 code points at which Python's str.split() splits. */
bool unicode_is_space(uint32_t code_point);

/* Lower case by Unicode 14, one code point to one; U+0130 is left to unicode_fold. Stray bytes
 * are returned unchanged. */
uint32_t unicode_lower(uint32_t code_point);

enum { UNICODE_FOLDED_MAX = 4 };

/* Writes the lower-cased character as UTF-8 and returns its length, 1 to 4 bytes (U+0130 becomes
 * i and U+0307: 3 bytes). Differs from Python's str.lower() in one point: capital sigma always
 * becomes U+03C3, whatever follows. */
size_t unicode_fold(uint32_t code_point, uint8_t folded[UNICODE_FOLDED_MAX]);

#ifdef __cplusplus
}
#endif

#endif
