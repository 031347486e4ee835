/* for each piece: for each word in it
 *     table[word] += count;
 */
#include "gpu/word_pieces_cuda.h"

#include "common/unicode.h"

static uint32_t space_at(const struct word_pieces *p, uint64_t at)
{
    const uint8_t byte = p->text[at];
    if (p->rule == RULE_ASCII)
        return byte == ' ' || (byte >= 9 && byte <= 13);
    const struct unicode_character c = unicode_decode(p->text + at, (size_t)(p->bytes - at));
    return unicode_is_space(c.code_point) ? c.bytes : 0;
}

static uint64_t word_end(const struct word_pieces *p, uint64_t at)
{
    while (at < p->bytes && space_at(p, at) == 0)
        at++;
    return at;
}

/* FNV-1a (Fowler, Noll, Vo), of the lower-cased bytes. */
static uint64_t hash_word(const struct word_pieces *p, uint64_t at, uint64_t end)
{
    uint64_t hash = 0xCBF29CE484222325u;
    while (at < end) {
        uint8_t folded[UNICODE_FOLDED_MAX] = {p->text[at]};
        size_t length = 1;
        struct unicode_character c = {p->text[at], 1};
        if (p->rule == RULE_UNICODE)
            c = unicode_decode(p->text + at, (size_t)(end - at));
        if (p->rule == RULE_UNICODE || c.code_point < 0x80)
            length = unicode_fold(c.code_point, folded);
        for (size_t i = 0; i < length; i++)
            hash = (hash ^ folded[i]) * 0x00000100000001B3u;
        at += c.bytes;
    }
    return hash;
}

static enum ab_status add_word(struct word_pieces *p, uint64_t at, uint64_t end, uint64_t count,
                               struct ab_error *error)
{
    return word_table_add(&p->merged, hash_word(p, at, end), at, end - at, count, error);
}

void word_pieces_begin(struct word_pieces *p)
{
    word_table_free(&p->merged);
    word_table_open(&p->merged, p->text, p->rule);
    p->words = 0;
    p->error = (struct ab_error){0};
}

struct slice word_pieces_next(struct word_pieces *p, uint64_t position, uint64_t most)
{
    while (p->error.status == AB_OK && position < p->bytes) {
        if (p->bytes - position <= most)
            return (struct slice){position, p->bytes};
        for (uint64_t cut = position + most; cut > position; cut--)
            if (space_at(p, cut) != 0)
                return (struct slice){position, cut};
        if (!p->bounded)
            return (struct slice){position, word_end(p, position + most)};
        uint64_t word = position;
        for (uint32_t space; (space = space_at(p, word)) != 0;)
            word += space;
        position = word_end(p, word);
        p->words++;
        if (!p->total_only)
            add_word(p, word, position, 1, &p->error);
    }
    return (struct slice){p->bytes, p->bytes};
}

enum ab_status word_pieces_merge(struct word_pieces *p, const struct word_found *found,
                                 uint64_t count, uint64_t origin, struct ab_error *error)
{
    enum ab_status status = AB_OK;
    for (uint64_t i = 0; i < count && status == AB_OK; i++) {
        const uint64_t at = origin + found[i].offset;
        status = add_word(p, at, at + found[i].bytes, found[i].count, error);
    }
    return status;
}
