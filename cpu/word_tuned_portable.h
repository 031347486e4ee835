/* What cpu/word_tuned_loops.h needs of an instruction set, for any machine: in C with the
 * compilers' vector extension, in no byte order. */

typedef uint8_t __attribute__((vector_size(16), aligned(1), may_alias)) bytes_portable;

/* A bit for each byte of a vector of 0 and 0xFF. */
static inline uint64_t bits_portable(bytes_portable truth)
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint64_t halves[2];
    truth &= *(const bytes_portable *)weights;
    memcpy(halves, &truth, sizeof(halves));
    return halves[0] * 0x0101010101010101u >> 56 | halves[1] * 0x0101010101010101u >> 56 << 8;
}

static inline uint64_t spaces_portable(const uint8_t *block, enum word_rule rule, uint64_t *odd)
{
    uint64_t spaces = 0;
    *odd = 0;
    for (unsigned i = 0; i < WORD_BLOCK_BYTES; i += 16) {
        const bytes_portable bytes = *(const bytes_portable *)(block + i);
        const bytes_portable tabs = (bytes_portable)(bytes - 9 < 5);
        const bytes_portable blanks =
            rule == RULE_ASCII ? (bytes_portable)(bytes == 32) : (bytes_portable)(bytes - 28 < 5);
        const bytes_portable odds =
            rule == RULE_ASCII ? (bytes_portable)(bytes == 0) : (bytes_portable)(bytes - 1 >= 0x7F);
        spaces |= bits_portable(tabs | blanks) << i;
        *odd |= bits_portable(odds) << i;
    }
    return spaces;
}

static inline void lower_ascii_portable(const uint8_t *block, uint8_t *lower)
{
    for (unsigned i = 0; i < WORD_BLOCK_BYTES; i += 16) {
        const bytes_portable bytes = *(const bytes_portable *)(block + i);
        *(bytes_portable *)(lower + i) = bytes | ((bytes_portable)(bytes - 'A' < 26) & 32);
    }
}

static inline uint64_t leads_portable(const uint8_t *block)
{
    uint64_t leads = 0;
    for (unsigned i = 0; i < WORD_BLOCK_BYTES; i += 16) {
        const bytes_portable bytes = *(const bytes_portable *)(block + i);
        const bytes_portable thirds = *(const bytes_portable *)(block + i + 2);
        const bytes_portable three = (bytes_portable)(bytes - 0xE1 < 3) &
                                     (bytes_portable)(thirds - WORD_NO_THIRD > WORD_NO_THIRDS_MORE);
        leads |= bits_portable((bytes_portable)(bytes == 0xC2) | three) << i;
    }
    return leads;
}

static inline uint32_t *flatten_portable(uint32_t *edges, uint64_t mask, uint32_t base)
{
    for (; mask != 0; mask &= mask - 1)
        *edges++ = base + (uint32_t)__builtin_ctzll(mask);
    return edges;
}

static inline unsigned count_portable(uint64_t mask)
{
    return (unsigned)__builtin_popcountll(mask);
}

#define EVERY_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static inline struct word_key key_portable(const uint8_t *word, uint32_t bytes)
{
    struct word_key key, mask;
    memcpy(&key, word, sizeof(key));
    memcpy(&mask, word_key_masks + WORD_KEY_BYTES - bytes, sizeof(mask));
    return (struct word_key){key.low & mask.low, key.high & mask.high};
}

/* Not 0 when a byte is 0. */
static inline uint64_t has_zero_portable(uint64_t bytes)
{
    return (bytes - EVERY_BYTE(1)) & ~bytes & EVERY_BYTE(0x80);
}

static inline bool odd_portable(struct word_key key, uint32_t bytes)
{
    struct word_key mask;
    memcpy(&mask, word_key_masks + WORD_KEY_BYTES - bytes, sizeof(mask));
    return (has_zero_portable(key.low | ~mask.low) | has_zero_portable(key.high | ~mask.high)) != 0;
}

#undef EVERY_BYTE
