/* The table of words of the task frequency. Compiled behind opencl/word_read.cl.
 *
 * It is shared by all work-items and needs 32-bit atomics only. A slot is eight numbers: the offset
 * of one occurrence of its word, plus 1 (0: free); five of the word's key (each 0: not known yet);
 * the count, low and high half. The offset is what claims a slot, and it is all that is needed to
 * compare words in full; the key spares most comparisons.
 */

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
