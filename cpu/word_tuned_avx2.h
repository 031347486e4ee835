/* What cpu/word_tuned_loops.h needs of an instruction set, for AVX2. */

CPU_TARGET_AVX2 static inline uint64_t bits_avx2(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

/* 0xFF for each byte from `first` on to first + last. */
CPU_TARGET_AVX2 static inline __m256i range_avx2(__m256i bytes, char first, char last)
{
    const __m256i from_first = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(from_first, _mm256_set1_epi8(last)), from_first);
}

CPU_TARGET_AVX2 static inline __m256i spaces_of_32_avx2(__m256i bytes, enum word_rule rule)
{
    return _mm256_or_si256(range_avx2(bytes, 9, 4),
                           rule == RULE_ASCII ? _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(32))
                                              : range_avx2(bytes, 28, 4));
}

CPU_TARGET_AVX2 static inline uint64_t spaces_avx2(const uint8_t *block, enum word_rule rule,
                                                   uint64_t *odd)
{
    const __m256i a = _mm256_loadu_si256((const __m256i *)block);
    const __m256i b = _mm256_loadu_si256((const __m256i *)(block + 32));
    const __m256i zero = _mm256_setzero_si256();
    *odd = rule == RULE_UNICODE ? ~bits_avx2(_mm256_cmpgt_epi8(a, zero), _mm256_cmpgt_epi8(b, zero))
                                : bits_avx2(_mm256_cmpeq_epi8(a, zero), _mm256_cmpeq_epi8(b, zero));
    return bits_avx2(spaces_of_32_avx2(a, rule), spaces_of_32_avx2(b, rule));
}

CPU_TARGET_AVX2 static inline __m256i leads_of_32_avx2(const uint8_t *text)
{
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)text);
    const __m256i thirds = _mm256_loadu_si256((const __m256i *)(text + 2));
    const __m256i no_thirds = range_avx2(thirds, (char)WORD_NO_THIRD, WORD_NO_THIRDS_MORE);
    return _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)0xC2)),
                           _mm256_andnot_si256(no_thirds, range_avx2(bytes, (char)0xE1, 2)));
}

CPU_TARGET_AVX2 static inline uint64_t leads_avx2(const uint8_t *block)
{
    return bits_avx2(leads_of_32_avx2(block), leads_of_32_avx2(block + 32));
}

/* Sixteen at a time whether they are there or not: a branch for each would be taken by guess. */
CPU_TARGET_AVX2 static inline uint32_t *flatten_avx2(uint32_t *edges, uint64_t mask, uint32_t base)
{
    uint32_t *end = edges + _mm_popcnt_u64(mask);
    for (; edges < end; edges += 16)
        for (unsigned i = 0; i < 16; i++) {
            edges[i] = base + (uint32_t)_tzcnt_u64(mask);
            mask = _blsr_u64(mask);
        }
    return end;
}

CPU_TARGET_AVX2 static inline unsigned count_avx2(uint64_t mask)
{
    return (unsigned)_mm_popcnt_u64(mask);
}

CPU_TARGET_AVX2 static inline void lower_ascii_avx2(const uint8_t *block, uint8_t *lower)
{
    for (unsigned i = 0; i < WORD_BLOCK_BYTES; i += 32) {
        const __m256i bytes = _mm256_loadu_si256((const __m256i *)(block + i));
        const __m256i upper = range_avx2(bytes, 'A', 'Z' - 'A');
        const __m256i lowered =
            _mm256_or_si256(bytes, _mm256_and_si256(upper, _mm256_set1_epi8(32)));
        _mm256_storeu_si256((__m256i *)(lower + i), lowered);
    }
}

CPU_TARGET_AVX2 static inline struct word_key key_avx2(const uint8_t *word, uint32_t bytes)
{
    const __m128i mask =
        _mm_loadu_si128((const __m128i *)(word_key_masks + WORD_KEY_BYTES - bytes));
    const __m128i key = _mm_and_si128(_mm_loadu_si128((const __m128i *)word), mask);
    return (struct word_key){(uint64_t)_mm_cvtsi128_si64(key), (uint64_t)_mm_extract_epi64(key, 1)};
}

CPU_TARGET_AVX2 static inline bool odd_avx2(struct word_key key, uint32_t bytes)
{
    const __m128i vector = _mm_set_epi64x((int64_t)key.high, (int64_t)key.low);
    const int zeros = _mm_movemask_epi8(_mm_cmpeq_epi8(vector, _mm_setzero_si128()));
    return (uint32_t)zeros + (UINT32_C(1) << bytes) != 0x10000;
}
