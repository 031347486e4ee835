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

#include <string.h>

enum {
    FIRST_LOG2_MIN = 10,
    FIRST_LOG2_MAX = 16,        /* one huge page */
    TEXT_BYTES_A_SLOT_LOG2 = 6, /* of a text of a few megabytes, as natural texts have it */
    COMMON = 4,                 /* occurrences */
    SPARSE_LOG2_MAX = 20        /* up to which memory matters less than long searches */
};

/* Words of one table go to the other a stripe of slots at a time. */
enum { STRIPE = 8, STRIPES = 64 };

#define KEYS        word_keys
#define TABLE(name) word_keys_##name
#include "cpu/word_keys_functions.h"

#define KEYS        word_wide_keys
#define TABLE(name) word_wide_keys_##name
#include "cpu/word_keys_functions.h"
