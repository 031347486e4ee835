/* What cpu/word_tuned_loops.h needs of an instruction set, for AVX-512. */

CPU_TARGET_AVX512 static inline uint64_t range_avx512(__m512i bytes, char first, char last)
{
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8(first)),
                                  _mm512_set1_epi8(last));
}

CPU_TARGET_AVX512 static inline uint64_t spaces_avx512(const uint8_t *block, enum word_rule rule,
                                                       uint64_t *odd)
{
    const __m512i bytes = _mm512_loadu_si512(block);
    *odd = rule == RULE_UNICODE ? _mm512_cmple_epi8_mask(bytes, _mm512_setzero_si512())
                                : _mm512_testn_epi8_mask(bytes, bytes);
    return range_avx512(bytes, 9, 4) |
           (rule == RULE_ASCII ? _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(32))
                               : range_avx512(bytes, 28, 4));
}

CPU_TARGET_AVX512 static inline uint64_t leads_avx512(const uint8_t *block)
{
    const __m512i bytes = _mm512_loadu_si512(block), thirds = _mm512_loadu_si512(block + 2);
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xC2)) |
           (range_avx512(bytes, (char)0xE1, 2) &
            ~range_avx512(thirds, (char)WORD_NO_THIRD, WORD_NO_THIRDS_MORE));
}

CPU_TARGET_AVX512 static inline uint32_t *flatten_avx512(uint32_t *edges, uint64_t mask,
                                                         uint32_t base)
{
    __m512i places =
        _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                         _mm512_set1_epi32((int)base));
    for (unsigned i = 0; i < WORD_BLOCK_BYTES; i += 16, mask >>= 16) {
        _mm512_storeu_si512(edges, _mm512_maskz_compress_epi32((__mmask16)mask, places));
        places = _mm512_add_epi32(places, _mm512_set1_epi32(16));
        edges += _mm_popcnt_u64(mask & 0xFFFF);
    }
    return edges;
}

CPU_TARGET_AVX512 static inline unsigned count_avx512(uint64_t mask)
{
    return (unsigned)_mm_popcnt_u64(mask);
}

CPU_TARGET_AVX512 static inline void lower_ascii_avx512(const uint8_t *block, uint8_t *lower)
{
    const __m512i bytes = _mm512_loadu_si512(block);
    _mm512_storeu_si512(lower, _mm512_mask_add_epi8(bytes, range_avx512(bytes, 'A', 'Z' - 'A'),
                                                    bytes, _mm512_set1_epi8(32)));
}

CPU_TARGET_AVX512 static inline struct word_key key_avx512(const uint8_t *word, uint32_t bytes)
{
    const __m128i key = _mm_maskz_loadu_epi8((__mmask16)_bzhi_u32(UINT32_MAX, bytes), word);
    return (struct word_key){(uint64_t)_mm_cvtsi128_si64(key), (uint64_t)_mm_extract_epi64(key, 1)};
}

CPU_TARGET_AVX512 static inline bool odd_avx512(struct word_key key, uint32_t bytes)
{
    const __m128i vector = _mm_set_epi64x((int64_t)key.high, (int64_t)key.low);
    return _mm_test_epi8_mask(vector, vector) != _bzhi_u32(UINT32_MAX, bytes);
}
