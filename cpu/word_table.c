/* Must equal, for every word of the text in turn:
 *
 *     for (i = 0; i < used; i++)
 *         if (equal(entries[i], word))
 *             break;
 *     if (i == used)
 *         entries[used++] = (struct word_entry){offset, bytes, 0};
 *     entries[i].count += count;
 */
#include "cpu/word_table.h"

#include <string.h>

#include "common/unicode.h"

enum { FIRST_CAPACITY = 4096 };

static uint8_t ascii_lower(uint8_t byte)
{
    return (uint8_t)(byte - 'A') < 26 ? (uint8_t)(byte + 32) : byte;
}

static bool equal_ascii(const uint8_t *a, const uint8_t *b, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes; i++)
        if (ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    return true;
}

/* A word's lower-cased bytes, one after another: characters may change their length, so two equal
 * words need not agree character by character (U+0130 is i and U+0307). */
struct folded_word {
    const uint8_t *next, *end;
    uint8_t folded[UNICODE_FOLDED_MAX];
    size_t length, position;
};

static int next_byte(struct folded_word *word)
{
    if (word->position == word->length) {
        if (word->next == word->end)
            return -1;
        if (*word->next < 0x80)
            return ascii_lower(*word->next++);
        const struct unicode_character character =
            unicode_decode(word->next, (size_t)(word->end - word->next));
        word->next += character.bytes;
        word->length = unicode_fold(character.code_point, word->folded);
        word->position = 0;
    }
    return word->folded[word->position++];
}

static bool equal_unicode(const uint8_t *a, uint64_t a_bytes, const uint8_t *b, uint64_t b_bytes)
{
    struct folded_word left = {.next = a, .end = a + a_bytes};
    struct folded_word right = {.next = b, .end = b + b_bytes};
    for (;;) {
        const int byte = next_byte(&left);
        if (byte != next_byte(&right))
            return false;
        if (byte < 0)
            return true;
    }
}

bool word_equal(const uint8_t *a, uint64_t a_bytes, const uint8_t *b, uint64_t b_bytes,
                enum word_rule rule)
{
    if (a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0)
        return true;
    if (rule == RULE_ASCII)
        return a_bytes == b_bytes && equal_ascii(a, b, a_bytes);
    return equal_unicode(a, a_bytes, b, b_bytes);
}

void word_table_open(struct word_table *table, const uint8_t *text, enum word_rule rule)
{
    *table = (struct word_table){.text = text, .rule = rule};
}

void word_table_reopen(struct word_table *table, const uint8_t *text, enum word_rule rule)
{
    table->text = text;
    table->rule = rule;
    table->used = 0;
    if (table->capacity != 0)
        memset(table->slots.data, 0, table->slots.bytes);
}

static uint64_t home_slot(uint64_t hash, uint64_t capacity)
{
    return (hash ^ hash >> 32) & (capacity - 1);
}

/* Makes room for `words` words at a load of at most 3/4. */
static enum ab_status reserve(struct word_table *table, uint64_t words, struct ab_error *error)
{
    uint64_t capacity = table->capacity == 0 ? FIRST_CAPACITY : table->capacity;
    while (capacity / 4 * 3 < words)
        capacity *= 2;
    if (capacity == table->capacity)
        return AB_OK;
    struct region region = {0};
    const enum ab_status status =
        region_resize(&region, capacity * sizeof(struct word_slot), "the word table", error);
    if (status != AB_OK)
        return status;
    const struct word_slot *old = table->slots.data;
    struct word_slot *slots = region.data;
    for (uint64_t i = 0; i < table->capacity; i++) {
        if (old[i].entry.count == 0)
            continue;
        uint64_t place = home_slot(old[i].hash, capacity);
        while (slots[place].entry.count != 0)
            place = (place + 1) & (capacity - 1);
        slots[place] = old[i];
    }
    region_free(&table->slots);
    table->slots = region;
    table->capacity = capacity;
    return AB_OK;
}

enum ab_status word_table_add(struct word_table *table, uint64_t hash, uint64_t offset,
                              uint64_t bytes, uint64_t count, struct ab_error *error)
{
    const enum ab_status status = reserve(table, table->used + 1, error);
    if (status != AB_OK)
        return status;
    struct word_slot *slots = table->slots.data;
    const uint8_t *text = table->text;
    uint64_t place = home_slot(hash, table->capacity);
    while (slots[place].entry.count != 0) {
        struct word_slot *slot = &slots[place];
        if (slot->hash == hash && word_equal(text + slot->entry.offset, slot->entry.bytes,
                                             text + offset, bytes, table->rule)) {
            /* The latest occurrence, because it is the one most likely still in the cache when the
             * word comes again. */
            slot->entry = (struct word_entry){offset, bytes, slot->entry.count + count};
            return AB_OK;
        }
        place = (place + 1) & (table->capacity - 1);
    }
    slots[place] = (struct word_slot){hash, {offset, bytes, count}};
    table->used++;
    return AB_OK;
}

void word_table_prefetch(const struct word_table *table, uint64_t hash)
{
    const struct word_slot *slots = table->slots.data;
    if (table->capacity != 0)
        __builtin_prefetch(&slots[home_slot(hash, table->capacity)], 1);
}

enum ab_status word_table_merge(struct word_table *into, const struct word_table *from,
                                struct ab_error *error)
{
    /* Room first: words arrive in the order of their slots, so a table that grew only when it is
     * full would be crowded at its front, and every insertion there a long search. */
    enum ab_status status = reserve(into, into->used + from->used, error);
    const struct word_slot *slots = from->slots.data;
    for (uint64_t i = 0; i < from->capacity && status == AB_OK; i++) {
        const struct word_entry *entry = &slots[i].entry;
        if (entry->count != 0)
            status = word_table_add(into, slots[i].hash, entry->offset, entry->bytes, entry->count,
                                    error);
    }
    return status;
}

enum ab_status word_table_emit(const struct word_table *table, struct region *result,
                               struct ab_error *error)
{
    const size_t before = result->bytes;
    const enum ab_status status = region_resize(
        result, before + table->used * sizeof(struct word_entry), "the result", error);
    if (status != AB_OK || table->used == 0)
        return status;
    const struct word_slot *slots = table->slots.data;
    struct word_entry *entry = (struct word_entry *)result->data + before / sizeof(*entry);
    for (uint64_t i = 0; i < table->capacity; i++)
        if (slots[i].entry.count != 0)
            *entry++ = slots[i].entry;
    return AB_OK;
}

void word_table_free(struct word_table *table)
{
    region_free(&table->slots);
    table->capacity = 0;
    table->used = 0;
}
