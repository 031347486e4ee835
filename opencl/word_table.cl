/* ---- Task frequency: words ----------------------------------------------------------------- */

/* A word as it is read. Up to 16 lower-cased bytes are the key itself, so that equal keys and
 * lengths are equal words; a longer word's key is a hash. */
struct word {
    ulong2 key;
    uint end;    /* of the occurrence */
    uint length; /* lower-cased bytes */
};

#define KEY_BYTES   16
#define GROUP_BYTES 8

ulong mix(ulong x)
{
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93UL;
    x ^= x >> 32;
    return x;
}

ulong word_hash(ulong2 key, uint length)
{
    return mix((key.x ^ key.y * 0xFF51AFD7ED558CCDUL) + length * 0x9E3779B97F4A7C15UL);
}

struct word read_word(TEXT, uint at)
{
    ulong hash = 0, group = 0, first = 0;
    uint length = 0;
    while (at < bytes) {
        const uint byte = text[at];
        uint2 folded = (uint2)(lower_ascii(byte), 1);
        if (is_plain(byte)) {
            if (is_space(byte))
                break;
            at++;
        } else {
            const uint2 character = decode(text, bytes, at);
            if (is_space(character.x))
                break;
            folded = fold(character.x);
            at += character.y;
        }
        for (uint i = 0; i < folded.y; i++, folded.x >>= 8) {
            if (length != 0 && length % GROUP_BYTES == 0) {
                first = length == GROUP_BYTES ? group : first;
                hash = mix(hash ^ group);
                group = 0;
            }
            group |= (ulong)(folded.x & 0xFF) << (8 * (length % GROUP_BYTES));
            length++;
        }
    }
    struct word word;
    word.key = length <= GROUP_BYTES ? (ulong2)(group, 0)
               : length <= KEY_BYTES ? (ulong2)(first, group)
                                     : (ulong2)(mix(hash ^ group), 0);
    word.end = at;
    word.length = length;
    return word;
}

uint lowest_byte(ulong set)
{
    return (63 - (uint)clz(set & -set)) / 8;
}

ulong low_bytes(ulong group, uint count)
{
    return count == 0 ? 0 : group & (~0UL >> (8 * (GROUP_BYTES - count)));
}

/* As read_word; a word that ends within 16 bytes and is ASCII all through is read as a vector. */
struct word read_word16(TEXT, uint at)
{
    if (bytes - at < 16)
        return read_word(text, bytes, at);
    const uchar16 v = vload16(0, text + at);
    const ulong2 ends = as_ulong2(SPACES(uchar16, v) | as_char16(v & (uchar16)STOPS));
    if ((ends.x | ends.y) == 0)
        return read_word(text, bytes, at);
    const uint length = ends.x != 0 ? lowest_byte(ends.x) : 8 + lowest_byte(ends.y);
    if (!is_plain(text[at + length]))
        return read_word(text, bytes, at);
    const uchar16 capital = as_uchar16(v - (uchar)'A' < (uchar16)26);
    const ulong2 lower_case = as_ulong2(v + (capital & (uchar16)32));
    struct word word;
    word.key = length < 8 ? (ulong2)(low_bytes(lower_case.x, length), 0)
                          : (ulong2)(lower_case.x, low_bytes(lower_case.y, length - 8));
    word.end = at + length;
    word.length = length;
    return word;
}

/* A word's lower-cased bytes, one after another. */
struct folded_word {
    uint at, bytes_left, folded;
};

/* -1 at the end */
int next_byte(TEXT, struct folded_word *word)
{
    if (word->bytes_left == 0) {
        if (word->at >= bytes)
            return -1;
        const uint2 character = decode(text, bytes, word->at);
        if (is_space(character.x))
            return -1;
        const uint2 folded = fold(character.x);
        word->folded = folded.x;
        word->bytes_left = folded.y;
        word->at += character.y;
    }
    const int byte = (int)(word->folded & 0xFF);
    word->folded >>= 8;
    word->bytes_left--;
    return byte;
}

/* Whether the words at a and b are equal. Characters may change their length, so beyond ASCII the
 * words need not agree character by character (U+0130 is i and U+0307). */
bool words_equal(TEXT, uint a, uint b)
{
    while (a < bytes && b < bytes && is_plain(text[a]) && is_plain(text[b])) {
        const bool a_ends = is_space(text[a]), b_ends = is_space(text[b]);
        if (a_ends || b_ends)
            return a_ends && b_ends;
        if (lower_ascii(text[a]) != lower_ascii(text[b]))
            return false;
        a++;
        b++;
    }
    struct folded_word x = {a, 0, 0}, y = {b, 0, 0};
    for (;;) {
        const int x_byte = next_byte(text, bytes, &x), y_byte = next_byte(text, bytes, &y);
        if (x_byte != y_byte)
            return false;
        if (x_byte < 0)
            return true;
    }
}

/* ---- Task frequency: the table ------------------------------------------------------------- */

/* Members of `state`. */
#define STATE_FULL   0 /* the table must grow before more words are taken */
#define STATE_USED   1 /* slots taken */
#define STATE_LISTED 2 /* entries written */
#define STATE_LOST   3 /* a word found no slot: never */

#define TABLE __global volatile uint *table, uint mask, uint limit, __global volatile uint *state

/* Reads what others may be writing; -DATOMIC_LOADS is for checkers that know no other way. */
#if defined(ATOMIC_LOADS)
#define LOAD(address) atomic_or(address, 0u)
#else
#define LOAD(address) (*(address))
#endif

#define SLOT_NUMBERS 8
#define SLOT_KEY     1
#define SLOT_COUNT   6
#define KEY_NUMBERS  5
#define NUMBER_SET   0x80000000u

/* Key and length in numbers of 31 bits; a length of 0 stands for all that are too long for the key
 * to be the word. */
struct packed_key {
    uint numbers[KEY_NUMBERS];
    uint short_length;
};

struct packed_key pack_key(ulong2 key, uint length)
{
    struct packed_key packed;
    packed.short_length = length <= KEY_BYTES ? length : 0;
    packed.numbers[0] = NUMBER_SET | (uint)(key.x & 0x7FFFFFFF);
    packed.numbers[1] = NUMBER_SET | (uint)(key.x >> 31 & 0x7FFFFFFF);
    packed.numbers[2] = NUMBER_SET | (uint)(key.x >> 62) | (uint)(key.y & 0x1FFFFFFF) << 2;
    packed.numbers[3] = NUMBER_SET | (uint)(key.y >> 29 & 0x7FFFFFFF);
    packed.numbers[4] = NUMBER_SET | (uint)(key.y >> 60) | packed.short_length << 4;
    return packed;
}

void add_count(__global volatile uint *slot, uint2 count)
{
    const uint before = atomic_add(slot + SLOT_COUNT, count.x);
    const uint high = count.y + (before + count.x < before ? 1 : 0);
    if (high != 0)
        atomic_add(slot + SLOT_COUNT + 1, high);
}

/* Whether the word in a slot that is taken is the one with this key, at text[offset]. */
bool slot_holds(TEXT, __global volatile uint *slot, uint taken, const struct packed_key *key,
                uint offset)
{
    bool is_known = true;
    for (uint i = 0; i < KEY_NUMBERS; i++) {
        const uint number = LOAD(slot + SLOT_KEY + i);
        if (number != 0 && number != key->numbers[i])
            return false;
        is_known = is_known && number != 0;
    }
    return (is_known && key->short_length != 0) || words_equal(text, bytes, taken - 1, offset);
}

/* Adds `count` (low, high) occurrences of the word at text[offset]. There is always a free slot:
 * the host makes the table grow when `limit` slots are taken, and leaves more of them than
 * work-items can still fill from then on. */
void table_add(TEXT, TABLE, uint offset, ulong2 key, uint length, uint2 count)
{
    const struct packed_key packed = pack_key(key, length);
    uint at = (uint)word_hash(key, length) & mask;
    for (uint probe = 0; probe <= mask; probe++, at = (at + 1) & mask) {
        __global volatile uint *slot = table + SLOT_NUMBERS * (size_t)at;
        uint taken = LOAD(slot);
        if (taken == 0)
            taken = atomic_cmpxchg(slot, 0, offset + 1);
        if (taken == 0) {
            for (uint i = 0; i < KEY_NUMBERS; i++)
                atomic_xchg(slot + SLOT_KEY + i, packed.numbers[i]);
            add_count(slot, count);
            if (atomic_inc(state + STATE_USED) >= limit)
                atomic_xchg(state + STATE_FULL, 1);
            return;
        }
        if (slot_holds(text, bytes, slot, taken, &packed, offset)) {
            add_count(slot, count);
            return;
        }
    }
    atomic_xchg(state + STATE_LOST, 1);
}

__kernel void clear(__global uint4 *table, uint slots)
{
    const uint item = get_global_id(0), items = get_global_size(0);
    const uint part = (slots + items - 1) / items;
    const uint begin = min(item * part, slots), end = begin + min(part, slots - begin);
    for (uint i = begin; i < end; i++)
        table[2 * (size_t)i] = table[2 * (size_t)i + 1] = (uint4)(0);
}

/* Moves all words of a table to a larger one. */
__kernel void grow(TEXT, TABLE, __global const uint *from, uint from_slots)
{
    for (uint i = get_global_id(0); i < from_slots; i += get_global_size(0)) {
        const uint8 slot = vload8(i, from);
        if (slot.s0 != 0) {
            const struct word word = read_word(text, bytes, slot.s0 - 1);
            table_add(text, bytes, table, mask, limit, state, slot.s0 - 1, word.key, word.length,
                      slot.s67);
        }
    }
}

/* Lists the words as struct word_entry: offset, bytes, count. */
__kernel void list(TEXT, __global const uint *table, uint slots, __global volatile uint *state,
                   __global ulong *entries)
{
    for (uint i = get_global_id(0); i < slots; i += get_global_size(0)) {
        const uint8 slot = vload8(i, table);
        if (slot.s0 != 0) {
            __global ulong *entry = entries + 3 * (size_t)atomic_inc(state + STATE_LISTED);
            entry[0] = slot.s0 - 1;
            entry[1] = read_word16(text, bytes, slot.s0 - 1).end - (slot.s0 - 1);
            entry[2] = (ulong)slot.s7 << 32 | slot.s6;
        }
    }
}

/* ---- Task frequency: counting -------------------------------------------------------------- */

/* progress[item]: how far the work-item has come, in steps or bytes; 0 at first. A kernel that
 * meets a full table stops there and is run again when the table has grown. */

/* Technique simple: neighbouring work-items look at neighbouring bytes, and those where a word
 * starts add it. */
__kernel GROUP void count_simple(TEXT, TABLE, __global uint *progress)
{
    const ulong items = get_global_size(0), item = get_global_id(0);
    uint step = progress[item];
    for (; step * items + item < bytes && LOAD(state + STATE_FULL) == 0; step++) {
        const uint at = (uint)(step * items + item);
        if (starts_word(text, bytes, at)) {
            const struct word word = read_word(text, bytes, at);
            table_add(text, bytes, table, mask, limit, state, at, word.key, word.length,
                      (uint2)(1, 0));
        }
    }
    progress[item] = step;
}

/* Technique tuned for interleaved access: as above, behind a cache of the group's own. A word that
 * finds its place in the cache taken goes straight to the table. */
__kernel GROUP void count_interleaved(TEXT, TABLE, __global uint *progress)
{
    __local volatile uint offsets[CACHE_SLOTS], counts[CACHE_SLOTS];
    const ulong items = get_global_size(0), item = get_global_id(0);
    for (uint i = get_local_id(0); i < CACHE_SLOTS; i += GROUP_ITEMS)
        offsets[i] = counts[i] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    uint step = progress[item];
    for (; step * items + item < bytes && LOAD(state + STATE_FULL) == 0; step++) {
        const uint at = (uint)(step * items + item);
        if (starts_word(text, bytes, at)) {
            const struct word word = read_word(text, bytes, at);
            const ulong hash = word_hash(word.key, word.length);
            const uint place = (uint)(hash >> 40) % CACHE_SLOTS;
            const uint taken = atomic_cmpxchg(offsets + place, 0, at + 1);
            if (taken == 0 || words_equal(text, bytes, taken - 1, at))
                atomic_inc(counts + place);
            else
                table_add(text, bytes, table, mask, limit, state, at, word.key, word.length,
                          (uint2)(1, 0));
        }
    }
    progress[item] = step;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint i = get_local_id(0); i < CACHE_SLOTS; i += GROUP_ITEMS) {
        if (offsets[i] != 0) {
            const struct word word = read_word(text, bytes, offsets[i] - 1);
            table_add(text, bytes, table, mask, limit, state, offsets[i] - 1, word.key, word.length,
                      (uint2)(counts[i], 0));
        }
    }
}

/* Where the words begin that a work-item counts: those that start in its part. */
uint first_word(TEXT, uint begin)
{
    uint at = begin;
    if (begin == 0)
        return 0;
    if (!in_space(text, bytes, begin - 1)) {
        while (at < bytes && space_bytes(text, bytes, at) == 0)
            at++;
        return at;
    }
    while (at < bytes && space_bytes(text, bytes, at) == 0 && in_space(text, bytes, at))
        at++;
    return at;
}

/* One place of a work-item's own table. */
struct own_word {
    ulong2 key;
    uint offset, length;
    ulong count; /* 0: free */
};

/* How far a work-item is: its part of `progress`. */
struct own_progress {
    uint begun;    /* 0 at first */
    uint at;       /* the next byte */
    uint used;     /* places taken in its table */
    uint emptying; /* not 0: places before emptying - 1 are empty again */
};

/* Counts a word in the work-item's own table, where there is room, from its home on. Returns how
 * many places this takes. */
uint own_add(TEXT, __global struct own_word *own, uint slots, uint home, const struct word *word,
             uint offset)
{
    for (uint i = home;; i = (i + 1) & (slots - 1)) {
        __global struct own_word *place = own + i;
        if (place->count == 0) {
            place->key = word->key;
            place->offset = offset;
            place->length = word->length;
            place->count = 1;
            return 1;
        }
        if (place->key.x == word->key.x && place->key.y == word->key.y &&
            place->length == word->length &&
            (word->length <= KEY_BYTES || words_equal(text, bytes, place->offset, offset))) {
            place->count++;
            return 0;
        }
    }
}

/* Words whose homes are on their way from memory at the same time; at most as many as there is
 * room for in the smallest table. */
#define BATCH 32

/* Counts up to BATCH words from *at on in the work-item's own table. Returns how many places this
 * takes. */
uint own_add_batch(TEXT, __global struct own_word *own, uint slots, uint *at, uint end)
{
    struct word words[BATCH];
    uint offsets[BATCH], homes[BATCH], count = 0, used = 0;
    while (count < BATCH && *at < end) {
        const uint space = space_bytes(text, bytes, *at);
        if (space != 0) {
            *at += space;
            continue;
        }
        const struct word word = read_word16(text, bytes, *at);
        words[count] = word;
        offsets[count] = *at;
        homes[count++] = (uint)(word_hash(word.key, word.length) >> 40) & (slots - 1);
        *at = word.end;
    }
    for (uint i = 0; i < count; i++)
        *(__global volatile ulong *)&own[homes[i]].count;
    for (uint i = 0; i < count; i++)
        used += own_add(text, bytes, own, slots, homes[i], &words[i], offsets[i]);
    return used;
}

/* Moves all words of a work-item's own table to the shared one; false: that is full, and the rest
 * is to be moved when it has grown. */
bool own_empty(TEXT, TABLE, __global struct own_word *own, uint slots, uint *emptying)
{
    for (uint i = *emptying - 1; i < slots; i++) {
        const struct own_word word = own[i];
        if (word.count == 0)
            continue;
        if (LOAD(state + STATE_FULL) != 0) {
            *emptying = i + 1;
            return false;
        }
        table_add(text, bytes, table, mask, limit, state, word.offset, word.key, word.length,
                  (uint2)((uint)word.count, (uint)(word.count >> 32)));
        own[i].count = 0;
    }
    *emptying = 0;
    return true;
}

/* Technique tuned for chunked access: a contiguous part of the text for each work-item, and a table
 * of its own, empty at first, which is emptied into the shared one when three quarters of it are
 * taken and at the end. */
__kernel ALONE void count_chunked(TEXT, TABLE, __global struct own_progress *progress,
                                  __global struct own_word *tables, uint slots)
{
    const uint item = get_global_id(0), items = get_global_size(0);
    const uint part = (uint)(((ulong)bytes + items - 1) / items);
    const uint begin = (uint)min((ulong)item * part, (ulong)bytes);
    const uint end = begin + min(part, bytes - begin), most = slots / 4 * 3 - BATCH;
    __global struct own_word *own = tables + (size_t)item * slots;
    struct own_progress now = progress[item];
    if (now.begun == 0) {
        now.begun = 1;
        now.at = first_word(text, bytes, begin);
    }
    while (now.at < end || now.used != 0) {
        while (now.emptying == 0 && now.at < end && now.used <= most)
            now.used += own_add_batch(text, bytes, own, slots, &now.at, end);
        if (now.emptying == 0)
            now.emptying = 1;
        if (!own_empty(text, bytes, table, mask, limit, state, own, slots, &now.emptying))
            break;
        now.used = 0;
    }
    progress[item] = now;
}
