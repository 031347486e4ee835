/* What cpu/word_tuned_loops.h needs on any machine: white space outside ASCII, and the state that
 * goes from one block of 64 bytes to the next. Bit i of a mask stands for byte i of a block. */
#ifndef ACCELBENCH_CPU_WORD_BLANKS_H
#define ACCELBENCH_CPU_WORD_BLANKS_H

#include <stdint.h>

enum { WORD_BLOCK_BYTES = 64 };

/* Those of three bytes begin with E1 to E3, like a good deal of what is no white space: quotation
 * marks and dashes above all (E2 80 93 to 9D), which stand all over a text. None of them ends with
 * these bytes. */
enum { WORD_NO_THIRD = 0x8B, WORD_NO_THIRDS_MORE = 0x9E - WORD_NO_THIRD };

struct word_scan {
    uint64_t inside; /* 1: the last byte is part of a word */
    uint64_t spill;  /* first bytes of the next block that belong to a white space begun before */
};

/* Bytes of the white space outside ASCII at text[0], of which three bytes can be read; 0 where
 * there is none. */
static inline uint32_t word_wide_space(const uint8_t *text)
{
    const uint32_t first_two = (uint32_t)text[0] << 8 | text[1], third = text[2] - 0x80u;
    uint64_t thirds; /* bit i: first_two and 0x80 + i are white space */
    switch (first_two) {
    case 0xC285:
    case 0xC2A0:
        return 2;
    case 0xE280: /* U+2000 to 200A, 2028, 2029, 202F */
        thirds = UINT64_C(0x7FF) | UINT64_C(0x8300) << 32;
        break;
    case 0xE281: /* U+205F */
        thirds = UINT64_C(1) << 0x1F;
        break;
    case 0xE19A: /* U+1680 */
    case 0xE380: /* U+3000 */
        thirds = 1;
        break;
    default:
        return 0;
    }
    return third < 64 && (thirds >> third & 1) != 0 ? 3 : 0;
}

/* The white space outside ASCII in a block whose bytes at `leads` can begin some. The two bytes
 * behind the block can be read. */
static inline uint64_t word_wide_spaces(const uint8_t *block, uint64_t leads, uint64_t *spill)
{
    uint64_t space = *spill;
    *spill = 0;
    for (; leads != 0; leads &= leads - 1) {
        const unsigned at = (unsigned)__builtin_ctzll(leads);
        const uint64_t bits = (UINT64_C(1) << word_wide_space(block + at)) - 1;
        space |= bits << at;
        *spill |= bits >> 1 >> (63 - at);
    }
    return space;
}

#endif
