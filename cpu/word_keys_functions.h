/* The functions of cpu/word_keys_table.h, included in cpu/word_keys.c once for each kind of key
 * with KEYS and TABLE as that file says. */

void TABLE(open)(struct KEYS *keys, uint64_t text_bytes)
{
    *keys = (struct KEYS){.first_log2 = FIRST_LOG2_MIN};
    while (keys->first_log2 < FIRST_LOG2_MAX &&
           text_bytes >> TEXT_BYTES_A_SLOT_LOG2 >> keys->first_log2 != 0)
        keys->first_log2++;
}

void TABLE(reopen)(struct KEYS *keys, uint64_t text_bytes)
{
    if (keys->capacity == 0)
        TABLE(open)(keys, text_bytes);
    else
        memset(keys->slots.data, 0, keys->slots.bytes);
    keys->used = 0;
}

static void TABLE(set_capacity)(struct KEYS *keys, unsigned log2)
{
    keys->capacity = UINT64_C(1) << log2;
    keys->shift = 64 - log2;
    keys->limit = log2 <= SPARSE_LOG2_MAX ? keys->capacity / 2 : keys->capacity / 4 * 3;
}

static void TABLE(add_slot)(struct KEYS *keys, const struct TABLE(slot) * slot)
{
    TABLE(add)(keys, TABLE(home)(keys, slot->key), slot->key, slot->place, slot->count);
}

/* Moves the words that are common, or those that are not. */
static void TABLE(move)(const struct KEYS *from, struct KEYS *to, bool are_common)
{
    const struct TABLE(slot) *slots = from->slots.data;
    for (uint64_t i = 0; i < from->capacity; i++)
        if (slots[i].count != 0 && (slots[i].count >= COMMON) == are_common)
            TABLE(add_slot)(to, &slots[i]);
}

enum ab_status TABLE(grow)(struct KEYS *keys, uint64_t more, struct ab_error *error)
{
    struct KEYS grown = {.first_log2 = keys->first_log2};
    unsigned log2 = keys->capacity == 0 ? keys->first_log2 : 64 - keys->shift;
    for (TABLE(set_capacity)(&grown, log2); grown.limit < keys->used + more; log2++)
        TABLE(set_capacity)(&grown, log2 + 1);
    const enum ab_status status = region_resize(
        &grown.slots, grown.capacity * sizeof(struct TABLE(slot)), "the word table", error);
    if (status != AB_OK)
        return status;
    /* Common words first: they get the slots where their searches begin. */
    TABLE(move)(keys, &grown, true);
    TABLE(move)(keys, &grown, false);
    region_free(&keys->slots);
    *keys = grown;
    return AB_OK;
}

/* Adds the words in slots[begin, begin + STRIPE) of `from`. */
static enum ab_status TABLE(merge_stripe)(struct KEYS *into, const struct KEYS *from,
                                          uint64_t begin, struct ab_error *error)
{
    const enum ab_status status = TABLE(reserve)(into, STRIPE, error);
    if (status != AB_OK)
        return status;
    const struct TABLE(slot) *slots = from->slots.data;
    for (uint64_t i = begin; i < begin + STRIPE; i++)
        if (slots[i].count != 0)
            TABLE(add_slot)(into, &slots[i]);
    return AB_OK;
}

/* Words arrive in the order of their slots, which is that of the slots where they go: as memory is
 * fastest, unless the table may have to grow, whose front they would crowd until then. So every
 * 64th stripe is taken then, and after them the next ones. */
enum ab_status TABLE(merge)(struct KEYS *into, const struct KEYS *from, struct ab_error *error)
{
    const bool may_grow = into->used + from->used > into->limit;
    const uint64_t stripes = may_grow ? STRIPES : 1;
    for (uint64_t first = 0; first < stripes * STRIPE; first += STRIPE)
        for (uint64_t begin = first; begin < from->capacity; begin += stripes * STRIPE) {
            const enum ab_status status = TABLE(merge_stripe)(into, from, begin, error);
            if (status != AB_OK)
                return status;
        }
    return AB_OK;
}

enum ab_status TABLE(emit)(const struct KEYS *keys, struct region *result, struct ab_error *error)
{
    const size_t before = result->bytes;
    const enum ab_status status =
        region_resize(result, before + keys->used * sizeof(struct word_entry), "the result", error);
    if (status != AB_OK || keys->used == 0)
        return status;
    const struct TABLE(slot) *slots = keys->slots.data;
    struct word_entry *entry = (struct word_entry *)result->data + before / sizeof(*entry);
    for (uint64_t i = 0; i < keys->capacity; i++)
        if (slots[i].count != 0)
            *entry++ =
                (struct word_entry){slots[i].place >> 8, slots[i].place & 0xFF, slots[i].count};
    return AB_OK;
}

void TABLE(free)(struct KEYS *keys)
{
    region_free(&keys->slots);
    *keys = (struct KEYS){.first_log2 = keys->first_log2};
}

#undef KEYS
#undef TABLE
