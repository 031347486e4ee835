/* Task frequency: the work-items count their words in the table. Compiled behind
 * opencl/word_table.cl with -DCACHE_SLOTS=N.
 *
 * progress[item]: how far the work-item has come, in steps or bytes; 0 at first. A kernel that
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
