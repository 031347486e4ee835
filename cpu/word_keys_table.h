/* A table of cpu/word_keys.h, included there once for each kind of key with
 *     KEYS         the table's type
 *     TABLE(name)  the name of a function or type
 *     KEY          type of the key
 *     HASH(key)    64 bits, of which the upper ones number a slot
 *     EQUAL(a, b)  are two keys equal?
 */

struct TABLE(slot) {
    KEY key; /* all zero: the slot is free */
    uint64_t count;
    uint64_t place; /* one occurrence, see word_place */
};

struct KEYS {
    struct region slots; /* owned; array of struct TABLE(slot) */
    uint64_t capacity;   /* slots: 0 or a power of two */
    uint64_t used;       /* distinct words */
    uint64_t limit;      /* the table grows rather than hold more */
    unsigned shift;      /* what a hash is shifted by to number a slot */
    unsigned first_log2; /* capacity to begin with */
};

/* Makes an empty table that holds no memory yet; it will begin at a size that suits the text. */
void TABLE(open)(struct KEYS *keys, uint64_t text_bytes);

/* Makes a table with nothing in it of one that has been used: it keeps the memory it has. */
void TABLE(reopen)(struct KEYS *keys, uint64_t text_bytes);

/* Makes room for as many as `more` further words. AB_NO_MEMORY: the table is then as it was. */
enum ab_status TABLE(grow)(struct KEYS *keys, uint64_t more, struct ab_error *error);

static inline enum ab_status TABLE(reserve)(struct KEYS *keys, uint64_t more,
                                            struct ab_error *error)
{
    return keys->used + more <= keys->limit ? AB_OK : TABLE(grow)(keys, more, error);
}

/* The slot where a search for the key begins, until the table grows. */
static inline struct TABLE(slot) * TABLE(home)(const struct KEYS *keys, KEY key)
{
    return (struct TABLE(slot) *)keys->slots.data + (HASH(key) >> keys->shift);
}

/* Adds `count` occurrences of a word, for which there is room. */
static inline void TABLE(add)(struct KEYS *keys, struct TABLE(slot) * home, KEY key, uint64_t place,
                              uint64_t count)
{
    struct TABLE(slot) *slots = (struct TABLE(slot) *)keys->slots.data;
    for (struct TABLE(slot) *slot = home;;) {
        if (EQUAL(slot->key, key)) {
            slot->count += count;
            return;
        }
        if (slot->count == 0) {
            *slot = (struct TABLE(slot)){key, count, place};
            keys->used++;
            return;
        }
        if (++slot == slots + keys->capacity)
            slot = slots;
    }
}

/* Adds all of `from`. */
enum ab_status TABLE(merge)(struct KEYS *into, const struct KEYS *from, struct ab_error *error);

/* Appends the words to `result`, an array of struct word_entry, in any order. */
enum ab_status TABLE(emit)(const struct KEYS *keys, struct region *result, struct ab_error *error);

/* Gives the memory back; accepts an empty table. */
void TABLE(free)(struct KEYS *keys);

#undef KEYS
#undef TABLE
#undef KEY
#undef HASH
#undef EQUAL
