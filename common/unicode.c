#include "common/unicode.h"

#include "common/unicode_lower.h"

struct lower_range {
    uint32_t first, last, step;
    int32_t delta;
};

#define LOWER_RANGE(first, last, step, delta) {first, last, step, delta},
static const struct lower_range lower_ranges[UNICODE_LOWER_RANGE_COUNT] = {
    UNICODE_LOWER_RANGES(LOWER_RANGE)};

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The second byte's range is what keeps out overlong forms, surrogates and what lies above
 * U+10FFFF (Unicode Standard, Table 3-7). */
static bool second_is_well_formed(uint8_t lead, uint8_t second)
{
    switch (lead) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return is_continuation(second);
    }
}

struct unicode_character unicode_decode(const uint8_t *text, size_t available)
{
    const uint8_t lead = text[0];
    if (lead < 0x80)
        return (struct unicode_character){lead, 1};
    const struct unicode_character stray = {UNICODE_STRAY + lead, 1};
    if (lead < 0xC2 || lead > 0xF4)
        return stray;
    const uint32_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (available < bytes || !second_is_well_formed(lead, text[1]))
        return stray;
    uint32_t code_point = (uint32_t)(lead & (0x7F >> bytes)) << 6 | (text[1] & 0x3F);
    for (uint32_t i = 2; i < bytes; i++) {
        if (!is_continuation(text[i]))
            return stray;
        code_point = code_point << 6 | (text[i] & 0x3F);
    }
    return (struct unicode_character){code_point, bytes};
}

bool unicode_is_space(uint32_t code_point)
{
    if (code_point < 0x80)
        return code_point == 32 || (code_point >= 9 && code_point <= 13) ||
               (code_point >= 28 && code_point <= 31);
    switch (code_point) {
    case 0x0085:
    case 0x00A0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return true;
    default:
        return code_point >= 0x2000 && code_point <= 0x200A;
    }
}

uint32_t unicode_lower(uint32_t code_point)
{
    if (code_point < 0x80)
        return code_point - 'A' < 26 ? code_point + 32 : code_point;
    /* The last range that begins at or before the code point. */
    size_t low = 0, high = UNICODE_LOWER_RANGE_COUNT;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lower_ranges[middle].first <= code_point)
            low = middle;
        else
            high = middle;
    }
    const struct lower_range *range = &lower_ranges[low];
    if (code_point > range->last || ((code_point - range->first) & (range->step - 1)) != 0)
        return code_point;
    return (uint32_t)((int32_t)code_point + range->delta);
}

size_t unicode_fold(uint32_t code_point, uint8_t folded[UNICODE_FOLDED_MAX])
{
    if (code_point >= UNICODE_STRAY) {
        folded[0] = (uint8_t)(code_point - UNICODE_STRAY);
        return 1;
    }
    if (code_point == 0x0130) {
        folded[0] = 'i';
        folded[1] = 0xCC; /* U+0307 */
        folded[2] = 0x87;
        return 3;
    }
    const uint32_t lower = unicode_lower(code_point);
    if (lower < 0x80) {
        folded[0] = (uint8_t)lower;
        return 1;
    }
    if (lower < 0x800) {
        folded[0] = (uint8_t)(0xC0 | lower >> 6);
        folded[1] = (uint8_t)(0x80 | (lower & 0x3F));
        return 2;
    }
    if (lower < 0x10000) {
        folded[0] = (uint8_t)(0xE0 | lower >> 12);
        folded[1] = (uint8_t)(0x80 | (lower >> 6 & 0x3F));
        folded[2] = (uint8_t)(0x80 | (lower & 0x3F));
        return 3;
    }
    folded[0] = (uint8_t)(0xF0 | lower >> 18);
    folded[1] = (uint8_t)(0x80 | (lower >> 12 & 0x3F));
    folded[2] = (uint8_t)(0x80 | (lower >> 6 & 0x3F));
    folded[3] = (uint8_t)(0x80 | (lower & 0x3F));
    return 4;
}
