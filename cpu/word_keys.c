/* Must equal, for every word of the text in turn:
 *
 *     for (i = 0; i < used; i++)
 *         if (keys[i] is key)
 *             break;
 *     if (i == used)
 *         keys[used++] = key;
 *     counts[i] += count;
 */
#include "cpu/word_keys.h"

enum {
    FIRST_LOG2_MIN = 10,
    FIRST_LOG2_MAX = 16,        /* one huge page */
    TEXT_BYTES_A_SLOT_LOG2 = 6, /* of a text of a few megabytes, as natural texts have it */
    COMMON = 4,                 /* occurrences */
    SPARSE_LOG2_MAX = 20        /* up to which memory matters less than long searches */
};

void word_keys_open(struct word_keys *keys, uint64_t text_bytes)
{
    *keys = (struct word_keys){.first_log2 = FIRST_LOG2_MIN};
    while (keys->first_log2 < FIRST_LOG2_MAX &&
           text_bytes >> TEXT_BYTES_A_SLOT_LOG2 >> keys->first_log2 != 0)
        keys->first_log2++;
}

static void set_capacity(struct word_keys *keys, unsigned log2)
{
    keys->capacity = UINT64_C(1) << log2;
    keys->shift = 64 - log2;
    keys->limit = log2 <= SPARSE_LOG2_MAX ? keys->capacity / 2 : keys->capacity / 4 * 3;
}

static void add_slot(struct word_keys *keys, const struct word_keys_slot *slot)
{
    word_keys_add(keys, word_keys_home(keys, slot->key), slot->key, slot->place, slot->count);
}

/* Moves the words that are common, or those that are not. */
static void move(const struct word_keys *from, struct word_keys *to, bool are_common)
{
    const struct word_keys_slot *slots = from->slots.data;
    for (uint64_t i = 0; i < from->capacity; i++)
        if (slots[i].count != 0 && (slots[i].count >= COMMON) == are_common)
            add_slot(to, &slots[i]);
}

enum ab_status word_keys_grow(struct word_keys *keys, uint64_t more, struct ab_error *error)
{
    struct word_keys grown = {.first_log2 = keys->first_log2};
    unsigned log2 = keys->capacity == 0 ? keys->first_log2 : 64 - keys->shift;
    for (set_capacity(&grown, log2); grown.limit < keys->used + more; log2++)
        set_capacity(&grown, log2 + 1);
    const enum ab_status status = region_resize(
        &grown.slots, grown.capacity * sizeof(struct word_keys_slot), "the word table", error);
    if (status != AB_OK)
        return status;
    /* Common words first: they get the slots where their searches begin. */
    move(keys, &grown, true);
    move(keys, &grown, false);
    region_free(&keys->slots);
    *keys = grown;
    return AB_OK;
}

/* Adds the words in slots[begin, begin + STRIPE) of `from`. */
enum { STRIPE = 8, STRIPES = 64 };

static enum ab_status merge_stripe(struct word_keys *into, const struct word_keys *from,
                                   uint64_t begin, struct ab_error *error)
{
    const enum ab_status status = word_keys_reserve(into, STRIPE, error);
    if (status != AB_OK)
        return status;
    const struct word_keys_slot *slots = from->slots.data;
    for (uint64_t i = begin; i < begin + STRIPE; i++)
        if (slots[i].count != 0)
            add_slot(into, &slots[i]);
    return AB_OK;
}

/* Words arrive in the order of their slots, which is that of the slots where they go: front to back
 * they would crowd the front of a table that is about to grow. So every 64th stripe is taken, and
 * then the next ones. */
enum ab_status word_keys_merge(struct word_keys *into, const struct word_keys *from,
                               struct ab_error *error)
{
    for (uint64_t first = 0; first < STRIPES * STRIPE; first += STRIPE)
        for (uint64_t begin = first; begin < from->capacity; begin += STRIPES * STRIPE) {
            const enum ab_status status = merge_stripe(into, from, begin, error);
            if (status != AB_OK)
                return status;
        }
    return AB_OK;
}

enum ab_status word_keys_emit(const struct word_keys *keys, struct region *result,
                              struct ab_error *error)
{
    const size_t before = result->bytes;
    const enum ab_status status =
        region_resize(result, before + keys->used * sizeof(struct word_entry), "the result", error);
    if (status != AB_OK || keys->used == 0)
        return status;
    const struct word_keys_slot *slots = keys->slots.data;
    struct word_entry *entry = (struct word_entry *)result->data + before / sizeof(*entry);
    for (uint64_t i = 0; i < keys->capacity; i++)
        if (slots[i].count != 0)
            *entry++ =
                (struct word_entry){slots[i].place >> 8, slots[i].place & 0xFF, slots[i].count};
    return AB_OK;
}

void word_keys_free(struct word_keys *keys)
{
    region_free(&keys->slots);
    *keys = (struct word_keys){.first_log2 = keys->first_log2};
}
