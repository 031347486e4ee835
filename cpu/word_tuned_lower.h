/* Lower-casing a block with characters beyond ASCII, for cpu/word_tuned_loops.h, included there
 * with LOOP, TARGET and VECTOR_BYTES as that file says.
 *
 * Nearly all letters in use outside ASCII are Latin-1, Greek or Cyrillic: of two bytes, and their
 * lower case lies at one of three distances. Those are computed here. A character whose lower case
 * is, or could be, anything else loses its first byte: a zero stands there, so that the words with
 * such a byte are recognised as not plain, as those with a NUL are. Every other byte stays:
 * characters without case, and strays, which are kept as they are. */

TARGET static inline LOOP(bytes) LOOP(is)(LOOP(bytes) bytes, uint8_t value)
{
    return (LOOP(bytes))(bytes == value);
}

TARGET static inline LOOP(bytes) LOOP(within)(LOOP(bytes) bytes, uint8_t first, uint8_t last)
{
    return (LOOP(bytes))(bytes - first <= (uint8_t)(last - first));
}

/* U+0400 to U+040F, 16 below the second byte of their lower case, whose first is one more. */
TARGET static inline LOOP(bytes) LOOP(second_is_16_below)(LOOP(bytes) first, LOOP(bytes) second)
{
    return LOOP(is)(first, 0xD0) & LOOP(within)(second, 0x80, 0x8F);
}

/* U+00C0 to U+00DE, U+0391 to U+039F, U+0410 to U+041F: likewise, and the first is the same. */
TARGET static inline LOOP(bytes) LOOP(second_is_32_below)(LOOP(bytes) first, LOOP(bytes) second)
{
    return (LOOP(is)(first, 0xC3) & LOOP(within)(second, 0x80, 0x9E) & ~LOOP(is)(second, 0x97)) |
           (LOOP(is)(first, 0xCE) & LOOP(within)(second, 0x91, 0x9F)) |
           (LOOP(is)(first, 0xD0) & LOOP(within)(second, 0x90, 0x9F));
}

/* U+03A0 to U+03AB, U+0420 to U+042F: 32 above, and the first is one more. */
TARGET static inline LOOP(bytes) LOOP(second_is_32_above)(LOOP(bytes) first, LOOP(bytes) second)
{
    return (LOOP(is)(first, 0xCE) & LOOP(within)(second, 0xA0, 0xAB) & ~LOOP(is)(second, 0xA2)) |
           (LOOP(is)(first, 0xD0) & LOOP(within)(second, 0xA0, 0xAF));
}

/* First bytes of characters whose lower case may be somewhere else. */
TARGET static inline LOOP(bytes) LOOP(is_odd)(LOOP(bytes) first, LOOP(bytes) second)
{
    return LOOP(within)(first, 0xC4, 0xCD) |
           (LOOP(is)(first, 0xCE) & LOOP(within)(second, 0x80, 0x90)) |
           (LOOP(is)(first, 0xCF) & LOOP(within)(second, 0x8F, 0xBF)) |
           (LOOP(is)(first, 0xD1) & LOOP(within)(second, 0xA0, 0xBF)) |
           LOOP(within)(first, 0xD2, 0xD5) | LOOP(is)(first, 0xE1) |
           (LOOP(is)(first, 0xE2) & LOOP(within)(second, 0x84, 0xBF)) | LOOP(is)(first, 0xEA) |
           LOOP(within)(first, 0xEF, 0xFF);
}

/* The byte before the block and the one behind it are read, too. Returns whether there are zeros.
 */
TARGET static inline bool LOOP(lower_beyond)(const uint8_t *block, uint8_t *lower)
{
    LOOP(bytes) zeros = {0};
    for (unsigned i = 0; i < WORD_BLOCK_BYTES; i += VECTOR_BYTES) {
        const LOOP(bytes) before = *(const LOOP(bytes) *)(block + i - 1);
        const LOOP(bytes) here = *(const LOOP(bytes) *)(block + i);
        const LOOP(bytes) behind = *(const LOOP(bytes) *)(block + i + 1);
        LOOP(bytes) lowered = here + (LOOP(within)(here, 'A', 'Z') & 32);
        lowered += LOOP(second_is_16_below)(before, here) & 16;
        lowered += LOOP(second_is_32_below)(before, here) & 32;
        lowered -= LOOP(second_is_32_above)(before, here) & 32;
        lowered +=
            (LOOP(second_is_16_below)(here, behind) | LOOP(second_is_32_above)(here, behind)) & 1;
        lowered &= ~LOOP(is_odd)(here, behind);
        zeros |= LOOP(is)(lowered, 0);
        *(LOOP(bytes) *)(lower + i) = lowered;
    }
    uint64_t any = 0, part;
    for (unsigned i = 0; i < VECTOR_BYTES; i += sizeof(part)) {
        memcpy(&part, (const uint8_t *)&zeros + i, sizeof(part));
        any |= part;
    }
    return any != 0;
}
